//! A ledger entry as an AuditEvent of R4, after IHE BALP 1.1.4 where one of its patterns fits.
//!
//! Pure. What the ledger does not know is not said: the network address of a person's machine is marked as unknown, and a
//! search claims no pattern, because BALP wants the words of the query, which are not kept.

use ::fhir::Reference;
use kernel::Role;
use platform::codes;
use records::{Entry, Versioned};
use serde_json::{Value, json};

/// Things that are listed beside the main one; how many more there were is then said.
const LISTED_MAX: usize = 200;
/// SHA-256 of no bytes: the version says "deleted".
const DELETED: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
/// Acts of ours, as a second subtype.
pub const ACT: &str = "urn:consilium:act";
/// Entries of the ledger, by number.
const LEDGER: &str = "urn:consilium:ledger";
/// Clients: programs with a token.
const CLIENT: &str = "urn:consilium:client";

const EVENT_TYPE: &str = "http://terminology.hl7.org/CodeSystem/audit-event-type";
const INTERACTION: &str = "http://hl7.org/fhir/restful-interaction";
const DICOM: &str = "http://dicom.nema.org/resources/ontology/DCM";
const PARTICIPATION: &str = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
const ENTITY_TYPE: &str = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
const OBJECT_ROLE: &str = "http://terminology.hl7.org/CodeSystem/object-role";
const RESOURCE_TYPES: &str = "http://hl7.org/fhir/resource-types";

/// The patterns of BALP that are claimed.
pub const PROFILES: [&str; 8] =
    ["Create", "Delete", "PatientCreate", "PatientDelete", "PatientRead", "PatientUpdate", "Read", "Update"];

/// The address of a pattern.
pub fn profile(name: &str) -> String {
    format!("https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.{name}")
}

/// What the entry does not say itself.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a> {
    /// The address of this face.
    pub base: &'a str,
    /// What the person who acted is called.
    pub person: Option<&'a str>,
}

/// What kind of act it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Create,
    Update,
    Delete,
    /// With FHIR's name of the interaction.
    Read(&'static str),
    Search,
    Operation,
    /// Somebody came, or tried to.
    Login,
    Logout,
}

impl Kind {
    fn of(entry: &Entry) -> Self {
        let act = &entry.act;
        if let Some(main) = written(entry) {
            return match main {
                Versioned { sha256, .. } if sha256 == DELETED => Self::Delete,
                Versioned { version: 1, .. } => Self::Create,
                _ => Self::Update,
            };
        }
        match act.what.as_str() {
            "session.open" | "session.refused" => return Self::Login,
            "session.close" | "session.close_all" => return Self::Logout,
            _ => {}
        }
        if act.params.get("read") != Some(&Value::Bool(true)) {
            return Self::Operation;
        }
        match act.what.as_str() {
            "fhir.search" | "fhir.search_form" | "fhir.compartment" | "fhir.audit.search" => Self::Search,
            "fhir.everything" | "fhir.lastn" => Self::Operation,
            "fhir.history" | "fhir.audit.history" => Self::Read("history-instance"),
            "fhir.history_type" => Self::Read("history-type"),
            "fhir.history_all" => Self::Read("history-system"),
            "fhir.vread" | "fhir.audit.vread" => Self::Read("vread"),
            // Nothing was named: a list.
            _ if act.about.is_empty() && act.case.is_none() && act.patient.is_none() => Self::Search,
            _ => Self::Read("read"),
        }
    }

    /// Type, subtype, action.
    fn codes(self) -> (Value, Value, &'static str) {
        let rest = || coding(EVENT_TYPE, "rest", "RESTful Operation");
        let authentication = || coding(DICOM, "110114", "User Authentication");
        let interaction = |code: &str| coding(INTERACTION, code, code);
        match self {
            Self::Create => (rest(), interaction("create"), "C"),
            Self::Update => (rest(), interaction("update"), "U"),
            Self::Delete => (rest(), interaction("delete"), "D"),
            Self::Read(code) => (rest(), interaction(code), "R"),
            Self::Search => (rest(), interaction("search-type"), "E"),
            Self::Operation => (rest(), interaction("operation"), "E"),
            Self::Login => (authentication(), coding(DICOM, "110122", "Login"), "E"),
            Self::Logout => (authentication(), coding(DICOM, "110123", "Logout"), "E"),
        }
    }

