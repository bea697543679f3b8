//! `GET /fhir/{type}/{id}/_history/{version}`: a version as it was.

use super::answer::Answer;
use super::ask::Ask;
use super::caller::Caller;
use super::refusal::Refusal;
use super::{Reply, audit, reference_of};
use ::fhir::Reference;
use axum::extract::Path;
use axum::http::StatusCode;

/// Reads one version. 410 when that version is a deletion.
#[utoipa::path(get, path = "/fhir/{type}/{id}/_history/{version}", operation_id = "fhir.vread", tag = "fhir",
    params(("type" = String, Path), ("id" = String, Path), ("version" = String, Path)),
    responses((status = 200), (status = 404), (status = 410)))]
pub async fn vread(caller: Caller, Path((ty, id, version)): Path<(String, String, String)>, ask: Ask) -> Reply {
    run(&caller, &reference_of(&ty, &id)?, &version, &ask).await
}

/// The same, wherever it was asked for.
pub async fn run(caller: &Caller, at: &Reference, version: &str, ask: &Ask) -> Reply {
    if audit::is_ours(at.ty) {
        return audit::vread::run(caller, at, version, ask).await;
    }
    let number = version.parse().ok().filter(|n| (1..=u64::MAX >> 1).contains(n));
    let found = match number {
        Some(number) => caller.store().read_version(caller.viewer(), at, number).await?,
        None => None,
    };
    let about = found.as_ref().and_then(|r| r.patient.as_ref());
    caller.may_read("fhir.vread", Some(at.ty), about).await?;
    let Some(found) = found else { return Err(Refusal::absent()) };
    caller.note("fhir.vread", vec![&found]).await?;
    if found.deleted {
        let text = format!("Version {version} of {at} says that it was deleted.");
        return Err(Refusal::new(StatusCode::GONE, "fhir.deleted", text));
    }
    Ok(Answer::of(found).formed(ask))
}
