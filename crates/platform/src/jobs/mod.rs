//! Work that follows a change: leased from the store, run at least once, tried again with a growing pause, set aside as a
//! dead letter after the sixteenth failure, three hours later.
//!
//! A slice registers a [`JobHandler`] per kind; the binary starts [`run`]. A handler must be idempotent.

mod dead;
mod retry;

use crate::{Problem, Shared};
use async_trait::async_trait;
use records::{Disk, Job, Lease};
use std::sync::Arc;
use std::time::Duration;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// How long a worker may take before the job is given to another.
const LEASE_MS: i64 = 60_000;
/// The store is asked again after this long even when nothing has changed: jobs become due with time.
const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// After a change it is not asked before this: a thousand changes a second are no thousand questions.
const BREATH: Duration = Duration::from_millis(20);

/// Does one kind of job.
#[async_trait]
pub trait JobHandler: Send + Sync + 'static {
    /// The kind, for example `consult.escalate`.
    fn kind(&self) -> &'static str;
    /// Does it; may be called again for the same job.
    async fn run(&self, platform: &Shared, job: &Job) -> Result<(), Problem>;
}

/// Runs jobs until the platform stops.
pub async fn run(platform: Shared, handlers: Vec<Arc<dyn JobHandler>>) {
    if handlers.is_empty() {
        return;
    }
    let mut sealed = platform.store.sealed();
    loop {
        while step(&platform, &handlers).await {
            if platform.stopping.is_cancelled() {
                return;
            }
        }
        tokio::select! {
            () = platform.stopping.cancelled() => return,
            grown = sealed.changed() => match grown {
                Ok(()) => tokio::time::sleep(BREATH).await,
                Err(_) => return,
            },
            () = tokio::time::sleep(LOOK_AGAIN) => {}
        }
        sealed.borrow_and_update();
    }
}

/// Does the next job due, if there is one. Tests call it to run what is due at their clock.
pub async fn step(platform: &Shared, handlers: &[Arc<dyn JobHandler>]) -> bool {
    // What cannot be leased is not asked for twice a second.
    if *platform.store.disk().borrow() != Disk::Takes {
        return false;
    }
    let kinds: Vec<&str> = handlers.iter().map(|h| h.kind()).collect();
    let lease = match platform.store.job_next(&kinds, platform.clock.now(), LEASE_MS).await {
        Ok(Some(lease)) => lease,
        Ok(None) => return false,
        Err(error) => {
            tracing::error!("cannot lease a job: {error}");
            return false;
        }
    };
    work(platform, handlers, &lease).await;
    true
}

async fn work(platform: &Shared, handlers: &[Arc<dyn JobHandler>], lease: &Lease) {
    let Some(handler) = handlers.iter().find(|h| h.kind() == lease.job.kind) else { return };
    let kind = handler.kind();
    let ended = match handler.run(platform, &lease.job).await {
        Ok(()) => platform.store.job_done(lease).await,
        Err(problem) => {
            let why = problem.cause().unwrap_or(problem.code).to_owned();
            tracing::warn!(job.kind = kind, job.attempt = lease.attempt, "job {kind} failed: {why}");
            platform.store.job_failed(lease, &why, platform.clock.now()).await
        }
    };
    metrics::counter!("consilium_jobs_total", "kind" => kind).increment(1);
    if let Err(error) = ended {
        tracing::error!(job.kind = kind, "cannot end job {kind}: {error}");
    }
}

/// The routes of this slice: what failed for good, seen and run again.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(dead::dead)).routes(routes!(retry::retry))
}
