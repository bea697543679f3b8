//! `DELETE /api/consults/{case}/files/{upload}`: let go a file that waits because its patient is another.

use super::confirm::{held, release, waiting};
use crate::imaging::Imaging;
use crate::imaging::case;
use axum::Extension;
use axum::extract::Path;
use axum::http::StatusCode;
use kernel::Id;
use platform::{Op, Problem};
use std::sync::Arc;

/// Drops what is held of an upload. What was filed stays: a case keeps what its parties have seen.
#[utoipa::path(delete, path = "/api/consults/{case}/files/{upload}", operation_id = "attachment.drop", tag = "attachment",
    params(("case" = String, Path), ("upload" = String, Path)), responses((status = 204)))]
pub async fn drop(
    op: Op,
    Extension(imaging): Extension<Arc<Imaging>>,
    Path((case, upload)): Path<(Id, String)>,
) -> Result<StatusCode, Problem> {
    let case = case::open(&op, "attachment.drop", &case).await?;
    let lock = imaging.of_case(&case.at.id);
    let _alone = lock.lock().await;
    let held = held(&op, &case.at.id).await?;
    let rows: Vec<_> = held.iter().filter(|row| row.upload == upload).map(waiting).collect();
    if !rows.is_empty() {
        release(&op, &case.at.id, "attachment.drop", rows).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
