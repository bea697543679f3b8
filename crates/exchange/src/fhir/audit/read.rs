//! `GET /fhir/AuditEvent/{id}`: one entry of the ledger.

use super::{made, number_of, resource, sight};
use crate::fhir::Reply;
use crate::fhir::answer::Answer;
use crate::fhir::ask::Ask;
use crate::fhir::caller::Caller;
use crate::fhir::read::is_known;
use crate::fhir::refusal::Refusal;
use crate::fhir::summary::Part;
use ::fhir::Reference;
use axum::http::StatusCode;
use records::Resource;

/// Reads an entry.
pub async fn run(caller: &Caller, at: &Reference, ask: &Ask) -> Reply {
    let part = Part::take(&mut ask.params.clone())?;
    let resource = seen(caller, "fhir.audit.read", at).await?;
    if is_known(&resource, ask) {
        let unchanged = Answer::new(StatusCode::NOT_MODIFIED, None);
        return Ok(Answer { version: Some(resource.version), modified: Some(resource.stored_at), ..unchanged });
    }
    let json = part.of(at.ty, &resource)?;
    Ok(Answer::of(Resource { json, ..resource }).formed(ask))
}

/// The entry that an id names, if the caller may see it; that it was looked at goes into the ledger as well.
pub async fn seen(caller: &Caller, operation: &'static str, at: &Reference) -> Result<Resource, Refusal> {
    let entry = match number_of(at.id.as_str()) {
        Some(number) => caller.store().entries(number - 1, 1).await?.into_iter().find(|e| e.number == number),
        None => None,
    };
    sight::may_see(caller, operation, at, entry.as_ref()).await?;
    let entry = entry.ok_or_else(Refusal::absent)?;
    caller.op.note_read(operation, entry.act.patient.clone(), entry.act.case.clone(), Some(at.clone())).await?;
    resource(caller, &entry, &made(caller, &entry))
}
