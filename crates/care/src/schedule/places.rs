//! The places of an expert's day: each consultation takes one, so that two dispatchers do not both take the last.
//!
//! A place is a claim `day/PERSON/DATE/PLACE` held by the case until that day is over; how many there are is how full the day is. It must never decide.

use super::calendar::whole;
use crate::consult::Loaded;
use crate::consult::model::{Booking, Consult, Stage};
use fhir::Reference;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::{Id, Time};
use platform::Problem;
use records::{Change, Claim, ClaimHeld, Store};
use std::collections::{BTreeMap, BTreeSet};

/// How the keys begin.
pub const PREFIX: &str = "day/";

fn prefix(person: &Id, day: Date) -> String {
    format!("{PREFIX}{person}/{day}/")
}

/// The day on which a booking counts.
pub fn day_of(start: Time, zone: &TimeZone) -> Date {
    start.to_zoned(zone.clone()).date()
}

/// The places that others than this case hold of a day, and whether the case holds one.
pub async fn held(
    store: &dyn Store,
    person: &Id,
    day: Date,
    case: &Id,
    now: Time,
) -> Result<(Vec<ClaimHeld>, bool), Problem> {
    let all = store.claims(&prefix(person, day), now).await?;
    let (own, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|claim| claim.by.id == *case);
    Ok((others, !own.is_empty()))
}

/// The place that a case takes. Within a limit the first number that nobody holds, so that of two who take the last one decides anew; where nothing is
/// counted against it one of the case's own, for which nobody waits.
pub fn next(
    case: &Loaded,
    person: &Id,
    day: Date,
    others: &[ClaimHeld],
    limit: Option<u32>,
    zone: &TimeZone,
) -> Option<Claim> {
    let taken: BTreeSet<&str> = others.iter().map(|claim| claim.key.as_str()).collect();
    let prefix = prefix(person, day);
    let number = (0..limit.unwrap_or(0)).map(|n| format!("{prefix}{n}")).find(|key| !taken.contains(key.as_str()));
    let key = number.filter(|_| !is_full(limit, others)).unwrap_or_else(|| format!("{prefix}of-{}", case.id));
    let until = whole(zone, day)?.to;
    Some(Claim { key, by: case.at.case.clone(), until: Some(until) })
}

/// Whether a limit leaves no place.
pub fn is_full(limit: Option<u32>, others: &[ClaimHeld]) -> bool {
    limit.is_some_and(|limit| others.len() >= usize::try_from(limit).unwrap_or(usize::MAX))
}

/// How many consultations each person has, by day, of days that are not over.
pub async fn days(store: &dyn Store, now: Time) -> Result<BTreeMap<Id, BTreeMap<String, usize>>, Problem> {
    let mut days: BTreeMap<Id, BTreeMap<String, usize>> = BTreeMap::new();
    for claim in store.claims(PREFIX, now).await? {
        let mut parts = claim.key.split('/').skip(1);
        let (Some(Ok(person)), Some(day)) = (parts.next().map(Id::new), parts.next()) else { continue };
        *days.entry(person).or_default().entry(day.to_owned()).or_default() += 1;
    }
    Ok(days)
}

/// How many places of a day others than these cases hold, by person.
pub async fn others(
    store: &dyn Store,
    day: Date,
    cases: &BTreeSet<Reference>,
    now: Time,
) -> Result<BTreeMap<Id, u16>, Problem> {
    let day = day.to_string();
    let mut held: BTreeMap<Id, u16> = BTreeMap::new();
    for claim in store.claims(PREFIX, now).await?.iter().filter(|claim| !cases.contains(&claim.by)) {
        let mut parts = claim.key.split('/').skip(1);
        let (Some(Ok(person)), Some(of)) = (parts.next().map(Id::new), parts.next()) else { continue };
        if of == day {
            *held.entry(person).or_default() += 1;
        }
    }
    Ok(held)
}

/// The booking that counts: what was called off takes no place of a day.
fn counts(case: &Consult) -> Option<&Booking> {
    match &case.stage {
        Stage::Cancelled(_) | Stage::Declined(_) => None,
        stage => stage.booking(),
    }
}

/// Gives back the places that a step leaves.
pub async fn give_back(
    store: &dyn Store,
    case: &Loaded,
    next: &Consult,
    zone: &TimeZone,
    now: Time,
    change: &mut Change,
) -> Result<(), Problem> {
    let of = |case: &Consult| -> BTreeSet<(Id, Date)> {
        let booking = counts(case);
        booking.into_iter().flat_map(|b| b.experts.iter().map(|e| (e.person.clone(), day_of(b.start, zone)))).collect()
    };
    let after = of(next);
    for (person, day) in of(&case.consult).into_iter().filter(|one| !after.contains(one)) {
        let all = store.claims(&prefix(&person, day), now).await?;
        let own = all.into_iter().filter(|claim| claim.by == case.at.case);
        change.releases.extend(own.map(|claim| (claim.key, claim.by)));
    }
    Ok(())
}
