//! Work that follows a change: at least once, with a lease, backoff, and an end.

use crate::retry::{ATTEMPTS, pause_ms};
use crate::standing::time;
use crate::{CommitError, DeadJob, Job, Lease, StoreError};
use kernel::Time;
use rusqlite::{Connection, OptionalExtension, ToSql, params};

/// Adds jobs. The same key replaces what has not run; a lease on what it replaces is void.
pub(super) fn put(db: &Connection, jobs: &[Job]) -> Result<(), CommitError> {
    for job in jobs {
        let payload = serde_json::to_string(&job.payload).map_err(|e| StoreError::Engine(e.to_string()))?;
        db.prepare_cached(
            "INSERT INTO job(key, kind, payload, run_at, attempts, leased, token, dead) VALUES(?,?,?,?,0,0,1,0)
             ON CONFLICT(key) DO UPDATE SET kind=excluded.kind, payload=excluded.payload, run_at=excluded.run_at,
             attempts=0, leased=0, token=token+1, dead=0, why=NULL",
        )?
        .execute(params![job.key, job.kind, payload, job.run_at.as_millisecond()])?;
    }
    Ok(())
}

fn placeholders(n: usize) -> String {
    vec!["?"; n].join(",")
}

/// The key of the next one due, if any.
pub(super) fn due(db: &Connection, kinds: &[String], now: i64) -> rusqlite::Result<Option<String>> {
    if kinds.is_empty() {
        return Ok(None);
    }
    let sql = format!(
        "SELECT key FROM job WHERE dead=0 AND kind IN ({}) AND run_at<=? AND leased<=? ORDER BY run_at, key LIMIT 1",
        placeholders(kinds.len())
    );
    let bound = kinds.iter().map(|kind| kind as &dyn ToSql).chain([&now as &dyn ToSql, &now]);
    db.prepare_cached(&sql)?.query_row(rusqlite::params_from_iter(bound), |r| r.get(0)).optional()
}

/// Leases the next one due.
pub(super) fn lease(db: &Connection, kinds: &[String], now: i64, lease_ms: i64) -> Result<Option<Lease>, CommitError> {
    while let Some(key) = due(db, kinds, now)? {
        let (kind, payload, run_at, attempts, token): (String, String, i64, u32, i64) = db
            .prepare_cached("SELECT kind, payload, run_at, attempts, token FROM job WHERE key=?")?
            .query_row([&key], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?)))?;
        if attempts >= ATTEMPTS {
            // Its last worker never came back.
            db.prepare_cached("UPDATE job SET dead=1, why='its lease ran out' WHERE key=?")?.execute([&key])?;
            continue;
        }
        let (attempt, token) = (attempts + 1, token + 1);
        db.prepare_cached("UPDATE job SET attempts=?, leased=?, token=? WHERE key=?")?.execute(params![
            attempt,
            now.saturating_add(lease_ms.max(0)),
            token,
            key
        ])?;
        let payload = serde_json::from_str(&payload)
            .map_err(|e| StoreError::Corrupt(format!("the payload of job {key}: {e}")))?;
        let job = Job { key, kind, payload, run_at: time(run_at) };
        return Ok(Some(Lease { job, attempt, token: token.cast_unsigned() }));
    }
    Ok(None)
}

/// Takes it off the list, if the lease still holds.
pub(super) fn done(db: &Connection, lease: &Lease) -> Result<(), CommitError> {
    db.prepare_cached("DELETE FROM job WHERE key=? AND token=?")?
        .execute(params![lease.job.key, lease.token.cast_signed()])?;
    Ok(())
}

/// Puts it back for later: 2, 4, 8 … seconds, then every half hour; a dead letter after the last attempt.
pub(super) fn failed(db: &Connection, lease: &Lease, why: &str, now: Time) -> Result<(), CommitError> {
    let again = now.as_millisecond() + pause_ms(lease.attempt);
    db.prepare_cached("UPDATE job SET leased=0, run_at=?, why=?, dead=? WHERE key=? AND token=?")?.execute(params![
        again,
        why.chars().take(1_000).collect::<String>(),
        lease.attempt >= ATTEMPTS,
        lease.job.key,
        lease.token.cast_signed()
    ])?;
    Ok(())
}

/// Those that failed for good.
pub(super) fn dead(db: &Connection) -> Result<Vec<DeadJob>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT key, kind, payload, run_at, attempts, why FROM job WHERE dead=1 ORDER BY run_at DESC, key LIMIT 1000",
    )?;
    let mut rows = statement.query([])?;
    let mut all = vec![];
    while let Some(r) = rows.next()? {
        let (key, payload): (String, String) = (r.get(0)?, r.get(2)?);
        let payload = serde_json::from_str(&payload)
            .map_err(|e| StoreError::Corrupt(format!("the payload of job {key}: {e}")))?;
        let job = Job { key, kind: r.get(1)?, payload, run_at: time(r.get(3)?) };
        let why: Option<String> = r.get(5)?;
        all.push(DeadJob { job, attempts: r.get(4)?, why: why.unwrap_or_default() });
    }
    Ok(all)
}

/// Begins anew with a dead one.
pub(super) fn again(db: &Connection, key: &str, now: Time) -> Result<bool, CommitError> {
    let mut statement = db.prepare_cached(
        "UPDATE job SET dead=0, attempts=0, leased=0, token=token+1, run_at=? WHERE key=? AND dead=1",
    )?;
    Ok(statement.execute(params![now.as_millisecond(), key])? > 0)
}
