//! `join.outage_take`: I look after this outage; both sides hear who does.

use super::outage::model::Outage;
use super::outage::step::step;
use axum::extract::Path;
use axum::http::StatusCode;
use kernel::Id;
use platform::{Op, Problem};

/// Look after an outage of a hospital that I manage; from somebody else it is taken over.
#[utoipa::path(post, path = "/api/admin/outages/{id}/take", operation_id = "join.outage_take", tag = "join",
    params(("id" = String, Path)), responses((status = 204), (status = 409, description = "join.outage-over, join.outage-yours")))]
pub async fn outage_take(op: Op, Path(id): Path<Id>) -> Result<StatusCode, Problem> {
    step(&op, "join.outage_take", &id, true, Outage::take).await?;
    Ok(StatusCode::NO_CONTENT)
}
