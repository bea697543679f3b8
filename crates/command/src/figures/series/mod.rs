//! The daily series of the outbreak (Figure 2 of the ETCS paper) and what they are made of. Pure: what was known when in, days
//! with their cases out. Called by the operations of the figures; it must never read a clock or a store.
//!
//! A day is counted twice: as it stood when it was published, at its cut-off, and as it is known now. What lies between
//! is a restatement, and both open to their cases.

pub mod confirmed;
pub mod connected;
pub mod consulted;
pub mod discharged;
#[cfg(test)]
pub mod generated;
pub mod severe;
#[cfg(test)]
mod tests;

use super::rule::Rule;
use crate::outbreak::{Class, Grade};
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::{Id, Time};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// What was known of one thing, version by version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known<F>(Vec<(Time, Option<F>)>);

impl<F> Known<F> {
    /// Versions in the order of their coming; none: it is gone.
    pub fn new(mut versions: Vec<(Time, Option<F>)>) -> Self {
        versions.sort_by_key(|(at, _)| *at);
        Self(versions)
    }

    /// What was known before an instant.
    pub fn before(&self, at: Time) -> Option<&F> {
        self.0.iter().rev().find(|(known, _)| *known < at)?.1.as_ref()
    }

    /// What is known now.
    pub fn now(&self) -> Option<&F> {
        self.0.last()?.1.as_ref()
    }

    /// When something of it changed.
    pub fn times(&self) -> impl Iterator<Item = Time> + '_ {
        self.0.iter().map(|(at, _)| *at)
    }

    /// Each version that is one.
    pub fn facts(&self) -> impl Iterator<Item = &F> + '_ {
        self.0.iter().filter_map(|(_, fact)| fact.as_ref())
    }

    /// Each version that is one, with its instant.
    pub fn times_and_facts(&self) -> impl Iterator<Item = (Time, F)> + '_
    where
        F: Clone,
    {
        self.0.iter().filter_map(|(at, fact)| Some((*at, fact.clone()?)))
    }

    /// What follows from it and from others, at each instant at which one of them changed.
    pub fn merged<G>(mut times: Vec<Time>, at: impl Fn(Time) -> Option<G>) -> Known<G> {
        times.sort_unstable();
        times.dedup();
        // A version holds from its instant on: what is asked before the next nanosecond sees it.
        Known(times.into_iter().map(|t| (t, at(t.checked_add(1.nanosecond()).unwrap_or(t)))).collect())
    }
}

/// A report as the series look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// How sure.
    pub class: Class,
    /// Since when.
    pub class_at: Time,
    /// Whose.
    pub patient: Id,
    /// Each grading: the instant judged, and how ill.
    pub gradings: Vec<(Time, Grade)>,
    /// When the patient was discharged.
    pub discharged_at: Option<Time>,
    /// It is the same illness as one that was reported before, and is counted with that.
    pub is_alternate: bool,
}

/// A consultation as the series look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consult {
    /// When its opinion was signed.
    pub signed_at: Time,
    /// Whether a provincial team advised a municipal or county hospital.
    pub is_provincial: bool,
    /// Whose.
    pub patient: Option<Id>,
    /// How ill the patient was by the newest grading that was judged until then.
    pub grade: Option<Grade>,
}

/// A hospital as the series look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Joined {
    /// From when on somebody worked there with us.
    pub since: Time,
    /// Until when.
    pub until: Option<Time>,
}

/// All that the series are made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct World {
    /// Reports.
    pub cases: BTreeMap<Id, Known<Case>>,
    /// Consultations.
    pub consults: BTreeMap<Id, Known<Consult>>,
    /// Hospitals of province, cities and counties.
    pub hospitals: BTreeMap<Id, Known<Joined>>,
}

/// A day of the site, from cut-off to cut-off; the end is the next day's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// Which.
    pub date: Date,
    /// Its first instant.
    pub starts: Time,
    /// The first of the next.
    pub ends: Time,
}

impl Day {
    /// The day of a date. `cut_off` is the hour at which it ends, 24 being midnight.
    pub fn of(date: Date, cut_off: i64, zone: &TimeZone) -> Self {
        let end = |date: Date| {
            let (day, hour) = if cut_off >= 24 { (date.saturating_add(1.day()), 0) } else { (date, cut_off) };
            let hour = i8::try_from(hour).unwrap_or(0);
            // An hour that the clocks leave out ends with the one that follows.
            day.at(hour, 0, 0, 0).to_zoned(zone.clone()).map_or(Time::MAX, |z| z.timestamp())
        };
        Self { date, starts: end(date.saturating_sub(1.day())), ends: end(date) }
    }

    /// Whether an instant lies in it.
    pub fn holds(&self, at: Time) -> bool {
        self.starts <= at && at < self.ends
    }
}

/// One of the series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = FigureSeries)]
pub enum Series {
    /// Confirmed cases.
    Confirmed,
    /// Hospitals connected.
    Connected,
    /// Consultations.
    Consulted,
    /// Severe ones among the consultations.
    Severe,
    /// Discharged ones among the patients consulted.
    Discharged,
}

