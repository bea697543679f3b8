//! What a step means beyond its own resources: time taken of rooms, terminals and experts, access opened and ended, who hears of it.

use super::escalation;
use super::model::{Booking, Consult};
use super::resources::{Loaded, Moved, Next};
use super::state::{Kind, State};
use super::telling::told;
use crate::schedule::terminals;
use fhir::{Reference, ResourceType};
use jiff::{SignedDuration, ToSpan, tz::TimeZone};
use kernel::decide::{EXPERT_KEEPS, OPINION_KEPT_YEARS};
use kernel::{Actor, Id, Time};
use platform::case::Who;
use platform::{Directory, Op, Platform, notify};
use records::{Act, Change, Claim, Grant, Revoke, Scope, Subject};
use std::collections::BTreeMap;

/// Rooms, terminals and experts are taken by so many minutes.
pub const SLOT: SignedDuration = SignedDuration::from_mins(5);

/// Everything one step writes, in one change. Siblings add their own resources to it before they commit.
pub fn change(op: &Op, case: &Loaded, what: &'static str, next: &Next) -> Change {
    changed(op.platform(), Some(op.actor()), op.now(), case, what, next)
}

/// As [`change`], by somebody or by the system itself.
pub(super) fn changed(
    platform: &Platform,
    actor: Option<&Actor>,
    now: Time,
    case: &Loaded,
    what: &'static str,
    next: &Next,
) -> Change {
    let moved = Moved { what: what.to_owned(), by: actor.map(Who::from), at: now };
    let limits = &platform.timers();
    let (writes, expect) = case.write(next, &moved, limits);
    let mut change = Change::of(act(actor, case, what, next));
    change.writes = writes;
    change.expect = expect;
    book(&mut change, case, next, &platform.directory, now);
    open(&mut change, case, next, now);
    change.jobs.extend(escalation::job(&case.id, &next.consult, limits, now));
    // What happens by itself says itself who is told.
    if actor.is_some() {
        notify::tell(platform, &mut change, &told(what, case, next));
    }
    change
}

/// The act of a step: codes, and who may hear of it.
fn act(actor: Option<&Actor>, case: &Loaded, what: &'static str, next: &Next) -> Act {
    let mut act = case.act_of(actor, what);
    act.why.clone_from(&next.why);
    act.params.insert("from".into(), case.consult.state().code().into());
    act.params.insert("to".into(), next.consult.state().code().into());
    act.params.insert("urgency".into(), next.consult.ask.urgency.code().into());
    let mut hear = |subject| {
        if !act.audience.contains(&subject) {
            act.audience.push(subject);
        }
    };
    for person in experts(&next.consult) {
        hear(Subject::Person(person.clone()));
    }
    if let Some(centre) = &next.centre {
        hear(Subject::Desk(centre.clone()));
    }
    act
}

impl Loaded {
    /// An act on this case, heard by its parties as they are now.
    pub fn act(&self, op: &Op, what: &'static str) -> Act {
        self.act_of(Some(op.actor()), what)
    }

    /// As [`Loaded::act`], by somebody or by the system itself.
    pub(super) fn act_of(&self, actor: Option<&Actor>, what: &'static str) -> Act {
        let mut act = actor.map_or_else(|| Act::system(what), |actor| Act::of(actor, what));
        act.about = vec![self.at.case.clone()];
        act.case = Some(self.at.case.clone());
        act.patient = Some(self.patient.clone());
        act.params.insert("number".into(), self.number.clone().into());
        if self.is_drill() {
            act.params.insert("drill".into(), true.into());
        }
        act.audience = vec![Subject::Hospital(self.custodian.clone()), Subject::Desk(self.centre.clone())];
        act.audience.extend(experts(&self.consult).map(|p| Subject::Person(p.clone())));
        act
    }
}

fn experts(case: &Consult) -> impl Iterator<Item = &Id> {
    case.stage.booking().into_iter().flat_map(|b| &b.experts).map(|e| &e.person)
}

/// The booking that holds time of people and rooms; on the record nobody's time is taken.
fn holding(case: &Consult) -> Option<&Booking> {
    use State as S;
    let holds =
        matches!(case.state(), S::Scheduled | S::Waiting | S::InSession | S::Suspended | S::Escalated | S::NoShow);
    if holds && case.ask.kind == Kind::Live { case.stage.booking() } else { None }
}

/// The keys of a booking's time that is not over yet, each with its end. A virtual room is never taken.
fn keys(case: &Consult, directory: &Directory, now: Time) -> BTreeMap<String, Time> {
    let Some(booking) = holding(case) else { return BTreeMap::new() };
    let mut prefixes: Vec<String> = booking.experts.iter().map(|e| expert_key(&e.person)).collect();
    let physical = booking.room.iter().filter(|r| directory.room(r).is_some_and(|r| !r.is_virtual));
    prefixes.extend(physical.map(room_key));
    prefixes.extend(booking.terminal.iter().map(terminals::key));
    slots(booking.start, booking.end)
        .filter(|from| *from + SLOT > now)
        .flat_map(|from| prefixes.iter().map(move |prefix| (format!("{prefix}{from}"), from + SLOT)))
        .collect()
}

