//! A case as far as the rules of `kernel::decide` look at it, for every crate that must ask "may they?" about one.
//!
//! Reads the ServiceRequest (what is asked) and the Task (where it stands), written by `care::consult` alone; both have
//! the case's id. It must never hand out clinical content.

use crate::{Directory, Problem};
use fhir::{Reference, ResourceType};
use kernel::decide::CaseFacts;
use kernel::{Id, Time};
use records::{Store, Viewer};
use serde_json::{Value, json};

/// What a ServiceRequest or Task of ours asks for: `teleconsultation`, `referral`, `bed-offer`.
pub const SERVICE: &str = "urn:consilium:service";
/// States of a consultation, in `Task.businessStatus`.
pub const STATE: &str = "urn:consilium:consult-state";
/// Kinds of consultation (`live`, `record`), in `ServiceRequest.category`.
pub const KIND: &str = "urn:consilium:consult-kind";
/// Extension on a reference to a PractitionerRole: whose role it is.
const PERSON: &str = "urn:consilium:ext:person";
/// Extension on a reference to a PractitionerRole: at which hospital.
const HOSPITAL: &str = "urn:consilium:ext:hospital";

/// A case, found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseAt {
    /// What the rules look at.
    pub facts: CaseFacts,
    /// Whose case.
    pub patient: Option<Reference>,
    /// The code of its state.
    pub state: String,
    /// By video, not on the record alone.
    pub live: bool,
    /// The ServiceRequest.
    pub case: Reference,
}

/// Somebody in a role. The record keeps all three: a role can end, who acted then stays.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Who {
    /// The PractitionerRole.
    pub role: Id,
    /// The Practitioner.
    pub person: Id,
    /// The Organization.
    pub hospital: Id,
}

/// The case of this id, or none. Read with the rules' own eyes: ask `Op::may` with the facts before showing anything.
pub async fn find(store: &dyn Store, _directory: &Directory, case: &Id) -> Result<Option<CaseAt>, Problem> {
    let at = Reference::new(ResourceType::SERVICE_REQUEST, case.clone());
    let Some(request) = store.read(&Viewer::System, &at).await? else { return Ok(None) };
    let task = Reference::new(ResourceType::TASK, case.clone());
    let Some(task) = store.read(&Viewer::System, &task).await? else { return Ok(None) };
    let (body, task) = (request.value()?, task.value()?);
    if !is_consultation(&body) {
        return Ok(None);
    }
    let facts = facts(&request.custodian, &body, &task)
        .ok_or_else(|| Problem::internal(format!("{at} and its Task cannot be read as a case")))?;
    let state = state(&task).unwrap_or_default().to_owned();
    let live = is_live(&body);
    Ok(Some(CaseAt { facts, patient: refers(&body["subject"]), state, live, case: at }))
}

/// What the rules look at, from the two resources.
pub fn facts(custodian: &Id, request: &Value, task: &Value) -> Option<CaseFacts> {
    let experts: Vec<Who> = items(&request["performer"]).iter().filter_map(read_who).collect();
    let mut advising: Vec<Id> = experts.iter().map(|e| e.hospital.clone()).collect();
    advising.sort();
    advising.dedup();
    let state = state(task)?;
    let ended_at: Option<Time> = task["executionPeriod"]["end"].as_str().and_then(|t| t.parse().ok());
    let live = is_live(request);
    let has_room = matches!(state, "scheduled" | "waiting" | "in-session" | "suspended");
    Some(CaseFacts {
        asking_hospital: custodian.clone(),
        centre: refers(&task["owner"]).filter(|r| r.ty == ResourceType::ORGANIZATION)?.id,
        advising_hospitals: advising,
        experts: experts.into_iter().map(|e| e.person).collect(),
        in_hand: state != "draft" && ended_at.is_none(),
        ended_at,
        room_announced: live && has_room,
    })
}

/// Whether a ServiceRequest asks for a consultation. One that does not say what it asks for is taken for one.
pub fn is_consultation(request: &Value) -> bool {
    let mut services = items(&request["code"]["coding"]).iter().filter(|c| c["system"] == SERVICE);
    services.next().is_none_or(|c| c["code"] == "teleconsultation")
}

fn is_live(request: &Value) -> bool {
    let mut kinds = items(&request["category"]).iter().flat_map(|c| items(&c["coding"]));
    kinds.any(|c| c["system"] == KIND && c["code"] == "live")
}

/// The code of the state.
pub fn state(task: &Value) -> Option<&str> {
    items(&task["businessStatus"]["coding"]).iter().find(|c| c["system"] == STATE).and_then(|c| c["code"].as_str())
}

/// A reference to a role that also says the person and the hospital.
pub fn write_who(who: &Who) -> Value {
    json!({
        "extension": [
            {"url": PERSON, "valueReference": {"reference": format!("Practitioner/{}", who.person)}},
            {"url": HOSPITAL, "valueReference": {"reference": format!("Organization/{}", who.hospital)}},
        ],
        "reference": format!("PractitionerRole/{}", who.role),
    })
}

/// Reads [`write_who`].
pub fn read_who(value: &Value) -> Option<Who> {
    let extended = |url: &str| {
        let extension = items(&value["extension"]).iter().find(|e| e["url"] == url)?;
        refers(&extension["valueReference"]).map(|r| r.id)
    };
    let role = refers(value).filter(|r| r.ty == ResourceType::PRACTITIONER_ROLE)?.id;
    Some(Who { role, person: extended(PERSON)?, hospital: extended(HOSPITAL)? })
}

impl From<&kernel::Actor> for Who {
    fn from(actor: &kernel::Actor) -> Self {
        Self { role: actor.practitioner_role.clone(), person: actor.person.clone(), hospital: actor.hospital.clone() }
    }
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn refers(value: &Value) -> Option<Reference> {
    value["reference"].as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> Id {
        Id::new(text).unwrap()
    }

    fn task(state: &str, end: Option<&str>) -> Value {
        json!({
            "businessStatus": {"coding": [{"system": STATE, "code": state}]},
            "owner": {"reference": "Organization/province"},
            "executionPeriod": {"end": end},
        })
    }

    #[test]
    fn facts_of_a_case() {
        let expert = |person: &str| Who { role: id("role"), person: id(person), hospital: id("province") };
        let request = json!({
            "category": [{"coding": [{"system": KIND, "code": "live"}]}],
            "performer": [write_who(&expert("li")), write_who(&expert("zhang"))],
        });
        let of = |state: &str, end: Option<&str>| facts(&id("county"), &request, &task(state, end)).unwrap();
        let open = of("waiting", None);
        assert_eq!(open.experts, [id("li"), id("zhang")]);
        assert_eq!(open.advising_hospitals, [id("province")]);
        assert_eq!((open.in_hand, open.room_announced, open.ended_at), (true, true, None));
        assert!(!of("submitted", None).room_announced);
        let closed = of("closed", Some("2026-11-21T00:00:00Z"));
        assert_eq!((closed.in_hand, closed.room_announced), (false, false));
        assert!(closed.ended_at.is_some());
        assert_eq!(facts(&id("county"), &request, &json!({})), None);
    }
}
