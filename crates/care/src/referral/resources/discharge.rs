//! Composition: what a patient who goes home brings along, section by section, as typed.

use super::References;
use super::codes::{AS_TYPED, FOLLOW_UP, LOINC, SECTION};
use crate::json::{code, extension, list, refer, refer_who, text};
use fhir::Reference;
use jiff::civil::Date;
use kernel::Time;
use platform::case::Who;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// What goes with a patient who is referred back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Discharge {
    /// The course and the diagnoses.
    pub summary: String,
    /// The drugs to go on with, one a line: name, dose, how often, until when.
    pub drugs: Vec<String>,
    /// Exercises, breathing training, diet, what is allowed.
    #[serde(default)]
    pub rehabilitation: Option<String>,
    /// When the patient is to be seen again.
    #[serde(default)]
    pub follow_ups: Vec<FollowUp>,
    /// What must happen for the patient to be sent up again.
    pub return_criteria: Vec<String>,
}

/// A date on which the patient is to be seen again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FollowUp {
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    /// What for.
    pub what: String,
}

/// A section's code of ours and its LOINC code: hospital course, discharge medications, plan of care.
const SECTIONS: [(&str, Option<&str>); 5] = [
    ("summary", Some("8648-8")),
    ("drugs", Some("10183-2")),
    ("rehabilitation", None),
    ("follow-up", Some("18776-5")),
    ("return-criteria", None),
];

/// The Composition (LOINC 18842-5, discharge summary).
pub fn write(at: &References, discharge: &Discharge, by: &Who, patient: &Reference, now: Time) -> Value {
    let lines = |section: &str| -> Vec<String> {
        match section {
            "summary" => vec![discharge.summary.clone()],
            "drugs" => discharge.drugs.clone(),
            "rehabilitation" => discharge.rehabilitation.iter().cloned().collect(),
            "follow-up" => discharge.follow_ups.iter().map(|f| format!("{} {}", f.on, f.what)).collect(),
            _ => discharge.return_criteria.clone(),
        }
    };
    let section = |(name, loinc): &(&str, Option<&str>)| {
        let lines = lines(name);
        if lines.is_empty() {
            return None;
        }
        let mut coding = vec![json!({"system": SECTION, "code": name})];
        coding.extend(loinc.map(|code| json!({"system": LOINC, "code": code})));
        let typed: Vec<Value> = match *name {
            "follow-up" => discharge.follow_ups.iter().map(follow_up).collect(),
            _ => lines.iter().map(|l| json!({"url": AS_TYPED, "valueString": l})).collect(),
        };
        Some(json!({"extension": typed, "code": {"coding": coding}, "text": narrative(&lines)}))
    };
    json!({
        "resourceType": "Composition",
        "id": at.discharge.id,
        "status": "final",
        "type": {"coding": [{"system": LOINC, "code": "18842-5", "display": "Discharge summary"}]},
        "subject": refer(patient),
        "date": now.to_string(),
        "author": [refer_who(by)],
        "title": "Discharge summary",
        "custodian": {"reference": format!("Organization/{}", by.hospital)},
        "section": SECTIONS.iter().filter_map(section).collect::<Vec<_>>(),
    })
}

fn follow_up(one: &FollowUp) -> Value {
    json!({"url": FOLLOW_UP, "extension": [
        {"url": "on", "valueDate": one.on.to_string()}, {"url": "what", "valueString": one.what}]})
}

/// Lines as a narrative.
pub fn narrative(lines: &[String]) -> Value {
    let escape = |line: &String| {
        let line = line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        format!("<p>{line}</p>")
    };
    let text: String = lines.iter().map(escape).collect();
    json!({"status": "generated", "div": format!("<div xmlns=\"http://www.w3.org/1999/xhtml\">{text}</div>")})
}

/// Reads [`write`].
pub fn read(body: &Value) -> Discharge {
    let section = |name: &str| list(&body["section"]).iter().find(|s| code(&s["code"], SECTION) == Some(name));
    let typed = |name: &str| -> Vec<String> {
        let all = section(name).map(|s| list(&s["extension"])).unwrap_or_default();
        all.iter().filter(|e| e["url"] == AS_TYPED).filter_map(|e| text(&e["valueString"])).collect()
    };
    let read_follow_up = |one: &Value| {
        let on = extension(one, "on")["valueDate"].as_str()?.parse().ok()?;
        Some(FollowUp { on, what: text(&extension(one, "what")["valueString"])? })
    };
    let follow_ups = section("follow-up").map(|s| list(&s["extension"])).unwrap_or_default();
    Discharge {
        summary: typed("summary").pop().unwrap_or_default(),
        drugs: typed("drugs"),
        rehabilitation: typed("rehabilitation").pop(),
        follow_ups: follow_ups.iter().filter(|e| e["url"] == FOLLOW_UP).filter_map(read_follow_up).collect(),
        return_criteria: typed("return-criteria"),
    }
}
