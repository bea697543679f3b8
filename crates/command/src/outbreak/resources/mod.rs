//! How a case report is written as FHIR and read back: the only place that knows. The form stands in docs/FHIR.md, the reasons
//! in decision 0023. Called by the operations of this slice; it must never decide.

mod contact;
mod grading;
mod laboratory;

pub use contact::Contact;
pub use grading::{Graded, input_values, read_grading, write_grading, write_inputs};
pub use laboratory::{Laboratory, write_laboratory};

use super::law;
use super::model::{Class, End, Evidence, Exposure, ExposureKind, Grading, Outcome, Report};
use super::severity::Grade;
use fhir::{Reference, ResourceType};
use kernel::Time;
use platform::Problem;
use platform::case::{read_who, write_who};
use records::Resource;
use serde_json::{Map, Value, json};

/// Marks a Condition as a case report; its value is the report's number.
pub const NUMBER: &str = "urn:consilium:case-report";
/// How sure a case is.
pub const CLASS: &str = "urn:consilium:case-class";
/// How ill somebody is.
pub const GRADE: &str = "urn:consilium:severity";
/// The guideline's version by which that was said.
pub const GUIDELINE: &str = "urn:consilium:guideline";
/// The class of a disease.
const DISEASE_CLASS: &str = "urn:consilium:notifiable";
/// Diseases by our own code.
const DISEASE: &str = "urn:consilium:disease";
const ICD10: &str = "http://hl7.org/fhir/sid/icd-10";
const CLINICAL: &str = "http://terminology.hl7.org/CodeSystem/condition-clinical";
const VERIFICATION: &str = "http://terminology.hl7.org/CodeSystem/condition-ver-status";
/// Whether a result is positive (HL7 v3 ObservationInterpretation).
pub const INTERPRETATION: &str = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation";
const FOUND_AT: &str = "urn:consilium:ext:found-at";
const CLASS_AT: &str = "urn:consilium:ext:class-at";
const EXPOSURE: &str = "urn:consilium:ext:exposure";
const CONTACT: &str = "urn:consilium:ext:contact";
const OUTCOME: &str = "urn:consilium:ext:outcome";
const EFFECTIVE: &str = "urn:consilium:ext:judged-at";
const EXPOSURE_KIND: &str = "urn:consilium:exposure";

/// The Condition of a report.
pub fn at(id: &kernel::Id) -> Reference {
    Reference::new(ResourceType::CONDITION, id.clone())
}

pub(super) fn concept(system: &str, code: &str) -> Value {
    json!({"coding": [{"system": system, "code": code}]})
}

pub(super) fn refer(at: &Reference) -> Value {
    json!({"reference": at.to_string()})
}

pub(super) fn refers(value: &Value) -> Option<Reference> {
    value["reference"].as_str()?.parse().ok()
}

pub(super) fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

pub(super) fn code<'a>(concept: &'a Value, system: &str) -> Option<&'a str> {
    items(&concept["coding"]).iter().find(|c| c["system"] == system)?["code"].as_str()
}

pub(super) fn time(value: &Value) -> Option<Time> {
    value.as_str()?.parse().ok()
}

/// R4's nearest word for a class.
fn verification(class: Class) -> &'static str {
    match class {
        Class::Suspected => "unconfirmed",
        Class::Clinical => "provisional",
        Class::Confirmed => "confirmed",
        Class::Excluded => "refuted",
    }
}

/// The Condition.
pub fn write(report: &Report) -> Result<Value, Problem> {
    let disease = law::disease(&report.disease)
        .ok_or_else(|| Problem::internal(format!("disease {} is in no list", report.disease)))?;
    let mut extensions = vec![
        json!({"url": FOUND_AT, "valueDateTime": report.found_at.to_string()}),
        json!({"url": CLASS_AT, "valueDateTime": report.class_at.to_string()}),
    ];
    extensions.extend(report.exposures.iter().map(write_exposure));
    extensions.extend(report.contacts.iter().map(|c| json!({"url": CONTACT, "valueReference": refer(c)})));
    let mut body = Map::new();
    let mut put = |name: &str, value: Value| body.insert(name.to_owned(), value);
    put("resourceType", "Condition".into());
    if let Some(outcome) = report.outcome {
        let word = if outcome.end == End::Died { "died" } else { "discharged" };
        extensions.push(json!({"url": OUTCOME, "valueCode": word}));
    }
    put("extension", extensions.into());
    put("identifier", json!([{"system": NUMBER, "value": report.number}]));
    let clinical = match (report.class, report.outcome.map(|o| o.end)) {
        (_, Some(End::Discharged)) => "resolved",
        (Class::Excluded, _) | (_, Some(End::Died)) => "inactive",
        _ => "active",
    };
    put("clinicalStatus", concept(CLINICAL, clinical));
    put(
        "verificationStatus",
        json!({"coding": [
            {"system": VERIFICATION, "code": verification(report.class)},
            {"system": CLASS, "code": report.class.code()},
        ]}),
    );
    if let Some(law) = law::class_on(disease, report.found_at) {
        put("category", json!([concept(DISEASE_CLASS, law.code())]));
    }
    if let Some(grading) = report.grade() {
        put("severity", concept(GRADE, grading.grade.code()));
    }
    put(
        "code",
        json!({"coding": [
            {"system": DISEASE, "code": disease.code},
            {"system": ICD10, "code": disease.icd10, "display": disease.name.en},
        ], "text": disease.name.zh}),
    );
    put("subject", refer(&report.patient));
    if let Some(onset) = report.onset {
        put("onsetDateTime", onset.to_string().into());
    }
    if let Some(outcome) = report.outcome {
        put("abatementDateTime", outcome.at.to_string().into());
    }
    put("recordedDate", report.reported_at.to_string().into());
    put("recorder", write_who(&report.reporter));
    if !report.gradings.is_empty() {
        put("stage", report.gradings.iter().map(write_stage).collect());
    }
    if !report.evidence.is_empty() {
        put("evidence", report.evidence.iter().map(write_evidence).collect());
    }
    Ok(body.into())
}

