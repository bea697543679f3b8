//! `GET /fhir/AuditEvent/{id}/_history`: the one version that an entry has.

use super::read;
use crate::fhir::Reply;
use crate::fhir::answer::Answer;
use crate::fhir::ask::Ask;
use crate::fhir::caller::Caller;
use crate::fhir::history::{Asked, entry};
use crate::fhir::refusal::Refusal;
use crate::fhir::searchset::Bundle;
use ::fhir::Reference;
use axum::http::StatusCode;

/// The history of an entry.
pub async fn run(caller: &Caller, at: &Reference, ask: &Ask) -> Reply {
    let asked = Asked::of(ask)?;
    let resource = read::seen(caller, "fhir.audit.history", at).await?;
    let mut bundle = Bundle::new("history", &caller.base(), caller.op.new_id().as_str(), None);
    bundle.link("self", &format!("{at}/_history"), &asked.used);
    let since = asked.since.is_none_or(|since| resource.stored_at.as_millisecond() >= since);
    if asked.page.is_none() && since && asked.holds(caller, &resource).await? {
        bundle.whole(&entry(&caller.base(), &resource));
    }
    Ok(Answer::new(StatusCode::OK, Some(bundle.done())).formed(ask))
}

/// There is no history of all entries: the search is one.
pub fn of_type() -> Refusal {
    let text = "AuditEvents are searched, newest first: GET AuditEvent. Each has one version.";
    Refusal::bad("fhir.no-interaction", text)
}
