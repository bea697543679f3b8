//! Dates, dates with times and times of day, as far as they are known.

use super::quantity::Quantity;
use super::value::Item;
use jiff::civil::{self, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::cmp::Ordering;
use std::fmt;

/// What of the two a moment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Date,
    DateTime,
    Time,
}

/// A moment, as far as it is known: what follows is as early as can be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Moment {
    pub(super) kind: Kind,
    /// Without its zone. A time of day is one of the first of January 1970.
    at: DateTime,
    /// How far it is known, and how many digits of the second.
    known: Unit,
    digits: usize,
    /// Minutes east of UTC; none where it does not say.
    zone: Option<i32>,
}

/// What a moment is known to, and what is added to one: weeks are days, and milliseconds are seconds. A second and its fraction are one: `10:30:00` is `10:30:00.0`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Unit {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
}

/// How far zones are from UTC, in minutes: the first day begins at +14:00, the last ends at -12:00.
const EAST_MAX: i32 = 14 * 60;
const WEST_MAX: i32 = -12 * 60;

impl Moment {
    /// What a literal after `@` begins with, and how long that is.
    pub(super) fn prefix(text: &str) -> Option<(Self, usize)> {
        let mut form = Form { text: text.as_bytes(), at: 0 };
        let clock_alone = form.mark(b'T');
        let year = if clock_alone { None } else { Some(form.number(4)?) };
        let month = year.and_then(|_| form.after(b'-', 2));
        let day = month.and_then(|_| form.after(b'-', 2));
        let timed = clock_alone || form.mark(b'T');
        let hour = if clock_alone || (timed && day.is_some()) { form.number(2) } else { None };
        let minute = hour.and_then(|_| form.after(b':', 2));
        let second = minute.and_then(|_| form.after(b':', 2));
        let (nanos, digits) = second.map_or((0, 0), |_| form.fraction());
        let zone = if clock_alone { None } else { hour.and_then(|_| form.zone()) };
        let kind = match (clock_alone, timed) {
            (true, _) => Kind::Time,
            (_, false) => Kind::Date,
            _ => Kind::DateTime,
        };
        let known = [(second, Unit::Second), (minute, Unit::Minute), (hour, Unit::Hour), (day, Unit::Day)];
        let known = known.iter().find(|(part, _)| part.is_some()).map(|(_, unit)| *unit);
        let known = known.or(if clock_alone { None } else { Some(month.map_or(Unit::Year, |_| Unit::Month)) })?;
        let small = |part: Option<i16>, least| i8::try_from(part.unwrap_or(least)).unwrap_or(-1);
        // A leap second counts as the one before it.
        let second = if second == Some(60) { 59 } else { small(second, 0) };
        let (year, hour, minute) = (year.unwrap_or(1970), small(hour, 0), small(minute, 0));
        let at = DateTime::new(year, small(month, 1), small(day, 1), hour, minute, second, nanos).ok()?;
        Some((Self { kind, at, known, digits, zone }, form.at))
    }

    /// A date, a date with a time, or after `T` a time of day, as texts hold them.
    pub(super) fn read(text: &str) -> Option<Self> {
        Self::prefix(text).filter(|(_, length)| *length == text.len()).map(|(moment, _)| moment)
    }

    /// A time of day as JSON holds it.
    pub(super) fn time(text: &str) -> Option<Self> {
        Self::read(&format!("T{}", text.strip_prefix('T').unwrap_or(text)))
    }

    /// What a text of a FHIR type holds.
    pub(super) fn of(ty: &str, text: &str) -> Option<Self> {
        match ty {
            "date" => Self::read(text),
            "dateTime" | "instant" => Some(Self { kind: Kind::DateTime, ..Self::read(text)? }),
            "time" => Self::time(text),
            _ => None,
        }
    }

    /// An instant, in UTC.
    pub(super) fn now(at: Timestamp) -> Self {
        let at = at.to_zoned(TimeZone::UTC).datetime();
        Self { kind: Kind::DateTime, at, known: Unit::Second, digits: 3, zone: Some(0) }
    }