    /// The name of its pattern, when the act was about data.
    fn pattern(self) -> Option<&'static str> {
        match self {
            Self::Create => Some("Create"),
            Self::Update => Some("Update"),
            Self::Delete => Some("Delete"),
            Self::Read("read" | "vread") => Some("Read"),
            _ => None,
        }
    }

    /// The codes of the asking and the answering side, and of a person: BALP turns them with the way the data goes.
    fn sides(self) -> (Value, Value, Value) {
        let source = coding(DICOM, "110153", "Source Role ID");
        let destination = coding(DICOM, "110152", "Destination Role ID");
        let person = |code: &str, display: &str| coding(PARTICIPATION, code, display);
        match self {
            Self::Read(_) => (destination, source, person("IRCP", "information recipient")),
            Self::Create | Self::Update => (source, destination, person("AUT", "author (originator)")),
            Self::Delete => (
                coding(DICOM, "110150", "Application"),
                coding("http://terminology.hl7.org/CodeSystem/provenance-participant-type", "custodian", "Custodian"),
                person("AUT", "author (originator)"),
            ),
            _ => (source, destination, person("IRCP", "information recipient")),
        }
    }
}

fn coding(system: &str, code: &str, display: &str) -> Value {
    json!({"system": system, "code": code, "display": display})
}

/// The main version written: that of the thing the act names first, or the first there is.
fn written(entry: &Entry) -> Option<&Versioned> {
    let of = |at: &Reference| entry.versions.iter().find(|v| v.at == *at);
    entry.act.about.iter().find_map(of).or_else(|| entry.versions.first())
}

/// The thing it was done to.
fn main(entry: &Entry) -> Option<(Reference, Option<u64>)> {
    if let Some(main) = written(entry) {
        return Some((main.at.clone(), Some(main.version)));
    }
    let act = &entry.act;
    act.about.first().or(act.case.as_ref()).or(act.patient.as_ref()).map(|at| (at.clone(), None))
}

/// Whether it was done; false when it was refused.
fn was_done(entry: &Entry) -> bool {
    entry.act.params.get("allowed") != Some(&Value::Bool(false)) && entry.act.what != "session.refused"
}

/// Whether a record was opened in need, or read while it was.
fn in_need(entry: &Entry) -> bool {
    let says = |name: &str| entry.act.params.get(name) == Some(&Value::Bool(true));
    says("glass") || (entry.act.what == "access.break_glass" && was_done(entry))
}

/// The AuditEvent.
pub fn event(entry: &Entry, names: &Names<'_>) -> Value {
    let kind = Kind::of(entry);
    let (ty, subtype, action) = kind.codes();
    let mut made = json!({
        "resourceType": "AuditEvent",
        "id": format!("{}{}", super::ID, entry.number),
        "meta": {"versionId": "1", "lastUpdated": format!("{:.3}", entry.at)},
        "type": ty,
        "subtype": [subtype, {"system": ACT, "code": entry.act.what}],
        "action": action,
        "recorded": format!("{:.3}", entry.at),
        "outcome": if was_done(entry) { "0" } else { "4" },
        "agent": agents(entry, kind, names),
        "source": {
            "site": names.base,
            "observer": server(names),
            "type": [coding("http://terminology.hl7.org/CodeSystem/security-source-type", "4", "Application Server")],
        },
        "entity": entities(entry),
    });
    if let Some(pattern) = kind.pattern().filter(|_| was_done(entry) && main(entry).is_some()) {
        let whose = if entry.act.patient.is_some() { "Patient" } else { "" };
        made["meta"]["profile"] = json!([profile(&format!("{whose}{pattern}"))]);
    }
    if !was_done(entry) {
        made["outcomeDesc"] = "Refused.".into();
    }
    if in_need(entry) {
        let emergency = coding("http://terminology.hl7.org/CodeSystem/v3-ActReason", "ETREAT", "Emergency Treatment");
        made["purposeOfEvent"] = json!([{"coding": [emergency]}]);
    }
    made
}

fn server(names: &Names<'_>) -> Value {
    json!({
        "type": "Device",
        "identifier": {"system": "urn:ietf:rfc:3986", "value": names.base},
        "display": "Consilium",
    })
}

