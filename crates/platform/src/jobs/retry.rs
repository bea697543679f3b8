//! `jobs.retry`: a dead letter runs again, from its first attempt.

use crate::{Op, Problem};
use axum::Json;
use axum::http::StatusCode;
use kernel::decide::Facts;
use records::Change;
use serde::Deserialize;
use utoipa::ToSchema;

/// Characters of a key.
const KEY_MAX: usize = 500;

/// Which.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = JobsRetry)]
pub struct Input {
    /// The job's key.
    key: String,
}

/// Runs a dead letter again.
#[utoipa::path(post, path = "/api/jobs/retry", operation_id = "jobs.retry", tag = "jobs",
    request_body = Input, responses((status = 204)))]
pub async fn retry(op: Op, Json(input): Json<Input>) -> Result<StatusCode, Problem> {
    op.may("jobs.retry", &Facts::default(), None).await?;
    if input.key.len() > KEY_MAX || !op.store().job_again(&input.key, op.now()).await? {
        return Err(Problem::not_found());
    }
    let mut act = op.act("jobs.retry");
    act.params.insert("key".into(), input.key.into());
    op.commit(Change::of(act)).await?;
    Ok(StatusCode::NO_CONTENT)
}
