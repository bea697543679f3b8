//! `referral.reopen`: the acceptance is taken back before the patient leaves; those not chosen are asked again.

use super::resources::Next;
use super::state::Step;
use super::step::{Now, Reasoned, Rests, reason, take};
use axum::Json;
use axum::extract::Path;
use kernel::Id;
use platform::{Op, Problem};

/// Takes the acceptance back.
#[utoipa::path(post, path = "/api/referrals/{id}/reopen", operation_id = "referral.reopen", tag = "referral",
    params(("id" = String, Path)), request_body = Reasoned, responses((status = 200, body = Now)))]
pub async fn reopen(op: Op, Path(id): Path<Id>, Json(input): Json<Reasoned>) -> Result<Json<Now>, Problem> {
    take(&op, "referral.reopen", &id, Step::Reopen, Rests::On(input.version), |of| {
        let why = reason(&input.reason)?;
        Ok(Next::to(of.referral.clone().reopen(op.now())?).because(why).into())
    })
    .await
}
