//! `referral.depart`: the patient leaves. On the way home the bed they lay in is free again, if nobody said so before.

use super::change::change;
use super::loading::find;
use super::resources::Next;
use super::state::Step;
use super::step::{ATTEMPTS, Now, Rests, Stop, keep, overtaken, seen};
use crate::bed;
use axum::Json;
use axum::extract::Path;
use kernel::{Id, Time};
use platform::{Op, Problem};
use records::Change;
use serde::Deserialize;
use utoipa::ToSchema;

/// When they will be there.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ReferralDepart)]
pub struct Input {
    /// The version of the referral on the screen.
    pub version: u64,
    /// The time of arrival expected.
    #[schema(value_type = String, format = DateTime)]
    pub eta: Time,
}

/// Says that the patient has left.
#[utoipa::path(post, path = "/api/referrals/{id}/depart", operation_id = "referral.depart", tag = "referral",
    params(("id" = String, Path)), request_body = Input, responses((status = 200, body = Now),
        (status = 409, description = "referral.no_transport")))]
pub async fn depart(op: Op, Path(id): Path<Id>, Json(input): Json<Input>) -> Result<Json<Now>, Problem> {
    for _ in 0..ATTEMPTS {
        let of = seen(&op, "referral.depart", &id, Step::Depart, Rests::On(input.version)).await?;
        let next = of.referral.clone().depart(input.eta, op.now());
        let next = Next::to(next.map_err(|why| Stop::from(why).worded(&op, &of, Step::Depart))?);
        let mut change = change(&op, &of, "referral.depart", &next).await?;
        change.act.params.insert("eta".into(), input.eta.to_string().into());
        if let Some(up) = &of.words.answers {
            leave_bed(&op, up, &mut change).await?;
        }
        if let Some(now) = keep(&op, &of, change, &next).await? {
            return Ok(now);
        }
    }
    Err(overtaken(&op, &id, Step::Depart).await)
}

/// The bed in which the patient of a referral lies is free again in this change, if it is still theirs.
pub async fn leave_bed(op: &Op, up: &Id, change: &mut Change) -> Result<(), Problem> {
    let Some(up) = find(op.store(), up).await? else { return Ok(()) };
    let Some(lay_in) = up.referral.stage.place().and_then(|p| p.bed.as_ref()) else { return Ok(()) };
    let Some(bed) = bed::find(op.platform(), &lay_in.id, op.now()).await? else { return Ok(()) };
    let theirs = bed.held.as_ref().is_some_and(|held| held.by == up.at.case);
    if theirs && bed.place.taken {
        bed.put(change, false);
        let release = (bed::key(&lay_in.id), up.at.case);
        if !change.releases.contains(&release) {
            change.releases.push(release);
        }
    }
    Ok(())
}
