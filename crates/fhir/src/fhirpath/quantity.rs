//! Quantities: a value with a unit of UCUM or of the calendar. No UCUM engine: a unit is known or is the same only as itself.

use super::moment;
use super::number;
use super::value::Item;
use rust_decimal::Decimal;
use serde_json::{Map, Value};
use std::cmp::Ordering;
use std::fmt;

/// A value with a unit.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Quantity {
    pub(super) value: Decimal,
    /// `1` for none.
    pub(super) unit: String,
    pub(super) origin: Origin,
}

/// Where a unit is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    Ucum,
    /// Written as a word (`4 days`): a year is then one of the calendar, not 365.25 days.
    Calendar,
    /// Another code system, or what a person wrote: the same as itself alone.
    Elsewhere,
}

/// A unit, what it measures, and how many of the first of that kind it is, in millionths.
type Unit = (&'static str, &'static str, i64);

/// The units in which vital signs, laboratory values and doses are mostly given. Factors are exact by definition (NIST SP 811,
/// appendix B.8; UCUM 2.1).
const UNITS: [Unit; 38] = [
    ("ug", "mass", 1),
    ("mg", "mass", 1_000),
    ("g", "mass", 1_000_000),
    ("kg", "mass", 1_000_000_000),
    ("[lb_av]", "mass", 453_592_370),
    ("um", "length", 1),
    ("mm", "length", 1_000),
    ("cm", "length", 10_000),
    ("[in_i]", "length", 25_400),
    ("[ft_i]", "length", 304_800),
    ("m", "length", 1_000_000),
    ("km", "length", 1_000_000_000),
    ("ms", "time", 1_000),
    ("s", "time", 1_000_000),
    ("min", "time", 60_000_000),
    ("h", "time", 3_600_000_000),
    ("d", "time", 86_400_000_000),
    ("wk", "time", 604_800_000_000),
    ("uL", "volume", 1),
    ("mL", "volume", 1_000),
    ("ml", "volume", 1_000),
    ("dL", "volume", 100_000),
    ("L", "volume", 1_000_000),
    ("l", "volume", 1_000_000),
    ("mmol", "amount", 1_000),
    ("umol", "amount", 1),
    ("mol", "amount", 1_000_000),
    ("Pa", "pressure", 1_000_000),
    ("kPa", "pressure", 1_000_000_000),
    ("ug/mL", "mass concentration", 1),
    ("mg/L", "mass concentration", 1),
    ("mg/dL", "mass concentration", 10),
    ("g/L", "mass concentration", 1_000),
    ("g/dL", "mass concentration", 10_000),
    ("umol/L", "concentration", 1),
    ("mmol/L", "concentration", 1_000),
    ("1", "number", 1_000_000),
    ("%", "number", 10_000),
];

/// The words of the calendar with what they are in UCUM, where that is the same span.
const CALENDAR: [(&str, &str, Option<&str>); 8] = [
    ("year", "years", None),
    ("month", "months", None),
    ("week", "weeks", Some("wk")),
    ("day", "days", Some("d")),
    ("hour", "hours", Some("h")),
    ("minute", "minutes", Some("min")),
    ("second", "seconds", Some("s")),
    ("millisecond", "milliseconds", Some("ms")),
];

/// Whether the word is a unit without marks around it.
pub(super) fn is_calendar(word: &str) -> bool {
    CALENDAR.iter().any(|(one, many, _)| word == *one || word == *many)
}

impl Quantity {
    /// A number without a unit.
    pub(super) fn bare(value: Decimal) -> Self {
        Self { value, unit: "1".into(), origin: Origin::Ucum }
    }

    /// A Quantity of FHIR: its code in UCUM, or in another system, or else its unit as written.
    pub(super) fn of(members: &Map<String, Value>) -> Option<Self> {
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        let Value::Number(value) = members.get("value")? else { return None };
        let (unit, origin) = match (text("system"), text("code"), text("unit")) {
            (Some("http://unitsofmeasure.org"), Some(code), _) => (code.to_owned(), Origin::Ucum),
            (Some(system), Some(code), _) => (format!("{system}|{code}"), Origin::Elsewhere),
            (_, _, Some(unit)) => (unit.to_owned(), Origin::Elsewhere),
            (_, Some(code), _) => (code.to_owned(), Origin::Elsewhere),
            _ => ("1".to_owned(), Origin::Ucum),
        };
        Some(Self { value: number::decimal(value.as_str())?, unit, origin })
    }

