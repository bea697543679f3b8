//! Unique keys with an end.

use crate::standing::{NO_END, time};
use crate::{Claim, ClaimHeld, CommitError, StoreError};
use fhir::Reference;
use kernel::Time;
use rusqlite::{Connection, OptionalExtension, params};

/// Gives back what the holder named holds.
pub(super) fn release(db: &Connection, releases: &[(String, Reference)]) -> Result<(), CommitError> {
    for (key, by) in releases {
        db.prepare_cached("DELETE FROM claim WHERE key=? AND holder=?")?.execute(params![key, by.to_string()])?;
    }
    Ok(())
}

/// Takes all of them or none. Whoever holds one already gets its end changed.
pub(super) fn take(db: &Connection, claims: &[Claim], now: i64) -> Result<(), CommitError> {
    for claim in claims {
        let held: Option<(String, i64)> = db
            .prepare_cached("SELECT holder, until FROM claim WHERE key=? AND until>?")?
            .query_row(params![claim.key, now], |r| Ok((r.get(0)?, r.get(1)?)))
            .optional()?;
        if let Some((holder, until)) = held
            && holder != claim.by.to_string()
        {
            return Err(CommitError::Taken(read(claim.key.clone(), &holder, until)?));
        }
        let until = claim.until.map_or(NO_END, Time::as_millisecond);
        db.prepare_cached("INSERT OR REPLACE INTO claim(key, holder, until) VALUES(?,?,?)")?.execute(params![
            claim.key,
            claim.by.to_string(),
            until
        ])?;
    }
    Ok(())
}

/// Those in force whose key starts with `prefix`.
pub(super) fn held(db: &Connection, prefix: &str, now: Time) -> Result<Vec<ClaimHeld>, StoreError> {
    of_prefix(db, prefix, now, "ORDER BY key LIMIT 10000")
}

/// Of those the last.
pub(super) fn last(db: &Connection, prefix: &str, now: Time) -> Result<Option<ClaimHeld>, StoreError> {
    Ok(of_prefix(db, prefix, now, "ORDER BY key DESC LIMIT 1")?.pop())
}

fn of_prefix(db: &Connection, prefix: &str, now: Time, order: &str) -> Result<Vec<ClaimHeld>, StoreError> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT key, holder, until FROM claim WHERE key>=?1 AND substr(key, 1, length(?1))=?1 AND key<?2 AND until>?3
         {order}"
    ))?;
    let end = format!("{prefix}\u{10FFFF}");
    let rows = statement.query_map(params![prefix, end, now.as_millisecond()], |r| {
        Ok((r.get(0)?, r.get::<_, String>(1)?, r.get(2)?))
    })?;
    rows.map(|row| row.map_err(StoreError::from).and_then(|(key, holder, until)| read(key, &holder, until))).collect()
}

fn read(key: String, holder: &str, until: i64) -> Result<ClaimHeld, StoreError> {
    let by = holder.parse().map_err(|_| StoreError::Corrupt(format!("the holder of claim {key}")))?;
    Ok(ClaimHeld { key, by, until: (until != NO_END).then(|| time(until)) })
}
