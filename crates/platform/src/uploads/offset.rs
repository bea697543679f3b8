//! `uploads.offset`: how much of a file is here.

use super::tus;
use crate::{Op, Problem};
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use kernel::Id;
use kernel::decide::Facts;

/// How many bytes of a part are on the disk. Ends the connection that still writes, if there is one: who asks has lost it.
#[utoipa::path(head, path = "/api/uploads/{id}", operation_id = "uploads.offset", tag = "uploads",
    params(("id" = String, Path), ("Tus-Resumable" = String, Header)),
    responses((status = 200, description = "Upload-Offset, Upload-Length, Upload-Metadata, Upload-Expires"), (status = 404),
        (status = 410, description = "uploads.expired")))]
pub async fn offset(op: Op, Path(id): Path<Id>, headers: HeaderMap) -> Result<Response, Problem> {
    op.may("uploads.offset", &Facts::default(), None).await?;
    tus::check(&headers)?;
    let part = op.platform().uploads.own(&op, &id)?;
    part.interrupt();
    let _alone = part.alone.lock().await;
    let info = part.info();
    let mut response = StatusCode::OK.into_response();
    tus::set(response.headers_mut(), "upload-length", &info.length.to_string());
    if !info.metadata.is_empty() {
        tus::set(response.headers_mut(), "upload-metadata", &info.metadata);
    }
    tus::state(response.headers_mut(), &part);
    Ok(response)
}