    pub(super) fn item<'v>(self) -> Item<'v> {
        Item::Moment(Box::new(self))
    }

    /// Whether it is a time of day, which is never the same as a date.
    pub(super) fn is_time(&self) -> bool {
        self.kind == Kind::Time
    }

    /// As another kind, if it can be one: a time of day is no date.
    pub(super) fn to(&self, kind: Kind) -> Option<Self> {
        match (self.kind, kind) {
            (same, wanted) if same == wanted => Some(self.clone()),
            (Kind::Time, _) | (_, Kind::Time) => None,
            (_, Kind::Date) => Some(Self {
                kind,
                at: self.at.date().to_datetime(civil::Time::midnight()),
                known: self.known.min(Unit::Day),
                digits: 0,
                zone: None,
            }),
            _ => Some(Self { kind, ..self.clone() }),
        }
    }

    /// The instants between which it lies, in nanoseconds, if it is in UTC or in zones as far from it as can be.
    fn range(&self, zones: (i32, i32)) -> Option<(i128, i128)> {
        let at = |time: DateTime, east: i32| {
            let instant = time.to_zoned(TimeZone::UTC).ok()?.timestamp().as_nanosecond();
            Some(instant - i128::from(east) * 60_000_000_000)
        };
        Some((at(self.at, zones.0)?, at(self.last()?, zones.1)?))
    }

    /// The last nanosecond that it may be. A second is that very one.
    fn last(&self) -> Option<DateTime> {
        let next = match self.known {
            Unit::Second => return Some(self.at),
            Unit::Minute => self.at.checked_add(1.minute()),
            Unit::Hour => self.at.checked_add(1.hour()),
            Unit::Day => self.at.checked_add(1.day()),
            Unit::Month => self.at.checked_add(1.month()),
            Unit::Year => self.at.checked_add(1.year()),
        };
        next.ok()?.checked_sub(1.nanosecond()).ok()
    }

    /// Before, after, or the same as far as both are known; none where that is not sure. What names no zone may be in any when
    /// it is held against what does.
    pub(super) fn compare(&self, other: &Self) -> Option<Ordering> {
        if self.is_time() != other.is_time() {
            return None;
        }
        let mixed = self.zone.is_some() != other.zone.is_some();
        let zones = |moment: &Self| match moment.zone {
            Some(east) => (east, east),
            None if mixed => (EAST_MAX, WEST_MAX),
            None => (0, 0),
        };
        let (left, right) = (self.range(zones(self))?, other.range(zones(other))?);
        if left.1 < right.0 {
            return Some(Ordering::Less);
        }
        if left.0 > right.1 {
            return Some(Ordering::Greater);
        }
        (left == right && self.known == other.known).then_some(Ordering::Equal)
    }