    /// From a text: `4 days`, `10 'mg'`, `1.5`.
    pub(super) fn read(text: &str) -> Option<Self> {
        let end = text.find(|c: char| !c.is_ascii_digit() && !"+-.".contains(c)).unwrap_or(text.len());
        let (value, unit) = text.split_at(end);
        let value = Decimal::from_str_exact(value).ok().filter(|_| value.ends_with(|c: char| c.is_ascii_digit()))?;
        let spaced = unit.starts_with(char::is_whitespace);
        let unit = unit.trim();
        if unit.is_empty() {
            return Some(Self::bare(value));
        }
        if let Some(unit) = unit.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
            return (!unit.is_empty()).then(|| Self { value, unit: unit.to_owned(), origin: Origin::Ucum });
        }
        (spaced && is_calendar(unit)).then(|| Self { value, unit: unit.to_owned(), origin: Origin::Calendar })
    }

    pub(super) fn item<'v>(self) -> Item<'v> {
        Item::Quantity(Box::new(self))
    }

    /// The unit by which it is compared.
    fn plain(&self) -> &str {
        if self.origin == Origin::Elsewhere {
            return &self.unit;
        }
        let known = CALENDAR.iter().find(|(one, many, _)| self.unit == *one || self.unit == *many);
        known.map_or(&self.unit, |(one, _, ucum)| ucum.unwrap_or(one))
    }

    fn same_unit(&self, other: &Self) -> bool {
        let elsewhere = |of: &Self| of.origin == Origin::Elsewhere;
        elsewhere(self) == elsewhere(other) && self.plain() == other.plain()
    }

    fn known(&self) -> Option<&'static Unit> {
        if self.origin == Origin::Elsewhere {
            return None;
        }
        let plain = self.plain();
        UNITS.iter().find(|(unit, ..)| *unit == plain)
    }

    /// Whether both measure the same; none where a unit is not known here.
    pub(super) fn comparable(&self, other: &Self) -> Option<bool> {
        if self.same_unit(other) {
            return Some(true);
        }
        let (left, right) = (self.known(), other.known());
        match (left, right) {
            (Some((_, left, _)), Some((_, right, _))) => Some(left == right),
            // Years and months are spans that no unit of UCUM measures exactly; another unit is none.
            _ => None,
        }
    }

    /// The other's value in this unit.
    fn of_same_unit(&self, other: &Self) -> Option<Decimal> {
        if self.same_unit(other) {
            return Some(other.value);
        }
        let ((_, left, to), (_, right, from)) = (self.known()?, other.known()?);
        if left != right {
            return None;
        }
        Some(other.value.checked_mul(Decimal::from(*from))?.checked_div(Decimal::from(*to))?.normalize())
    }

    pub(super) fn compare(&self, other: &Self) -> Option<Ordering> {
        Some(self.value.cmp(&self.of_same_unit(other)?))
    }

    /// `=`: quantities of different kinds are not the same; none where a unit is not known here.
    pub(super) fn equals(&self, other: &Self) -> Option<bool> {
        match self.comparable(other)? {
            true => Some(self.compare(other)? == Ordering::Equal),
            false => Some(false),
        }
    }

    /// `~`: as far as both values are known.
    pub(super) fn alike(&self, other: &Self) -> bool {
        self.of_same_unit(other).is_some_and(|value| number::alike(self.value, value))
    }

    /// The sum in this unit.
    pub(super) fn plus(&self, other: &Self, minus: bool) -> Option<Self> {
        let other = self.of_same_unit(other)?;
        let value = if minus { self.value.checked_sub(other) } else { self.value.checked_add(other) };
        Some(self.with(value?))
    }

    /// How often the other is in it, if both measure the same.
    pub(super) fn over(&self, other: &Self) -> Option<Decimal> {
        self.value.checked_div(self.of_same_unit(other)?)
    }

    /// Another value of this unit.
    pub(super) fn with(&self, value: Decimal) -> Self {
        Self { value, unit: self.unit.clone(), origin: self.origin }
    }

    /// Whether it is a number alone.
    pub(super) fn is_bare(&self) -> bool {
        self.origin == Origin::Ucum && self.unit == "1"
    }

    /// What it adds to a date: units of UCUM only where they are those of the calendar.
    pub(super) fn span(&self) -> Option<moment::Unit> {
        if self.origin == Origin::Elsewhere {
            return None;
        }
        Some(match self.plain() {
            "year" => moment::Unit::Year,
            "month" => moment::Unit::Month,
            "wk" | "d" => moment::Unit::Day,
            "h" => moment::Unit::Hour,
            "min" => moment::Unit::Minute,
            "s" | "ms" => moment::Unit::Second,
            _ => return None,
        })
    }

    /// Its value in the unit of its span; none where that is too large.
    pub(super) fn spanned(&self) -> Option<Decimal> {
        match self.plain() {
            "wk" => self.value.checked_mul(Decimal::from(7)),
            "ms" => self.value.checked_div(Decimal::from(1000)),
            _ => Some(self.value),
        }
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.origin == Origin::Calendar {
            write!(f, "{} {}", self.value, self.unit)
        } else {
            write!(f, "{} '{}'", self.value, self.unit)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_a_person_wrote_is_no_unit_of_ucum() {
        let of = |value: Value| Quantity::of(value.as_object().unwrap()).unwrap();
        let ucum = |code: &str| of(json!({"value": 1, "system": "http://unitsofmeasure.org", "code": code}));
        let (gram, written) = (ucum("g"), of(json!({"value": 1, "unit": "g"})));
        assert_eq!(gram.compare(&ucum("mg")), Some(Ordering::Greater));
        assert_eq!(gram.compare(&ucum("cm")), None);
        assert_eq!(gram.equals(&ucum("cm")), Some(false));
        assert_eq!(gram.compare(&written), None);
        assert_eq!(written.compare(&written), Some(Ordering::Equal));
        let coded = |code: &str| of(json!({"value": 1, "system": "urn:x", "code": code}));
        assert_eq!(coded("a").compare(&coded("b")), None);
    }

    #[test]
    fn units_are_told_once() {
        let mut names: Vec<&str> = UNITS.iter().map(|(unit, ..)| *unit).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), UNITS.len());
    }
}
