//! What a role could ever do to a case, and why not now: the steps themselves are tried on a copy.

use super::model::{Booking, Expert, Refused};
use super::resources::Loaded;
use super::state::{Absent, Step, Verdict};
use jiff::SignedDuration;
use kernel::decide::Facts;
use kernel::{Actor, Id, Role, Time};
use platform::Op;
use platform::permission::{Need, need};
use serde::Serialize;
use utoipa::ToSchema;

/// A step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CaseStep)]
pub struct Possible {
    /// Its code, as in the address.
    pub step: Step,
    /// Now.
    pub allowed: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<&'static str>,
}

/// What is open in a case beside its state.
#[derive(Debug, Clone, Copy)]
pub struct Open {
    /// An expert asked for something.
    pub asked: bool,
    /// The consent is owed.
    pub consent: bool,
}

/// The operation behind a step, when it is one a person takes by itself.
fn operation(step: Step) -> Option<&'static str> {
    Some(match step {
        Step::FirstLook => "consult.first_look",
        Step::Return => "consult.return_items",
        Step::Resubmit => "consult.resubmit",
        Step::Decline => "consult.decline",
        Step::Transfer => "consult.transfer",
        Step::Escalate => "consult.escalate",
        Step::Convert => "consult.convert",
        Step::Cancel => "consult.cancel",
        Step::Assign => "consult.assign",
        Step::Accept => "consult.accept",
        Step::HandBack => "consult.hand_back",
        Step::Ask => "consult.ask",
        Step::Supply => "consult.supply",
        Step::Consent => "consult.add_consent",
        Step::Start => "consult.start",
        Step::Suspend => "consult.suspend",
        Step::Resume => "consult.resume",
        Step::NoShow => "consult.no_show",
        Step::Conclude => "consult.conclude",
        Step::Sign => "opinion.sign",
        Step::Amend => "opinion.amend",
        Step::Answer => "consult.answer",
        Step::FollowUp => "consult.follow_up",
        Step::Close => "consult.close",
        Step::Submit | Step::Deliver => return None,
    })
}

/// The steps of the actor's role, each allowed now or with the reason why not.
pub fn possible(op: &Op, case: &Loaded, open: Open) -> Vec<Possible> {
    let facts = Facts { custodian: Some(case.custodian.clone()), case: Some(case.facts()), ..Facts::default() };
    Step::ALL.iter().filter_map(|&step| of(op.actor(), case, &facts, step, open, op.now())).collect()
}

fn of(actor: &Actor, case: &Loaded, facts: &Facts, step: Step, open: Open, now: Time) -> Option<Possible> {
    let Some(Need::May(action)) = need(operation(step)?) else { return None };
    // An opinion is concluded by who writes it, whoever else may conduct a session.
    if step == Step::Conclude && actor.role != Role::Specialist {
        return None;
    }
    let ever = kernel::decide(actor, action, &in_hand(facts), now).allow;
    let may = kernel::decide(actor, action, facts, now).allow;
    if !ever {
        return None;
    }
    let why = match attempt(case, step, &actor.person, now) {
        Err(why) => Some(why.code()),
        Ok(()) if step == Step::Supply && !open.asked => Some("no_ask"),
        Ok(()) if step == Step::Consent && !open.consent => Some("consent_on_file"),
        Ok(()) if !may => Some("not_yours"),
        Ok(()) => None,
    };
    Some(Possible { step, allowed: why.is_none(), why })
}

/// The case as if it were still under way: what a role could ever do does not change when it ends.
fn in_hand(facts: &Facts) -> Facts {
    let mut facts = facts.clone();
    if let Some(case) = &mut facts.case {
        case.in_hand = true;
        case.ended_at = None;
    }
    facts
}

/// Tries a step on a copy, with what any such step would bring.
fn attempt(case: &Loaded, step: Step, person: &Id, now: Time) -> Result<(), Refused> {
    let consult = case.consult.clone();
    let done = match step {
        Step::Submit => consult.submit(now),
        Step::FirstLook => consult.first_look(now),
        Step::Return => consult.return_items(now),
        Step::Resubmit => {
            let urgency = consult.ask.urgency;
            consult.resubmit(urgency, now)
        }
        Step::Decline => consult.decline(false, now),
        Step::Transfer => consult.transfer(now),
        Step::Escalate => consult.escalate(now),
        Step::Convert => consult.convert(now),
        Step::Cancel => consult.cancel(now),
        Step::Assign => consult.assign(somebody(person, now)?, now),
        Step::Accept => consult.accept(person, now),
        Step::HandBack => consult.hand_back(person, now),
        Step::Ask => return consult.ask_more(person),
        Step::Supply => return consult.supply(),
        Step::Consent => return consult.consent(),
        Step::Start => consult.start(now),
        Step::Suspend => consult.suspend(now),
        Step::Resume => consult.resume(now),
        Step::NoShow => consult.no_show(Absent::Expert, now),
        Step::Conclude => consult.conclude(person, now),
        Step::Sign => consult.sign(person, case.id.clone(), now),
        Step::Amend => consult.amend(person, case.id.clone(), now),
        Step::Deliver => consult.deliver(now),
        Step::Answer => consult.answer(Verdict::Adopted, None, person, now),
        Step::FollowUp => consult.follow_up(now),
        Step::Close => consult.close(now),
    };
    done.map(|_| ())
}

fn somebody(person: &Id, now: Time) -> Result<Booking, Refused> {
    let expert = Expert { role: person.clone(), person: person.clone(), hospital: person.clone(), accepted: None };
    Booking::new(vec![expert], now, now + SignedDuration::from_mins(30), None)
}
