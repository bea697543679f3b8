//! `POST /api/patients/{id}/unlink`: two records that were linked are two people's after all.

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
#[schema(as = PatientUnlinked)]
pub struct Output {
    /// The two.
    patients: [PatientCard; 2],
}

/// Parts two records.
#[utoipa::path(post, path = "/api/patients/{id}/unlink", operation_id = "patient.unlink", tag = "patient",
    params(("id" = String, Path)), request_body = Word,
    responses((status = 200, body = Output), (status = 409, description = "patient.not_linked, patient.changed"),
        (status = 422, description = "patient.reason, patient.same")))]
pub async fn unlink(op: Op, Path(id): Path<Id>, Json(word): Json<Word>) -> Result<Json<Output>, Problem> {
    Ok(Json(Output { patients: settle(&op, "patient.unlink", &id, &word, false).await? }))
}
