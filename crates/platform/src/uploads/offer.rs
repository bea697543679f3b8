//! `uploads.offer`: which tus is spoken here.

use super::parts::FILE_MAX;
use super::{checksum, tus};
use axum::http::{HeaderMap, StatusCode};

/// Version, extensions and bounds (tus 1.0, core).
#[utoipa::path(options, path = "/api/uploads", operation_id = "uploads.offer", tag = "uploads",
    responses((status = 204, description = "Tus-Version, Tus-Extension, Tus-Max-Size, Tus-Checksum-Algorithm")))]
pub async fn offer() -> (StatusCode, HeaderMap) {
    let mut headers = HeaderMap::new();
    tus::set(&mut headers, "tus-version", tus::VERSION);
    tus::set(&mut headers, "tus-extension", tus::EXTENSIONS);
    tus::set(&mut headers, "tus-max-size", &FILE_MAX.to_string());
    tus::set(&mut headers, "tus-checksum-algorithm", checksum::ALGORITHMS);
    (StatusCode::NO_CONTENT, headers)
}
