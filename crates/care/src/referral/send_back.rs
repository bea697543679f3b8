//! `referral.send_back`: from the higher hospital back to the county, with what the county needs to go on: the course, the
//! drugs, rehabilitation, when to be seen again, and when to come back.

use super::gather::cited;
use super::model::{Ask, Referral};
use super::request::{Output, With, hand_in};
use super::resources::discharge::{self, Discharge, FollowUp};
use super::resources::{References, Words};
use super::state::{Care, Direction, Need, Severity, Step};
use super::step::{Rests, Stop, lines, reason, refused_new, seen, typed};
use crate::patient::today;
use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use kernel::Id;
use platform::case::Who;
use platform::{Op, Problem};
use records::{Expect, Write};
use serde::Deserialize;
use utoipa::ToSchema;

/// Characters of the course; of one line.
const SUMMARY_MAX: usize = 20_000;
const LINE_MAX: usize = 500;
/// Lines of one kind.
const LINES_MAX: usize = 50;
/// The latest day on which somebody is to be seen again, from today.
const FOLLOW_UP_DAYS_MAX: i32 = 366 * 2;

/// What goes home with the patient.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ReferralSendBack)]
pub struct Input {
    /// The version of the referral up on the screen.
    version: u64,
    /// Why now.
    reason: String,
    /// How ill the patient is now.
    severity: Severity,
    /// What is needed on the way.
    #[serde(default)]
    needs: Vec<Need>,
    /// What the county needs to go on.
    discharge: Discharge,
    /// Images and documents of the record.
    #[serde(default)]
    cited: Vec<String>,
}

/// Refers a patient back home.
#[utoipa::path(post, path = "/api/referrals/{id}/send-back", operation_id = "referral.send_back", tag = "referral",
    params(("id" = String, Path)), request_body = Input, responses((status = 201, body = Output),
        (status = 409, description = "referral.under_way")))]
pub async fn send_back(
    op: Op,
    Path(id): Path<Id>,
    Json(input): Json<Input>,
) -> Result<(StatusCode, Json<Output>), Problem> {
    let up = seen(&op, "referral.send_back", &id, Step::SendBack, Rests::On(input.version)).await?;
    up.referral.can_send_back().map_err(|why| Stop::from(why).worded(&op, &up, Step::SendBack))?;
    let discharge = whole(&op, &input.discharge)?;
    let (new, own) = (op.new_id(), op.actor().hospital.clone());
    let mut needs = input.needs.clone();
    needs.sort();
    needs.dedup();
    let ask = Ask { direction: Direction::Down, severity: input.severity, care: Care::Ward, needs };
    let home = vec![(up.sender.clone(), op.new_id())];
    let referral = Referral::request(ask, &own, home, op.now()).map_err(|why| refused_new(&why, Step::SendBack))?;
    let at = References::of(&new);
    let patient = &up.words.patient;
    let words = Words {
        number: String::new(),
        reason: reason(&input.reason)?,
        specialty: up.words.specialty.clone(),
        patient: patient.clone(),
        asking: Who::from(op.actor()),
        requested_at: op.now(),
        cited: [vec![at.discharge.clone()], cited(&op, patient, &input.cited).await?].concat(),
        answers: Some(up.id.clone()),
        home: Some(up.words.asking.clone()),
    };
    let mut body = discharge::write(&at, &discharge, &words.asking, patient, op.now());
    // What looks like a signed document marks itself.
    if op.platform().demo {
        platform::mark_demonstration(&mut body);
    }
    let write = Write::new(at.discharge.clone(), body, own).in_case(at.case.clone());
    // It goes home from this stay, and from no other.
    let rests = vec![Expect { at: up.at.task.clone(), version: up.version }];
    let draft = Some(platform::draft::of(&op, "send-back", id));
    let with = With { writes: vec![write], rests, draft };
    let made = hand_in(&op, "referral.send_back", &new, words, &referral, with).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

fn whole(op: &Op, typed_in: &Discharge) -> Result<Discharge, Problem> {
    let rehabilitation = typed_in.rehabilitation.as_deref().filter(|r| !r.trim().is_empty());
    let mut follow_ups = vec![];
    if typed_in.follow_ups.len() > LINES_MAX {
        return Err(Problem::unfit("referral.how_many", format!("At most {LINES_MAX} dates."))
            .with("field", "follow_ups")
            .with("max", LINES_MAX));
    }
    for one in &typed_in.follow_ups {
        let days = today(op).until((jiff::Unit::Day, one.on)).map_or(i32::MAX, |span| span.get_days());
        if !(0..=FOLLOW_UP_DAYS_MAX).contains(&days) {
            let text = format!("A follow-up is from today to {FOLLOW_UP_DAYS_MAX} days from now.");
            return Err(Problem::unfit("referral.follow_up", text).with("on", one.on.to_string()));
        }
        follow_ups.push(FollowUp { on: one.on, what: typed("follow_ups", &one.what, LINE_MAX)? });
    }
    Ok(Discharge {
        summary: typed("summary", &typed_in.summary, SUMMARY_MAX)?,
        drugs: lines("drugs", &typed_in.drugs, 0..=LINES_MAX, LINE_MAX)?,
        rehabilitation: rehabilitation.map(|r| typed("rehabilitation", r, SUMMARY_MAX)).transpose()?,
        follow_ups,
        return_criteria: lines("return_criteria", &typed_in.return_criteria, 1..=LINES_MAX, LINE_MAX)?,
    })
}
