//! `join.file_drop`: the probe is over, its file goes.

use super::caller::Caller;
use super::files;
use axum::http::StatusCode;
use platform::Problem;

/// Deletes the file; there may be none.
#[utoipa::path(delete, path = "/api/join/file", operation_id = "join.file_drop", tag = "join",
    responses((status = 204), (status = 401, description = "join.not-signed, join.clock, join.expired")))]
pub async fn file_drop(caller: Caller) -> Result<StatusCode, Problem> {
    files::drop_it(&caller.platform, &caller.gateway.id).await?;
    Ok(StatusCode::NO_CONTENT)
}
