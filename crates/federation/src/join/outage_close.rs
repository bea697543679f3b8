//! `join.outage_close`: it is said what an outage was.

use super::outage::model::Cause;
use super::outage::step::step;
use super::outage_note::words;
use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use kernel::Id;
use platform::{Op, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

/// What it was.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = JoinOutageClose)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The cause.
    cause: Cause,
    /// In words, at most 2,000 characters.
    #[serde(default)]
    text: String,
}

/// Say what an outage was, once the gateway is heard of again; also of one that ended by itself.
#[utoipa::path(post, path = "/api/admin/outages/{id}/close", operation_id = "join.outage_close", tag = "join",
    request_body = Input, params(("id" = String, Path)), responses((status = 204),
        (status = 409, description = "join.outage-over, join.outage-silent"), (status = 422, description = "join.outage-text")))]
pub async fn outage_close(op: Op, Path(id): Path<Id>, Json(input): Json<Input>) -> Result<StatusCode, Problem> {
    let text = words(&input.text)?;
    step(&op, "join.outage_close", &id, true, |outage, by| outage.close(by, input.cause, text.clone())).await?;
    Ok(StatusCode::NO_CONTENT)
}
