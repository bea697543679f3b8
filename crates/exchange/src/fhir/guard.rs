//! What slices own is changed by their operations alone: a write to it over FHIR is refused with 422 that names them.
//!
//! Owned are ledger entries; the directory, but for a migration's own; whatever stands in the compartment of a case; and
//! whatever carries an identifier, code or extension of ours. That an id is owned is told only of what the caller sees.

use super::caller::{Caller, DIRECTORY};
use super::refusal::{Issue, Refusal};
use ::fhir::{Reference, ResourceType};
use axum::http::StatusCode;
use records::{Query, Resource, Viewer};
use serde_json::Value;

/// How everything of ours begins.
const OURS: &str = "urn:consilium:";
/// Marks that say nothing of an owner: whoever reads a demonstration's resource may send it back.
const TAG: &str = "urn:consilium:tag";

/// Types that slices write, with the operations that change them.
pub const OWNERS: &[(&str, &str)] = &[
    ("Appointment", "consult.assign (POST /api/consults/{case}/assign)"),
    ("AuditEvent", "no operation: the ledger writes it and nothing changes it"),
    ("Basic", "schedule.leave_add and schedule.leave_remove (/api/rota/{role}/leaves)"),
    ("Bundle", "referral.request (POST /api/referrals); a summary never changes"),
    ("Communication", "message.send (POST /api/consults/{case}/messages)"),
    ("CommunicationRequest", "consult.ask (POST /api/consults/{case}/ask)"),
    (
        "Composition",
        "opinion.sign and opinion.amend (POST /api/consults/{case}/opinion), referral.send_back; a signed one never changes",
    ),
    ("Condition", "outbreak.report and what follows it (POST /api/outbreak/cases)"),
    ("Consent", "consult.add_consent (POST /api/consults/{case}/consent)"),
    ("DetectedIssue", "outbreak.acknowledge (POST /api/outbreak/alerts/{id}/acknowledge)"),
    (
        "Device",
        "directory.device_change (/api/admin/devices); of a gateway join.enrol, its own operations (/api/join), join.withdraw",
    ),
    ("DiagnosticReport", "join.report (POST /api/join/report)"),
    (
        "DocumentReference",
        "attachment.take (POST /api/consults/{case}/files), public.publish (POST /api/public/notices)",
    ),
    ("Encounter", "consult.start and consult.conclude (POST /api/consults/{case}/start), referral.arrive"),
    ("HealthcareService", "directory.site_change (/api/directory)"),
    ("ImagingStudy", "attachment.take (POST /api/consults/{case}/files)"),
    ("Linkage", "outbreak.judge (POST /api/outbreak/duplicates)"),
    ("Location", "directory.place_change (/api/directory), bed.occupy and bed.free (/api/beds)"),
    ("Media", "opinion.sign (POST /api/consults/{case}/opinion)"),
    (
        "Observation",
        "consult.supply (POST /api/consults/{case}/supply), outbreak.facts and outbreak.type_case (POST /api/outbreak/cases/{id}/facts)",
    ),
    ("Organization", "directory.site_change (/api/directory)"),
    ("Patient", "patient.create, patient.identify, patient.link (/api/patients)"),
    ("Practitioner", "directory.person_change (/api/directory)"),
    ("PractitionerRole", "directory.person_change (/api/directory); hours by schedule.hours (/api/rota/{role}/hours)"),
    ("Provenance", "opinion.sign (POST /api/consults/{case}/opinion)"),
    ("QuestionnaireResponse", "consult.request and consult.resubmit (POST /api/consults), referral.arrive"),
    ("RelatedPerson", "outbreak.contact (POST /api/outbreak/cases/{id}/contacts)"),
    ("Schedule", "schedule.hours and the entries of the calendar (/api/rota/{role}/…)"),
    ("ServiceRequest", "consult.request, referral.request and their steps (POST /api/consults, /api/referrals)"),
    ("Slot", "schedule.duty_change, schedule.duty_remove and schedule.leave_remove (/api/rota/{role}/…)"),
    (
        "Task",
        "the steps of the case (POST /api/consults/{case}/…) or of the referral (POST /api/referrals/{id}/…); join.invite, join.outage_take and what follows",
    ),
];

