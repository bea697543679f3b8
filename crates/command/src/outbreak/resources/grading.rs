//! A grading: one Observation with every criterion, derived from the Observations of the values it saw. So it can be judged
//! again by another version from what was known then.

use super::laboratory::OF_REPORT;
use super::{GRADE, GUIDELINE, code, concept, items, refer, time};
use crate::outbreak::severity::{Finding, Grade, Judgement, Measured, Sign, Values, Verdict};
use fhir::Reference;
use kernel::Time;
use platform::case::{Who, write_who};
use serde::Serialize;
use serde_json::{Map, Number, Value, json};
use utoipa::ToSchema;

const LOINC: &str = "http://loinc.org";
const UCUM: &str = "http://unitsofmeasure.org";
const CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/observation-category";
const ABSENT: &str = "http://terminology.hl7.org/CodeSystem/data-absent-reason";
/// What was observed, where LOINC has no code or none that fits.
const OBSERVED: &str = "urn:consilium:outbreak-observation";
const CRITERION: &str = "urn:consilium:criterion";
const VERDICT: &str = "urn:consilium:criterion-verdict";
const REASON: &str = "urn:consilium:ext:grade-reason";
const FIRST_IMAGE: &str = "urn:consilium:ext:first-image";
/// When the value was measured that a criterion saw: a component has no time of its own.
const SEEN_AT: &str = "urn:consilium:ext:seen-at";

/// The values that a grading saw, each as an Observation; the first of a pair names the kind.
pub fn write_inputs(values: &Values, report: &Reference, patient: &Reference, now: Time) -> Vec<Value> {
    let mut all = vec![];
    let mut push = |what: Value, at: Time, more: Value| {
        let mut body = json!({
            "resourceType": "Observation",
            "identifier": [{"system": OF_REPORT, "value": format!("{}/severity-input", report.id)}],
            "status": "final",
            "category": [concept(CATEGORY, "exam")],
            "code": what,
            "subject": refer(patient),
            "focus": [refer(report)],
            "effectiveDateTime": at.to_string(),
        });
        if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
            body.extend(more);
        }
        all.push(body);
    };
    if let Some(rate) = &values.respiratory_rate {
        push(concept(LOINC, "9279-1"), rate.at, json!({"valueQuantity": quantity(rate)}));
    }
    if let Some(spo2) = &values.spo2 {
        let known = [("at-rest", spo2.at_rest), ("on-air", spo2.on_air)];
        let parts: Vec<Value> = known.into_iter().filter_map(|(name, said)| Some(yes_or_no(name, said?))).collect();
        let mut more = json!({"valueQuantity": quantity(&spo2.measured)});
        if !parts.is_empty() {
            more["component"] = parts.into();
        }
        push(concept(LOINC, "2708-6"), spo2.measured.at, more);
    }
    if let Some(given) = &values.oxygenation {
        let known = [("altitude", given.altitude_m, "m"), ("atmospheric-pressure", given.atmospheric_mmhg, "mm[Hg]")];
        let part = |(name, value, unit): (&str, Option<f64>, &str)| {
            let value = number(value?);
            Some(
                json!({"code": concept(OBSERVED, name), "valueQuantity": {"value": value, "system": UCUM, "code": unit}}),
            )
        };
        let parts: Vec<Value> = known.into_iter().filter_map(part).collect();
        let mut more = json!({"valueQuantity": quantity(&given.ratio)});
        if !parts.is_empty() {
            more["component"] = parts.into();
        }
        push(concept(LOINC, "50984-4"), given.ratio.at, more);
    }
    if let Some(lesions) = &values.lesions {
        let first = json!([{"url": FIRST_IMAGE, "valueDateTime": lesions.first_at.to_string()}]);
        let more = json!({"extension": first, "valueQuantity": quantity(&lesions.growth)});
        push(concept(OBSERVED, "lesion-growth"), lesions.growth.at, more);
    }
    if let Some(fever) = &values.fever {
        push(concept(OBSERVED, "high-fever-days"), fever.at, json!({"valueQuantity": quantity(fever)}));
    }
    if !values.signs.is_empty() {
        let parts: Vec<Value> = values.signs.iter().map(|(sign, there)| yes_or_no(&sign_code(*sign), *there)).collect();
        push(concept(OBSERVED, "signs"), now, json!({"component": parts}));
    }
    all
}

fn yes_or_no(name: &str, said: bool) -> Value {
    json!({"code": concept(OBSERVED, name), "valueBoolean": said})
}

fn sign_code(sign: Sign) -> String {
    serde_json::to_value(sign).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

fn quantity(measured: &Measured) -> Value {
    json!({"value": number(measured.value), "unit": measured.unit, "system": UCUM, "code": measured.unit})
}

/// A whole number without a point; JSON has no infinity, and the bounds let none come here.
fn number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 1e12 {
        #[expect(clippy::cast_possible_truncation, reason = "whole, and far below the bound")]
        return Value::from(value as i64);
    }
    Number::from_f64(value).map_or(Value::Null, Value::Number)
}