/// The claims of an expert's time begin with this.
pub fn expert_key(person: &Id) -> String {
    format!("expert/{person}/")
}

/// The claims of a room's time begin with this.
pub fn room_key(room: &Id) -> String {
    format!("room/{room}/")
}

/// The five-minute slots that a time touches.
pub fn slots(start: Time, end: Time) -> impl Iterator<Item = Time> {
    let length = SLOT.as_secs();
    let first = start.as_second().div_euclid(length) * length;
    (0..).map_while(move |n| Time::from_second(first + n * length).ok()).take_while(move |slot| *slot < end)
}

fn book(change: &mut Change, case: &Loaded, next: &Next, directory: &Directory, now: Time) {
    let (before, after) = (keys(&case.consult, directory, now), keys(&next.consult, directory, now));
    let by = &case.at.case;
    for (key, until) in after.iter().filter(|(key, _)| !before.contains_key(*key)) {
        change.claims.push(Claim { key: key.clone(), by: by.clone(), until: Some(*until) });
    }
    for key in before.keys().filter(|key| !after.contains_key(*key)) {
        change.releases.push((key.clone(), by.clone()));
    }
}

/// Opens the case to experts and centre, and ends what was open.
fn open(change: &mut Change, case: &Loaded, next: &Next, now: Time) {
    let scopes = |patient: &Reference| [Scope::Case(case.at.case.clone()), Scope::Resource(patient.clone())];
    let (before, after): (Vec<&Id>, Vec<&Id>) = (experts(&case.consult).collect(), experts(&next.consult).collect());
    let mut revoke = |subject: Subject, scope, until| change.revokes.push(Revoke { subject, scope, until });
    for gone in before.iter().filter(|p| !after.contains(p)) {
        for scope in scopes(&case.patient) {
            revoke(Subject::Person((*gone).clone()), scope, now);
        }
    }
    let desk = |centre: &Id| Subject::Desk(centre.clone());
    if next.centre.is_some() || next.consult.state().is_end() {
        revoke(desk(&case.centre), Scope::Case(case.at.case.clone()), now);
    }
    if next.consult.state().is_end() {
        for person in &after {
            for scope in scopes(&case.patient) {
                revoke(Subject::Person((*person).clone()), scope, now + EXPERT_KEEPS);
            }
        }
    }
    let mut grant = |subject, scope, until| change.grants.push(Grant { subject, scope, until });
    // An amended opinion opens a case that was closed over it.
    let reopened = case.consult.state().is_end() && !next.consult.state().is_end();
    for new in after.iter().filter(|p| reopened || !before.contains(p)) {
        for scope in scopes(&case.patient) {
            grant(Subject::Person((*new).clone()), scope, None);
        }
    }
    if next.consult.state() == State::Signed {
        let until = years_after(now, OPINION_KEPT_YEARS);
        for hospital in case.facts().advising_hospitals {
            let cited = case.cited().into_iter().filter(|r| r.ty != ResourceType::CONSENT);
            for kept in cited.chain([case.at.case.clone()]) {
                grant(Subject::Hospital(hospital.clone()), Scope::Resource(kept), Some(until));
            }
        }
    }
    if let Some(centre) = next.centre.as_ref().or(reopened.then_some(&case.centre)) {
        change.grants.push(desk_opens(centre, &case.at.case));
    }
}

/// The centre sees a case handed to it.
pub fn desk_opens(centre: &Id, case: &Reference) -> Grant {
    Grant { subject: Subject::Desk(centre.clone()), scope: Scope::Case(case.clone()), until: None }
}

fn years_after(at: Time, years: i64) -> Time {
    at.to_zoned(TimeZone::UTC).checked_add(years.years()).map_or(Time::MAX, |z| z.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_cover_every_minute_touched() {
        let at = |text: &str| text.parse::<Time>().unwrap();
        let of = |start: &str, end: &str| slots(at(start), at(end)).map(|s| s.to_string()).collect::<Vec<_>>();
        assert_eq!(
            of("2026-11-21T02:00:00Z", "2026-11-21T02:10:00Z"),
            ["2026-11-21T02:00:00Z", "2026-11-21T02:05:00Z"]
        );
        assert_eq!(
            of("2026-11-21T02:04:59Z", "2026-11-21T02:05:01Z"),
            ["2026-11-21T02:00:00Z", "2026-11-21T02:05:00Z"]
        );
        assert_eq!(of("2026-11-21T02:03:00Z", "2026-11-21T02:05:00Z"), ["2026-11-21T02:00:00Z"]);
    }
}
