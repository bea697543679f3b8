//! When an expert is there: weekly hours, leave, duty. Pure.
//!
//! Called by the operations beside it and by `consult.assign`. Hours are wall clock in the expert's zone, the site's unless said; what comes out is instants. A local
//! time that a change of clocks skips or repeats is read as RFC 5545 (3.3.5) reads it: the repeated one is the first, the skipped one lies as far after
//! the gap. It must never do IO, read a clock or know FHIR.

use jiff::civil::{self, Date};
use jiff::{SignedDuration, ToSpan, tz::TimeZone};
use kernel::{Id, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;
use utoipa::ToSchema;

/// Longest duty.
pub const DUTY_MAX: SignedDuration = SignedDuration::from_hours(36);
/// Longest leave: a leap year.
pub const LEAVE_MAX: SignedDuration = SignedDuration::from_hours(24 * 366);
/// Leaves and duties of one calendar that are not over.
pub const ENTRIES_MAX: usize = 200;
/// How far ahead an entry may end.
pub const AHEAD_MAX: SignedDuration = SignedDuration::from_hours(24 * 366 * 2);
/// Shifts of a week.
pub const SHIFTS_MAX: usize = 28;
/// Consultations that a limit may allow on one day.
pub const LIMIT_MAX: u32 = 100;
/// The last place of a standby ring.
pub const RANK_MAX: u32 = 9;
/// Days looked through for the next time somebody is there.
const NEXT_WITHIN_DAYS: i64 = 14;

/// A day of the week, as FHIR codes it (`days-of-week`, R4 4.0.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = WeekDay)]
pub enum Day {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

impl Day {
    /// All of them, from Monday.
    pub const ALL: [Self; 7] = [Self::Mon, Self::Tue, Self::Wed, Self::Thu, Self::Fri, Self::Sat, Self::Sun];

    fn of(date: Date) -> Self {
        let offset = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or_default();
        Self::ALL[offset]
    }
}

/// Days on which the hours are not those of their day of the week, as a hospital sets them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SpecialDays {
    /// Nobody keeps hours; who is on call is there.
    pub holidays: BTreeSet<Date>,
    /// Worked by Monday's hours, whatever day it is: made up for a holiday.
    pub workdays: BTreeSet<Date>,
}

impl SpecialDays {
    /// By which day's hours a date is worked; none on a holiday.
    fn worked_as(&self, date: Date) -> Option<Day> {
        if self.holidays.contains(&date) {
            return None;
        }
        Some(if self.workdays.contains(&date) { Day::Mon } else { Day::of(date) })
    }
}

/// Hours on some days of the week. An end that is not after the beginning is on the next day; equal ones are 24 hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = RotaShift)]
pub struct Shift {
    /// On which days it begins.
    pub days: Vec<Day>,
    /// From, for example `08:00:00`.
    #[schema(value_type = String)]
    pub from: civil::Time,
    /// To.
    #[schema(value_type = String)]
    pub to: civil::Time,
}

/// From an instant up to and without another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[schema(as = RotaSpell)]
pub struct Spell {
    /// From.
    #[schema(value_type = String, format = DateTime)]
    pub from: Time,
    /// To.
    #[schema(value_type = String, format = DateTime)]
    pub to: Time,
}

impl Spell {
    /// Whether they share an instant.
    pub fn meets(&self, other: &Self) -> bool {
        self.from < other.to && other.from < self.to
    }

    /// Whether it is in it.
    pub fn holds(&self, at: Time) -> bool {
        self.from <= at && at < self.to
    }

    fn within(&self, other: &Self) -> Option<Self> {
        let both = Self { from: self.from.max(other.from), to: self.to.min(other.to) };
        (both.from < both.to).then_some(both)
    }
}

/// Why somebody is away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = RotaReason)]
pub enum Reason {
    /// Annual leave.
    Vacation,
    /// A public holiday.
    Holiday,
    /// Ill.
    Sick,
    /// Training or a congress.
    Training,
    /// Travels for the hospital.
    Travel,
    /// Family, maternity and paternity among it.
    Family,
    /// Anything else.
    Other,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Vacation, Self::Holiday, Self::Sick, Self::Training, Self::Travel, Self::Family, Self::Other];

    /// The code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Vacation => "vacation",
            Self::Holiday => "holiday",
            Self::Sick => "sick",
            Self::Training => "training",
            Self::Travel => "travel",
            Self::Family => "family",
            Self::Other => "other",
        }
    }

    /// Reads a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.code() == code)
    }
}