/// Why values cannot be kept: a bound is passed, or an instant lies ahead. The name of the first that is wrong.
pub fn input_values(values: &Values, now: Time) -> Result<(), &'static str> {
    let fits = |of: Option<&Measured>, most: f64, units: &[&str]| {
        of.is_none_or(|m| {
            m.value.is_finite() && (0.0..=most).contains(&m.value) && m.at <= now && units.contains(&&*m.unit)
        })
    };
    let positive = |of: Option<f64>, least: f64, most: f64| of.is_none_or(|v| (least..=most).contains(&v));
    let spo2 = values.spo2.as_ref().map(|s| &s.measured);
    let oxygenation = values.oxygenation.as_ref();
    let lesions = values.lesions.as_ref();
    let growth_fits = lesions.is_none_or(|l| {
        (-100.0..=100_000.0).contains(&l.growth.value)
            && l.growth.at <= now
            && l.first_at < l.growth.at
            && l.growth.unit == "%"
    });
    for (name, fits) in [
        ("respiratory_rate", fits(values.respiratory_rate.as_ref(), 200.0, &["/min"])),
        ("spo2", fits(spo2, 100.0, &["%"])),
        ("oxygenation", fits(oxygenation.map(|o| &o.ratio), 1_000.0, &["mm[Hg]", "kPa"])),
        ("oxygenation.altitude_m", positive(oxygenation.and_then(|o| o.altitude_m), -500.0, 9_000.0)),
        ("oxygenation.atmospheric_mmhg", positive(oxygenation.and_then(|o| o.atmospheric_mmhg), 200.0, 850.0)),
        ("lesions", growth_fits),
        ("fever", fits(values.fever.as_ref(), 365.0, &["d"])),
    ] {
        if !fits {
            return Err(name);
        }
    }
    Ok(())
}

/// The grading's Observation.
pub fn write_grading(
    judged: &Judgement,
    grade: Grade,
    reason: Option<&str>,
    effective: Time,
    by: &Who,
    refs: (&Reference, &Reference, &[Reference]),
) -> Value {
    let (report, patient, inputs) = refs;
    let mut body = json!({
        "resourceType": "Observation",
        "identifier": [{"system": OF_REPORT, "value": format!("{}/severity", report.id)}],
        "status": "final",
        "category": [concept(CATEGORY, "survey")],
        "code": concept(OBSERVED, "severity"),
        "subject": refer(patient),
        "focus": [refer(report)],
        "effectiveDateTime": effective.to_string(),
        "performer": [write_who(by)],
        "valueCodeableConcept": concept(GRADE, grade.code()),
        "method": concept(GUIDELINE, &judged.guideline),
        "component": judged.findings.iter().map(write_finding).collect::<Vec<_>>(),
    });
    if !inputs.is_empty() {
        body["derivedFrom"] = inputs.iter().map(refer).collect();
    }
    if let Some(reason) = reason {
        body["extension"] = json!([{"url": REASON, "valueString": reason}]);
    }
    body
}

fn write_finding(finding: &Finding) -> Value {
    let mut part = Map::new();
    part.insert(
        "code".to_owned(),
        json!({"coding": [{"system": CRITERION, "code": finding.criterion}], "text": finding.text.zh}),
    );
    if let Some(seen) = &finding.seen {
        let value = json!({"value": number(seen.value), "unit": seen.unit, "system": UCUM, "code": seen.unit});
        part.insert("valueQuantity".to_owned(), value);
        part.insert("extension".to_owned(), json!([{"url": SEEN_AT, "valueDateTime": seen.at.to_string()}]));
    } else if let Some(there) = finding.sign {
        part.insert("valueBoolean".to_owned(), there.into());
    } else {
        let mut why = concept(ABSENT, "unknown");
        why["text"] = finding.why.unwrap_or("missing").into();
        part.insert("dataAbsentReason".to_owned(), why);
    }
    part.insert("interpretation".to_owned(), json!([concept(VERDICT, finding.verdict.code())]));
    Value::Object(part)
}

/// A criterion of a grading as it is shown.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = OutbreakGradedBy)]
pub struct GradedBy {
    /// Which criterion.
    pub criterion: String,
    /// The clause, in the guideline's words.
    pub text: String,
    /// What it came to.
    pub verdict: Verdict,
    /// The value it saw.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// Its unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// When it was measured; absent of a sign, which was looked for at the instant judged, and of gradings that did not keep it.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen_at: Option<Time>,
    /// The sign it saw.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sign: Option<bool>,
}

/// A grading as it is shown.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = OutbreakGraded)]
pub struct Graded {
    /// How ill.
    pub grade: Grade,
    /// By which version of the guideline.
    pub guideline: String,
    /// The instant judged.
    #[schema(value_type = String, format = DateTime)]
    pub at: Time,
    /// Why a doctor gave the grade; absent where the guideline gave it alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Every criterion.
    pub findings: Vec<GradedBy>,
}

/// Reads [`write_grading`].
pub fn read_grading(body: &Value) -> Option<Graded> {
    let finding = |part: &Value| {
        let verdict = match code(&part["interpretation"][0], VERDICT)? {
            "met" => Verdict::Met,
            "not-met" => Verdict::NotMet,
            _ => Verdict::NotKnown,
        };
        Some(GradedBy {
            criterion: code(&part["code"], CRITERION)?.to_owned(),
            text: part["code"]["text"].as_str()?.to_owned(),
            verdict,
            value: part["valueQuantity"]["value"].as_f64(),
            unit: part["valueQuantity"]["code"].as_str().map(str::to_owned),
            seen_at: items(&part["extension"])
                .iter()
                .find(|e| e["url"] == SEEN_AT)
                .and_then(|e| time(&e["valueDateTime"])),
            sign: part["valueBoolean"].as_bool(),
        })
    };
    let reason = items(&body["extension"]).iter().find(|e| e["url"] == REASON);
    Some(Graded {
        grade: Grade::from_code(code(&body["valueCodeableConcept"], GRADE)?)?,
        guideline: code(&body["method"], GUIDELINE)?.to_owned(),
        at: time(&body["effectiveDateTime"])?,
        reason: reason.and_then(|r| r["valueString"].as_str()).map(str::to_owned),
        findings: items(&body["component"]).iter().filter_map(finding).collect(),
    })
}
