//! Consent: on file with its document, or due within a day of an emergency.

use super::References;
use super::codes::{CONSENT_DUE, CONSENT_LATE, CONSENT_REASON};
use super::json::{extension, list, refer, refer_who, referred_id, set, text, time};
use crate::consult::form::ConsentInput;
use fhir::{Reference, ResourceType};
use jiff::SignedDuration;
use kernel::{Id, Time};
use platform::case::Who;
use serde_json::{Value, json};

/// How long an emergency may wait for the paper.
pub const DUE_WITHIN: SignedDuration = SignedDuration::from_hours(24);

/// The consent. `first_given` is when an emergency went ahead without one: the day runs from then.
pub fn write(
    at: &References,
    consent: &ConsentInput,
    by: &Who,
    patient: &Reference,
    hospital: &Id,
    first_given: Time,
    now: Time,
) -> Value {
    let mut body = json!({
        "resourceType": "Consent",
        "id": at.consent.id,
        "status": if consent.document.is_some() { "active" } else { "proposed" },
        "scope": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "treatment"}]},
        "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}],
        "patient": refer(patient),
        "dateTime": now.to_string(),
        "performer": [refer_who(by)],
        "organization": [{"reference": format!("Organization/{hospital}")}],
        "policyRule": {"coding": [
            {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "OPTIN"}]},
        "provision": {"type": "permit", "data": [{"meaning": "dependents", "reference": refer(&at.case)}]},
    });
    if let Some(document) = &consent.document {
        body["sourceReference"] = json!({"reference": format!("DocumentReference/{document}")});
    }
    let mut extensions = vec![];
    if let Some(reason) = &consent.emergency_reason {
        extensions.push(json!({"url": CONSENT_REASON, "valueString": reason}));
    }
    if consent.document.is_none() {
        let due = first_given + DUE_WITHIN;
        extensions.push(json!({"url": CONSENT_DUE, "valueDateTime": due.to_string()}));
    }
    if !extensions.is_empty() {
        body["extension"] = extensions.into();
    }
    body
}

/// The same consent with its paper: since when, by whom, and why late, if it is. What it was owed for stays.
pub fn add(body: &Value, document: &Id, by: &Who, late: Option<&str>, now: Time) -> Value {
    let mut body = body.clone();
    set(&mut body, "status", Some("active".into()));
    set(&mut body, "dateTime", Some(now.to_string().into()));
    set(&mut body, "performer", Some(json!([refer_who(by)])));
    set(&mut body, "sourceReference", Some(json!({"reference": format!("DocumentReference/{document}")})));
    let kept = list(&body["extension"]).iter().filter(|e| e["url"] != CONSENT_LATE).cloned();
    let late = late.map(|reason| json!({"url": CONSENT_LATE, "valueString": reason}));
    let extensions: Vec<Value> = kept.chain(late).collect();
    set(&mut body, "extension", (!extensions.is_empty()).then(|| extensions.into()));
    body
}

/// When it came onto file, and why late, if it did.
pub fn given(body: &Value) -> Option<(Time, Option<String>)> {
    referred_id(&body["sourceReference"], ResourceType::DOCUMENT_REFERENCE)?;
    Some((time(&body["dateTime"])?, text(&extension(body, CONSENT_LATE)["valueString"])))
}

/// What the form said of it.
pub fn read(body: &Value) -> ConsentInput {
    ConsentInput {
        document: referred_id(&body["sourceReference"], ResourceType::DOCUMENT_REFERENCE),
        emergency_reason: text(&extension(body, CONSENT_REASON)["valueString"]),
    }
}

/// Until when it must be, or must have been, on file after an emergency went ahead without it.
pub fn due(body: &Value) -> Option<Time> {
    time(&extension(body, CONSENT_DUE)["valueDateTime"])
}
