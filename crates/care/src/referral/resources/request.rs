//! ServiceRequest: what is asked, for whom, of which hospitals.

use super::References;
use super::codes::{CARE, DIRECTION, NEED, NUMBER, PATIENT_REFERRAL, PLACE, PROFILE, SERVICE, SEVERITY, SNOMED};
use crate::json::{code, code_among, concept, list, read_who, refer, refer_who, referred, set, text, time};
use crate::referral::model::{Ask, Referral};
use crate::referral::state::{Care, Direction, Need, Severity, State};
use fhir::{Reference, ResourceType};
use kernel::{Id, Time};
use platform::case::Who;
use platform::codes::SPECIALTY;
use serde_json::{Value, json};

/// What a referral says that no step changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// Its number.
    pub number: String,
    /// Why, as typed.
    pub reason: String,
    /// The specialty wanted.
    pub specialty: String,
    /// Whose.
    pub patient: Reference,
    /// Who refers.
    pub asking: Who,
    /// When.
    pub requested_at: Time,
    /// Everything cited: the summary first.
    pub cited: Vec<Reference>,
    /// Back home: the referral up that it answers.
    pub answers: Option<Id>,
    /// Back home: who referred the patient up.
    pub home: Option<Who>,
}

/// FHIR's priority for a severity: who is critical goes before who is severe.
pub fn priority(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "stat",
        Severity::Severe => "urgent",
        Severity::Mild | Severity::Ordinary => "routine",
    }
}

fn status(referral: &Referral) -> &'static str {
    match referral.state() {
        State::Closed => "completed",
        State::Arrived if referral.is_end() => "completed",
        State::Declined | State::Cancelled | State::TurnedBack => "revoked",
        State::Asked | State::Accepted | State::OnTheWay | State::Arrived => "active",
    }
}

/// A first version.
pub fn write(at: &References, words: &Words, ask: &Ask) -> Value {
    let mut body = json!({
        "resourceType": "ServiceRequest",
        "id": at.case.id,
        "meta": {"profile": [PROFILE]},
        "extension": [{"url": SEVERITY, "valueCode": ask.severity.code()}],
        "identifier": [{"system": NUMBER, "value": words.number,
            "assigner": {"reference": format!("Organization/{}", words.asking.hospital)}}],
        "status": "active",
        "intent": "order",
        "category": [
            {"coding": [{"system": SNOMED, "code": PATIENT_REFERRAL, "display": "Patient referral"}]},
            concept(DIRECTION, ask.direction.code()),
        ],
        "priority": priority(ask.severity),
        "code": concept(SERVICE, "referral"),
        "subject": refer(&words.patient),
        "authoredOn": words.requested_at.to_string(),
        "requester": refer_who(&words.asking),
        "performerType": concept(SPECIALTY, &words.specialty),
        "locationCode": [{"coding": [
            {"system": CARE, "code": ask.care.code()},
            {"system": PLACE, "code": if ask.care == Care::Icu { "ICU" } else { "HU" }},
        ]}],
        "reasonCode": [{"text": words.reason}],
    });
    let needs: Vec<Value> = ask.needs.iter().map(|n| concept(NEED, n.code())).collect();
    set(&mut body, "orderDetail", (!needs.is_empty()).then(|| needs.into()));
    let cited: Vec<Value> = words.cited.iter().map(refer).collect();
    set(&mut body, "supportingInfo", (!cited.is_empty()).then(|| cited.into()));
    let answers = words.answers.as_ref().map(|id| Reference::new(ResourceType::SERVICE_REQUEST, id.clone()));
    set(&mut body, "basedOn", answers.map(|up| json!([refer(&up)])));
    set(&mut body, "performer", words.home.as_ref().map(|home| json!([refer_who(home)])));
    body
}

/// What a step changes: the status, and who is asked.
pub fn put_state(body: &mut Value, referral: &Referral) {
    set(body, "status", Some(status(referral).into()));
    let people = list(&body["performer"]).iter().filter(|p| read_who(p).is_some()).cloned();
    let asked = referral.asked.iter().map(|a| json!({"reference": format!("Organization/{}", a.hospital)}));
    let performers: Vec<Value> = people.chain(asked).collect();
    set(body, "performer", Some(performers.into()));
}

/// Reads [`write`].
pub fn read(body: &Value) -> Option<(Words, Ask)> {
    let number = list(&body["identifier"]).iter().find(|i| i["system"] == NUMBER)?;
    let severity = list(&body["extension"]).iter().find(|e| e["url"] == SEVERITY)?;
    let ask = Ask {
        direction: Direction::from_code(code_among(&body["category"], DIRECTION)?)?,
        severity: Severity::from_code(severity["valueCode"].as_str()?)?,
        care: Care::from_code(code_among(&body["locationCode"], CARE)?)?,
        needs: list(&body["orderDetail"]).iter().filter_map(|n| Need::from_code(code(n, NEED)?)).collect(),
    };
    let words = Words {
        number: text(&number["value"])?,
        reason: text(&body["reasonCode"][0]["text"]).unwrap_or_default(),
        specialty: code(&body["performerType"], SPECIALTY)?.to_owned(),
        patient: referred(&body["subject"])?,
        asking: read_who(&body["requester"])?,
        requested_at: time(&body["authoredOn"])?,
        cited: list(&body["supportingInfo"]).iter().filter_map(referred).collect(),
        answers: list(&body["basedOn"]).iter().find_map(referred).map(|r| r.id),
        home: list(&body["performer"]).iter().find_map(read_who),
    };
    Some((words, ask))
}

/// Whether a ServiceRequest is a referral.
pub fn is_one(body: &Value) -> bool {
    code(&body["code"], SERVICE) == Some("referral")
}