    /// Later by a span of time, or earlier by a negative one. Of a span finer than what is known the whole units count:
    /// `@2014 + 24 months` is `@2016`. The error says what no calendar adds.
    pub(super) fn plus(&self, span: &Quantity, sign: i64) -> Result<Option<Self>, &'static str> {
        let unit = span.span().ok_or("only spans of time are added to a date")?;
        let Some(value) = span.spanned() else { return Ok(None) };
        let (unit, value) = coarse(unit, value, self.known);
        let nanos = value.checked_mul(Decimal::from(1_000_000_000)).and_then(|n| n.trunc().to_i64());
        let Some(whole) = value.trunc().to_i64().and_then(|n| n.checked_mul(sign)) else { return Ok(None) };
        let at = match unit {
            Unit::Year => i16::try_from(whole).ok().and_then(|n| self.at.checked_add(n.years()).ok()),
            Unit::Month => i32::try_from(whole).ok().and_then(|n| self.at.checked_add(n.months()).ok()),
            Unit::Day => i32::try_from(whole).ok().and_then(|n| self.at.checked_add(n.days()).ok()),
            Unit::Hour => self.at.checked_add(SignedDuration::from_secs(whole.saturating_mul(3600))).ok(),
            Unit::Minute => self.at.checked_add(SignedDuration::from_secs(whole.saturating_mul(60))).ok(),
            Unit::Second => {
                nanos.and_then(|n| self.at.checked_add(SignedDuration::from_nanos(n.saturating_mul(sign))).ok())
            }
        };
        // A time of day goes round.
        let day = self.at.date();
        let at = if self.kind == Kind::Time { at.map(|at| at.time().to_datetime(day)) } else { at };
        Ok(at.map(|at| Self { at, ..self.clone() }))
    }

    /// How many digits are known: a year has 4, a second with its fraction 17.
    pub(super) fn precision(&self) -> i64 {
        let whole = match self.known {
            Unit::Year => 4,
            Unit::Month => 6,
            Unit::Day => 8,
            Unit::Hour => 10,
            Unit::Minute => 12,
            Unit::Second => 14,
        };
        let digits = whole + i64::try_from(self.digits).unwrap_or_default();
        if self.kind == Kind::Time { digits - 8 } else { digits }
    }

    /// The earliest or the latest that it may be, to so many digits; by default as many as its kind has.
    pub(super) fn boundary(&self, high: bool, digits: Option<i64>) -> Option<Self> {
        let (most, day) = match self.kind {
            Kind::Date => (8, 0),
            Kind::DateTime => (17, 0),
            Kind::Time => (9, 8),
        };
        let (known, fraction) = match digits.unwrap_or(most) + day {
            4 => (Unit::Year, 0),
            6 => (Unit::Month, 0),
            8 => (Unit::Day, 0),
            10 => (Unit::Hour, 0),
            12 => (Unit::Minute, 0),
            14 => (Unit::Second, 0),
            17 => (Unit::Second, 3),
            _ => return None,
        };
        let at = if high { self.last()? } else { self.at };
        let widest = if high { WEST_MAX } else { EAST_MAX };
        let clocked = self.kind == Kind::DateTime && known > Unit::Day;
        let zone = if clocked { Some(self.zone.unwrap_or(widest)) } else { None };
        Some(Self { kind: self.kind, at, known, digits: fraction, zone })
    }
}

/// A span in the finest unit that a moment knows, if it is finer itself. Months have 30 days and years 365 then.
fn coarse(unit: Unit, value: Decimal, known: Unit) -> (Unit, Decimal) {
    let (next, size) = match unit {
        Unit::Second if known < Unit::Second => (Unit::Minute, 60),
        Unit::Minute if known < Unit::Minute => (Unit::Hour, 60),
        Unit::Hour if known < Unit::Hour => (Unit::Day, 24),
        Unit::Day if known == Unit::Year => (Unit::Year, 365),
        Unit::Day if known < Unit::Day => (Unit::Month, 30),
        Unit::Month if known < Unit::Month => (Unit::Year, 12),
        _ => return (unit, value),
    };
    coarse(next, value / Decimal::from(size), known)
}

/// The text of a moment, read from the left.
struct Form<'t> {
    text: &'t [u8],
    at: usize,
}

