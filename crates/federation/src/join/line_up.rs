//! `join.line_up`: takes bytes and forgets them, by which a gateway measures the line from it.

use super::caller::Caller;
use axum::http::StatusCode;
use platform::Problem;

/// Takes at most 1 MiB; signed, so that they are known to be whole.
#[utoipa::path(post, path = "/api/join/line", operation_id = "join.line_up", tag = "join",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 204), (status = 401, description = "join.not-signed, join.clock, join.expired")))]
pub async fn line_up(caller: Caller) -> Result<StatusCode, Problem> {
    drop(caller);
    Ok(StatusCode::NO_CONTENT)
}
