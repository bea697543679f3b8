//! ServiceRequest: what is asked, and of whom.

use super::codes::{FORM, KIND, NUMBER, SERVICE};
use super::json::{code_among, concept, list, read_who, refer, refer_who, set, text, time};
use super::{Loaded, References};
use crate::consult::form::RequestForm;
use crate::consult::model::{Booking, Consult};
use crate::consult::state::{FormKind, Kind, State, Urgency};
use fhir::Reference;
use kernel::{Id, Time};
use platform::case::Who;
use platform::codes::SPECIALTY;
use serde_json::{Value, json};

/// FHIR's priority for an urgency.
pub fn priority(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Emergency => "stat",
        Urgency::Urgent => "urgent",
        Urgency::Routine => "routine",
    }
}

/// The urgency of a FHIR priority.
pub fn urgency(priority: &str) -> Option<Urgency> {
    Urgency::ALL.iter().copied().find(|u| self::priority(*u) == priority)
}

/// FHIR's status for a state.
pub fn status(state: State) -> &'static str {
    match state {
        State::Draft => "draft",
        State::Returned | State::Suspended | State::NoShow => "on-hold",
        State::Declined | State::Cancelled => "revoked",
        state if state.is_signed() => "completed",
        _ => "active",
    }
}

/// A first version.
pub fn write(at: &References, number: &str, centre: &Id, asking: &Who, patient: &Reference, now: Time) -> Value {
    json!({
        "resourceType": "ServiceRequest",
        "id": at.case.id,
        "identifier": [{"system": NUMBER, "value": number,
            "assigner": {"reference": format!("Organization/{centre}")}}],
        "status": "draft",
        "intent": "order",
        "code": concept(SERVICE, "teleconsultation"),
        "subject": refer(patient),
        "authoredOn": now.to_string(),
        "requester": refer_who(asking),
    })
}

/// What the form says of the request itself.
pub fn put_form(body: &mut Value, form: &RequestForm, supporting: &[Reference]) {
    set(body, "reasonCode", Some(json!([{"text": form.purpose}])));
    set(body, "performerType", Some(concept(SPECIALTY, &form.specialty)));
    let wanted = form.wanted.as_ref().and_then(|w| w.time);
    set(body, "occurrenceDateTime", wanted.map(|t| t.to_string().into()));
    put_cited(body, supporting);
}

/// Everything the request cites.
pub fn put_cited(body: &mut Value, supporting: &[Reference]) {
    set(body, "supportingInfo", Some(supporting.iter().map(refer).collect()));
}

/// What a step changes.
pub fn put_state(body: &mut Value, case: &Consult) {
    let ask = &case.ask;
    set(body, "status", Some(status(case.state()).into()));
    set(body, "category", Some(json!([concept(FORM, ask.form.code()), concept(KIND, ask.kind.code())])));
    set(body, "priority", Some(priority(ask.urgency).into()));
    let experts: Vec<Value> = case
        .stage
        .booking()
        .iter()
        .flat_map(|b: &&Booking| &b.experts)
        .map(|e| refer_who(&Who { role: e.role.clone(), person: e.person.clone(), hospital: e.hospital.clone() }))
        .collect();
    set(body, "performer", (!experts.is_empty()).then(|| experts.into()));
}

/// What stands in the request.
pub struct Read {
    /// The case's number.
    pub number: String,
    /// Which form.
    pub form: FormKind,
    /// How soon.
    pub urgency: Urgency,
    /// Live or record.
    pub kind: Kind,
    /// Who asks.
    pub asking: Who,
    /// When it was handed in.
    pub submitted_at: Time,
}

/// Reads what a step needs.
pub fn read(body: &Value) -> Option<Read> {
    let number = list(&body["identifier"]).iter().find(|i| i["system"] == NUMBER)?;
    Some(Read {
        number: text(&number["value"])?,
        form: FormKind::from_code(code_among(&body["category"], FORM)?)?,
        urgency: urgency(body["priority"].as_str()?)?,
        kind: Kind::from_code(code_among(&body["category"], KIND)?)?,
        asking: read_who(&body["requester"])?,
        submitted_at: time(&body["authoredOn"])?,
    })
}

impl Loaded {
    /// The question.
    pub fn purpose(&self) -> String {
        text(&self.request["reasonCode"][0]["text"]).unwrap_or_default()
    }

    /// Nobody is ill: it is for practice.
    pub fn is_drill(&self) -> bool {
        platform::drill::is_drill(&self.request)
    }

    /// The specialty asked.
    pub fn specialty(&self) -> String {
        super::json::code(&self.request["performerType"], SPECIALTY).unwrap_or_default().to_owned()
    }

    /// Everything the request cites.
    pub fn cited(&self) -> Vec<Reference> {
        list(&self.request["supportingInfo"]).iter().filter_map(super::json::referred).collect()
    }
}
