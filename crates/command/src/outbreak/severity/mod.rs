//! How ill somebody is by a guideline's version. Pure: values with their times in, a grade with its reasons out; called by the
//! grading of a case and by nothing else. What is missing is never taken for normal, and no limit stands in code.

pub mod guideline;
#[cfg(test)]
mod tests;

pub use guideline::{Grade, Guideline, Sign, Text};

use guideline::{Criterion, Measure, Test, Who};
use kernel::Time;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// 1 mmHg in kPa, as the guideline gives it.
const KPA_OF_MMHG: f64 = 0.133;

/// A value as it was measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = OutbreakMeasured)]
#[serde(deny_unknown_fields)]
pub struct Measured {
    /// How much.
    pub value: f64,
    /// UCUM code: `/min`, `%`, `mm[Hg]`, `kPa`, `d`, `m`.
    pub unit: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Time,
}

/// An oxygen saturation; only one at rest and on air can be judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = OutbreakSpo2)]
#[serde(deny_unknown_fields)]
pub struct Spo2 {
    /// Percent.
    pub measured: Measured,
    /// At rest; absent: not known.
    #[serde(default)]
    pub at_rest: Option<bool>,
    /// Breathing air; absent: not known.
    #[serde(default)]
    pub on_air: Option<bool>,
}

/// PaO2/FiO2, and where it was measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = OutbreakOxygenation)]
#[serde(deny_unknown_fields)]
pub struct Oxygenation {
    /// `mm[Hg]` or `kPa`.
    pub ratio: Measured,
    /// Altitude of the place, metres.
    #[serde(default)]
    pub altitude_m: Option<f64>,
    /// Pressure of the air there, mmHg.
    #[serde(default)]
    pub atmospheric_mmhg: Option<f64>,
}

/// Lesions on two images compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = OutbreakLesions)]
#[serde(deny_unknown_fields)]
pub struct Lesions {
    /// Growth in percent of the first; `%`, at the time of the second image.
    pub growth: Measured,
    /// When the first image was taken.
    #[schema(value_type = String, format = DateTime)]
    pub first_at: Time,
}

/// What is known of the patient. Absent is not known.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = OutbreakValues)]
#[serde(deny_unknown_fields)]
pub struct Values {
    /// Breaths per minute; `/min`.
    #[serde(default)]
    pub respiratory_rate: Option<Measured>,
    /// Oxygen saturation.
    #[serde(default)]
    pub spo2: Option<Spo2>,
    /// PaO2/FiO2.
    #[serde(default)]
    pub oxygenation: Option<Oxygenation>,
    /// Growth of lesions.
    #[serde(default)]
    pub lesions: Option<Lesions>,
    /// Days of high fever; `d`.
    #[serde(default)]
    pub fever: Option<Measured>,
    /// Signs looked for: there, or not.
    #[serde(default)]
    #[schema(value_type = std::collections::HashMap<String, bool>)]
    pub signs: BTreeMap<Sign, bool>,
}

/// What a criterion came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = OutbreakVerdict)]
pub enum Verdict {
    /// Met.
    Met,
    /// Looked at, and not met.
    NotMet,
    /// Not known: not measured, or not so that it can be judged.
    NotKnown,
}

impl Verdict {
    /// The code, as in FHIR and the API.
    pub fn code(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::NotMet => "not-met",
            Self::NotKnown => "not-known",
        }
    }
}

/// A value as a criterion saw it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = OutbreakSeen)]
pub struct Seen {
    /// How much, after conversion and correction.
    pub value: f64,
    /// UCUM code.
    pub unit: &'static str,
    /// When it was measured.
    #[schema(value_type = String, format = DateTime)]
    pub at: Time,
}

/// One criterion, judged.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = OutbreakFinding)]
pub struct Finding {
    /// Which.
    pub criterion: String,
    /// Of which grade.
    pub grade: Grade,
    /// The clause.
    pub text: Text,
    /// What it came to.
    pub verdict: Verdict,
    /// The value it saw.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen: Option<Seen>,
    /// The sign it saw.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sign: Option<bool>,
    /// Why it is not known: `missing`, `unit`, `not-at-rest-on-air`, `no-pressure`, `interval`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<&'static str>,
}

/// How ill, and by what.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = OutbreakJudgement)]
pub struct Judgement {
    /// The guideline's version.
    pub guideline: String,
    /// Judged as a child.
    pub as_child: bool,
    /// The grade; none while something that could raise it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
    /// The grade that is certain: what is not known can only raise it.
    pub at_least: Grade,
    /// Every criterion that speaks of this patient, in the guideline's order.
    pub findings: Vec<Finding>,
}

