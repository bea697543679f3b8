//! `api.describe`: the OpenAPI file of this very binary.

use axum::Extension;
use axum::http::header;
use axum::response::IntoResponse;
use bytes::Bytes;

/// The description, ready to send.
#[derive(Clone)]
pub struct Description(pub Bytes);

/// The OpenAPI file of this binary.
#[utoipa::path(get, path = "/api/openapi.json", operation_id = "api.describe", tag = "api",
    responses((status = 200, description = "OpenAPI 3.1", content_type = "application/json")))]
pub async fn describe(Extension(Description(json)): Extension<Description>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-cache")], json)
}
