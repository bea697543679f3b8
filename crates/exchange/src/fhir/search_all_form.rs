//! `POST /fhir/_search`: a search over several types whose parameters stand in the body.

use super::ask::{Ask, Sent};
use super::caller::Caller;
use super::{Reply, search_all, search_form};
use axum::http::HeaderMap;

/// Searches the types that `_type` names; parameters of the address and of the form count alike.
#[utoipa::path(post, path = "/fhir/_search", operation_id = "fhir.search_all_form", tag = "fhir",
    responses((status = 200), (status = 400), (status = 415)))]
pub async fn search_all_form(caller: Caller, mut ask: Ask, headers: HeaderMap, Sent(body): Sent) -> Reply {
    search_form::read(&mut ask, &headers, &body)?;
    search_all::run(&caller, "fhir.search_all_form", &ask).await
}
