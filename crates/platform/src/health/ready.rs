//! `health.ready`: requests can be served.

use crate::{Problem, Shared};
use axum::extract::State;
use axum::http::StatusCode;
use records::Disk;

/// The store answers and the server is not stopping. The answer is `ready`, or `read-only: full`, `read-only: read-only`
/// or `read-only: damaged` while the disk takes no writes: people are to go on reading, so that this is no 503.
#[utoipa::path(get, path = "/health/ready", operation_id = "health.ready", tag = "health",
    responses((status = 200, body = String), (status = 503, description = "health.stopping")))]
pub async fn ready(State(platform): State<Shared>) -> Result<&'static str, Problem> {
    if platform.stopping.is_cancelled() {
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "health.stopping", "The server is stopping."));
    }
    platform.store.entries(0, 1).await?;
    Ok(match *platform.store.disk().borrow() {
        Disk::Takes => "ready\n",
        Disk::Full => "read-only: full\n",
        Disk::ReadOnly => "read-only: read-only\n",
        Disk::Damaged => "read-only: damaged\n",
    })
}
