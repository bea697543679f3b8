//! `referral.cancel`: withdrawn before the patient leaves; every bed held for it is let go.

use super::resources::Next;
use super::state::Step;
use super::step::{Now, Reasoned, Rests, reason, take};
use axum::Json;
use axum::extract::Path;
use kernel::Id;
use platform::{Op, Problem};

/// Withdraws the referral.
#[utoipa::path(post, path = "/api/referrals/{id}/cancel", operation_id = "referral.cancel", tag = "referral",
    params(("id" = String, Path)), request_body = Reasoned, responses((status = 200, body = Now)))]
pub async fn cancel(op: Op, Path(id): Path<Id>, Json(input): Json<Reasoned>) -> Result<Json<Now>, Problem> {
    take(&op, "referral.cancel", &id, Step::Cancel, Rests::Since(input.version), |of| {
        let why = reason(&input.reason)?;
        Ok(Next::to(of.referral.clone().cancel(op.now())?).because(why).into())
    })
    .await
}
