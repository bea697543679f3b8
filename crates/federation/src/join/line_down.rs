//! `join.line_down`: so many bytes of chance, by which a gateway measures the line towards it.

use super::caller::Caller;
use axum::extract::{FromRequest, Path, Request, State};
use axum::http::header;
use axum::response::IntoResponse;
use kernel::{Ids, RandomIds};
use platform::{Problem, Shared};

/// No more in one answer.
pub const BYTES_MAX: usize = 4 * 1024 * 1024;

/// Sends bytes that nothing on the way can make smaller.
#[utoipa::path(get, path = "/api/join/line/{bytes}", operation_id = "join.line_down", tag = "join",
    params(("bytes" = usize, Path, description = "how many, at most 4 MiB")),
    responses((status = 200, description = "bytes of chance", content_type = "application/octet-stream"),
        (status = 401, description = "join.not-signed, join.clock, join.expired"), (status = 422, description = "join.bytes")))]
pub async fn line_down(
    State(platform): State<Shared>,
    Path(bytes): Path<usize>,
    request: Request,
) -> Result<impl IntoResponse, Problem> {
    Caller::from_request(request, &platform).await?;
    if bytes > BYTES_MAX {
        return Err(Problem::unfit("join.bytes", "At most 4 MiB are sent at once.").with("most", BYTES_MAX));
    }
    let mut body = vec![0; bytes];
    RandomIds.fill(&mut body);
    Ok(([(header::CONTENT_TYPE, "application/octet-stream"), (header::CACHE_CONTROL, "no-store")], body))
}