/// Somebody is away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leave {
    /// The Slot.
    pub id: Id,
    /// When.
    pub spell: Spell,
}

/// Somebody is on call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = RotaDuty)]
pub struct Duty {
    /// The Slot.
    #[schema(value_type = String)]
    pub id: Id,
    /// When.
    #[serde(flatten)]
    pub spell: Spell,
    /// For which specialty.
    pub specialty: String,
    /// The place in the standby ring: 1 is called first, 2 stands by, and so on.
    pub rank: u32,
}

/// The calendar of an expert at a hospital.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    /// 0 while nothing was ever entered.
    pub version: u64,
    /// Weekly hours; none where nobody has said any, and then nobody is turned away for them.
    pub hours: Option<Vec<Shift>>,
    /// Most consultations of a day.
    pub limit: Option<u32>,
    /// By time.
    pub leaves: Vec<Leave>,
    /// By time.
    pub duties: Vec<Duty>,
    /// Leave that the same person entered at another hospital.
    pub elsewhere: Vec<Spell>,
    /// The zone that they work in, when it is another than the site's: their hours are wall clock there.
    pub zone: Option<TimeZone>,
    /// The holidays of their hospital, and the days made up for them.
    pub special: Arc<SpecialDays>,
}

/// Why somebody cannot be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = AwayBecause)]
pub enum Because {
    /// On leave; for which reason is their own.
    Leave,
    /// Outside their hours, and not on call.
    Hours,
}

/// Not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Away {
    /// Why.
    pub because: Because,
    /// From when on they can be had for as long; none when not within two weeks.
    pub until: Option<Time>,
}

/// When somebody is there on a day as the zone cuts it: in their hours (always but on holidays, where none are said) or on call, and not on leave. By time, none touching
/// another.
pub fn availability(
    hours: Option<&[Shift]>,
    leave: &[Spell],
    duty: &[Spell],
    special: &SpecialDays,
    zone: &TimeZone,
    day: Date,
) -> Vec<Spell> {
    let Some(whole) = whole(zone, day) else { return vec![] };
    let mut there: Vec<Spell> = match hours {
        None if special.holidays.contains(&day) => vec![],
        None => vec![whole],
        // A shift that began yesterday may end today.
        Some(hours) => {
            let days = [day.checked_sub(1.day()).ok(), Some(day)];
            let on = |date| hours.iter().filter_map(move |shift| shift.on(date, special, zone));
            days.into_iter().flatten().flat_map(on).collect()
        }
    };
    there.extend(duty);
    without(joined(there.iter().filter_map(|spell| spell.within(&whole)).collect()), leave)
}

/// A day as the zone cuts it: 23 or 25 hours where clocks change.
pub fn whole(zone: &TimeZone, day: Date) -> Option<Spell> {
    let begin = |date: Date| date.to_zoned(zone.clone()).ok().map(|z| z.timestamp());
    Some(Spell { from: begin(day)?, to: begin(day.checked_add(1.day()).ok()?)? })
}

impl Shift {
    /// The shift that begins on a date, if one does.
    fn on(&self, date: Date, special: &SpecialDays, zone: &TimeZone) -> Option<Spell> {
        if !self.days.contains(&special.worked_as(date)?) {
            return None;
        }
        let ends = if self.to <= self.from { date.checked_add(1.day()).ok()? } else { date };
        let at = |date: Date, time| date.to_datetime(time).to_zoned(zone.clone()).ok().map(|z| z.timestamp());
        let spell = Spell { from: at(date, self.from)?, to: at(ends, self.to)? };
        // A change of clocks can leave nothing of it.
        (spell.from < spell.to).then_some(spell)
    }
}

