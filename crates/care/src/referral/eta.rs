//! `referral.eta`: the patient on the way will be there at another time.

use super::depart::Input;
use super::resources::Next;
use super::state::Step;
use super::step::{Now, Plan, Rests, take};
use axum::Json;
use axum::extract::Path;
use kernel::Id;
use platform::{Op, Problem};

/// Announces another time of arrival.
#[utoipa::path(post, path = "/api/referrals/{id}/eta", operation_id = "referral.eta", tag = "referral",
    params(("id" = String, Path)), request_body = Input, responses((status = 200, body = Now)))]
pub async fn eta(op: Op, Path(id): Path<Id>, Json(input): Json<Input>) -> Result<Json<Now>, Problem> {
    take(&op, "referral.eta", &id, Step::Eta, Rests::Since(input.version), |of| {
        let next = Next::to(of.referral.clone().delay(input.eta, op.now())?);
        Ok(Plan::from(next).with("eta", input.eta.to_string()))
    })
    .await
}