impl Form<'_> {
    fn mark(&mut self, mark: u8) -> bool {
        let found = self.text.get(self.at) == Some(&mark);
        self.at += usize::from(found);
        found
    }

    /// A number of so many digits.
    fn number(&mut self, digits: usize) -> Option<i16> {
        let part = self.text.get(self.at..self.at + digits).filter(|part| part.iter().all(u8::is_ascii_digit))?;
        self.at += digits;
        Some(part.iter().fold(0, |n, digit| n * 10 + i16::from(digit - b'0')))
    }

    /// A mark and a number, or neither.
    fn after(&mut self, mark: u8, digits: usize) -> Option<i16> {
        let before = self.at;
        let number = if self.mark(mark) { self.number(digits) } else { None };
        if number.is_none() {
            self.at = before;
        }
        number
    }

    /// What of a second is written after its point, in nanoseconds, and with how many digits.
    fn fraction(&mut self) -> (i32, usize) {
        let after = self.text.get(self.at + 1..).unwrap_or_default();
        let length = after.iter().take_while(|c| c.is_ascii_digit()).count();
        if self.text.get(self.at) != Some(&b'.') || length == 0 {
            return (0, 0);
        }
        self.at += 1 + length;
        let nine = after[..length].iter().copied().chain(std::iter::repeat(b'0')).take(9);
        (nine.fold(0, |n, digit| n * 10 + i32::from(digit - b'0')), length.min(9))
    }

    /// Minutes east of UTC.
    fn zone(&mut self) -> Option<i32> {
        if self.mark(b'Z') {
            return Some(0);
        }
        let before = self.at;
        let west = self.mark(b'-');
        let hours = if west || self.mark(b'+') { self.number(2) } else { None };
        let Some((hours, minutes)) = hours.and_then(|h| Some((h, self.after(b':', 2)?))) else {
            self.at = before;
            return None;
        };
        let east = i32::from(hours) * 60 + i32::from(minutes);
        Some(if west { -east } else { east })
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.at;
        if self.kind != Kind::Time {
            write!(f, "{:04}", at.year())?;
            if self.known >= Unit::Month {
                write!(f, "-{:02}", at.month())?;
            }
            if self.known >= Unit::Day {
                write!(f, "-{:02}", at.day())?;
            }
            if self.known >= Unit::Hour {
                f.write_str("T")?;
            }
        }
        if self.known >= Unit::Hour {
            write!(f, "{:02}", at.hour())?;
        }
        if self.known >= Unit::Minute {
            write!(f, ":{:02}", at.minute())?;
        }
        if self.known == Unit::Second {
            write!(f, ":{:02}", at.second())?;
            if self.digits > 0 {
                let nanos = format!("{:09}", at.subsec_nanosecond());
                write!(f, ".{}", &nanos[..self.digits.min(9)])?;
            }
        }
        match self.zone {
            None => Ok(()),
            Some(0) => f.write_str("Z"),
            Some(east) => {
                let sign = if east < 0 { '-' } else { '+' };
                write!(f, "{sign}{:02}:{:02}", east.abs() / 60, east.abs() % 60)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_compared_as_far_as_they_are_known() {
        for (a, b, order) in [
            ("2026", "2027", Some(Ordering::Less)),
            ("2026", "2026-05", None),
            ("2026-05-01", "2026-05-01", Some(Ordering::Equal)),
            ("2026-05-02", "2026-05-02T07:00:00+08:00", None),
            ("2026-05-03", "2026-05-01T07:00:00+08:00", Some(Ordering::Greater)),
            ("2026-05-02T00:00:00Z", "2026-05-02T07:00:00+08:00", Some(Ordering::Greater)),
            ("2026-05-02T00:00:00Z", "2026-05-02T00:00:00.000Z", Some(Ordering::Equal)),
            ("9999-12-31", "9999", None),
            ("T10:30", "T10:30:00", None),
            ("T10:30", "2026", None),
        ] {
            let (left, right) = (Moment::read(a).unwrap(), Moment::read(b).unwrap());
            assert_eq!(left.compare(&right), order, "{a} {b}");
            assert_eq!(right.compare(&left), order.map(Ordering::reverse), "{b} {a}");
        }
    }

    #[test]
    fn what_is_no_date_is_not_read() {
        for text in ["", "20", "2026-13", "2026-02-30", "2026-05-", "T25", "2026-05-01T10:00:00+8", "2026-05T10"] {
            assert_eq!(Moment::read(text), None, "{text}");
        }
        for text in ["2026", "2026-05", "2026-05-01T10:30:00.123+08:00", "2026-05-01T10:30:00Z", "2026-05-01T10"] {
            assert_eq!(Moment::read(text).unwrap().to_string(), text);
        }
    }
}
