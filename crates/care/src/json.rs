//! Small readers and writers of FHIR JSON.

use fhir::{Reference, ResourceType};
use kernel::{Id, Time};
use platform::case::{self, Who};
use serde_json::{Value, json};

/// A list, empty when there is none.
pub fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// A text, none when there is none.
pub fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// An instant.
pub fn time(value: &Value) -> Option<Time> {
    value.as_str()?.parse().ok()
}

/// `{"reference": "Type/id"}`.
pub fn refer(at: &Reference) -> Value {
    json!({"reference": at.to_string()})
}

/// The reference in `{"reference": …}`.
pub fn referred(value: &Value) -> Option<Reference> {
    value["reference"].as_str()?.parse().ok()
}

/// The id in `{"reference": …}`, if it is of this type.
pub fn referred_id(value: &Value, ty: ResourceType) -> Option<Id> {
    referred(value).filter(|r| r.ty == ty).map(|r| r.id)
}

/// `{"coding": [{"system": …, "code": …}]}`.
pub fn concept(system: &str, code: &str) -> Value {
    json!({"coding": [{"system": system, "code": code}]})
}

/// The code of a system in a CodeableConcept.
pub fn code<'a>(concept: &'a Value, system: &str) -> Option<&'a str> {
    list(&concept["coding"]).iter().find(|c| c["system"] == system).and_then(|c| c["code"].as_str())
}

/// The code of a system in a list of CodeableConcepts.
pub fn code_among<'a>(concepts: &'a Value, system: &str) -> Option<&'a str> {
    list(concepts).iter().find_map(|c| code(c, system))
}

/// The extension of this address.
pub fn extension<'a>(value: &'a Value, url: &str) -> &'a Value {
    list(&value["extension"]).iter().find(|e| e["url"] == url).unwrap_or(&Value::Null)
}

/// Somebody in a role, as a reference that says the person and the hospital too: a role can end, the record stays.
pub fn refer_who(who: &Who) -> Value {
    case::write_who(who)
}

/// Reads [`refer_who`].
pub fn read_who(value: &Value) -> Option<Who> {
    case::read_who(value)
}

/// Sets or removes a member.
pub fn set(body: &mut Value, name: &str, value: Option<Value>) {
    let Some(members) = body.as_object_mut() else { return };
    match value {
        Some(value) => {
            members.insert(name.to_owned(), value);
        }
        None => {
            members.shift_remove(name);
        }
    }
}
