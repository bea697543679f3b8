//! A Condition as it is counted: whose, its ICD-10 code, when it was recorded. No word of it.

use super::Names;
use super::consult::{code, items, referred, time};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::{Id, Time};
use serde_json::Value;
use std::sync::Arc;

/// ICD-10 as WHO and HL7 name it.
const ICD10: &str = "http://hl7.org/fhir/sid/icd-10";
/// How sure a Condition is.
const VERIFICATION: &str = "http://terminology.hl7.org/CodeSystem/condition-ver-status";

/// A Condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// Whose.
    pub patient: Id,
    /// In which encounter it was stated; a consultation's has the case's id.
    pub encounter: Option<Id>,
    /// When it was recorded; else when it was stored.
    pub recorded: Time,
    /// Its code; none when it has no ICD-10 code, was refuted or entered in error.
    pub code: Option<Arc<Id>>,
}

impl Condition {
    /// Reads a Condition of a patient.
    pub fn read(body: &Value, stored_at: Time, names: &mut Names) -> Option<Self> {
        let patient = referred(&body["subject"], "Patient")?;
        let refuted = matches!(code(&body["verificationStatus"], VERIFICATION), Some("refuted" | "entered-in-error"));
        let coded = items(&body["code"]["coding"]).iter().find(|c| c["system"] == ICD10);
        let coded = coded.and_then(|c| c["code"].as_str()).and_then(|c| Id::new(c.to_uppercase()).ok());
        Some(Self {
            patient,
            encounter: referred(&body["encounter"], "Encounter"),
            recorded: instant(&body["recordedDate"]).unwrap_or(stored_at),
            code: coded.filter(|_| !refuted).map(|c| names.take(c)),
        })
    }

    /// Bytes it takes, about.
    pub fn bytes(&self) -> usize {
        let encounter = self.encounter.as_ref().map_or(0, |id| id.as_str().len());
        size_of::<Self>() + self.patient.as_str().len() + encounter
    }
}

/// A FHIR dateTime: a date alone is its first instant in UTC.
fn instant(value: &Value) -> Option<Time> {
    let day = || value.as_str()?.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok().map(|z| z.timestamp());
    time(value).or_else(day)
}

/// The condition of a case: of those with an ICD-10 code that were recorded until `until`, the newest that was stated in the
/// case itself, else the newest of its patient.
pub fn of_case<'a>(
    case: &Id,
    until: Option<Time>,
    conditions: impl Iterator<Item = (&'a Id, &'a Condition)>,
) -> Option<Arc<Id>> {
    let known = conditions.filter(|(_, c)| c.code.is_some() && until.is_none_or(|until| c.recorded <= until));
    let newest = known.max_by_key(|(id, c)| (c.encounter.as_ref() == Some(case), c.recorded, *id));
    newest.and_then(|(_, c)| c.code.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_cases_own_condition_first_then_the_newest_known_by_then() {
        let mut names = Names::default();
        let mut read = |code: &str, day: &str, encounter: Option<&str>, status: &str| {
            let mut body = json!({"subject": {"reference": "Patient/p"}, "recordedDate": day,
                "code": {"coding": [{"system": "http://snomed.info/sct", "code": "1"}, {"system": ICD10, "code": code}]},
                "verificationStatus": {"coding": [{"system": VERIFICATION, "code": status}]}});
            if let Some(encounter) = encounter {
                body["encounter"] = json!({"reference": format!("Encounter/{encounter}")});
            }
            Condition::read(&body, Time::UNIX_EPOCH, &mut names).unwrap()
        };
        let id = |text: &str| Id::new(text).unwrap();
        let all = [
            (id("a"), read("j12.9", "2026-11-01", None, "confirmed")),
            (id("b"), read("I21.0", "2026-11-03", None, "confirmed")),
            (id("c"), read("U07.1", "2026-11-09", None, "confirmed")),
            (id("d"), read("S06.0", "2026-11-04", None, "refuted")),
        ];
        let until = Some("2026-11-05T00:00:00Z".parse().unwrap());
        let of = |all: &[(Id, Condition)]| {
            of_case(&id("case"), until, all.iter().map(|(i, c)| (i, c))).map(|c| c.to_string())
        };
        assert_eq!(of(&all).as_deref(), Some("I21.0"), "not one of later, not a refuted one");
        let mut own = all.to_vec();
        own.push((id("e"), read("J12.9", "2026-11-01", Some("case"), "confirmed")));
        assert_eq!(of(&own).as_deref(), Some("J12.9"), "what was stated in the case itself");
        assert_eq!(of(&all[3..]), None);
    }
}
