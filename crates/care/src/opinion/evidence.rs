//! `opinion.evidence`: everything a stranger needs to verify the opinion (docs/SIGNATURES.md).

use super::signed::{self, Which};
use axum::extract::{Path, Query};
use axum::response::Response;
use kernel::Id;
use platform::{Op, Problem};

/// The evidence of the opinion.
#[utoipa::path(get, path = "/api/consults/{id}/opinion/evidence", operation_id = "opinion.evidence", tag = "opinion",
    params(("id" = String, Path), Which),
    responses((status = 200, description = "manifest, files, signatures, certificates", content_type = "application/zip"),
        (status = 404, description = "opinion.none")))]
pub async fn evidence(op: Op, Path(id): Path<Id>, Query(which): Query<Which>) -> Result<Response, Problem> {
    let signed = signed::read(&op, "opinion.evidence", &id, which).await?;
    let name = format!("opinion-{}-{}-evidence.zip", signed.case.number, signed.shown.version);
    signed::bytes(&op, signed.shown.evidence, "application/zip", name).await
}
