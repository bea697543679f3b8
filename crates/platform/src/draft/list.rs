//! `draft.list`: my drafts of a kind.

use super::{Kind, Shown};
use crate::{Op, Problem};
use axum::Json;
use axum::extract::Path;
use kernel::decide::Facts;
use serde::Serialize;
use utoipa::ToSchema;

/// My drafts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DraftList)]
pub struct Output {
    /// Newest first.
    drafts: Vec<Shown>,
}

/// My drafts of a kind.
#[utoipa::path(get, path = "/api/drafts/{kind}", operation_id = "draft.list", tag = "draft",
    params(("kind" = String, Path)), responses((status = 200, body = Output)))]
pub async fn list(op: Op, Path(kind): Path<String>) -> Result<Json<Output>, Problem> {
    op.may("draft.list", &Facts::default(), None).await?;
    let key = Kind::read(&kind)?.key(&op, op.actor().person.clone());
    let drafts = op.store().drafts(&key.owner, &key.kind).await?;
    Ok(Json(Output { drafts: drafts.into_iter().map(Shown::of).collect::<Result<_, _>>()? }))
}
