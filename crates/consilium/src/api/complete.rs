//! What the description says of every operation alike: how a refusal looks, what FHIR takes and gives, and a word for each answer.
//!
//! An operation names the refusals that are its own. Those that any of them may answer (not signed in, not there, too
//! large, not readable, a disk that takes nothing) stand here, once, as its `default`.

use axum::http::StatusCode;
use platform::outcome;
use serde_json::{Map, Value, json};

/// Media type of a refusal of `/api` (RFC 9457).
const PROBLEM: &str = "application/problem+json";
/// Media type of the FHIR face.
const FHIR: &str = "application/fhir+json";

/// Completes a description.
pub fn complete(api: &mut Value) {
    if let Some(paths) = api["paths"].as_object_mut() {
        for (path, item) in paths {
            let operations = item.as_object_mut().into_iter().flatten();
            for (method, operation) in operations.filter(|(_, o)| o.is_object()) {
                one(outcome::is_fhir(path), method, operation);
            }
        }
    }
    for (fhir, name) in [(false, "Refused"), (true, "RefusedFhir")] {
        let response = json!({"description": "Refused, in words.", "content": refused(fhir)});
        api["components"]["responses"][name] = response;
    }
    api["components"]["schemas"]["Problem"] = problem();
    api["components"]["schemas"]["OperationOutcome"] = resource("OperationOutcome");
    api["components"]["schemas"]["Resource"] = json!({
        "type": "object",
        "description": "A resource of FHIR R4 (4.0.1).",
        "properties": {"resourceType": {"type": "string"}},
        "required": ["resourceType"],
    });
}

fn one(fhir: bool, method: &str, operation: &mut Value) {
    // Bytes are bytes, not an array of numbers.
    let taken = operation.pointer_mut("/requestBody/content").and_then(Value::as_object_mut);
    for (_, content) in taken.into_iter().flatten().filter(|(media, _)| media.ends_with("octet-stream")) {
        content["schema"] = json!({"type": "string", "format": "binary"});
    }
    if fhir && operation.get("requestBody").is_none() {
        let taken = match (method, operation["operationId"].as_str().unwrap_or_default()) {
            ("post", id) if id.ends_with("_form") => {
                Some(json!({"application/x-www-form-urlencoded": {"schema": {"type": "object"}}}))
            }
            ("post" | "put", _) => Some(json!({FHIR: {"schema": {"$ref": "#/components/schemas/Resource"}}})),
            ("patch", _) => Some(json!({"application/json-patch+json": {"schema": patch()}})),
            _ => None,
        };
        if let Some(content) = taken {
            operation["requestBody"] = json!({"content": content, "required": true});
        }
    }
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    for (status, response) in responses.iter_mut() {
        let status: Option<StatusCode> = status.parse().ok();
        if response["description"].as_str().unwrap_or_default().is_empty() {
            let word = status.and_then(|s| s.canonical_reason()).unwrap_or("Answered");
            first(response, "description", word.into());
        }
        let bare = response.get("content").is_none();
        match status {
            Some(s) if bare && (s.is_client_error() || s.is_server_error()) => response["content"] = refused(fhir),
            Some(StatusCode::OK | StatusCode::CREATED) if fhir && bare => {
                response["content"] = json!({FHIR: {"schema": {"$ref": "#/components/schemas/Resource"}}});
            }
            _ => {}
        }
    }
    let name = if fhir { "RefusedFhir" } else { "Refused" };
    responses.insert("default".to_owned(), json!({"$ref": format!("#/components/responses/{name}")}));
}

/// The content of a refusal.
fn refused(fhir: bool) -> Value {
    let (media, name) = if fhir { (FHIR, "OperationOutcome") } else { (PROBLEM, "Problem") };
    json!({media: {"schema": {"$ref": format!("#/components/schemas/{name}")}}})
}

/// Puts a member before all others.
fn first(object: &mut Value, name: &str, value: Value) {
    let Some(members) = object.as_object_mut() else { return };
    let mut all = Map::from_iter([(name.to_owned(), value)]);
    members.remove(name);
    all.append(members);
    *members = all;
}

/// As [`platform::Problem`] is written.
fn problem() -> Value {
    let text = json!({"type": "string"});
    json!({
        "type": "object",
        "description": "What was refused, on what, and what to do (RFC 9457).",
        "properties": {
            "type": {"type": "string", "description": "`urn:consilium:problem:` and the code."},
            "title": {"type": "string", "description": "The status in words."},
            "status": {"type": "integer", "description": "The HTTP status."},
            "detail": {"type": "string", "description": "In English, for people without a translation of the code."},
            "code": {"type": "string", "description": "Stable, for example `consult.wrong_state`."},
            "params": {"type": "object", "description": "What a translation of the code needs."},
            "request_id": text,
        },
        "required": ["type", "title", "status", "detail", "code", "params"],
    })
}

fn resource(name: &str) -> Value {
    json!({
        "type": "object",
        "description": "Why something was not done, or what is to be said of it (FHIR R4).",
        "properties": {
            "resourceType": {"type": "string", "enum": [name]},
            "issue": {"type": "array", "items": {"type": "object"}},
        },
        "required": ["resourceType", "issue"],
    })
}

/// A JSON Patch (RFC 6902).
fn patch() -> Value {
    json!({
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                "op": {"type": "string", "enum": ["add", "remove", "replace", "move", "copy", "test"]},
                "path": {"type": "string"},
                "from": {"type": "string"},
                "value": {},
            },
            "required": ["op", "path"],
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_says_how_it_refuses() {
        let api: Value = serde_json::from_str(&crate::app::openapi().unwrap()).unwrap();
        let mut operations = 0;
        for (path, item) in api["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                operations += 1;
                let responses = operation["responses"].as_object().unwrap();
                for (status, response) in responses.iter().filter(|(status, _)| *status != "default") {
                    assert!(
                        response["description"].as_str().is_some_and(|d| !d.is_empty()),
                        "{method} {path} {status}"
                    );
                }
                let (name, media) = if outcome::is_fhir(path) { ("RefusedFhir", FHIR) } else { ("Refused", PROBLEM) };
                assert_eq!(responses["default"]["$ref"], format!("#/components/responses/{name}"), "{method} {path}");
                assert!(api["components"]["responses"][name]["content"][media].is_object(), "{method} {path}");
            }
        }
        assert!(operations > 100);
        assert_eq!(api["paths"]["/fhir/{type}"]["post"]["responses"]["201"]["description"], "Created");
    }
}