impl Calendar {
    /// Every leave of the person, here and elsewhere.
    pub fn away(&self) -> Vec<Spell> {
        joined(self.leaves.iter().map(|l| l.spell).chain(self.elsewhere.iter().copied()).collect())
    }

    /// When they are there between two instants, by time; `zone` is the site's.
    pub fn there(&self, zone: &TimeZone, window: Spell) -> Vec<Spell> {
        let zone = self.zone.as_ref().unwrap_or(zone);
        let date = |at: Time| at.to_zoned(zone.clone()).date();
        let (leave, duty) = (self.away(), self.duties.iter().map(|d| d.spell).collect::<Vec<_>>());
        let (mut day, last) = (date(window.from), date(window.to));
        let mut all = vec![];
        while day <= last {
            all.extend(availability(self.hours.as_deref(), &leave, &duty, &self.special, zone, day));
            let Ok(next) = day.checked_add(1.day()) else { break };
            day = next;
        }
        joined(all.iter().filter_map(|spell| spell.within(&window)).collect())
    }

    /// Whether they cannot be had throughout a spell, and from when on they can for as long.
    pub fn misses(&self, zone: &TimeZone, wanted: Spell) -> Option<Away> {
        if self.there(zone, wanted) == [wanted] {
            return None;
        }
        let length = wanted.to.duration_since(wanted.from);
        let from = wanted.from;
        let ahead = Spell { from, to: from + SignedDuration::from_hours(24 * NEXT_WITHIN_DAYS) + length };
        let next = self.there(zone, ahead).into_iter().find(|spell| spell.to.duration_since(spell.from) >= length);
        let because =
            if self.away().iter().any(|leave| leave.meets(&wanted)) { Because::Leave } else { Because::Hours };
        Some(Away { because, until: next.map(|spell| spell.from) })
    }

    /// Whether they are not there at all in a spell, and from when on they are.
    pub fn misses_all(&self, zone: &TimeZone, wanted: Spell) -> Option<Away> {
        if !self.there(zone, wanted).is_empty() {
            return None;
        }
        let moment = Spell { from: wanted.from, to: wanted.from + SignedDuration::from_mins(1) };
        self.misses(zone, moment)
    }

    /// Whether they are on leave now.
    pub fn is_on_leave(&self, now: Time) -> bool {
        self.away().iter().any(|leave| leave.holds(now))
    }

    /// Their duties now, unless they are on leave: who fell ill is not called.
    pub fn on_call(&self, now: Time) -> Vec<&Duty> {
        if self.is_on_leave(now) {
            return vec![];
        }
        self.duties.iter().filter(|duty| duty.spell.holds(now)).collect()
    }

    /// The place in the ring of a specialty now.
    pub fn rank(&self, specialty: &str, now: Time) -> Option<u32> {
        self.on_call(now).into_iter().filter(|duty| duty.specialty == specialty).map(|duty| duty.rank).min()
    }
}

/// Spells that touch become one.
fn joined(mut spells: Vec<Spell>) -> Vec<Spell> {
    spells.sort();
    let mut all: Vec<Spell> = vec![];
    for spell in spells {
        match all.last_mut() {
            Some(last) if spell.from <= last.to => last.to = last.to.max(spell.to),
            _ => all.push(spell),
        }
    }
    all
}

/// What is left of spells.
pub fn without(spells: Vec<Spell>, gone: &[Spell]) -> Vec<Spell> {
    gone.iter().fold(spells, |left, gone| {
        let rest = |spell: Spell| {
            if !spell.meets(gone) {
                return [Some(spell), None];
            }
            let before = Spell { from: spell.from, to: gone.from };
            let after = Spell { from: gone.to, to: spell.to };
            [before, after].map(|part| (part.from < part.to).then_some(part))
        };
        left.into_iter().flat_map(rest).flatten().collect()
    })
}

#[cfg(test)]
mod tests;
