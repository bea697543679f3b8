//! `POST /api/public/notices/{id}/withdraw`: a notice leaves the page; the record keeps that it stood there.

use super::notice::{Notice, published};
use super::publish::changed;
use crate::Views;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::{Extension, Json};
use kernel::Id;
use kernel::decide::Facts;
use platform::{Op, Problem};
use records::{Change, CommitError, Expect, Write};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Which.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = PublicWithdraw)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The version on the screen.
    version: u64,
}

/// Withdraws a notice.
#[utoipa::path(post, path = "/api/public/notices/{id}/withdraw", operation_id = "public.withdraw", tag = "public",
    params(("id" = String, Path)), request_body = Input,
    responses((status = 204), (status = 409, description = "public.changed")))]
pub async fn withdraw(
    op: Op,
    Extension(views): Extension<Arc<Views>>,
    Path(id): Path<Id>,
    Json(input): Json<Input>,
) -> Result<StatusCode, Problem> {
    let at = Notice::at(&id);
    op.may("public.withdraw", &Facts::default(), Some(&at)).await?;
    let there = published(op.store()).await?;
    let notice = there.into_iter().find(|n| n.id == id).ok_or_else(Problem::not_found)?;
    if notice.version != input.version {
        return Err(changed());
    }
    let mut act = op.act("public.withdraw");
    act.about = vec![at.clone()];
    let write = Write::next(at.clone(), notice.write(false), op.actor().hospital.clone());
    let mut change = Change::of(act).write(write);
    change.expect.push(Expect { at, version: input.version });
    match op.try_commit(change).await {
        Ok(_) => {
            views.page.forget();
            Ok(StatusCode::NO_CONTENT)
        }
        Err(CommitError::Stale { .. }) => Err(changed()),
        Err(error) => Err(error.into()),
    }
}
