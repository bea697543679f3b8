//! `POST /fhir/{type}/$validate`, and what is judged of everything that is written.

use super::answer::Answer;
use super::ask::{Ask, Sent};
use super::caller::Caller;
use super::refusal::{Issue, Refusal, outcome_of};
use super::{Reply, guard, json, type_of, write};
use ::fhir::validate::{Issue as Found, Options, Severity};
use axum::extract::Path;
use axum::http::StatusCode;
use serde_json::Value;

/// Judges a body that is to be written: what is wrong is refused to strict callers and named to the others.
/// What is merely not advised (a resource should have a narrative) is said by `$validate` alone.
pub fn on_write(caller: &Caller, body: &Value) -> Result<Vec<Issue>, Refusal> {
    let issues = judge(body, Options { warnings: false, ..Options::default() });
    let is_wrong = issues.iter().any(|i| i.severity == Severity::Error.code());
    if is_wrong && caller.is_strict() {
        return Err(Refusal::of(StatusCode::UNPROCESSABLE_ENTITY, issues));
    }
    Ok(issues)
}

/// What is to be said of a resource.
fn judge(body: &Value, options: Options) -> Vec<Issue> {
    let found = ::fhir::validate::validate(body, options);
    found.into_iter().map(|f| Issue { severity: f.severity.code(), ..issue(&f) }).collect()
}

fn issue(found: &Found) -> Issue {
    let ours = found.rule.map_or_else(|| format!("fhir.{}", found.code.code()), |rule| format!("fhir.rule.{rule}"));
    Issue::error(found.code.code(), &ours, found.text.as_str()).at(found.location.as_str())
}

/// Says what would be said if this were written, and writes nothing. Takes the resource, or Parameters that hold it.
#[utoipa::path(post, path = "/fhir/{type}/$validate", operation_id = "fhir.validate", tag = "fhir",
    params(("type" = String, Path)), responses((status = 200), (status = 400)))]
pub async fn validate(caller: Caller, Path(ty): Path<String>, ask: Ask, Sent(body): Sent) -> Reply {
    let ty = type_of(&ty)?;
    let body = resource_in(json::read(&body)?);
    let mut issues = vec![];
    let form = write::is_of_type(ty, &body).and_then(|()| guard::check_type(&caller, ty));
    if let Err(refusal) = form.and_then(|()| guard::check_body(ty, &body)) {
        return Ok(Answer::ok(&refusal.outcome()).formed(&ask));
    }
    issues.extend(judge(&body, Options::default()));
    if issues.is_empty() {
        let text = "Structure, types, required codes and the rules of R4 were judged, and nothing was found. Profiles were not.";
        issues.push(Issue::note("informational", "fhir.fits", text));
    }
    Ok(Answer::ok(&outcome_of(&issues)).formed(&ask))
}

/// The operation's input is a resource itself, or Parameters with a part `resource`.
fn resource_in(mut body: Value) -> Value {
    if body["resourceType"] != "Parameters" {
        return body;
    }
    let parts = body.get_mut("parameter").and_then(Value::as_array_mut);
    let part = parts.and_then(|parts| parts.iter_mut().find(|p| p["name"] == "resource"));
    part.map(|part| part["resource"].take()).unwrap_or(body)
}
