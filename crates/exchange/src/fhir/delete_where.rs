//! `DELETE /fhir/{type}?…`: deletes the one that matches.

use super::answer::Answer;
use super::ask::Ask;
use super::caller::Caller;
use super::conditional::{Criteria, Found};
use super::{Reply, delete, type_of};
use axum::extract::Path;
use axum::http::StatusCode;

/// Deletes the one that matches; when none does there is nothing to do: 204. 412 when several do.
#[utoipa::path(delete, path = "/fhir/{type}", operation_id = "fhir.delete_where", tag = "fhir",
    params(("type" = String, Path)), responses((status = 204), (status = 412), (status = 422)))]
pub async fn delete_where(caller: Caller, Path(ty): Path<String>, ask: Ask) -> Reply {
    run(&caller, type_of(&ty)?, &ask).await
}

/// The same, wherever it was asked for.
pub async fn run(caller: &Caller, ty: ::fhir::ResourceType, ask: &Ask) -> Reply {
    super::guard::check_type(caller, ty)?;
    caller.may_write("fhir.delete_where", ty, caller.hospital(), None).await?;
    match Criteria::of(ty, &ask.params)?.find(caller).await? {
        Found::One(found) => delete::run(caller, "fhir.delete_where", &found.at, ask).await,
        Found::None => Ok(Answer::new(StatusCode::NO_CONTENT, None)),
    }
}