fn write_exposure(exposure: &Exposure) -> Value {
    let mut parts = vec![
        json!({"url": "kind", "valueCodeableConcept": concept(EXPOSURE_KIND, exposure.kind.code())}),
        json!({"url": "text", "valueString": exposure.text}),
    ];
    for (url, day) in [("from", exposure.from), ("to", exposure.to)] {
        parts.extend(day.map(|d| json!({"url": url, "valueDate": d.to_string()})));
    }
    json!({"url": EXPOSURE, "extension": parts})
}

fn read_exposure(extension: &Value) -> Option<Exposure> {
    let part = |url: &str| items(&extension["extension"]).iter().find(|e| e["url"] == url);
    let day = |url: &str| part(url)?["valueDate"].as_str()?.parse().ok();
    let kind = code(&part("kind")?["valueCodeableConcept"], EXPOSURE_KIND)?;
    Some(Exposure {
        kind: ExposureKind::ALL.into_iter().find(|k| k.code() == kind)?,
        text: part("text")?["valueString"].as_str()?.to_owned(),
        from: day("from"),
        to: day("to"),
    })
}

fn write_stage(grading: &Grading) -> Value {
    json!({
        "extension": [{"url": EFFECTIVE, "valueDateTime": grading.effective.to_string()}],
        "summary": concept(GRADE, grading.grade.code()),
        "assessment": [refer(&grading.at)],
        "type": concept(GUIDELINE, &grading.guideline),
    })
}

fn read_stage(stage: &Value) -> Option<Grading> {
    let effective = items(&stage["extension"]).iter().find(|e| e["url"] == EFFECTIVE)?;
    Some(Grading {
        grade: Grade::from_code(code(&stage["summary"], GRADE)?)?,
        guideline: code(&stage["type"], GUIDELINE)?.to_owned(),
        at: refers(&stage["assessment"][0])?,
        effective: time(&effective["valueDateTime"])?,
    })
}

fn write_evidence(evidence: &Evidence) -> Value {
    let word = if evidence.positive { "POS" } else { "NEG" };
    json!({
        "code": [{"coding": [{"system": INTERPRETATION, "code": word}], "text": evidence.name}],
        "detail": [refer(&evidence.at)],
    })
}

fn read_evidence(evidence: &Value) -> Option<Evidence> {
    Some(Evidence {
        at: refers(&evidence["detail"][0])?,
        name: evidence["code"][0]["text"].as_str().unwrap_or_default().to_owned(),
        positive: code(&evidence["code"][0], INTERPRETATION)? == "POS",
    })
}

/// The report that a Condition is; none when it is no report of ours, or a drill's.
pub fn read(resource: &Resource) -> Result<Option<Report>, Problem> {
    if resource.deleted {
        return Ok(None);
    }
    let body = resource.value()?;
    Ok(read_body(resource, &body).filter(|_| !platform::drill::is_drill(&body)))
}

fn read_body(resource: &Resource, body: &Value) -> Option<Report> {
    let number = items(&body["identifier"]).iter().find(|i| i["system"] == NUMBER)?["value"].as_str()?;
    let extended = |url: &'static str| items(&body["extension"]).iter().filter(move |e| e["url"] == url);
    let instant = |url: &'static str| extended(url).next().and_then(|e| time(&e["valueDateTime"]));
    let outcome = extended(OUTCOME).next().and_then(|e| {
        let end = if e["valueCode"] == "died" { End::Died } else { End::Discharged };
        Some(Outcome { end, at: time(&body["abatementDateTime"])? })
    });
    Some(Report {
        id: resource.at.id.clone(),
        version: resource.version,
        number: number.to_owned(),
        hospital: resource.custodian.clone(),
        patient: refers(&body["subject"])?,
        disease: code(&body["code"], DISEASE)?.to_owned(),
        class: Class::from_code(code(&body["verificationStatus"], CLASS)?)?,
        class_at: instant(CLASS_AT)?,
        found_at: instant(FOUND_AT)?,
        reported_at: time(&body["recordedDate"])?,
        reporter: read_who(&body["recorder"])?,
        onset: body["onsetDateTime"].as_str().and_then(|d| d.parse().ok()),
        exposures: extended(EXPOSURE).filter_map(read_exposure).collect(),
        evidence: items(&body["evidence"]).iter().filter_map(read_evidence).collect(),
        gradings: items(&body["stage"]).iter().filter_map(read_stage).collect(),
        contacts: extended(CONTACT).filter_map(|e| refers(&e["valueReference"])).collect(),
        outcome,
    })
}

#[cfg(test)]
mod tests;
