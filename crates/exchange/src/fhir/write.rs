//! What every write passes: the form of the body, the guard, validation, references; then one commit, and what it answers.

use super::answer::Answer;
use super::ask::{Ask, Return};
use super::caller::Caller;
use super::guard;
use super::refusal::{Issue, Refusal, outcome_of, shown};
use super::validate;
use ::fhir::search::split_reference;
use ::fhir::{Reference, ResourceType};
use axum::http::StatusCode;
use bytes::Bytes;
use kernel::{Id, Time};
use records::{Change, Receipt};
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// A body that may be written, with what is to be said of it.
#[derive(Debug)]
pub struct Checked {
    /// The resource.
    pub body: Value,
    /// Warnings of the validation.
    pub issues: Vec<Issue>,
    /// Whose compartment it will be in.
    pub patient: Option<Reference>,
}

/// Checks a body that is to become a version of `at`. `beside` is written in the same commit.
pub async fn checked(
    caller: &Caller,
    at: &Reference,
    mut body: Value,
    beside: &HashSet<Reference>,
) -> Result<Checked, Refusal> {
    is_of_type(at.ty, &body)?;
    if let Some(members) = body.as_object_mut() {
        members.shift_remove("id");
    }
    acyclic(&body)?;
    guard::check_type(caller, at.ty)?;
    guard::check_body(at.ty, &body)?;
    let issues = validate::on_write(caller, &body)?;
    let patient = patient_of(at, &body);
    if let Some(patient) = &patient {
        is_seen(caller, at, patient, beside).await?;
    }
    Ok(Checked { body, issues, patient })
}

/// The body says that it is what its address says.
pub fn is_of_type(ty: ResourceType, body: &Value) -> Result<(), Refusal> {
    let told = match body {
        Value::Object(members) => members.get("resourceType").and_then(Value::as_str),
        _ => return Err(Refusal::bad("fhir.no-object", "A resource is a JSON object.")),
    };
    match told {
        Some(told) if told == ty.name() => Ok(()),
        Some(told) => {
            Err(Refusal::bad("fhir.wrong-type", format!("resourceType says {}, the address says {ty}.", shown(told))))
        }
        None => Err(Refusal::bad("fhir.no-type", "The body says no resourceType.")),
    }
}

/// The id in a body that goes to an address with one.
pub fn is_of_id(id: &Id, body: &Value) -> Result<(), Refusal> {
    match body["id"].as_str() {
        Some(told) if told == id.as_str() => Ok(()),
        Some(told) => Err(Refusal::bad("fhir.wrong-id", format!("id says {}, the address says {id}.", shown(told)))),
        None => Err(Refusal::bad("fhir.no-id", "The body of an update says its id, the same as the address.")),
    }
}

/// Contained resources that refer to each other in a circle say nothing that could be followed to an end.
fn acyclic(body: &Value) -> Result<(), Refusal> {
    let Some(contained) = body["contained"].as_array() else { return Ok(()) };
    let links: HashMap<&str, Vec<&str>> = contained
        .iter()
        .filter_map(|one| {
            let mut to = vec![];
            local(one, &mut to);
            Some((one["id"].as_str()?, to))
        })
        .collect();
    let mut done: HashMap<&str, bool> = HashMap::new();
    for start in links.keys() {
        if let Some(at) = circle(start, &links, &mut done) {
            let text = format!("The contained resource #{} refers to itself, through others.", shown(at));
            let issue = Issue::error("invariant", "fhir.contained-circle", text).at("contained");
            return Err(Refusal::of(StatusCode::UNPROCESSABLE_ENTITY, vec![issue]));
        }
    }
    Ok(())
}

/// `done`: false while on the way, true when nothing was found behind it. The depth is bounded by a stack of our own.
fn circle<'a>(
    start: &'a str,
    links: &HashMap<&'a str, Vec<&'a str>>,
    done: &mut HashMap<&'a str, bool>,
) -> Option<&'a str> {
    let mut stack = vec![(start, 0)];
    while let Some((at, next)) = stack.pop() {
        if next == 0 {
            match done.get(at) {
                Some(true) => continue,
                Some(false) => return Some(at),
                None => done.insert(at, false),
            };
        }
        let to = links.get(at).map(Vec::as_slice).unwrap_or_default();
        match to.get(next) {
            Some(target) => {
                stack.push((at, next + 1));
                if done.get(target) == Some(&false) {
                    return Some(target);
                }
                stack.push((target, 0));
            }
            None => {
                done.insert(at, true);
            }
        }
    }
    None
}

/// References `#id` in a value; `#` alone is the container.
fn local<'a>(value: &'a Value, to: &mut Vec<&'a str>) {
    match value {
        Value::Array(items) => items.iter().for_each(|v| local(v, to)),
        Value::Object(members) => {
            for (name, value) in members {
                match value.as_str() {
                    Some(text) if name == "reference" => {
                        to.extend(text.strip_prefix('#').filter(|id| !id.is_empty()));
                    }
                    _ => local(value, to),
                }
            }
        }
        _ => {}
    }
}

/// Whose compartment a body stands in: the patient or subject, or the patient itself.
pub fn patient_of(at: &Reference, body: &Value) -> Option<Reference> {
    if at.ty == ResourceType::PATIENT {
        return Some(at.clone());
    }
    ["patient", "subject"].iter().find_map(|member| {
        let (ty, id) = split_reference(body[member]["reference"].as_str()?)?;
        (ty == "Patient").then(|| Id::new(id).ok().map(|id| Reference::new(ResourceType::PATIENT, id)))?
    })
}

