//! `join.file_get`: the gateway reads its probe's file back, to compare it bit for bit.

use super::caller::Caller;
use super::files;
use axum::http::header;
use axum::response::IntoResponse;
use platform::Problem;

/// The file as it came.
#[utoipa::path(get, path = "/api/join/file", operation_id = "join.file_get", tag = "join",
    responses((status = 200, description = "the file", content_type = "application/dicom"),
        (status = 401, description = "join.not-signed, join.clock, join.expired"), (status = 404, description = "not_found")))]
pub async fn file_get(caller: Caller) -> Result<impl IntoResponse, Problem> {
    let bytes = files::get(&caller.platform, &caller.gateway.id).await?.ok_or_else(Problem::not_found)?;
    Ok(([(header::CONTENT_TYPE, "application/dicom"), (header::CACHE_CONTROL, "no-store")], bytes))
}
