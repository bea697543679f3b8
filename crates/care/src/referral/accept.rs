//! `referral.accept`: the asking doctor chooses one offer. Its bed is looked at again in the same commit, and the beds of the
//! others are let go in it; without a bed held for this patient nothing is accepted.

use super::model::Refused;
use super::resources::Next;
use super::state::Step;
use super::step::{Now, Plan, Rests, take_with_bed};
use axum::Json;
use axum::extract::Path;
use kernel::Id;
use platform::case::Who;
use platform::{Op, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

/// Whose offer.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ReferralAccept)]
pub struct Input {
    /// The version of the referral on the screen.
    version: u64,
    /// The hospital whose offer is chosen.
    #[schema(value_type = String)]
    hospital: Id,
}

/// Accepts an offer.
#[utoipa::path(post, path = "/api/referrals/{id}/accept", operation_id = "referral.accept", tag = "referral",
    params(("id" = String, Path)), request_body = Input, responses((status = 200, body = Now),
        (status = 409, description = "referral.no_offer, referral.bed_not_free")))]
pub async fn accept(op: Op, Path(id): Path<Id>, Json(input): Json<Input>) -> Result<Json<Now>, Problem> {
    let hospital = &input.hospital;
    let offered = |of: &super::resources::Loaded| of.referral.of(hospital)?.answer.bed().map(|bed| bed.id.clone());
    // What others answered meanwhile changes nothing about the offer that is chosen.
    let rests = (Step::Accept, Rests::Since(input.version));
    take_with_bed(&op, "referral.accept", &id, rests, offered, |of, bed| {
        let by = Who::from(op.actor());
        let next = match bed {
            Some(bed) => of.referral.clone().accept(hospital, bed, by, op.now())?,
            // Without an offer there is no bed to look at: what became of it is the answer.
            None => return Err(of.referral.why_no_offer(hospital).unwrap_or(Refused::BedNotFree).into()),
        };
        let plan = Plan::from(Next::to(next)).with("hospital", hospital.as_str());
        Ok(plan.with("bed", bed.map(|bed| bed.id.to_string())))
    })
    .await
}
