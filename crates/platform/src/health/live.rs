//! `health.live`: the process answers.

/// The process answers.
#[utoipa::path(get, path = "/health/live", operation_id = "health.live", tag = "health",
    responses((status = 200, body = String)))]
pub async fn live() -> &'static str {
    "live\n"
}
