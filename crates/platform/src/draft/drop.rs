//! `draft.drop`: throw one of my drafts away.

use super::Kind;
use crate::{Op, Problem};
use axum::extract::Path;
use axum::http::StatusCode;
use kernel::Id;
use kernel::decide::Facts;

/// Throw a draft away; one that is not there is as good as thrown away.
#[utoipa::path(delete, path = "/api/drafts/{kind}/{id}", operation_id = "draft.drop", tag = "draft",
    params(("kind" = String, Path), ("id" = String, Path)), responses((status = 204)))]
pub async fn drop(op: Op, Path((kind, id)): Path<(String, Id)>) -> Result<StatusCode, Problem> {
    op.may("draft.drop", &Facts::default(), None).await?;
    let kind = Kind::read(&kind)?;
    op.store().draft_drop(&kind.key(&op, id.clone())).await?;
    if kind == Kind::KeyImage {
        op.store().draft_drop(&Kind::KeyPicture.key(&op, id)).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
