//! `referral.arrive`: the patient is there and handed over by the list. Up, the bed is taken and the stay begins; back home, the
//! referral up is over with it.

use super::change::{add, change};
use super::close::end_stay;
use super::depart::leave_bed;
use super::loading::find;
use super::resources::Next;
use super::resources::stay::{Handover, HandoverRow, begin, write_handover};
use super::state::{HandoverItem, Outcome, Step, YesNo};
use super::step::{ATTEMPTS, Now, Rests, Stop, keep, overtaken, seen, typed};
use crate::bed;
use axum::Json;
use axum::extract::Path;
use kernel::Id;
use platform::case::Who;
use platform::{Op, Problem};
use records::{Change, Write};
use serde::Deserialize;
use utoipa::ToSchema;

/// Characters of a note.
const NOTE_MAX: usize = 500;

/// The handover.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ReferralArrive)]
pub struct Input {
    /// The version of the referral on the screen.
    version: u64,
    /// Every item of the list, each once. A no needs a note.
    items: Vec<HandoverRow>,
}

/// Confirms the arrival.
#[utoipa::path(post, path = "/api/referrals/{id}/arrive", operation_id = "referral.arrive", tag = "referral",
    params(("id" = String, Path)), request_body = Input, responses((status = 200, body = Now),
        (status = 422, description = "referral.handover")))]
pub async fn arrive(op: Op, Path(id): Path<Id>, Json(input): Json<Input>) -> Result<Json<Now>, Problem> {
    let rows = whole(&input.items)?;
    for _ in 0..ATTEMPTS {
        let of = seen(&op, "referral.arrive", &id, Step::Arrive, Rests::Since(input.version)).await?;
        let next = of.referral.clone().arrive(op.now());
        let next = Next::to(next.map_err(|why| Stop::from(why).worded(&op, &of, Step::Arrive))?);
        let mut change = change(&op, &of, "referral.arrive", &next).await?;
        let handover = Handover { rows: rows.clone(), by: Who::from(op.actor()), at: op.now() };
        let noes = rows.iter().filter(|r| r.answer == YesNo::No).map(|r| r.item.code()).collect::<Vec<_>>();
        change.act.params.insert("not".into(), noes.into());
        let own = |at: &fhir::Reference, body| {
            Write::new(at.clone(), body, op.actor().hospital.clone()).in_case(of.at.case.clone())
        };
        change.writes.push(own(&of.at.handover, write_handover(&of.at, &handover, &of.words.patient)));
        if let Some(place) = next.referral.stage.place()
            && let Some(kept) = &place.bed
        {
            let bed = bed::find(op.platform(), &kept.id, op.now()).await?;
            let bed = bed.ok_or_else(|| Problem::internal("a bed that was held is no bed"))?;
            bed.put(&mut change, true);
            change.writes.push(own(&of.at.stay, begin(&of.at, &of.words.patient, &place.hospital, &kept.id, op.now())));
        }
        if let Some(up) = &of.words.answers {
            home(&op, up, &mut change).await?;
        }
        if let Some(now) = keep(&op, &of, change, &next).await? {
            return Ok(now);
        }
    }
    Err(overtaken(&op, &id, Step::Arrive).await)
}

/// The patient is home: the referral up is over, if nobody said so before.
async fn home(op: &Op, up: &Id, change: &mut Change) -> Result<(), Problem> {
    let Some(up) = find(op.store(), up).await? else { return Ok(()) };
    let Ok(closed) = up.referral.clone().close(Outcome::BackHome, op.now()) else { return Ok(()) };
    leave_bed(op, &up.id, change).await?;
    end_stay(op, &up, Outcome::BackHome, change).await?;
    add(change, op.platform(), Some(op.actor()), op.now(), &up, "referral.close", &Next::to(closed)).await?;
    change.act.about.push(up.at.case.clone());
    Ok(())
}

/// Every item once; a no with its note.
fn whole(items: &[HandoverRow]) -> Result<Vec<HandoverRow>, Problem> {
    let unfit =
        |detail: &str, item: HandoverItem| Problem::unfit("referral.handover", detail).with("item", item.code());
    let mut rows = vec![];
    for item in HandoverItem::ALL {
        let mut of = items.iter().filter(|row| row.item == *item);
        let (Some(row), None) = (of.next(), of.next()) else {
            return Err(unfit("Answer every item of the handover once.", *item));
        };
        let note =
            row.note.as_deref().filter(|n| !n.trim().is_empty()).map(|n| typed("note", n, NOTE_MAX)).transpose()?;
        if row.answer == YesNo::No && note.is_none() {
            return Err(unfit("Say why the answer is no.", *item));
        }
        rows.push(HandoverRow { note, ..row.clone() });
    }
    Ok(rows)
}

/// The list as it is asked, every item with yes.
#[cfg(test)]
pub fn all_yes() -> Vec<HandoverRow> {
    HandoverItem::ALL.iter().map(|item| HandoverRow { item: *item, answer: YesNo::Yes, note: None }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_answered_once_and_a_no_says_why() {
        assert_eq!(whole(&all_yes()).unwrap().len(), HandoverItem::ALL.len());
        assert_eq!(whole(&all_yes()[1..]).unwrap_err().params["item"], "identity");
        let mut twice = all_yes();
        twice.push(twice[0].clone());
        assert_eq!(whole(&twice).unwrap_err().code, "referral.handover");
        let mut no = all_yes();
        no[3].answer = YesNo::No;
        assert_eq!(whole(&no).unwrap_err().params["item"], "airway");
        no[3].note = Some("气囊漏气，已更换".into());
        assert!(whole(&no).is_ok());
        no[3].note = Some("长".repeat(NOTE_MAX + 1));
        assert_eq!(whole(&no).unwrap_err().code, "referral.too_long");
    }
}