/// Nobody writes into the record of a patient whom they do not see. Absent and invisible sound the same.
async fn is_seen(
    caller: &Caller,
    at: &Reference,
    patient: &Reference,
    beside: &HashSet<Reference>,
) -> Result<(), Refusal> {
    if caller.is_unrestricted() || patient == at || beside.contains(patient) {
        return Ok(());
    }
    if caller.store().read(caller.viewer(), patient).await?.is_some() {
        return Ok(());
    }
    let text = format!("{patient}, whom this {} is about, is not there.", at.ty);
    Err(Refusal::of(StatusCode::UNPROCESSABLE_ENTITY, vec![Issue::error("not-found", "fhir.no-patient", text)]))
}

/// A change that says who did what to what.
pub fn change(caller: &Caller, what: &'static str, at: &Reference, patient: Option<Reference>) -> Change {
    let mut change = Change::of(caller.act(what));
    change.act.about = vec![at.clone()];
    change.act.patient = patient;
    change
}

/// A body as it will be read, but for the version: made before the commit takes the body away.
pub struct Shown {
    meta: Option<Vec<u8>>,
    rest: Vec<u8>,
}

impl Shown {
    /// Of what is about to be written.
    pub fn of(body: &Value) -> Self {
        let members = || body.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value));
        let own = |name: &str| !matches!(name, "resourceType" | "id" | "meta");
        let meta = body["meta"].as_object().map(|meta| {
            let told = meta.iter().map(|(name, value)| (name.as_str(), value));
            object(told.filter(|(name, _)| !matches!(*name, "versionId" | "lastUpdated")))
        });
        Self { meta: meta.filter(|text| text.len() > 2), rest: object(members().filter(|(name, _)| own(name))) }
    }

    /// With its version.
    pub fn stored(&self, at: &Reference, version: u64, stored_at: Time) -> Bytes {
        let mut out = format!(
            r#"{{"resourceType":"{}","id":"{}","meta":{{"versionId":"{version}","lastUpdated":"{stored_at:.3}""#,
            at.ty, at.id
        )
        .into_bytes();
        if let Some(meta) = &self.meta {
            out.push(b',');
            out.extend_from_slice(&meta[1..meta.len() - 1]);
        }
        out.push(b'}');
        if self.rest.len() > 2 {
            out.push(b',');
        }
        out.extend_from_slice(&self.rest[1..]);
        out.into()
    }
}

/// An object of these members, as JSON.
fn object<'v>(members: impl Iterator<Item = (&'v str, &'v Value)>) -> Vec<u8> {
    let mut out = b"{".to_vec();
    for (name, value) in members {
        if out.len() > 1 {
            out.push(b',');
        }
        // Into memory, of what came from JSON: there is nothing that could fail.
        let _written = serde_json::to_writer(&mut out, name);
        out.push(b':');
        let _written = serde_json::to_writer(&mut out, value);
    }
    out.push(b'}');
    out
}

/// What a write answers, as the client prefers.
pub fn answer(
    caller: &Caller,
    ask: &Ask,
    status: StatusCode,
    receipt: &Receipt,
    shown: &Shown,
    issues: &[Issue],
) -> Answer {
    let Some(stored) = receipt.stored.first() else { return Answer::new(status, None) };
    let body = match ask.wants.unwrap_or_default() {
        Return::Minimal => None,
        Return::Representation => Some(shown.stored(&stored.at, stored.version, receipt.at)),
        Return::Outcome => Some(said(&stored.at, issues).to_string().into()),
    };
    Answer::new(status, body).about(&caller.base(), &stored.at, stored.version, receipt.at).formed(ask)
}

/// An OperationOutcome of something that was done.
pub fn said(at: &Reference, issues: &[Issue]) -> Value {
    if issues.is_empty() {
        return outcome_of(&[Issue::note("informational", "fhir.done", format!("{at} is stored."))]);
    }
    outcome_of(issues)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn circles_are_found_and_diamonds_are_not() {
        let to = |ids: &[&str]| ids.iter().map(|id| json!({"reference": format!("#{id}")})).collect::<Vec<_>>();
        let of = |links: &[(&str, &[&str])]| {
            let all: Vec<Value> = links.iter().map(|(id, ids)| json!({"id": id, "x": to(ids)})).collect();
            acyclic(&json!({"contained": all})).is_ok()
        };
        assert!(of(&[("a", &["b", "c"]), ("b", &["d"]), ("c", &["d"]), ("d", &[""])]));
        assert!(!of(&[("a", &["b"]), ("b", &["a"])]));
        assert!(!of(&[("a", &["a"])]));
        assert!(!of(&[("x", &[]), ("a", &["b"]), ("b", &["c"]), ("c", &["x", "b"])]));
        assert!(of(&[("a", &["gone"])]));
    }

    #[test]
    fn shown_as_it_will_be_read() {
        let at: Reference = "Observation/o1".parse().unwrap();
        let body: Value = serde_json::from_str(
            r#"{"a":1.50,"resourceType":"Observation","meta":{"versionId":"9","tag":[],"lastUpdated":"x"},"b":2}"#,
        )
        .unwrap();
        let text = Shown::of(&body).stored(&at, 3, Time::UNIX_EPOCH);
        assert_eq!(
            text,
            r#"{"resourceType":"Observation","id":"o1","meta":{"versionId":"3","lastUpdated":"1970-01-01T00:00:00.000Z","tag":[]},"a":1.50,"b":2}"#
        );
        let text = Shown::of(&json!({"resourceType": "Observation"})).stored(&at, 1, Time::UNIX_EPOCH);
        assert!(text.ends_with(b"Z\"}}"));
    }
}
