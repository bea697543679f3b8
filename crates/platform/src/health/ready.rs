//! `health.ready`: requests can be served.

use crate::{Problem, Shared};
use axum::extract::State;
use axum::http::StatusCode;

/// The store answers and the server is not stopping.
#[utoipa::path(get, path = "/health/ready", operation_id = "health.ready", tag = "health",
    responses((status = 200, body = String), (status = 503, description = "health.stopping")))]
pub async fn ready(State(platform): State<Shared>) -> Result<&'static str, Problem> {
    if platform.stopping.is_cancelled() {
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "health.stopping", "The server is stopping."));
    }
    platform.store.entries(0, 1).await?;
    Ok("ready\n")
}
