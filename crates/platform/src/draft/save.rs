//! `draft.save`: the state now, replacing the one before.

use super::{Kind, Saved, keep};
use crate::{Op, Problem};
use axum::Json;
use axum::extract::Path;
use kernel::Id;
use kernel::decide::Facts;
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// A state.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = DraftSave)]
pub struct Input {
    /// The revision last seen; 0 for the first save of a draft whose id is given.
    revision: u64,
    /// A JSON object.
    #[schema(value_type = Object)]
    body: Box<RawValue>,
}

/// Save a draft. Another editor's save in between is a conflict, and nothing is lost of either.
#[utoipa::path(put, path = "/api/drafts/{kind}/{id}", operation_id = "draft.save", tag = "draft",
    params(("kind" = String, Path), ("id" = String, Path)), request_body = Input,
    responses((status = 200, body = Saved), (status = 409, description = "draft.conflict")))]
pub async fn save(
    op: Op,
    Path((kind, id)): Path<(String, Id)>,
    Json(input): Json<Input>,
) -> Result<Json<Saved>, Problem> {
    op.may("draft.save", &Facts::default(), None).await?;
    let kind = Kind::read(&kind)?;
    if !kind.named() && input.revision == 0 {
        return Err(Problem::not_found());
    }
    // A picture belongs to a mark, of which one keeps so many at most.
    if kind == Kind::KeyPicture && op.store().draft(&Kind::KeyImage.key(&op, id.clone())).await?.is_none() {
        return Err(Problem::not_found());
    }
    Ok(Json(keep(&op, &kind.key(&op, id), input.revision, &input.body).await?))
}
