//! `PATCH /fhir/{type}?…`: patches the one that matches.

use super::ask::{Ask, Sent};
use super::caller::Caller;
use super::conditional::{Criteria, Found};
use super::refusal::Refusal;
use super::{Reply, guard, patch, type_of};
use axum::extract::Path;
use axum::http::HeaderMap;

/// Patches the one that matches: 404 when none does, 412 when several do.
#[utoipa::path(patch, path = "/fhir/{type}", operation_id = "fhir.patch_where", tag = "fhir",
    params(("type" = String, Path)),
    responses((status = 200), (status = 404), (status = 409), (status = 412), (status = 415), (status = 422)))]
pub async fn patch_where(
    caller: Caller,
    Path(ty): Path<String>,
    ask: Ask,
    headers: HeaderMap,
    Sent(body): Sent,
) -> Reply {
    let ty = type_of(&ty)?;
    let operations = patch::operations(&headers, &body)?;
    caller.may_write("fhir.patch_where", ty, caller.hospital(), None).await?;
    guard::check_type(&caller, ty)?;
    match Criteria::of(ty, &ask.params)?.find(&caller).await? {
        Found::One(found) => patch::run(&caller, "fhir.patch_where", &found.at, &ask, &operations).await,
        Found::None => Err(Refusal::absent()),
    }
}
