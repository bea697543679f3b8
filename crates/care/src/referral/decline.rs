//! `referral.decline`: an asked hospital says no, with a reason; it may think again. Back home the county's no ends it.

use super::resources::Next;
use super::state::Step;
use super::step::{Now, Plan, Reasoned, Rests, reason, take};
use axum::Json;
use axum::extract::Path;
use kernel::Id;
use platform::case::Who;
use platform::{Op, Problem};

/// Says no.
#[utoipa::path(post, path = "/api/referrals/{id}/decline", operation_id = "referral.decline", tag = "referral",
    params(("id" = String, Path)), request_body = Reasoned, responses((status = 200, body = Now)))]
pub async fn decline(op: Op, Path(id): Path<Id>, Json(input): Json<Reasoned>) -> Result<Json<Now>, Problem> {
    take(&op, "referral.decline", &id, Step::Decline, Rests::Since(input.version), |of| {
        let why = reason(&input.reason)?;
        let (hospital, by) = (&op.actor().hospital, Who::from(op.actor()));
        let next = Next::to(of.referral.clone().decline(hospital, &why, by, op.now())?).because(why);
        Ok(Plan::from(next).with("hospital", hospital.as_str()))
    })
    .await
}
