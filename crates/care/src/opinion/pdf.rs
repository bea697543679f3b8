//! `opinion.pdf`: the printed sheet, the bytes that were signed.

use super::signed::{self, Which};
use axum::extract::{Path, Query};
use axum::response::Response;
use kernel::Id;
use platform::{Op, Problem};

/// The printed opinion.
#[utoipa::path(get, path = "/api/consults/{id}/opinion.pdf", operation_id = "opinion.pdf", tag = "opinion",
    params(("id" = String, Path), Which),
    responses((status = 200, description = "the signed sheet", content_type = "application/pdf"),
        (status = 404, description = "opinion.none")))]
pub async fn pdf(op: Op, Path(id): Path<Id>, Query(which): Query<Which>) -> Result<Response, Problem> {
    let signed = signed::read(&op, "opinion.pdf", &id, which).await?;
    let name = format!("opinion-{}-{}.pdf", signed.case.number, signed.shown.version);
    signed::bytes(&op, signed.shown.pdf, "application/pdf", name).await
}
