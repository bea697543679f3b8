//! `draft.show`: one of my drafts.

use super::{Kind, Shown};
use crate::{Op, Problem};
use axum::Json;
use axum::extract::Path;
use kernel::Id;
use kernel::decide::Facts;

/// One of my drafts.
#[utoipa::path(get, path = "/api/drafts/{kind}/{id}", operation_id = "draft.show", tag = "draft",
    params(("kind" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = Shown), (status = 404)))]
pub async fn show(op: Op, Path((kind, id)): Path<(String, Id)>) -> Result<Json<Shown>, Problem> {
    op.may("draft.show", &Facts::default(), None).await?;
    let key = Kind::read(&kind)?.key(&op, id);
    let draft = op.store().draft(&key).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(Shown::of(draft)?))
}
