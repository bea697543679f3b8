//! What a step means beyond its own resources: beds held and let go, access opened and ended, who hears of it, the clock.

use super::clock;
use super::loading::find;
use super::resources::{Loaded, Next};
use super::state::State;
use super::telling::{parties, told};
use crate::bed;
use crate::moved::Moved;
use fhir::{Reference, ResourceType};
use jiff::{ToSpan, tz::TimeZone};
use kernel::decide::{EXPERT_KEEPS, OPINION_KEPT_YEARS};
use kernel::{Actor, Id, Time};
use platform::case::Who;
use platform::{Op, Platform, Problem, notify};
use records::{Act, Change, Claim, Grant, Query, Revoke, Scope, Store, Subject, Viewer};
use std::collections::BTreeMap;

/// Everything one step writes, in one change.
pub async fn change(op: &Op, of: &Loaded, what: &'static str, next: &Next) -> Result<Change, Problem> {
    changed(op.platform(), Some(op.actor()), op.now(), of, what, next).await
}

/// As [`change`], by somebody or by the system itself.
pub async fn changed(
    platform: &Platform,
    actor: Option<&Actor>,
    now: Time,
    of: &Loaded,
    what: &'static str,
    next: &Next,
) -> Result<Change, Problem> {
    let mut change = Change::of(act(actor, of, what, next));
    add(&mut change, platform, actor, now, of, what, next).await?;
    notify::tell(platform, &mut change, &told(what, of, next));
    Ok(change)
}

/// Adds what a step writes to a change that says itself what happened: the referral up that ends when its patient is home.
pub async fn add(
    change: &mut Change,
    platform: &Platform,
    actor: Option<&Actor>,
    now: Time,
    of: &Loaded,
    what: &'static str,
    next: &Next,
) -> Result<(), Problem> {
    let moved = Moved { what: what.to_owned(), by: actor.map(Who::from), at: now };
    let (writes, expect) = of.write(next, &moved);
    change.writes.extend(writes);
    change.expect.push(expect);
    hold(change, of, next);
    open(change, of, next, now);
    keep_patient_open(&*platform.store, of, change).await?;
    change.jobs.extend(clock::job(&of.id, &next.referral, &platform.timers(), now));
    Ok(())
}

/// The act of a step: codes, and who may hear of it.
fn act(actor: Option<&Actor>, of: &Loaded, what: &'static str, next: &Next) -> Act {
    let mut act = actor.map_or_else(|| Act::system(what), |actor| Act::of(actor, what));
    act.about = vec![of.at.case.clone()];
    act.case = Some(of.at.case.clone());
    act.patient = Some(of.words.patient.clone());
    act.why.clone_from(&next.why);
    for (name, value) in [
        ("number", of.words.number.clone()),
        ("from", of.referral.state().code().into()),
        ("to", next.referral.state().code().into()),
        ("severity", next.referral.ask.severity.code().into()),
        ("direction", next.referral.ask.direction.code().into()),
    ] {
        act.params.insert(name.into(), value.into());
    }
    act.audience = parties(of, next, actor.map(|a| &a.hospital));
    act
}

/// Beds newly held are claimed, for the referral; those no longer held are let go.
fn hold(change: &mut Change, of: &Loaded, next: &Next) {
    let before: BTreeMap<Id, Option<Time>> = of.referral.holds().into_iter().collect();
    let after: BTreeMap<Id, Option<Time>> = next.referral.holds().into_iter().collect();
    let by = &of.at.case;
    for (bed, until) in after.iter().filter(|(bed, until)| before.get(*bed) != Some(*until)) {
        change.claims.push(Claim { key: bed::key(bed), by: by.clone(), until: *until });
    }
    for bed in before.keys().filter(|bed| !after.contains_key(*bed)) {
        change.releases.push((bed::key(bed), by.clone()));
    }
    if next.referral.is_end() || next.referral.state() == State::Arrived {
        change.releases.push((under_way_key(of), by.clone()));
    }
}

/// A patient is referred up once at a time, and back home from one referral once at a time.
pub fn under_way_key(of: &Loaded) -> String {
    under_way(&of.words.patient, of.words.answers.as_ref())
}

