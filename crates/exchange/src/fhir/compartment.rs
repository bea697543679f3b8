//! `GET /fhir/Patient/{id}/{type}`: a search in a patient's compartment.

use super::ask::Ask;
use super::caller::Caller;
use super::params::Params;
use super::refusal::Refusal;
use super::{Reply, audit, read, reference_of, search, type_of};
use ::fhir::{Reference, ResourceType, Shape};
use axum::extract::Path;

/// Searches what stands in the compartment of a patient.
#[utoipa::path(get, path = "/fhir/{type}/{id}/{inner}", operation_id = "fhir.compartment", tag = "fhir",
    params(("type" = String, Path), ("id" = String, Path), ("inner" = String, Path)),
    responses((status = 200), (status = 400), (status = 404)))]
pub async fn compartment(caller: Caller, Path((ty, id, inner)): Path<(String, String, String)>, ask: Ask) -> Reply {
    run(&caller, &reference_of(&ty, &id)?, &inner, &ask).await
}

/// The same, wherever it was asked for.
pub async fn run(caller: &Caller, at: &Reference, inner: &str, ask: &Ask) -> Reply {
    if at.ty != ResourceType::PATIENT {
        return Err(Refusal::not_found("fhir.no-compartment", "There are compartments of patients alone here."));
    }
    let ty = type_of(inner)?;
    if Shape::of(ty).patient.is_empty() {
        return Err(Refusal::bad("fhir.not-in-compartment", format!("{ty} stands in no patient's compartment.")));
    }
    if audit::is_ours(ty) {
        return audit::search::run(caller, &format!("{at}/{ty}"), Some(at), ask).await;
    }
    read::seen(caller, "fhir.compartment", at).await?;
    let params = Params::of(ty, &ask.params, ask.strict)?.within("_compartment", at.to_string());
    let path = format!("{at}/{ty}");
    Ok(search::found(caller, "fhir.compartment", ty, &path, &params).await?.formed(ask))
}
