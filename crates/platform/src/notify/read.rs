//! `notify.read`: up to where I have read. An act of the ledger, so that all my screens hear it.

use crate::{Op, Problem};
use axum::Json;
use axum::http::StatusCode;
use kernel::decide::Facts;
use records::{Change, Subject};
use serde::Deserialize;
use utoipa::ToSchema;

/// This operation, which the list knows by name.
pub(super) const OPERATION: &str = "notify.read";

/// Up to where.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NotifyRead)]
pub struct Input {
    /// The number of the newest notice seen.
    to: u64,
}

/// Marks everything up to a notice as read.
#[utoipa::path(post, path = "/api/notices/read", operation_id = "notify.read", tag = "notify",
    request_body = Input, responses((status = 204)))]
pub async fn read(op: Op, Json(input): Json<Input>) -> Result<StatusCode, Problem> {
    op.may(OPERATION, &Facts::default(), None).await?;
    let sealed = *op.store().sealed().borrow();
    if input.to > sealed {
        return Err(Problem::unfit("notify.not_yet", "That has not happened yet.").with("to", input.to));
    }
    let read_to = op.platform().notices.now(op.platform()).await?.read_to(&op.actor().person);
    if input.to > read_to {
        let mut act = op.act(OPERATION);
        act.params.insert("to".into(), input.to.into());
        act.audience = vec![Subject::Person(op.actor().person.clone())];
        op.commit(Change::of(act)).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
