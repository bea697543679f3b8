//! `referral.offer`: an asked hospital holds a named bed for the patient until a time. The claim of the bed stands in the
//! commit of the offer: of all who want it at once one gets it.

use super::model::{HOLD_MINUTES, HOLD_MINUTES_DEFAULT};
use super::resources::Next;
use super::state::Step;
use super::step::{Now, Plan, Rests, take_with_bed};
use axum::Json;
use axum::extract::Path;
use jiff::SignedDuration;
use kernel::Id;
use platform::case::Who;
use platform::{Op, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

/// Which bed, and how long.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ReferralOffer)]
pub struct Input {
    /// The version of the referral on the screen.
    version: u64,
    /// A bed of the own hospital.
    #[schema(value_type = String)]
    bed: Id,
    /// Minutes for which it is held; 120 when absent.
    #[serde(default)]
    minutes: Option<i64>,
}

/// Offers a bed.
#[utoipa::path(post, path = "/api/referrals/{id}/offer", operation_id = "referral.offer", tag = "referral",
    params(("id" = String, Path)), request_body = Input, responses((status = 200, body = Now),
        (status = 409, description = "bed.taken, referral.bed_not_free, referral.offered_before")))]
pub async fn offer(op: Op, Path(id): Path<Id>, Json(input): Json<Input>) -> Result<Json<Now>, Problem> {
    let minutes = input.minutes.unwrap_or(HOLD_MINUTES_DEFAULT);
    if !HOLD_MINUTES.contains(&minutes) {
        let detail = format!("A bed is held for {} to {} minutes.", HOLD_MINUTES.start(), HOLD_MINUTES.end());
        return Err(Problem::unfit("referral.hold", detail)
            .with("min", *HOLD_MINUTES.start())
            .with("max", *HOLD_MINUTES.end()));
    }
    let until = op.now() + SignedDuration::from_mins(minutes);
    let rests = (Step::Offer, Rests::Since(input.version));
    take_with_bed(
        &op,
        "referral.offer",
        &id,
        rests,
        |_| Some(input.bed.clone()),
        |of, bed| {
            let bed = bed.ok_or_else(|| Problem::unfit("referral.no_bed", "There is no such bed."))?;
            let (hospital, by) = (&op.actor().hospital, Who::from(op.actor()));
            let next = Next::to(of.referral.clone().offer(hospital, bed, until, by, op.now())?);
            let plan = Plan::from(next).with("hospital", hospital.as_str()).with("bed", bed.id.as_str());
            Ok(plan.with("until", until.to_string()))
        },
    )
    .await
}
