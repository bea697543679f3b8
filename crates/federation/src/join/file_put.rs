//! `join.file_put`: a gateway sends a DICOM file of the probe's, which is nobody's image.

use super::caller::Caller;
use super::files;
use axum::http::StatusCode;
use platform::Problem;

/// Takes the file, at most 1 MiB; another of this gateway's is replaced.
#[utoipa::path(put, path = "/api/join/file", operation_id = "join.file_put", tag = "join",
    request_body(content = Vec<u8>, content_type = "application/dicom"),
    responses((status = 204), (status = 401, description = "join.not-signed, join.clock, join.expired"),
        (status = 422, description = "join.file")))]
pub async fn file_put(caller: Caller) -> Result<StatusCode, Problem> {
    if !files::is_dicom(&caller.body) {
        return Err(Problem::unfit("join.file", "This is not a DICOM file."));
    }
    caller.platform.disk_takes()?;
    files::put(&caller.platform, &caller.gateway.id, caller.body.to_vec()).await?;
    Ok(StatusCode::NO_CONTENT)
}
