//! Which diseases must be reported, and how soon: the law as data, each class with the day from which it holds. Pure; called by
//! whoever reports or shows a case. It must never decide whether somebody is ill.

use super::severity::Text;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan};
use kernel::Time;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::LazyLock;
use utoipa::ToSchema;

/// The class of a disease.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = OutbreakDiseaseClass)]
pub enum DiseaseClass {
    /// 甲类.
    A,
    /// 乙类, managed as 甲类.
    BAsA,
    /// 乙类.
    B,
    /// 丙类.
    C,
}

impl DiseaseClass {
    /// The code, as in FHIR and the API.
    pub fn code(self) -> &'static str {
        match self {
            Self::A => "a",
            Self::BAsA => "b-as-a",
            Self::B => "b",
            Self::C => "c",
        }
    }
}

/// How soon.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Clock {
    minutes: i64,
    text: Text,
    source: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Held {
    class: DiseaseClass,
    clock: String,
    from: Option<Date>,
    source: String,
}

/// A disease that must be reported.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disease {
    /// Ours.
    pub code: String,
    /// ICD-10.
    pub icd10: String,
    /// Its name.
    pub name: Text,
    classes: Vec<Held>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Law {
    clocks: BTreeMap<String, Clock>,
    diseases: Vec<Disease>,
}

static LAW: LazyLock<Law> = LazyLock::new(|| {
    serde_json::from_str(include_str!("notifiable.json")).unwrap_or_else(|e| panic!("notifiable.json: {e}"))
});

/// All diseases that must be reported.
pub fn diseases() -> &'static [Disease] {
    &LAW.diseases
}

/// The disease of this code.
pub fn disease(code: &str) -> Option<&'static Disease> {
    LAW.diseases.iter().find(|d| d.code == code)
}

/// The clock of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = OutbreakClock)]
pub struct Deadline {
    /// The disease's class on the day it was found.
    pub class: DiseaseClass,
    /// From when the clock runs: the case was found.
    #[schema(value_type = String, format = DateTime)]
    pub from: Time,
    /// By when it had to be reported.
    #[schema(value_type = String, format = DateTime)]
    pub due: Time,
    /// When it was.
    #[schema(value_type = String, format = DateTime)]
    pub reported_at: Time,
    /// Whether that was in time.
    pub met: bool,
    /// How late, in minutes; 0 when in time.
    pub late_minutes: i64,
    /// The rule.
    pub text: Text,
    /// Where the rule stands.
    pub source: String,
    /// Why the disease is of this class.
    pub class_source: String,
}

/// The class of a disease when a case was found, by the days of UTC+8, in which the law's days are.
pub fn class_on(disease: &Disease, found: Time) -> Option<DiseaseClass> {
    held_on(disease, found).map(|held| held.class)
}

fn held_on(disease: &Disease, found: Time) -> Option<&Held> {
    let day = found.to_zoned(TimeZone::fixed(jiff::tz::offset(8))).date();
    disease.classes.iter().rev().find(|c| c.from.is_none_or(|from| from <= day))
}

/// The clock of a case found at `found` and reported at `reported_at`; none on days on which the disease was on no list.
pub fn deadline(disease: &Disease, found: Time, reported_at: Time) -> Option<Deadline> {
    let held = held_on(disease, found)?;
    let clock = LAW.clocks.get(&held.clock)?;
    let due = found.checked_add(clock.minutes.minutes()).unwrap_or(Time::MAX);
    let late = reported_at.duration_since(due).max(SignedDuration::ZERO);
    Some(Deadline {
        class: held.class,
        from: found,
        due,
        reported_at,
        met: reported_at <= due,
        // A second late is late: whole minutes, rounded up.
        late_minutes: (late.as_secs() + 59) / 60,
        text: clock.text.clone(),
        source: clock.source.clone(),
        class_source: held.source.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(code: &str, found: &str, reported: &str) -> Option<(DiseaseClass, bool, i64)> {
        let found = deadline(disease(code).unwrap(), found.parse().unwrap(), reported.parse().unwrap())?;
        Some((found.class, found.met, found.late_minutes))
    }

    #[test]
    fn two_hours_to_the_second() {
        for (reported, met, late) in [
            ("2026-11-21T02:00:00Z", true, 0),
            ("2026-11-21T04:00:00Z", true, 0),
            ("2026-11-21T04:00:01Z", false, 1),
            ("2026-11-21T05:00:00Z", false, 60),
        ] {
            assert_eq!(
                clock("plague", "2026-11-21T02:00:00Z", reported),
                Some((DiseaseClass::A, met, late)),
                "{reported}"
            );
            assert_eq!(
                clock("sars", "2026-11-21T02:00:00Z", reported),
                Some((DiseaseClass::BAsA, met, late)),
                "{reported}"
            );
        }
    }

    #[test]
    fn a_class_holds_from_its_day_on_in_the_laws_zone() {
        // Midnight of 20 January 2020 and of 8 January 2023 in Shanghai are 16:00 UTC of the day before.
        for (found, class) in [
            ("2020-01-19T15:59:59Z", None),
            ("2020-01-19T16:00:00Z", Some(DiseaseClass::BAsA)),
            ("2023-01-07T15:59:59Z", Some(DiseaseClass::BAsA)),
            ("2023-01-07T16:00:00Z", Some(DiseaseClass::B)),
        ] {
            assert_eq!(clock("covid-19", found, found).map(|c| c.0), class, "{found}");
        }
        assert_eq!(
            clock("covid-19", "2026-11-21T02:00:00Z", "2026-11-22T02:00:00Z"),
            Some((DiseaseClass::B, true, 0)),
            "24 hours since 2023"
        );
        assert_eq!(
            clock("influenza", "2026-11-21T02:00:00Z", "2026-11-22T02:00:01Z"),
            Some((DiseaseClass::C, false, 1))
        );
    }

    #[test]
    fn the_list_is_whole() {
        for one in diseases() {
            let same = diseases().iter().filter(|d| d.icd10 == one.icd10 || d.code == one.code).count();
            assert_eq!(same, 1, "{}", one.code);
            for held in &one.classes {
                let clock = &LAW.clocks[&held.clock];
                assert!(!clock.source.is_empty() && !held.source.is_empty());
                let soon = matches!(held.class, DiseaseClass::A | DiseaseClass::BAsA);
                assert_eq!(clock.minutes, if soon { 120 } else { 1440 }, "{}", one.code);
            }
        }
    }
}
