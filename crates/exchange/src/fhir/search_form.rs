//! `POST /fhir/{type}/_search`: a search whose parameters stand in the body, so that no log of addresses holds them.

use super::ask::{Ask, Sent, pairs};
use super::caller::Caller;
use super::refusal::Refusal;
use super::{Reply, search, type_of};
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};

/// Searches a type; parameters of the address and of the form count alike.
#[utoipa::path(post, path = "/fhir/{type}/_search", operation_id = "fhir.search_form", tag = "fhir",
    params(("type" = String, Path)), responses((status = 200), (status = 400), (status = 415)))]
pub async fn search_form(
    caller: Caller,
    Path(ty): Path<String>,
    mut ask: Ask,
    headers: HeaderMap,
    Sent(body): Sent,
) -> Reply {
    read(&mut ask, &headers, &body)?;
    let ty = type_of(&ty)?;
    search::run(&caller, ty, &ask).await
}

/// Adds the parameters of a form.
pub fn read(ask: &mut Ask, headers: &HeaderMap, body: &[u8]) -> Result<(), Refusal> {
    let told = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let is_form = told.split(';').next().unwrap_or_default().trim() == "application/x-www-form-urlencoded";
    if !is_form && !body.is_empty() {
        let text = "The parameters of a search go as application/x-www-form-urlencoded.";
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "fhir.form-alone", text));
    }
    let form = std::str::from_utf8(body)
        .map_err(|_| Refusal::bad("fhir.form-unreadable", "The form is not text in UTF-8."))?;
    ask.params.extend(pairs(form)?);
    ask.form("")
}
