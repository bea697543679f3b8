//! The 90-second card: who, why, what changed, which numbers matter. Pure.

use super::form::{Lab, RequestForm, Vitals};
use super::resources::split_value;
use kernel::Time;
use serde::Serialize;
use utoipa::ToSchema;

/// The card.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CaseSummary)]
pub struct Summary {
    /// The complaint and the diagnosis, as typed.
    pub who: Vec<String>,
    /// The question, as typed.
    pub why: String,
    /// Codes of the acts since I last looked (since the request, if I never did).
    pub changed: Vec<String>,
    /// The latest of each vital sign, then the laboratory values outside their range.
    pub numbers: Vec<Figure>,
}

/// A number that matters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CaseFigure)]
pub struct Figure {
    /// A vital sign's code, or a laboratory test's name as typed.
    pub name: String,
    /// As typed.
    pub value: String,
    /// Its unit.
    pub unit: String,
    /// Outside its limits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flag: Option<Flag>,
    /// When it was measured.
    #[schema(value_type = String, format = DateTime)]
    pub at: Time,
}

/// How far outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Flag {
    /// Three points of NEWS2 by itself.
    Critical,
    /// Above.
    High,
    /// Below.
    Low,
}

/// Laboratory values shown on the card.
const LABS_SHOWN: usize = 8;

/// Name, unit, 3 points at or below, 0 points from, 0 points to, 3 points at or above.
type Limits = (&'static str, &'static str, Option<f64>, f64, f64, Option<f64>);

/// Limits of NEWS2 (Royal College of Physicians, 2017). An age under 16 or a pregnancy has other limits: then nothing is
/// flagged.
const LIMITS: [Limits; 5] = [
    ("temperature", "°C", Some(35.0), 36.1, 38.0, None),
    ("pulse", "/min", Some(40.0), 51.0, 90.0, Some(131.0)),
    ("respiration", "/min", Some(8.0), 12.0, 20.0, Some(25.0)),
    ("systolic", "mmHg", Some(90.0), 111.0, 219.0, Some(220.0)),
    ("spo2", "%", Some(91.0), 96.0, 100.0, None),
];

/// The numbers that matter. `news2_applies`: an adult, not pregnant.
pub fn numbers(form: &RequestForm, news2_applies: bool) -> Vec<Figure> {
    let mut rows: Vec<&Vitals> = form.vitals.iter().collect();
    rows.sort_by_key(|v| v.time);
    let mut figures: Vec<Figure> = LIMITS
        .iter()
        .filter_map(|(name, unit, ..)| {
            let latest = |row: &&&Vitals| row.numbers().iter().any(|(n, value)| n == name && value.is_some());
            let row = rows.iter().rev().find(latest)?;
            let value = row.numbers().iter().find(|(n, _)| n == name)?.1.clone()?;
            let flag = if news2_applies { vital_flag(name, &value) } else { None };
            Some(Figure { name: (*name).to_owned(), value, unit: (*unit).to_owned(), flag, at: row.time })
        })
        .collect();
    let alertness = rows.iter().rev().find_map(|row| row.consciousness.map(|c| (c, row.time)));
    if let Some((level, at)) = alertness {
        let flag = (news2_applies && level.code() != "A").then_some(Flag::Critical);
        let value = level.code().to_owned();
        figures.push(Figure { name: "consciousness".into(), value, unit: String::new(), flag, at });
    }
    let mut labs: Vec<Figure> = form
        .labs
        .iter()
        .filter_map(|lab| {
            let flag = Some(lab_flag(lab)?);
            Some(Figure {
                name: lab.name.clone(),
                value: lab.value.clone(),
                unit: lab.unit.clone(),
                flag,
                at: lab.time,
            })
        })
        .collect();
    // The newest first; of one test only the newest.
    labs.sort_by_key(|lab| std::cmp::Reverse(lab.at));
    let mut seen = vec![];
    labs.retain(|lab| {
        !seen.contains(&lab.name) && {
            seen.push(lab.name.clone());
            true
        }
    });
    figures.extend(labs.into_iter().take(LABS_SHOWN));
    figures
}

fn vital_flag(name: &str, value: &str) -> Option<Flag> {
    let (.., lowest, from, to, highest) =
        LIMITS.iter().find(|(n, ..)| *n == name).map(|&(_, _, l, f, t, h)| ((), l, f, t, h))?;
    let value: f64 = value.parse().ok()?;
    if lowest.is_some_and(|l| value <= l) || highest.is_some_and(|h| value >= h) {
        return Some(Flag::Critical);
    }
    if value < from {
        return Some(Flag::Low);
    }
    (value > to).then_some(Flag::High)
}