fn agents(entry: &Entry, kind: Kind, names: &Names<'_>) -> Value {
    let act = &entry.act;
    let (client_side, server_side, person_side) = kind.sides();
    let here = json!({"address": names.base, "type": "5"});
    // The ledger keeps no addresses.
    let unknown = json!({"extension": [
        {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"},
    ]});
    let is_program = act.role == Some(Role::Client);
    let (who, network) = match &act.person {
        Some(client) if is_program => {
            let mut who = json!({"type": "Device", "identifier": {"system": CLIENT, "value": client.as_str()}});
            if let Some(name) = act.params.get("client").filter(|name| name.is_string()) {
                who["display"] = name.clone();
            }
            (who, unknown)
        }
        Some(_) => (json!({"type": "Device", "display": "The person's browser"}), unknown),
        // A job, a clock that ran out, a command at the machine itself.
        None => (server(names), here.clone()),
    };
    let client = json!({
        "type": {"coding": [client_side]},
        "who": who,
        "requestor": is_program || act.person.is_none(),
        "network": network,
    });
    let server = json!({
        "type": {"coding": [server_side]},
        "who": server(names),
        "requestor": false,
        "network": here,
    });
    let mut agents = vec![client, server];
    if let Some(person) = act.person.as_ref().filter(|_| !is_program) {
        let mut who = json!({"reference": format!("Practitioner/{person}")});
        let mut user = json!({"type": {"coding": [person_side]}, "requestor": true});
        if let Some(role) = act.role {
            user["role"] = json!([{"coding": [{"system": codes::ROLE, "code": role.code()}]}]);
        }
        if let Some(name) = names.person {
            who["display"] = name.into();
            user["name"] = name.into();
        }
        user["who"] = who;
        agents.push(user);
    }
    agents.into()
}

fn entities(entry: &Entry) -> Value {
    let act = &entry.act;
    let role = |code: &str, display: &str| coding(OBJECT_ROLE, code, display);
    let what = |at: &Reference, version: Option<u64>| {
        let version = version.map_or(String::new(), |version| format!("/_history/{version}"));
        json!({"reference": format!("{at}{version}")})
    };
    let mut all = vec![];
    let main = main(entry);
    if let Some((at, version)) = &main {
        all.push(json!({"what": what(at, *version), "type": coding(ENTITY_TYPE, "2", "System Object"),
            "role": role("4", "Domain Resource")}));
    }
    if let Some(patient) = &act.patient {
        all.push(json!({"what": what(patient, None), "type": coding(ENTITY_TYPE, "1", "Person"),
            "role": role("1", "Patient")}));
    }
    let mut others: Vec<(&Reference, Option<u64>)> = entry.versions.iter().map(|v| (&v.at, Some(v.version))).collect();
    for at in act.about.iter().chain(&act.case) {
        let is_there = others.iter().any(|(other, _)| *other == at) || act.patient.as_ref() == Some(at);
        if !is_there {
            others.push((at, None));
        }
    }
    others.retain(|(at, version)| main.as_ref() != Some(&((*at).clone(), *version)));
    for (at, version) in others.iter().take(LISTED_MAX) {
        let name = at.ty.name();
        all.push(json!({"what": what(at, *version), "type": coding(RESOURCE_TYPES, name, name),
            "role": role("4", "Domain Resource")}));
    }
    // What is ours: where it stands in the ledger, so that it can be held against a checkpoint.
    let detail = |name: &str, value: String| json!({"type": name, "valueString": value});
    let mut ours = vec![
        detail("act", act.what.clone()),
        detail("number", entry.number.to_string()),
        detail("hash", hex::encode(entry.hash)),
    ];
    if let Some(hospital) = &act.hospital {
        ours.push(detail("hospital", hospital.to_string()));
    }
    if others.len() > LISTED_MAX {
        ours.push(detail("more", (others.len() - LISTED_MAX).to_string()));
    }
    all.push(json!({"what": {"identifier": {"system": LEDGER, "value": entry.number.to_string()}},
        "type": coding(ENTITY_TYPE, "4", "Other"), "role": role("13", "Security Resource"), "detail": ours}));
    all.into()
}

#[cfg(test)]
#[path = "event_tests.rs"]
mod tests;
