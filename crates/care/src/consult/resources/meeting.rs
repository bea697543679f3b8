//! Appointment (who, when, where) and Encounter (the session itself).

use super::References;
use super::json::{list, read_who, refer, refer_who, referred_id, set, time};
use crate::consult::model::{Booking, Consult, Expert, Stage};
use crate::consult::state::{Absent, Kind, State};
use fhir::{Reference, ResourceType};
use kernel::Time;
use platform::case::Who;
use serde_json::{Value, json};

/// The Appointment for a case that has a booking; what stood there before it loses its booking is cancelled.
pub fn appointment(before: Option<&Value>, case: &Consult, at: &References, patient: &Reference) -> Option<Value> {
    let Some(booking) = case.stage.booking() else {
        let mut body = before?.clone();
        set(&mut body, "status", Some("cancelled".into()));
        return Some(body);
    };
    let mut participants: Vec<Value> = booking.experts.iter().map(|e| expert(e, case)).collect();
    if let Some(room) = &booking.room {
        participants.push(json!({"actor": {"reference": format!("Location/{room}")}, "status": "accepted"}));
    }
    if let Some(terminal) = &booking.terminal {
        participants.push(json!({"actor": {"reference": format!("Device/{terminal}")}, "status": "accepted"}));
    }
    participants.push(json!({"actor": refer(patient), "required": "information-only", "status": "accepted"}));
    Some(json!({
        "resourceType": "Appointment",
        "id": at.appointment.id,
        "status": appointment_status(case, booking),
        "start": booking.start.to_string(),
        "end": booking.end.to_string(),
        "basedOn": [refer(&at.case)],
        "participant": participants,
    }))
}

fn appointment_status(case: &Consult, booking: &Booking) -> &'static str {
    match case.state() {
        State::Cancelled | State::Declined => "cancelled",
        State::NoShow => "noshow",
        State::InSession | State::Suspended => "arrived",
        State::OpinionDrafted => "fulfilled",
        state if state.is_signed() => "fulfilled",
        _ if booking.experts.iter().all(|e| e.accepted.is_some()) => "booked",
        _ => "pending",
    }
}

fn expert(expert: &Expert, case: &Consult) -> Value {
    let who = Who { role: expert.role.clone(), person: expert.person.clone(), hospital: expert.hospital.clone() };
    let mut body = json!({"actor": refer_who(&who), "required": "required"});
    body["status"] = if expert.accepted.is_some() { "accepted".into() } else { "needs-action".into() };
    if let Some(accepted) = expert.accepted {
        body["period"] = json!({"start": accepted.to_string()});
    }
    if matches!(case.stage, Stage::NoShow(_, Absent::Expert)) && expert.accepted.is_none() {
        body["status"] = "tentative".into();
    }
    body
}

/// Reads the booking.
pub fn read_appointment(body: &Value) -> Option<Booking> {
    let participants = list(&body["participant"]);
    let experts = participants
        .iter()
        .filter_map(|p| {
            let who = read_who(&p["actor"])?;
            let accepted = time(&p["period"]["start"]);
            Some(Expert { role: who.role, person: who.person, hospital: who.hospital, accepted })
        })
        .collect();
    Some(Booking {
        experts,
        start: time(&body["start"])?,
        end: time(&body["end"])?,
        room: participants.iter().find_map(|p| referred_id(&p["actor"], ResourceType::LOCATION)),
        terminal: participants.iter().find_map(|p| referred_id(&p["actor"], ResourceType::DEVICE)),
    })
}

/// The Encounter after a step: begun, interrupted, gone on, over. None while there was never a session.
pub fn encounter(
    before: Option<&Value>,
    case: &Consult,
    at: &References,
    patient: &Reference,
    now: Time,
) -> Option<Value> {
    match &case.stage {
        Stage::InSession(s) => {
            let resumed = before.filter(|b| read_encounter(b) == Some(s.started));
            let mut body = resumed.cloned().unwrap_or_else(|| begun(before, case, at, patient, &s.booking, s.started));
            put_status(&mut body, "in-progress", now);
            Some(body)
        }
        Stage::Suspended(_) => {
            let mut body = before?.clone();
            put_status(&mut body, "onleave", now);
            Some(body)
        }
        // Any other state is outside a session: one that was open is over.
        _ => {
            let mut body = before?.clone();
            if !matches!(body["status"].as_str(), Some("finished")) {
                put_status(&mut body, "finished", now);
                body["period"]["end"] = now.to_string().into();
            }
            Some(body)
        }
    }
}

fn begun(
    before: Option<&Value>,
    case: &Consult,
    at: &References,
    patient: &Reference,
    booking: &Booking,
    started: Time,
) -> Value {
    let experts = booking.experts.iter().map(|e| {
        let who = Who { role: e.role.clone(), person: e.person.clone(), hospital: e.hospital.clone() };
        json!({"individual": refer_who(&who)})
    });
    json!({
        "resourceType": "Encounter",
        "id": at.encounter.id,
        "status": "planned",
        "statusHistory": before.map(|b| b["statusHistory"].clone()).unwrap_or(json!([])),
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "VR", "display": "virtual"},
        "priority": {"text": case.ask.urgency.code()},
        "subject": refer(patient),
        "basedOn": [refer(&at.case)],
        "appointment": [refer(&at.appointment)],
        "participant": experts.collect::<Vec<_>>(),
        "period": {"start": started.to_string()},
    })
}

/// Ends the status that held and begins another.
fn put_status(body: &mut Value, status: &str, now: Time) {
    if body["status"] == status {
        return;
    }
    let mut past = list(&body["statusHistory"]).to_vec();
    if let Some(open) = past.last_mut().filter(|p| p["period"]["end"].is_null()) {
        open["period"]["end"] = now.to_string().into();
    }
    past.push(json!({"status": status, "period": {"start": now.to_string()}}));
    set(body, "statusHistory", Some(past.into()));
    set(body, "status", Some(status.into()));
}

/// When the session began.
pub fn read_encounter(body: &Value) -> Option<Time> {
    time(&body["period"]["start"])
}

/// When the session of an opinion began: a record consultation had none.
pub fn session_of(kind: Kind, encounter: Option<&Value>) -> Option<Time> {
    if kind == Kind::Record { None } else { read_encounter(encounter?) }
}