/// Outside the range that came with the value. `<0.05` is below 0.5, and may be anything against 0.01.
fn lab_flag(lab: &Lab) -> Option<Flag> {
    let (comparator, number) = split_value(&lab.value)?;
    let number: f64 = number.parse().ok()?;
    let end = |text: &Option<String>| text.as_ref().and_then(|t| t.parse::<f64>().ok());
    match (end(&lab.low), end(&lab.high)) {
        (Some(low), _) if number < low && !comparator.starts_with('>') => Some(Flag::Low),
        (_, Some(high)) if number > high && !comparator.starts_with('<') => Some(Flag::High),
        (_, Some(high)) if number >= high && comparator == ">" => Some(Flag::High),
        (Some(low), _) if number <= low && comparator == "<" => Some(Flag::Low),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vital_signs_by_news2() {
        for (name, value, flag) in [
            ("temperature", "35.0", Some(Flag::Critical)),
            ("temperature", "35.1", Some(Flag::Low)),
            ("temperature", "38.0", None),
            ("temperature", "39.5", Some(Flag::High)),
            ("pulse", "131", Some(Flag::Critical)),
            ("pulse", "91", Some(Flag::High)),
            ("pulse", "51", None),
            ("respiration", "25", Some(Flag::Critical)),
            ("respiration", "11", Some(Flag::Low)),
            ("systolic", "90", Some(Flag::Critical)),
            ("systolic", "110", Some(Flag::Low)),
            ("systolic", "219", None),
            ("spo2", "91", Some(Flag::Critical)),
            ("spo2", "95", Some(Flag::Low)),
            ("spo2", "96", None),
        ] {
            assert_eq!(vital_flag(name, value), flag, "{name} {value}");
        }
    }

    #[test]
    fn laboratory_values_by_their_own_range() {
        let lab = |value: &str, low: Option<&str>, high: Option<&str>| Lab {
            name: "x".into(),
            value: value.into(),
            unit: String::new(),
            low: low.map(str::to_owned),
            high: high.map(str::to_owned),
            time: Time::UNIX_EPOCH,
        };
        for (value, low, high, flag) in [
            ("126.0", Some("0"), Some("10"), Some(Flag::High)),
            ("10", Some("0"), Some("10"), None),
            ("2.9", Some("3.5"), Some("5.5"), Some(Flag::Low)),
            ("<0.05", None, Some("0.5"), None),
            ("<0.05", Some("0.05"), None, Some(Flag::Low)),
            (">1000", None, Some("500"), Some(Flag::High)),
            (">1000", Some("2000"), None, None),
            ("positive", Some("1"), Some("2"), None),
            ("5", None, None, None),
        ] {
            assert_eq!(lab_flag(&lab(value, low, high)), flag, "{value} {low:?} {high:?}");
        }
    }

    #[test]
    fn the_latest_of_each_and_no_flag_for_a_child() {
        let form: RequestForm = serde_json::from_value(serde_json::json!({
            "form": "full", "urgency": "urgent", "kind": "live",
            "vitals": [
                {"time": "2026-11-21T02:00:00Z", "pulse": "140"},
                {"time": "2026-11-21T01:00:00Z", "pulse": "80", "spo2": "90", "consciousness": "V"},
            ],
            "labs": [
                {"name": "CRP", "value": "50", "unit": "mg/L", "high": "10", "time": "2026-11-20T00:00:00Z"},
                {"name": "CRP", "value": "90", "unit": "mg/L", "high": "10", "time": "2026-11-21T00:00:00Z"},
                {"name": "K", "value": "4.0", "unit": "mmol/L", "low": "3.5", "high": "5.5", "time": "2026-11-21T00:00:00Z"},
            ],
        }))
        .unwrap();
        let shown = |adult| numbers(&form, adult).into_iter().map(|f| (f.name, f.value, f.flag)).collect::<Vec<_>>();
        let of = |name: &str, value: &str, flag| (name.to_owned(), value.to_owned(), flag);
        assert_eq!(
            shown(true),
            [
                of("pulse", "140", Some(Flag::Critical)),
                of("spo2", "90", Some(Flag::Critical)),
                of("consciousness", "V", Some(Flag::Critical)),
                of("CRP", "90", Some(Flag::High)),
            ]
        );
        assert!(shown(false).iter().all(|(name, _, flag)| name == "CRP" || flag.is_none()));
    }
}
