//! `join.outage_note`: a word about an outage.

use super::outage::model::{Note, TEXT_MAX};
use super::outage::step::step;
use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use kernel::Id;
use platform::{Op, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

/// What is said.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = JoinOutageNoteInput)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// At most 2,000 characters.
    text: String,
}

/// Say something about an outage of a hospital that I manage.
#[utoipa::path(post, path = "/api/admin/outages/{id}/notes", operation_id = "join.outage_note", tag = "join",
    request_body = Input, params(("id" = String, Path)), responses((status = 204),
        (status = 422, description = "join.outage-text, join.outage-notes")))]
pub async fn outage_note(op: Op, Path(id): Path<Id>, Json(input): Json<Input>) -> Result<StatusCode, Problem> {
    let text = words(&input.text)?;
    if text.is_empty() {
        return Err(Problem::unfit("join.outage-text", "Say something."));
    }
    step(&op, "join.outage_note", &id, false, |outage, by| outage.note(Note { by, text: text.clone() })).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A text within its bound.
pub fn words(typed: &str) -> Result<String, Problem> {
    let text = typed.trim();
    if text.chars().count() > TEXT_MAX || text.chars().any(|c| c.is_control() && c != '\n') {
        let why = format!("At most {TEXT_MAX} characters, and no control characters.");
        return Err(Problem::unfit("join.outage-text", why).with("most", TEXT_MAX));
    }
    Ok(text.to_owned())
}
