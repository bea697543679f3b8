//! `referral.close`: the stay is over without a referral home: discharged, moved on, died.

use super::change::{change, under_way};
use super::depart::leave_bed;
use super::resources::stay::end;
use super::resources::{Loaded, Next};
use super::state::{Outcome, Step};
use super::step::{ATTEMPTS, Now, Rests, Stop, keep, overtaken, seen};
use axum::Json;
use axum::extract::Path;
use kernel::Id;
use platform::{Op, Problem};
use records::{Change, Expect, Viewer, Write};
use serde::Deserialize;
use utoipa::ToSchema;

/// How it ended.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ReferralClose)]
pub struct Input {
    /// The version of the referral on the screen.
    version: u64,
    /// `discharged`, `moved-on` or `died`; the way home has its own referral.
    outcome: Outcome,
}

/// Closes a referral whose patient has gone.
#[utoipa::path(post, path = "/api/referrals/{id}/close", operation_id = "referral.close", tag = "referral",
    params(("id" = String, Path)), request_body = Input, responses((status = 200, body = Now),
        (status = 409, description = "referral.going_home"), (status = 422, description = "referral.outcome")))]
pub async fn close(op: Op, Path(id): Path<Id>, Json(input): Json<Input>) -> Result<Json<Now>, Problem> {
    for _ in 0..ATTEMPTS {
        let of = seen(&op, "referral.close", &id, Step::Close, Rests::On(input.version)).await?;
        if input.outcome == Outcome::BackHome {
            return Err(Problem::unfit("referral.outcome", "Who goes home is referred back home."));
        }
        let home = under_way(&of.words.patient, Some(&of.id));
        if let Some(held) = op.store().claims(&home, op.now()).await?.into_iter().find(|c| c.key == home) {
            let text = "The patient is being referred back home; that ends this referral.";
            return Err(Problem::conflict("referral.going_home", text).with("id", held.by.id.as_str()));
        }
        let next = of.referral.clone().close(input.outcome, op.now());
        let next = Next::to(next.map_err(|why| Stop::from(why).worded(&op, &of, Step::Close))?);
        let mut change = change(&op, &of, "referral.close", &next).await?;
        change.act.params.insert("outcome".into(), input.outcome.code().into());
        leave_bed(&op, &of.id, &mut change).await?;
        end_stay(&op, &of, input.outcome, &mut change).await?;
        if let Some(now) = keep(&op, &of, change, &next).await? {
            return Ok(now);
        }
    }
    Err(overtaken(&op, &id, Step::Close).await)
}

/// The stay ends in this change.
pub async fn end_stay(op: &Op, of: &Loaded, outcome: Outcome, change: &mut Change) -> Result<(), Problem> {
    let Some(stay) = op.store().read(&Viewer::System, &of.at.stay).await? else { return Ok(()) };
    change.expect.push(Expect { at: stay.at.clone(), version: stay.version });
    let body = end(&stay.written()?, outcome, op.now());
    change.writes.push(Write::next(stay.at.clone(), body, stay.custodian.clone()).in_case(of.at.case.clone()));
    Ok(())
}