impl Series {
    /// All, in the order of the figure.
    pub const ALL: [Self; 5] = [Self::Confirmed, Self::Connected, Self::Consulted, Self::Severe, Self::Discharged];

    /// Its rule.
    pub fn rule(self) -> Rule {
        match self {
            Self::Confirmed => confirmed::RULE,
            Self::Connected => connected::RULE,
            Self::Consulted => consulted::RULE,
            Self::Severe => severe::RULE,
            Self::Discharged => discharged::RULE,
        }
    }

    /// What counts on a day, by what is known before `seen` (none: now).
    pub fn counted(self, world: &World, day: &Day, seen: Option<Time>) -> BTreeSet<Id> {
        match self {
            Self::Confirmed => pick(&world.cases, seen, |case| confirmed::counts(case, day)),
            Self::Connected => pick(&world.hospitals, seen, |joined| connected::counts(joined, day)),
            Self::Consulted => pick(&world.consults, seen, |consult| consulted::counts(consult, day)),
            Self::Severe => pick(&world.consults, seen, |consult| severe::counts(consult, day)),
            Self::Discharged => {
                let seen_of = |of: &Known<Consult>| view(of, seen).cloned();
                let consulted: Vec<Consult> = world.consults.values().filter_map(seen_of).collect();
                let patients = discharged::consulted(&consulted, day);
                pick(&world.cases, seen, |case| discharged::counts(case, &patients, day))
            }
        }
    }
}

fn view<F>(known: &Known<F>, seen: Option<Time>) -> Option<&F> {
    match seen {
        Some(at) => known.before(at),
        None => known.now(),
    }
}

fn pick<F>(of: &BTreeMap<Id, Known<F>>, seen: Option<Time>, counts: impl Fn(&F) -> bool) -> BTreeSet<Id> {
    of.iter().filter(|(_, known)| view(known, seen).is_some_and(&counts)).map(|(id, _)| id.clone()).collect()
}

/// The day among `all` that holds an instant.
fn day_at(all: &[Counted], at: Time) -> Option<usize> {
    let day = all.partition_point(|counted| counted.day.ends <= at);
    (day < all.len() && all[day].day.holds(at)).then_some(day)
}

/// Puts each thing into the days on which it counts, by each version that was the last of some day.
fn walk<F>(
    all: &mut [Counted],
    of: &BTreeMap<Id, Known<F>>,
    instant: impl Fn(&F) -> Option<Time>,
    counts: impl Fn(&F, &Day) -> bool,
) {
    for (id, known) in of {
        for day in known.facts().filter_map(&instant) {
            let Some(day) = day_at(all, day) else { continue };
            let Counted { day, published, known: now } = &mut all[day];
            if known.now().is_some_and(|fact| counts(fact, day)) {
                now.insert(id.clone());
            }
            if let Some(published) = published
                && known.before(day.ends).is_some_and(|fact| counts(fact, day))
            {
                published.insert(id.clone());
            }
        }
    }
}

/// A day of a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// Which.
    pub day: Day,
    /// As it was published at its cut-off; none while it runs.
    pub published: Option<BTreeSet<Id>>,
    /// As it is known now.
    pub known: BTreeSet<Id>,
}

impl Counted {
    /// A day of a series at `now`.
    pub fn of(series: Series, world: &World, day: Day, now: Time) -> Self {
        let published = (day.ends <= now).then(|| series.counted(world, &day, Some(day.ends)));
        Self { published, known: series.counted(world, &day, None), day }
    }

    /// Each of some days, in their order and one after the other: the same as [`Counted::of`] of each, in one walk over what
    /// there is, since a thing counts on one day alone by each of its versions.
    pub fn by_day(series: Series, world: &World, days: &[Day], now: Time) -> Vec<Self> {
        let mut all: Vec<Self> = days
            .iter()
            .map(|day| Self { day: *day, published: (day.ends <= now).then(BTreeSet::new), known: BTreeSet::new() })
            .collect();
        match series {
            Series::Confirmed => walk(&mut all, &world.cases, |case| Some(case.class_at), confirmed::counts),
            Series::Consulted => walk(&mut all, &world.consults, |consult| Some(consult.signed_at), consulted::counts),
            Series::Severe => walk(&mut all, &world.consults, |consult| Some(consult.signed_at), severe::counts),
            // A state at the end of each day, of few things; and what depends on the patients consulted until then.
            Series::Connected => all = days.iter().map(|day| Self::of(series, world, *day, now)).collect(),
            Series::Discharged => discharged::walk(&mut all, world),
        }
        all
    }

    /// What came to it after it was published.
    pub fn added(&self) -> Vec<&Id> {
        self.published.iter().flat_map(|then| self.known.difference(then)).collect()
    }

    /// What was published and does not count any more.
    pub fn removed(&self) -> Vec<&Id> {
        self.published.iter().flat_map(|then| then.difference(&self.known)).collect()
    }
}
