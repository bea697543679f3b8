//! `jobs.dead`: work that failed for good, for whoever runs the installation.

use crate::{Op, Problem};
use axum::Json;
use kernel::Time;
use kernel::decide::Facts;
use serde::Serialize;
use utoipa::ToSchema;

/// The dead letters.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JobsDead)]
pub struct Output {
    /// The last failed first, at most 1,000.
    jobs: Vec<Dead>,
}

/// A job that failed for good. What it was to work on is not shown: its key says enough, and ids alone.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JobDead)]
pub struct Dead {
    /// Its key, to run it again.
    key: String,
    /// Its kind, for example `notify.mail`.
    kind: String,
    /// How often it was tried.
    attempts: u32,
    /// When it would have been tried next.
    #[schema(value_type = String, format = DateTime)]
    at: Time,
    /// What the last attempt said.
    why: String,
}

/// Work that failed for good.
#[utoipa::path(get, path = "/api/jobs/dead", operation_id = "jobs.dead", tag = "jobs",
    responses((status = 200, body = Output)))]
pub async fn dead(op: Op) -> Result<Json<Output>, Problem> {
    op.may("jobs.dead", &Facts::default(), None).await?;
    let jobs = op.store().jobs_dead().await?.into_iter().map(|d| Dead {
        key: d.job.key,
        kind: d.job.kind,
        attempts: d.attempts,
        at: d.job.run_at,
        why: d.why,
    });
    Ok(Json(Output { jobs: jobs.collect() }))
}
