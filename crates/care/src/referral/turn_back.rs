//! `referral.turn_back`: the patient on the way is brought back; the bed is let go.

use super::resources::Next;
use super::state::Step;
use super::step::{Now, Reasoned, Rests, reason, take};
use axum::Json;
use axum::extract::Path;
use kernel::Id;
use platform::{Op, Problem};

/// Says that the patient is brought back.
#[utoipa::path(post, path = "/api/referrals/{id}/turn-back", operation_id = "referral.turn_back", tag = "referral",
    params(("id" = String, Path)), request_body = Reasoned, responses((status = 200, body = Now)))]
pub async fn turn_back(op: Op, Path(id): Path<Id>, Json(input): Json<Reasoned>) -> Result<Json<Now>, Problem> {
    take(&op, "referral.turn_back", &id, Step::TurnBack, Rests::Since(input.version), |of| {
        let why = reason(&input.reason)?;
        Ok(Next::to(of.referral.clone().turn_back(op.now())?).because(why).into())
    })
    .await
}
