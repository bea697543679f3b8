//! `consult.answer_ring`: one of those whom the ring of an emergency calls says yes, and is its expert, in its virtual room at
//! once. Who is quickest has it; who comes later is told who was.
//!
//! Nobody is asked whether the expert's day is full: somebody waits.

use super::assign::MINUTES;
use super::escalation;
use super::loading::find;
use super::model::{Booking, Consult, Expert};
use super::resources::{Loaded, Next, References};
use super::state::{State, Step, Urgency};
use super::step::{ATTEMPTS, Now, Plan, Stop, keep, overtaken, taken};
use crate::schedule::{standing, terminals};
use axum::Json;
use axum::extract::Path;
use jiff::SignedDuration;
use kernel::decide::Facts;
use kernel::{Id, Time};
use platform::{Op, Problem};
use records::Subject;
use serde_json::json;

/// Answers the ring.
#[utoipa::path(post, path = "/api/consults/{id}/answer-ring", operation_id = "consult.answer_ring", tag = "consult",
    params(("id" = String, Path)), responses((status = 200, body = Now),
        (status = 409, description = "consult.answered, consult.taken, schedule.taken")))]
pub async fn answer_ring(op: Op, Path(id): Path<Id>) -> Result<Json<Now>, Problem> {
    for _ in 0..ATTEMPTS {
        let Called { case, me, others } = called(&op, &id).await?;
        if !matches!(case.consult.state(), State::Submitted | State::Triaged) {
            return Err(late(&op, &case));
        }
        let worded = |stop: Stop| stop.worded(&op, &case, Step::Assign);
        let (person, now) = (me.person.clone(), op.now());
        let booking = Booking::new(vec![me], now, now + SignedDuration::from_mins(MINUTES), None);
        let booking = booking.map_err(|why| worded(why.into()))?;
        let terminal = terminals::choose(op.platform(), &case, &booking, now).await?.taken();
        let booking = booking.joined_by(terminal);
        let next = answered(case.consult.clone(), booking, &person, now).map_err(worded)?;
        let mut plan = Plan::from(Next::to(next.clone()));
        if let Some(booking) = next.stage.booking() {
            let stands = standing::of(op.platform(), &case, booking, op.now()).await?;
            (plan.claims, plan.expect) = (stands.claims, stands.expect);
            plan.params.insert("experts".into(), vec![op.actor().person.to_string()].into());
            plan.params.insert("start".into(), booking.start.to_string().into());
        }
        let told = others.into_iter().map(|other| Subject::Person(other.person));
        plan.tells =
            told.chain([Subject::Person(case.asking.person.clone()), Subject::Desk(case.centre.clone())]).collect();
        if let Some(now) = keep(&op, "consult.answer_ring", &case, plan).await? {
            return Ok(now);
        }
    }
    Err(overtaken(&op, &id, Step::Assign).await)
}

/// An emergency with those whom its ring calls.
struct Called {
    case: Loaded,
    me: Expert,
    /// They need not come.
    others: Vec<Expert>,
}

/// The emergency, and this person as its expert, if its ring calls them now; else it is as if it were not there.
async fn called(op: &Op, id: &Id) -> Result<Called, Problem> {
    let case = find(op.store(), id).await?.filter(|case| case.consult.ask.urgency == Urgency::Emergency);
    let ring = match &case {
        Some(case) => escalation::called(op.platform(), case, op.now()).await?,
        None => vec![],
    };
    let (mine, others): (Vec<_>, Vec<_>) = ring.into_iter().partition(|expert| expert.person == op.actor().person);
    let me = mine.into_iter().find(|expert| expert.role == op.actor().practitioner_role);
    let facts = Facts {
        custodian: case.as_ref().map(|c| c.custodian.clone()),
        case: case.as_ref().map(Loaded::facts),
        called: me.is_some(),
        ..Facts::default()
    };
    op.may("consult.answer_ring", &facts, Some(&References::of(id).case)).await?;
    let (case, me) = case.zip(me).ok_or_else(Problem::not_found)?;
    Ok(Called { case, me, others })
}

/// Who is its expert by now; without one it was withdrawn or returned, and the case says by whom.
fn late(op: &Op, case: &Loaded) -> Problem {
    let expert = case.consult.stage.booking().and_then(|booking| booking.experts.first());
    let Some(by) = expert.and_then(|e| op.platform().directory.person_ref(&e.person)) else {
        return taken(op, case, Step::Assign);
    };
    Problem::conflict("consult.answered", "Somebody was quicker, and is its expert now.")
        .with("by", json!(by))
        .with("state", case.consult.state().code())
        .with("version", case.version)
}

/// The rule: looked at, assigned and accepted in one, from now on, in a virtual room.
fn answered(case: Consult, booking: Booking, person: &Id, now: Time) -> Result<Consult, Stop> {
    let looked = if case.state() == State::Submitted { case.first_look(now)? } else { case };
    Ok(looked.assign(booking, now)?.accept(person, now)?)
}
