//! `uploads.append`: more bytes of a file, where it was.

use super::checksum::Checksum;
use super::part::Part;
use super::refusal::Refusal;
use super::tus;
use crate::{Op, Problem, Shared};
use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::Id;
use kernel::decide::Facts;
use std::sync::Arc;

/// Append at `Upload-Offset`; answered when the bytes are on the disk. A line that breaks loses what was not yet there.
#[utoipa::path(patch, path = "/api/uploads/{id}", operation_id = "uploads.append", tag = "uploads",
    params(("id" = String, Path), ("Tus-Resumable" = String, Header), ("Upload-Offset" = u64, Header),
        ("Upload-Checksum" = Option<String>, Header)),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    responses((status = 204, description = "Upload-Offset, Upload-Expires"), (status = 409, description = "uploads.offset"),
        (status = 410, description = "uploads.expired"), (status = 413, description = "uploads.too_long"),
        (status = 423, description = "uploads.taken_over"), (status = 460, description = "uploads.checksum"),
        (status = 507, description = "store.full, store.read-only")))]
pub async fn append(op: Op, Path(id): Path<Id>, headers: HeaderMap, body: Body) -> Result<Response, Problem> {
    op.may("uploads.append", &Facts::default(), None).await?;
    tus::check(&headers)?;
    if !tus::is_piece(&headers) {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "uploads.media_type",
            format!("Send a piece as {}.", tus::PIECE),
        ));
    }
    let from = tus::number(&headers, "Upload-Offset")?;
    let part = op.platform().uploads.own(&op, &id)?;
    op.platform().disk_takes()?;
    let (info, at) = (part.info(), part.offset());
    if headers.contains_key(header::CONTENT_LENGTH) && from == at {
        let announced = tus::number(&headers, "Content-Length")?;
        if announced > info.length - from {
            return Err(Refusal::TooLong(info.length).into());
        }
    }
    receive(op.platform(), &part, from, Checksum::of(&headers)?, body).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    tus::state(response.headers_mut(), &part);
    Ok(response)
}

/// Receives to the end, in a task of its own: when the line breaks, what came must still reach the disk and be counted.
pub(super) async fn receive(
    platform: &Shared,
    part: &Arc<Part>,
    from: u64,
    checksum: Option<Checksum>,
    body: Body,
) -> Result<(), Problem> {
    let (platform, part) = (platform.clone(), part.clone());
    let work = async move {
        let _place = platform.uploads.places.try_acquire().map_err(|_| Refusal::Busy)?;
        part.append(from, checksum, body, &platform).await.map(drop)
    };
    tokio::spawn(work).await.map_err(Problem::internal)?
}