/// The same, of one that begins.
pub fn under_way(patient: &Reference, answers: Option<&Id>) -> String {
    match answers {
        Some(up) => format!("referral-home/{up}"),
        None => format!("referral-of/{}", patient.id),
    }
}

/// Opens the referral to the hospital that takes the patient, and ends that after the end.
fn open(change: &mut Change, of: &Loaded, next: &Next, now: Time) {
    let hospital = |id: &Id| Subject::Hospital(id.clone());
    let (before, after) = (of.referral.stage.place(), next.referral.stage.place());
    let (before, after) = (before.map(|p| &p.hospital), after.map(|p| &p.hospital));
    let mut grant = |subject, scope, until| change.grants.push(Grant { subject, scope, until });
    if let Some(receiver) = after.filter(|_| before != after) {
        for scope in scopes(of) {
            grant(hospital(receiver), scope, None);
        }
        // The stay will be in the receiver's custody: who referred sees how it goes.
        grant(hospital(&of.sender), Scope::Case(of.at.case.clone()), None);
    }
    let mut revoke = |subject, scope, until| change.revokes.push(Revoke { subject, scope, until });
    if let Some(gone) = before.filter(|_| before != after) {
        scopes(of).into_iter().for_each(|scope| revoke(hospital(gone), scope, now));
    }
    let Some(receiver) = after.filter(|_| next.referral.is_end() && !of.referral.is_end()) else { return };
    scopes(of).into_iter().for_each(|scope| revoke(hospital(receiver), scope, now + EXPERT_KEEPS));
    // The papers of the hand-over are filed on both sides, as a signed opinion is.
    let arrived = matches!(next.referral.state(), State::Arrived | State::Closed);
    let until = now.to_zoned(TimeZone::UTC).checked_add(OPINION_KEPT_YEARS.years());
    let until = until.map_or(Time::MAX, |z| z.timestamp());
    let at = &of.at;
    let papers = match of.words.answers {
        None => [&at.case, &at.task, &at.handover, &at.summary, &at.stay].to_vec(),
        Some(_) => [&at.case, &at.task, &at.handover, &at.discharge].to_vec(),
    };
    for kept in papers.into_iter().filter(|_| arrived) {
        for side in [receiver, &of.sender] {
            let scope = Scope::Resource(kept.clone());
            change.grants.push(Grant { subject: hospital(side), scope, until: Some(until) });
        }
    }
}

/// What is opened to who takes the patient: the referral, the patient's card, what it cites.
fn scopes(of: &Loaded) -> Vec<Scope> {
    let own = [Scope::Case(of.at.case.clone()), Scope::Resource(of.words.patient.clone())];
    let cited = of.words.cited.iter().filter(|c| **c != of.at.summary && **c != of.at.discharge);
    own.into_iter().chain(cited.cloned().map(Scope::Resource)).collect()
}

/// A hospital that has another referral of the same patient in hand keeps what both opened.
async fn keep_patient_open(store: &dyn Store, of: &Loaded, change: &mut Change) -> Result<(), Problem> {
    let card = |scope: &Scope| matches!(scope, Scope::Resource(_));
    if !change.revokes.iter().any(|r| card(&r.scope)) {
        return Ok(());
    }
    let patient = of.words.patient.to_string();
    let query = Query::of(ResourceType::SERVICE_REQUEST)
        .with("subject", patient)
        .with("code", format!("{}|referral", platform::case::SERVICE))
        .count(1000);
    let mut needed: Vec<(Subject, Scope)> = vec![];
    for other in store.search(&Viewer::System, &query).await?.matches.iter().filter(|o| o.at != of.at.case) {
        let Some(other) = find(store, &other.at.id).await?.filter(|o| o.ended_at.is_none()) else { continue };
        if let Some(place) = other.referral.stage.place() {
            needed.extend(scopes(&other).into_iter().map(|s| (Subject::Hospital(place.hospital.clone()), s)));
        }
    }
    change.revokes.retain(|r| !needed.iter().any(|(subject, scope)| r.subject == *subject && r.scope == *scope));
    Ok(())
}
