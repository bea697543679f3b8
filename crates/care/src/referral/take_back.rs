//! `referral.take_back`: the county takes its patient back home.

use super::resources::Next;
use super::state::Step;
use super::step::{Now, Rests, Seen, take};
use axum::Json;
use axum::extract::Path;
use kernel::Id;
use platform::case::Who;
use platform::{Op, Problem};

/// Agrees to take the patient back.
#[utoipa::path(post, path = "/api/referrals/{id}/take-back", operation_id = "referral.take_back", tag = "referral",
    params(("id" = String, Path)), request_body = Seen, responses((status = 200, body = Now)))]
pub async fn take_back(op: Op, Path(id): Path<Id>, Json(input): Json<Seen>) -> Result<Json<Now>, Problem> {
    take(&op, "referral.take_back", &id, Step::TakeBack, Rests::Since(input.version), |of| {
        let (hospital, by) = (&op.actor().hospital, Who::from(op.actor()));
        Ok(Next::to(of.referral.clone().take_back(hospital, by, op.now())?).into())
    })
    .await
}