/// Refuses with the owner's name.
fn owned(ty: ResourceType, why: &str) -> Refusal {
    let known = OWNERS.iter().find(|(name, _)| *name == ty.name());
    let owner = known.map_or("the slice that wrote it", |(_, owner)| *owner);
    let text = format!("{why} It is changed by its own operation: {owner}.");
    Refusal::of(StatusCode::UNPROCESSABLE_ENTITY, vec![Issue::error("business-rule", "fhir.owned", text)])
}

/// Refuses types that nobody writes over FHIR, or not this caller.
pub fn check_type(caller: &Caller, ty: ResourceType) -> Result<(), Refusal> {
    if ty == ResourceType::AUDIT_EVENT {
        return Err(owned(ty, "An AuditEvent is an entry of the ledger."));
    }
    if DIRECTORY.contains(&ty) && !caller.is_unrestricted() {
        return Err(owned(ty, &format!("A {ty} is part of the directory.")));
    }
    Ok(())
}

/// Refuses a body that says it is a slice's.
pub fn check_body(ty: ResourceType, body: &Value) -> Result<(), Refusal> {
    match mark(body) {
        Some(found) => Err(owned(
            ty,
            &format!("This {ty} carries {}, which marks what a slice owns.", super::refusal::shown(found)),
        )),
        None => Ok(()),
    }
}

/// Refuses to change what a slice owns. `now` is what the caller sees of it.
pub fn check_existing(caller: &Caller, now: &Resource) -> Result<(), Refusal> {
    let ty = now.at.ty;
    if now.case.is_some() {
        return Err(owned(ty, &format!("This {ty} belongs to a consultation or a referral.")));
    }
    let works_here =
        ty == ResourceType::PRACTITIONER && !caller.op.platform().directory.posts_of(&now.at.id).is_empty();
    if works_here {
        return Err(owned(ty, "This Practitioner works here."));
    }
    if now.deleted || !contains(&now.json, OURS.as_bytes()) {
        return Ok(());
    }
    check_body(ty, &now.value()?)
}

/// Refuses to delete what a case rests on.
pub async fn check_delete(caller: &Caller, now: &Resource) -> Result<(), Refusal> {
    check_existing(caller, now)?;
    if now.at.ty == ResourceType::PATIENT && is_in_a_case(caller, &now.at).await? {
        return Err(owned(now.at.ty, "This Patient has a consultation or a referral, so the record of it stays."));
    }
    Ok(())
}

async fn is_in_a_case(caller: &Caller, patient: &Reference) -> Result<bool, Refusal> {
    let query = Query::of(ResourceType::SERVICE_REQUEST)
        .with("subject", patient.to_string())
        .with("code", "urn:consilium:service|")
        .count(1);
    Ok(!caller.store().search(&Viewer::System, &query).await?.matches.is_empty())
}

/// The first text of ours in a body, `urn:consilium:…`.
fn mark(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => (text.starts_with(OURS) && text != TAG).then_some(text),
        Value::Array(items) => items.iter().find_map(mark),
        Value::Object(members) => members.values().find_map(mark),
        _ => None,
    }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn owners_stand_in_order_and_are_types() {
        for pair in OWNERS.windows(2) {
            assert!(pair[0].0 < pair[1].0);
        }
        for (name, _) in OWNERS {
            assert!(ResourceType::from_name(name).is_some(), "{name}");
        }
    }

    #[test]
    fn what_is_marked_is_seen_wherever_it_stands() {
        let marked = |body: Value| check_body(ResourceType::PATIENT, &body).is_err();
        assert!(marked(json!({"name": [{"extension": [{"url": "urn:consilium:extension:name-key"}]}]})));
        assert!(marked(json!({"identifier": [{"system": "urn:consilium:case-number", "value": "1"}]})));
        assert!(marked(json!({"contained": [{"code": {"coding": [{"system": "urn:consilium:task"}]}}]})));
        assert!(!marked(json!({"meta": {"tag": [{"system": "urn:consilium:tag", "code": "demonstration"}]}})));
        assert!(!marked(json!({"identifier": [{"system": "urn:oid:1.2", "value": "we use urn:consilium:x"}]})));
    }
}
