//! `referral.transport`: how the patient goes is ordered, or ordered otherwise.

use super::model::Transport;
use super::resources::Next;
use super::state::{Step, Vehicle};
use super::step::{Now, Plan, Rests, take, typed};
use axum::Json;
use axum::extract::Path;
use kernel::Id;
use platform::{Op, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

/// Characters of a name, and of a number to call.
const NAME_MAX: usize = 200;
const PHONE_MAX: usize = 40;

/// With what, by whom.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ReferralTransport)]
pub struct Input {
    /// The version of the referral on the screen.
    version: u64,
    /// With what.
    vehicle: Vehicle,
    /// Who drives or sends it.
    by: String,
    /// Where to reach the crew.
    #[serde(default)]
    phone: Option<String>,
}

/// Orders transport.
#[utoipa::path(post, path = "/api/referrals/{id}/transport", operation_id = "referral.transport", tag = "referral",
    params(("id" = String, Path)), request_body = Input, responses((status = 200, body = Now)))]
pub async fn transport(op: Op, Path(id): Path<Id>, Json(input): Json<Input>) -> Result<Json<Now>, Problem> {
    let by = typed("by", &input.by, NAME_MAX)?;
    let phone = input.phone.as_deref().filter(|p| !p.trim().is_empty());
    let phone = phone.map(|p| typed("phone", p, PHONE_MAX)).transpose()?;
    take(&op, "referral.transport", &id, Step::Transport, Rests::Since(input.version), |of| {
        let transport = Transport { vehicle: input.vehicle, by: by.clone(), phone: phone.clone(), at: op.now() };
        let next = Next::to(of.referral.clone().order(transport)?);
        Ok(Plan::from(next).with("vehicle", input.vehicle.code()))
    })
    .await
}
