//! `POST /api/patients/{id}/link`: two records of the own hospital are one person's; a human says so, with a reason.

use super::PatientCard;
use super::links::{Word, settle};
use axum::Json;
use axum::extract::Path;
use kernel::Id;
use platform::{Op, Problem};
use serde::Serialize;
use utoipa::ToSchema;

/// Both records as they are now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PatientLinked)]
pub struct Output {
    /// The two.
    patients: [PatientCard; 2],
}

/// Links two records.
#[utoipa::path(post, path = "/api/patients/{id}/link", operation_id = "patient.link", tag = "patient",
    params(("id" = String, Path)), request_body = Word,
    responses((status = 200, body = Output), (status = 409, description = "patient.linked, patient.changed"),
        (status = 422, description = "patient.reason, patient.same")))]
pub async fn link(op: Op, Path(id): Path<Id>, Json(word): Json<Word>) -> Result<Json<Output>, Problem> {
    Ok(Json(Output { patients: settle(&op, "patient.link", &id, &word, true).await? }))
}
