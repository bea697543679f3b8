//! Work that follows a change: at least once, with a lease, backoff, and an end.

use super::apply::Failed;
use super::error::text;
use super::pipe::{Db, rows_of, run};
use crate::retry::{ATTEMPTS, pause_ms};
use crate::standing::time;
use crate::{DeadJob, Job, Lease, StoreError};
use kernel::Time;
use std::collections::BTreeMap;
use tokio_postgres::Row;

/// Adds jobs. The same key replaces what has not run; a lease on what it replaces is void.
pub(super) async fn put(db: &Db, jobs: &[Job]) -> Result<(), Failed> {
    if jobs.is_empty() {
        return Ok(());
    }
    let jobs: BTreeMap<String, &Job> = jobs.iter().map(|job| (text(&job.key), job)).collect();
    let (mut keys, mut kinds, mut payloads, mut times) = (vec![], vec![], vec![], vec![]);
    for (key, job) in jobs {
        keys.push(key);
        kinds.push(job.kind.as_str());
        payloads.push(serde_json::to_string(&job.payload).map_err(|e| StoreError::Engine(e.to_string()))?);
        times.push(job.run_at.as_millisecond());
    }
    run(
        db,
        "INSERT INTO job(key, kind, payload, run_at, attempts, leased, token, dead)
         SELECT key, kind, payload, run_at, 0, 0, 1, false
         FROM unnest($1::text[], $2::text[], $3::text[], $4::int8[]) n(key, kind, payload, run_at)
         ORDER BY key COLLATE \"C\"
         ON CONFLICT(key) DO UPDATE SET kind=excluded.kind, payload=excluded.payload, run_at=excluded.run_at,
         attempts=0, leased=0, token=job.token+1, dead=false, why=NULL",
        &[&keys, &kinds, &payloads, &times],
    )
    .await?;
    Ok(())
}

/// Leases the next one due: of several workers that look at once each gets another.
pub(super) async fn lease(
    db: &Db,
    kinds: &[String],
    now: Time,
    lease_ms: i64,
) -> Result<Option<Lease>, tokio_postgres::Error> {
    let (ms, attempts) = (now.as_millisecond(), i64::from(ATTEMPTS));
    let leased = ms.saturating_add(lease_ms.max(0));
    loop {
        // One that was tried too often is dead: its last worker never came back.
        let rows = rows_of(
            db,
            "WITH due AS (SELECT key FROM job WHERE NOT dead AND kind=ANY($1) AND run_at<=$2 AND leased<=$2
                          ORDER BY run_at, key LIMIT 1 FOR UPDATE SKIP LOCKED)
             UPDATE job j SET dead=(attempts>=$3), why=CASE WHEN attempts>=$3 THEN 'its lease ran out' ELSE why END,
             attempts=CASE WHEN attempts>=$3 THEN attempts ELSE attempts+1 END,
             leased=CASE WHEN attempts>=$3 THEN leased ELSE $4 END,
             token=CASE WHEN attempts>=$3 THEN token ELSE token+1 END
             FROM due WHERE j.key=due.key RETURNING j.dead, j.key, j.kind, j.payload, j.run_at, j.attempts, j.token",
            &[&kinds, &ms, &attempts, &leased],
        )
        .await?;
        let Some(row) = rows.first() else { return Ok(None) };
        if row.get::<_, bool>(0) {
            continue;
        }
        let job = match job(row, 1) {
            Ok(job) => job,
            Err(e) => {
                // It stays leased until its attempts are used up; then a person sees it.
                tracing::error!(error = %e, "a job cannot be read: {e}");
                continue;
            }
        };
        let attempt = u32::try_from(row.get::<_, i64>(5)).unwrap_or(ATTEMPTS);
        return Ok(Some(Lease { job, attempt, token: row.get::<_, i64>(6).cast_unsigned() }));
    }
}

fn job(r: &Row, at: usize) -> Result<Job, StoreError> {
    let (key, payload): (String, String) = (r.get(at), r.get(at + 2));
    let payload =
        serde_json::from_str(&payload).map_err(|e| StoreError::Corrupt(format!("the payload of job {key}: {e}")))?;
    Ok(Job { key, kind: r.get(at + 1), payload, run_at: time(r.get(at + 3)) })
}

/// Takes it off the list, if the lease still holds.
pub(super) async fn done(db: &Db, lease: &Lease) -> Result<(), tokio_postgres::Error> {
    let sql = "DELETE FROM job WHERE key=$1 AND token=$2";
    run(db, sql, &[&lease.job.key, &lease.token.cast_signed()]).await.map(drop)
}

/// Puts it back for later; a dead letter after the last attempt.
pub(super) async fn failed(db: &Db, lease: &Lease, why: &str, now: Time) -> Result<(), tokio_postgres::Error> {
    let again = now.as_millisecond() + pause_ms(lease.attempt);
    let why = text(&why.chars().take(1_000).collect::<String>());
    let dead = lease.attempt >= ATTEMPTS;
    let sql = "UPDATE job SET leased=0, run_at=$1, why=$2, dead=$3 WHERE key=$4 AND token=$5";
    run(db, sql, &[&again, &why, &dead, &lease.job.key, &lease.token.cast_signed()]).await.map(drop)
}

/// Those that failed for good.
pub(super) async fn dead(db: &Db) -> Result<Vec<DeadJob>, StoreError> {
    let sql = "SELECT key, kind, payload, run_at, attempts, why FROM job WHERE dead
               ORDER BY run_at DESC, key LIMIT 1000";
    let rows = rows_of(db, sql, &[]).await?;
    rows.iter()
        .map(|r| {
            let attempts = u32::try_from(r.get::<_, i64>(4)).unwrap_or(ATTEMPTS);
            Ok(DeadJob { job: job(r, 0)?, attempts, why: r.get::<_, Option<String>>(5).unwrap_or_default() })
        })
        .collect()
}

/// Begins anew with a dead one.
pub(super) async fn again(db: &Db, key: &str, now: Time) -> Result<bool, tokio_postgres::Error> {
    let sql = "UPDATE job SET dead=false, attempts=0, leased=0, token=token+1, run_at=$1 WHERE key=$2 AND dead";
    Ok(run(db, sql, &[&now.as_millisecond(), &text(key)]).await? > 0)
}
