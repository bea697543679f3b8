//! `draft.begin`: start writing; the server names the draft.

use super::{KEPT_MAX, Kind, Saved, keep};
use crate::{Op, Problem};
use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use kernel::decide::Facts;
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// The first state.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = DraftBegin)]
pub struct Input {
    /// Anything; a JSON object.
    #[schema(value_type = Object)]
    body: Box<RawValue>,
}

/// Start a draft of a kind whose id the server makes (`consult`, `key-image`).
#[utoipa::path(post, path = "/api/drafts/{kind}", operation_id = "draft.begin", tag = "draft",
    params(("kind" = String, Path)), request_body = Input,
    responses((status = 201, body = Saved), (status = 409, description = "draft.too-many")))]
pub async fn begin(
    op: Op,
    Path(kind): Path<String>,
    Json(input): Json<Input>,
) -> Result<(StatusCode, Json<Saved>), Problem> {
    op.may("draft.begin", &Facts::default(), None).await?;
    let kind = Kind::read(&kind)?;
    if kind.named() {
        let words = "A draft of this kind has the id of what it is about: save it under that.";
        return Err(Problem::unfit("draft.named", words));
    }
    let key = kind.key(&op, op.new_id());
    if op.store().drafts(&key.owner, &key.kind).await?.len() >= KEPT_MAX {
        return Err(Problem::conflict("draft.too-many", "You keep too many drafts. Finish or drop some first.")
            .with("most", KEPT_MAX));
    }
    Ok((StatusCode::CREATED, Json(keep(&op, &key, 0, &input.body).await?)))
}
