//! `GET /fhir/metadata`: what this face does, and nothing else, from the tables by which it works.

use super::answer::FHIR_JSON;
use super::ask::Ask;
use super::audit;
use super::caller::DIRECTORY;
use super::refusal::Refusal;
use ::fhir::ResourceType;
use ::fhir::search::{Definitions, Kind, Param};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use platform::Shared;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// Where an interaction stands in a CapabilityStatement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Among the interactions of the whole system.
    System(&'static str),
    /// Among those of each type.
    Type(&'static str),
    /// Among those of each type that is written over FHIR.
    Written(&'static str),
    /// As an operation of one type, or of each.
    Operation(&'static str, Option<&'static str>),
    /// As a property of something else there.
    Beside,
}
use Told::{Beside, Operation, System, Type, Written};

/// Every operation of the face. A test holds it to the routes.
pub const SPOKEN: &[(&str, Told)] = &[
    ("fhir.bundle", System("transaction")),
    ("fhir.compartment", Beside),
    ("fhir.create", Written("create")),
    ("fhir.delete", Written("delete")),
    ("fhir.delete_where", Beside),
    ("fhir.everything", Operation("everything", Some("Patient"))),
    ("fhir.history", Type("history-instance")),
    ("fhir.history_all", System("history-system")),
    ("fhir.history_type", Type("history-type")),
    ("fhir.lastn", Operation("lastn", Some("Observation"))),
    ("fhir.metadata", Beside),
    ("fhir.patch", Written("patch")),
    ("fhir.patch_where", Beside),
    ("fhir.read", Type("read")),
    ("fhir.search", Type("search-type")),
    ("fhir.search_all", System("search-system")),
    ("fhir.search_all_form", Beside),
    ("fhir.search_form", Beside),
    ("fhir.update", Written("update")),
    ("fhir.update_where", Beside),
    ("fhir.validate", Operation("validate", None)),
    ("fhir.vread", Type("vread")),
];

/// Statements made so far, by the address under which the face is reached.
static MADE: LazyLock<Mutex<HashMap<String, Arc<Bytes>>>> = LazyLock::new(Mutex::default);

/// What this face does. Needs no sign-in: it says how to.
#[utoipa::path(get, path = "/fhir/metadata", operation_id = "fhir.metadata", tag = "fhir", responses((status = 200)))]
pub async fn metadata(State(platform): State<Shared>, ask: Ask) -> Result<Response, Refusal> {
    let base = format!("{}/fhir", platform.url());
    let made = MADE.lock().unwrap_or_else(PoisonError::into_inner).get(&base).cloned();
    let made = match made {
        Some(made) => made,
        None => {
            let text = statement(&base, &platform.clock.now().to_string()).to_string();
            let made = Arc::new(Bytes::from(text));
            MADE.lock().unwrap_or_else(PoisonError::into_inner).insert(base, made.clone());
            made
        }
    };
    if ask.pretty {
        let answer = super::answer::Answer::new(axum::http::StatusCode::OK, Some(Bytes::clone(&made)));
        return Ok(answer.formed(&ask).into_response());
    }
    Ok(([(header::CONTENT_TYPE, FHIR_JSON)], Bytes::clone(&made)).into_response())
}

/// The CapabilityStatement.
fn statement(base: &str, now: &str) -> Value {
    let system: Vec<Value> = SPOKEN
        .iter()
        .filter_map(|(_, told)| match told {
            System(code) => Some(*code),
            _ => None,
        })
        .flat_map(|code| if code == "transaction" { vec![code, "batch"] } else { vec![code] })
        .map(|code| json!({"code": code}))
        .collect();
    let reverse = reverse();
    let types: Vec<Value> = ResourceType::all().map(|ty| resource(ty, &reverse)).collect();
    json!({
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": now,
        "kind": "instance",
        "software": {"name": "Consilium", "version": env!("CARGO_PKG_VERSION")},
        "implementation": {"description": "Consilium, a telemedicine centre", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "patchFormat": ["application/json-patch+json"],
        "rest": [{
            "mode": "server",
            "documentation": "Each answer holds what the caller may see and nothing else. What a consultation, the directory \
                or the ledger wrote is changed by their own operations: 422 names them.",
            "security": {"description": "A client sends its token as `Authorization: Bearer csl_…`; a person's browser its \
                session's cookie."},
            "resource": types,
            "interaction": system,
            "searchParam": common(),
            "compartment": ["http://hl7.org/fhir/CompartmentDefinition/patient"],
        }],
    })
}

fn resource(ty: ResourceType, reverse: &HashMap<ResourceType, Vec<String>>) -> Value {
    if audit::is_ours(ty) {
        return audit::capability();
    }
    let is_written = !DIRECTORY.contains(&ty);
    let codes = SPOKEN.iter().filter_map(|(_, told)| match told {
        Type(code) => Some(*code),
        Written(code) if is_written => Some(*code),
        _ => None,
    });
    let mut value = json!({
        "type": ty.name(),
        "interaction": codes.map(|code| json!({"code": code})).collect::<Vec<_>>(),
        "versioning": "versioned",
        "readHistory": true,
        "updateCreate": false,
        "conditionalCreate": is_written,
        "conditionalRead": "full-support",
        "conditionalUpdate": is_written,
        "conditionalDelete": if is_written { "single" } else { "not-supported" },
    });
    if !is_written {
        value["documentation"] = "Written by operations of its own, not over FHIR; migrations excepted.".into();
    }
    let params = params(ty);
    let includes: Vec<String> =
        params.iter().filter(|p| p.kind == Kind::Reference).map(|p| format!("{ty}:{}", p.code)).collect();
    let told: Vec<Value> = params.iter().map(|p| param(p)).collect();
    for (name, list) in [
        ("searchInclude", json!(includes)),
        ("searchRevInclude", json!(reverse.get(&ty))),
        ("searchParam", json!(told)),
    ] {
        if list.as_array().is_some_and(|l| !l.is_empty()) {
            value[name] = list;
        }
    }
    let operations: Vec<Value> = SPOKEN
        .iter()
        .filter_map(|(_, told)| match told {
            Operation(name, of) if of.is_none_or(|of| of == ty.name()) => Some(json!({
                "name": name,
                "definition": format!("http://hl7.org/fhir/OperationDefinition/{}-{name}", of.unwrap_or("Resource")),
            })),
            _ => None,
        })
        .collect();
    value["operation"] = operations.into();
    value
}

/// The parameters of a type that are answered, by name.
fn params(ty: ResourceType) -> Vec<&'static Param> {
    static UNCOVERED: LazyLock<Vec<String>> = LazyLock::new(|| Definitions::r4().uncovered());
    let own = |p: &&Param| {
        let name = format!("{ty}.{}:", p.code);
        !UNCOVERED.iter().any(|u| u.starts_with(&name))
    };
    let mut params: Vec<_> = Definitions::r4().params(ty).filter(own).collect();
    params.sort_by(|a, b| a.code.cmp(&b.code));
    params
}

/// A parameter as it is told, with its modifiers.
fn param(param: &Param) -> Value {
    let told = match param.code.as_str() {
        "_content" | "_text" => "string",
        _ => kind(param.kind),
    };
    let mut value = json!({"name": param.code, "type": told});
    let modifiers = records::modifiers(param);
    if !modifiers.is_empty() {
        value["documentation"] = format!("Modifiers: {}.", modifiers.join(", ")).into();
    }
    value
}

/// What a search over several types may ask: the parameters that every type has.
fn common() -> Vec<Value> {
    let every = |p: &&&Param| ResourceType::all().all(|ty| params(ty).iter().any(|other| other.code == p.code));
    let mut all: Vec<Value> = params(ResourceType::BINARY).iter().filter(every).map(|p| param(p)).collect();
    all.push(json!({"name": "_type", "type": "token", "documentation": "Needed: which types are searched."}));
    all
}

/// Of each type what points at it.
fn reverse() -> HashMap<ResourceType, Vec<String>> {
    let mut all: HashMap<ResourceType, Vec<String>> = HashMap::new();
    for ty in ResourceType::all().filter(|ty| !audit::is_ours(*ty)) {
        for param in params(ty).into_iter().filter(|p| p.kind == Kind::Reference) {
            for target in &param.targets {
                all.entry(*target).or_default().push(format!("{ty}:{}", param.code));
            }
        }
    }
    all
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Token => "token",
        Kind::String => "string",
        Kind::Reference => "reference",
        Kind::Date => "date",
        Kind::Number => "number",
        Kind::Quantity => "quantity",
        Kind::Uri => "uri",
        Kind::Composite => "composite",
        Kind::Special => "special",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn what_is_told_is_what_is_routed() {
        let api = serde_json::to_value(crate::router().into_openapi()).unwrap();
        let mut routed = BTreeSet::new();
        for methods in api["paths"].as_object().unwrap().values() {
            routed.extend(
                methods.as_object().unwrap().values().filter_map(|o| o["operationId"].as_str().map(str::to_owned)),
            );
        }
        let told: BTreeSet<String> = SPOKEN.iter().map(|(id, _)| (*id).to_owned()).collect();
        assert_eq!(routed, told);
        for id in told {
            assert!(platform::permission::need(&id).is_some(), "{id}");
        }
    }

    #[test]
    fn a_type_says_what_may_be_done_with_it() {
        let reverse = reverse();
        let of = |name: &str| resource(ResourceType::from_name(name).unwrap(), &reverse);
        let codes = |value: &Value| {
            value["interaction"].as_array().unwrap().iter().map(|i| i["code"].to_string()).collect::<Vec<_>>()
        };
        assert!(codes(&of("Patient")).contains(&"\"create\"".to_owned()));
        for read_alone in ["AuditEvent", "Organization", "Practitioner"] {
            assert!(!codes(&of(read_alone)).contains(&"\"create\"".to_owned()), "{read_alone}");
        }
        let names = |value: &Value| {
            value["searchParam"].as_array().unwrap().iter().map(|p| p["name"].to_string()).collect::<Vec<_>>()
        };
        assert!(names(&of("Patient")).contains(&"\"birthdate\"".to_owned()));
        assert!(names(&of("Location")).contains(&"\"near\"".to_owned()));
        for common in ["_content", "_list", "_text"] {
            assert!(names(&of("Patient")).contains(&format!("\"{common}\"")), "{common}");
        }
        let all = common();
        for name in ["_content", "_id", "_lastUpdated", "_list", "_tag", "_type"] {
            assert!(all.iter().any(|p| p["name"] == name), "{name}");
        }
        assert!(!all.iter().any(|p| p["name"] == "status"));
        let told = of("Observation")["searchParam"].as_array().unwrap().clone();
        let code = told.iter().find(|p| p["name"] == "code").unwrap();
        assert!(code["documentation"].as_str().unwrap().contains("not-in"), "{code}");
        assert!(of("Patient")["searchRevInclude"].as_array().unwrap().contains(&"Observation:subject".into()));
    }
}
