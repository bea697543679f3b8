//! `GET /fhir/AuditEvent/{id}/_history/{version}`: an entry has one version.

use super::{VERSION, read};
use crate::fhir::Reply;
use crate::fhir::answer::Answer;
use crate::fhir::ask::Ask;
use crate::fhir::caller::Caller;
use crate::fhir::refusal::Refusal;
use ::fhir::Reference;

/// Reads the one version of an entry.
pub async fn run(caller: &Caller, at: &Reference, version: &str, ask: &Ask) -> Reply {
    let resource = read::seen(caller, "fhir.audit.vread", at).await?;
    if version.parse() != Ok(VERSION) {
        return Err(Refusal::absent());
    }
    Ok(Answer::of(resource).formed(ask))
}
