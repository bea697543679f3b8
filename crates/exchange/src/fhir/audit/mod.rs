//! The ledger as AuditEvents, after IHE's Basic Audit Log Patterns (BALP) 1.1.4: read, vread, history, search.
//!
//! An AuditEvent is made of a ledger entry when it is asked for ([`event`]); its id is the entry's number. Nothing is kept
//! beside the ledger, and nothing here writes: a write to the type is the guard's to refuse. Called by the interactions of
//! the face when the type is AuditEvent. It must never show an entry to somebody who may not see who looked ([`sight`]),
//! nor what was typed in it: a reason may say more of a patient than a person who audits should read.

pub mod event;
pub mod history;
pub mod params;
pub mod read;
pub mod search;
pub mod sight;
pub mod vread;

use super::caller::Caller;
use super::refusal::Refusal;
use ::fhir::{Reference, ResourceType};
use event::{Names, event};
use kernel::Id;
use records::{Entry, Resource};
use serde_json::{Value, json};

/// Before the number of an entry, in the id of its AuditEvent.
const ID: &str = "ledger-";
/// An entry has one version: it never changes.
const VERSION: u64 = 1;

/// Whether interactions with this type are this module's.
pub fn is_ours(ty: ResourceType) -> bool {
    ty == ResourceType::AUDIT_EVENT
}

/// The number of the entry that an id names.
fn number_of(id: &str) -> Option<u64> {
    let digits = id.strip_prefix(ID).filter(|d| !d.starts_with('0') && d.bytes().all(|b| b.is_ascii_digit()))?;
    digits.parse().ok().filter(|n| i64::try_from(*n).is_ok())
}

/// The AuditEvent of an entry.
fn made(caller: &Caller, entry: &Entry) -> Value {
    let platform = caller.op.platform();
    let act = &entry.act;
    let at = act.person.as_ref().zip(act.hospital.as_ref());
    let person = at.and_then(|(person, hospital)| platform.directory.person_ref_at(person, hospital));
    event(entry, &Names { base: &caller.base(), person: person.as_ref().map(|p| p.name.as_str()) })
}

/// An AuditEvent in the form in which the face answers resources.
fn resource(caller: &Caller, entry: &Entry, made: &Value) -> Result<Resource, Refusal> {
    let id = Id::new(format!("{ID}{}", entry.number)).map_err(platform::Problem::internal)?;
    Ok(Resource {
        at: Reference::new(ResourceType::AUDIT_EVENT, id),
        version: VERSION,
        stored_at: entry.at,
        custodian: entry.act.hospital.clone().unwrap_or_else(|| caller.hospital().clone()),
        case: entry.act.case.clone(),
        patient: entry.act.patient.clone(),
        deleted: false,
        json: made.to_string().into(),
    })
}

/// What `/metadata` says of the type.
pub fn capability() -> Value {
    let codes = ["read", "vread", "history-instance", "search-type"];
    let params: Vec<Value> = params::SPOKEN.iter().map(|(name, kind)| json!({"name": name, "type": kind})).collect();
    json!({
        "type": ResourceType::AUDIT_EVENT.name(),
        "supportedProfile": event::PROFILES.iter().map(|name| event::profile(name)).collect::<Vec<_>>(),
        "documentation": "The ledger's entries, newest first, for those who may see who looked. Never written over FHIR.",
        "interaction": codes.iter().map(|code| json!({"code": code})).collect::<Vec<_>>(),
        "versioning": "versioned",
        "readHistory": true,
        "updateCreate": false,
        "conditionalCreate": false,
        "conditionalRead": "full-support",
        "conditionalUpdate": false,
        "conditionalDelete": "not-supported",
        "searchParam": params,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_names_one_entry() {
        assert_eq!(number_of("ledger-123"), Some(123));
        for other in
            ["ledger-", "ledger-0", "ledger-01", "ledger--1", "ledger-+1", "123", "ledger-99999999999999999999"]
        {
            assert_eq!(number_of(other), None, "{other}");
        }
    }
}