/// Judges by a guideline. `age_months`: completed months at the time judged.
pub fn judge(guideline: &Guideline, age_months: u32, values: &Values) -> Judgement {
    let as_child = age_months < guideline.adult_from_months;
    let speaks = |c: &&Criterion| match c.who {
        Who::Everybody => true,
        Who::Adult => !as_child,
        Who::Child => as_child,
    };
    let findings: Vec<Finding> =
        guideline.criteria.iter().filter(speaks).map(|c| finding(c, age_months, values)).collect();
    let of = |verdict: Verdict| findings.iter().filter(move |f| f.verdict == verdict).map(|f| f.grade).max();
    let at_least = of(Verdict::Met).unwrap_or(Grade::Mild);
    // Only what would raise the grade matters: who is critical is so, whatever else was not looked at.
    let grade = of(Verdict::NotKnown).is_none_or(|open| open <= at_least).then_some(at_least);
    Judgement { guideline: guideline.code.clone(), as_child, grade, at_least, findings }
}

/// A value in the unit judged in, or why there is none.
type Value = Result<Seen, &'static str>;

fn finding(criterion: &Criterion, age_months: u32, values: &Values) -> Finding {
    let mut found = Finding {
        criterion: criterion.code.clone(),
        grade: criterion.grade,
        text: criterion.text.clone(),
        verdict: Verdict::NotKnown,
        seen: None,
        sign: None,
        why: None,
    };
    let (value, is_met): (Value, Box<dyn Fn(f64) -> bool>) = match &criterion.test {
        Test::Sign { sign } => {
            found.sign = values.signs.get(sign).copied();
            match found.sign {
                Some(there) => found.verdict = if there { Verdict::Met } else { Verdict::NotMet },
                None => found.why = Some("missing"),
            }
            return found;
        }
        &Test::AtLeast { value, limit } => (measure(value, values), Box::new(move |v| v >= limit)),
        &Test::AtMost { value, limit } => (measure(value, values), Box::new(move |v| v <= limit)),
        &Test::Above { value, limit } => (measure(value, values), Box::new(move |v| v > limit)),
        Test::AtLeastByAge { value, bands } => {
            let band = bands.iter().find(|b| b.below_months.is_none_or(|below| age_months < below));
            let limit = band.map_or(f64::INFINITY, |b| b.limit);
            (measure(*value, values), Box::new(move |v| v >= limit))
        }
        &Test::Oxygenation { at_most_mmhg, corrected_above_m, sea_level_mmhg } => {
            let value = oxygenation(values, at_most_mmhg, corrected_above_m, sea_level_mmhg);
            (value, Box::new(move |v| v <= at_most_mmhg))
        }
        &Test::Growth { above_percent, from_hours, to_hours } => {
            (growth(values, from_hours, to_hours), Box::new(move |v| v > above_percent))
        }
    };
    match value {
        Ok(seen) => {
            found.verdict = if is_met(seen.value) { Verdict::Met } else { Verdict::NotMet };
            found.seen = Some(seen);
        }
        Err(why) => found.why = Some(why),
    }
    found
}

fn measure(of: Measure, values: &Values) -> Value {
    match of {
        Measure::RespiratoryRate => in_unit(values.respiratory_rate.as_ref(), "/min"),
        Measure::FeverDays => in_unit(values.fever.as_ref(), "d"),
        Measure::Spo2RestAir => {
            let spo2 = values.spo2.as_ref().ok_or("missing")?;
            if (spo2.at_rest, spo2.on_air) != (Some(true), Some(true)) {
                return Err("not-at-rest-on-air");
            }
            in_unit(Some(&spo2.measured), "%")
        }
    }
}

fn in_unit(measured: Option<&Measured>, unit: &'static str) -> Value {
    let measured = measured.ok_or("missing")?;
    if measured.unit != unit || !measured.value.is_finite() {
        return Err("unit");
    }
    Ok(Seen { value: measured.value, unit, at: measured.at })
}

/// PaO2/FiO2 in mmHg, corrected above the altitude. A ratio above the limit stays above it by correction, which only raises it.
fn oxygenation(values: &Values, limit: f64, above_m: f64, sea_level: f64) -> Value {
    let given = values.oxygenation.as_ref().ok_or("missing")?;
    let ratio = &given.ratio;
    let mmhg = match ratio.unit.as_str() {
        "mm[Hg]" => ratio.value,
        "kPa" => ratio.value / KPA_OF_MMHG,
        _ => return Err("unit"),
    };
    let seen = |value: f64| Seen { value, unit: "mm[Hg]", at: ratio.at };
    match (given.altitude_m, given.atmospheric_mmhg) {
        (Some(m), Some(pressure)) if m > above_m => Ok(seen(mmhg * sea_level / pressure)),
        (Some(m), None) if m > above_m && mmhg <= limit => Err("no-pressure"),
        // An altitude that nobody gave never makes a low ratio normal: it stands as it was measured.
        _ => Ok(seen(mmhg)),
    }
}

fn growth(values: &Values, from_hours: f64, to_hours: f64) -> Value {
    let lesions = values.lesions.as_ref().ok_or("missing")?;
    let hours = lesions.growth.at.duration_since(lesions.first_at).as_secs_f64() / 3600.0;
    if !(from_hours..=to_hours).contains(&hours) {
        return Err("interval");
    }
    in_unit(Some(&lesions.growth), "%")
}
