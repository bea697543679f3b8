//! `GET /fhir/{type}/{id}`: the resource as it stands now.

use super::answer::{Answer, is_not_after};
use super::ask::{Ask, version_of};
use super::caller::Caller;
use super::refusal::Refusal;
use super::summary::Part;
use super::{Reply, audit, reference_of};
use ::fhir::Reference;
use axum::extract::Path;
use axum::http::StatusCode;
use records::Resource;

/// Reads a resource. 304 when it is what `If-None-Match` or `If-Modified-Since` says the client has; 410 when deleted.
#[utoipa::path(get, path = "/fhir/{type}/{id}", operation_id = "fhir.read", tag = "fhir",
    params(("type" = String, Path), ("id" = String, Path)),
    responses((status = 200), (status = 304), (status = 404), (status = 410)))]
pub async fn read(caller: Caller, Path((ty, id)): Path<(String, String)>, ask: Ask) -> Reply {
    run(&caller, &reference_of(&ty, &id)?, &ask).await
}

/// The same, wherever it was asked for.
pub async fn run(caller: &Caller, at: &Reference, ask: &Ask) -> Reply {
    if audit::is_ours(at.ty) {
        return audit::read::run(caller, at, ask).await;
    }
    let part = Part::take(&mut ask.params.clone())?;
    let resource = seen(caller, "fhir.read", at).await?;
    caller.note("fhir.read", vec![&resource]).await?;
    if is_known(&resource, ask) {
        let unchanged = Answer::new(StatusCode::NOT_MODIFIED, None);
        return Ok(Answer { version: Some(resource.version), modified: Some(resource.stored_at), ..unchanged });
    }
    let json = part.of(at.ty, &resource)?;
    Ok(Answer::of(Resource { json, ..resource }).formed(ask))
}

/// The current version as the caller sees it; 410 for what they saw and is deleted.
pub async fn seen(caller: &Caller, operation: &'static str, at: &Reference) -> Result<Resource, Refusal> {
    let found = caller.store().read(caller.viewer(), at).await?;
    let about = found.as_ref().and_then(|r| r.patient.as_ref());
    caller.may_read(operation, Some(at.ty), about).await?;
    match found {
        Some(resource) => Ok(resource),
        None => Err(absent(caller, at).await?),
    }
}

/// 410 for what the caller may know was there, 404 for the rest.
pub async fn absent(caller: &Caller, at: &Reference) -> Result<Refusal, Refusal> {
    let last = caller.store().history_before(caller.viewer(), at, u64::MAX >> 1, 1).await?;
    Ok(match last.first() {
        Some(last) if last.deleted => Refusal::new(
            StatusCode::GONE,
            "fhir.deleted",
            format!("{at} was deleted. Its history is at {at}/_history."),
        ),
        _ => Refusal::absent(),
    })
}

/// Whether the client has this version already, as it says.
pub fn is_known(resource: &Resource, ask: &Ask) -> bool {
    if let Some(tags) = &ask.if_none_match {
        return tags.split(',').any(|tag| tag.trim() == "*" || version_of(tag) == Some(resource.version));
    }
    ask.if_modified_since.as_ref().is_some_and(|since| is_not_after(resource.stored_at, since))
}
