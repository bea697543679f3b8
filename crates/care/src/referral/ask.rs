//! `referral.ask`: more hospitals are asked for a bed.

use super::request::hospitals;
use super::resources::Next;
use super::state::Step;
use super::step::{Now, Plan, Rests, take};
use axum::Json;
use axum::extract::Path;
use kernel::Id;
use platform::{Op, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

/// Which.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ReferralAsk)]
pub struct Input {
    /// The version of the referral on the screen.
    version: u64,
    /// The hospitals.
    #[schema(value_type = Vec<String>)]
    hospitals: Vec<Id>,
}

/// Asks more hospitals.
#[utoipa::path(post, path = "/api/referrals/{id}/ask", operation_id = "referral.ask", tag = "referral",
    params(("id" = String, Path)), request_body = Input, responses((status = 200, body = Now)))]
pub async fn ask(op: Op, Path(id): Path<Id>, Json(input): Json<Input>) -> Result<Json<Now>, Problem> {
    take(&op, "referral.ask", &id, Step::Ask, Rests::Since(input.version), |of| {
        let hospitals = hospitals(&op, &input.hospitals)?;
        Ok(Plan::from(Next::to(of.referral.clone().ask(&of.sender, hospitals, op.now())?)))
    })
    .await
}
