//! `referral.withdraw`: a hospital takes its offer back before it is chosen; the bed is free again, and another can be offered.

use super::resources::Next;
use super::state::Step;
use super::step::{Now, Plan, Reasoned, Rests, reason, take};
use axum::Json;
use axum::extract::Path;
use kernel::Id;
use platform::case::Who;
use platform::{Op, Problem};

/// Takes the own offer back.
#[utoipa::path(post, path = "/api/referrals/{id}/withdraw", operation_id = "referral.withdraw", tag = "referral",
    params(("id" = String, Path)), request_body = Reasoned, responses((status = 200, body = Now)))]
pub async fn withdraw(op: Op, Path(id): Path<Id>, Json(input): Json<Reasoned>) -> Result<Json<Now>, Problem> {
    take(&op, "referral.withdraw", &id, Step::Withdraw, Rests::Since(input.version), |of| {
        let why = reason(&input.reason)?;
        let (hospital, by) = (&op.actor().hospital, Who::from(op.actor()));
        let next = Next::to(of.referral.clone().withdraw(hospital, &why, by, op.now())?).because(why);
        Ok(Plan::from(next).with("hospital", hospital.as_str()))
    })
    .await
}
