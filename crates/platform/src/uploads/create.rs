//! `uploads.create`: announce a file, perhaps with its first bytes.

use super::checksum::Checksum;
use super::refusal::Refusal;
use super::{append, tus};
use crate::{Op, Problem};
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use kernel::decide::Facts;

/// Announce a file of `Upload-Length` bytes (tus 1.0, creation and creation-with-upload); `Location` is its address.
#[utoipa::path(post, path = "/api/uploads", operation_id = "uploads.create", tag = "uploads",
    params(("Tus-Resumable" = String, Header), ("Upload-Length" = u64, Header), ("Upload-Metadata" = Option<String>, Header),
        ("Upload-Checksum" = Option<String>, Header)),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    responses((status = 201, description = "Location, Upload-Expires"), (status = 413, description = "uploads.too_large"),
        (status = 507, description = "uploads.no_room, store.full, store.read-only")))]
pub async fn create(op: Op, headers: HeaderMap, body: Body) -> Result<Response, Problem> {
    op.may("uploads.create", &Facts::default(), None).await?;
    tus::check(&headers)?;
    op.platform().disk_takes()?;
    let length = tus::number(&headers, "Upload-Length")?;
    let metadata = tus::metadata(&headers)?;
    let checksum = Checksum::of(&headers)?;
    let part = op.platform().uploads.begin(&op, length, metadata).await?;
    if tus::is_piece(&headers) {
        match append::receive(op.platform(), &part, 0, checksum, body).await {
            // The part is there; its sender asks for the offset and goes on.
            Ok(()) | Err(Problem { code: "uploads.broken_off" | "uploads.taken_over", .. }) => {}
            Err(problem) => {
                let _gone = op.platform().uploads.remove(&part).await;
                return Err(problem);
            }
        }
    } else if checksum.is_some() {
        return Err(Refusal::Header("Content-Type").into());
    }
    let mut response = StatusCode::CREATED.into_response();
    tus::set(response.headers_mut(), "location", &format!("/api/uploads/{}", part.info().id));
    tus::state(response.headers_mut(), &part);
    Ok(response)
}
