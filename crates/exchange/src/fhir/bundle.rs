//! `POST /fhir`: a Bundle of interactions: a batch, each for itself, or a transaction, all or nothing.

mod batch;
mod item;
mod links;
mod transaction;

use super::answer::Answer;
use super::ask::{Ask, Return, Sent};
use super::caller::Caller;
use super::refusal::Refusal;
use super::{Reply, json};
use axum::http::StatusCode;
use item::Item;
use serde_json::{Value, json as object};

/// Entries of one Bundle.
const ENTRIES_MAX: usize = 10_000;

/// Does what the entries of a batch or transaction say. Resources come back when `Prefer: return=representation` asks.
#[utoipa::path(post, path = "/fhir", operation_id = "fhir.bundle", tag = "fhir",
    responses((status = 200), (status = 400), (status = 412), (status = 413), (status = 422)))]
pub async fn bundle(caller: Caller, mut ask: Ask, Sent(body): Sent) -> Reply {
    let mut body = json::read(&body)?;
    if body["resourceType"] != "Bundle" {
        let text = "A Bundle of type batch or transaction comes to this address; a resource to that of its type.";
        return Err(Refusal::bad("fhir.no-bundle", text));
    }
    ask.wants = Some(ask.wants.unwrap_or(Return::Minimal));
    let entries = match body["entry"].take() {
        Value::Array(entries) => entries,
        Value::Null => vec![],
        _ => return Err(Refusal::bad("fhir.no-entries", "Bundle.entry is an array.")),
    };
    if entries.len() > ENTRIES_MAX {
        let text = format!("A Bundle of {} entries: at most {ENTRIES_MAX} are taken.", entries.len());
        return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "fhir.bundle-too-long", text));
    }
    let base = caller.base();
    let items = entries.into_iter().enumerate().map(|(n, entry)| Item::read(n, entry, &base, &ask));
    let (kind, done) = match body["type"].as_str() {
        Some("batch") => ("batch-response", batch::run(&caller, items.collect()).await),
        Some("transaction") => {
            let items = items.collect::<Result<Vec<_>, _>>()?;
            ("transaction-response", transaction::run(&caller, items).await?)
        }
        _ => return Err(Refusal::bad("fhir.bundle-type", "Bundle.type is batch or transaction.")),
    };
    let mut bundle = format!(r#"{{"resourceType":"Bundle","id":"{}","type":"{kind}""#, caller.op.new_id()).into_bytes();
    if !done.is_empty() {
        bundle.extend_from_slice(br#","entry":["#);
        for (n, entry) in done.iter().enumerate() {
            if n > 0 {
                bundle.push(b',');
            }
            bundle.extend_from_slice(entry);
        }
        bundle.push(b']');
    }
    bundle.push(b'}');
    Ok(Answer::new(StatusCode::OK, Some(bundle.into())).formed(&ask))
}

/// An entry of the response. An OperationOutcome of something done goes beside it, a resource into it.
fn done(answer: Answer) -> Vec<u8> {
    let mut response = object!({"status": answer.status.as_str()});
    if let Some(location) = &answer.location {
        response["location"] = location.as_str().into();
    }
    if let Some(etag) = answer.etag() {
        response["etag"] = etag.into();
    }
    if let Some(modified) = answer.modified {
        response["lastModified"] = format!("{modified:.3}").into();
    }
    let mut entry = b"{".to_vec();
    if let Some(body) = answer.body {
        if body.starts_with(br#"{"resourceType":"OperationOutcome""#) {
            response["outcome"] = serde_json::from_slice(&body).unwrap_or_default();
        } else {
            entry.extend_from_slice(br#""resource":"#);
            entry.extend_from_slice(&body);
            entry.push(b',');
        }
    }
    entry.extend_from_slice(format!(r#""response":{response}}}"#).as_bytes());
    entry
}

/// An entry that was refused.
fn refused(refusal: &Refusal) -> Vec<u8> {
    if let Some(cause) = refusal.cause() {
        tracing::error!("an entry of a Bundle failed: {cause}");
    }
    let response = object!({"status": refusal.status.as_str(), "outcome": refusal.outcome()});
    object!({ "response": response }).to_string().into_bytes()
}
