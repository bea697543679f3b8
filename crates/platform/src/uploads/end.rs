//! `uploads.end`: throw a part away.

use super::tus;
use crate::{Op, Problem};
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use kernel::Id;
use kernel::decide::Facts;

/// Throw a part away, also while it is being sent (tus 1.0, termination).
#[utoipa::path(delete, path = "/api/uploads/{id}", operation_id = "uploads.end", tag = "uploads",
    params(("id" = String, Path), ("Tus-Resumable" = String, Header)), responses((status = 204), (status = 404)))]
pub async fn end(op: Op, Path(id): Path<Id>, headers: HeaderMap) -> Result<StatusCode, Problem> {
    op.may("uploads.end", &Facts::default(), None).await?;
    tus::check(&headers)?;
    let part = op.platform().uploads.own(&op, &id)?;
    op.platform().uploads.remove(&part).await?;
    Ok(StatusCode::NO_CONTENT)
}
