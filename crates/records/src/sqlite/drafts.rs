//! What somebody is writing: the latest state only, durable, not ledgered.

use crate::standing::time;
use crate::{CommitError, Draft, DraftKey, StoreError};
use fhir::{Reference, ResourceType};
use kernel::{Id, Time};
use rusqlite::{Connection, OptionalExtension, params};

/// Keeps it when `expected` is the revision there is (0: none).
pub(super) fn put(db: &Connection, key: &DraftKey, expected: u64, body: &[u8], now: Time) -> Result<u64, CommitError> {
    let actual: i64 = db
        .prepare_cached("SELECT revision FROM draft WHERE owner=? AND kind=? AND id=?")?
        .query_row(params![key.owner.as_str(), key.kind, key.id.as_str()], |r| r.get(0))
        .optional()?
        .unwrap_or(0);
    let actual = actual.cast_unsigned();
    if actual != expected {
        let at = Reference::new(ResourceType::BASIC, key.id.clone());
        return Err(CommitError::Stale { at, expected, actual });
    }
    let revision = actual + 1;
    db.prepare_cached("INSERT OR REPLACE INTO draft(owner, kind, id, revision, at, body) VALUES(?,?,?,?,?,?)")?
        .execute(params![
            key.owner.as_str(),
            key.kind,
            key.id.as_str(),
            revision.cast_signed(),
            now.as_millisecond(),
            body
        ])?;
    Ok(revision)
}

/// Throws them away.
pub(super) fn done(db: &Connection, keys: &[DraftKey]) -> Result<(), CommitError> {
    for key in keys {
        db.prepare_cached("DELETE FROM draft WHERE owner=? AND kind=? AND id=?")?.execute(params![
            key.owner.as_str(),
            key.kind,
            key.id.as_str()
        ])?;
    }
    Ok(())
}

pub(super) fn get(db: &Connection, key: &DraftKey) -> Result<Option<Draft>, StoreError> {
    let mut statement = db.prepare_cached("SELECT revision, at, body FROM draft WHERE owner=? AND kind=? AND id=?")?;
    let found = statement.query_row(params![key.owner.as_str(), key.kind, key.id.as_str()], |r| {
        Ok(Draft {
            key: key.clone(),
            revision: r.get::<_, i64>(0)?.cast_unsigned(),
            saved_at: time(r.get(1)?),
            body: r.get::<_, Vec<u8>>(2)?.into(),
        })
    });
    Ok(found.optional()?)
}

pub(super) fn of(db: &Connection, owner: &Id, kind: &str) -> Result<Vec<Draft>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT id, revision, at, body FROM draft WHERE owner=? AND kind=? ORDER BY at DESC, id DESC LIMIT 1000",
    )?;
    let rows = statement.query_map(params![owner.as_str(), kind], |r| {
        Ok((r.get::<_, String>(0)?, r.get::<_, i64>(1)?, r.get::<_, i64>(2)?, r.get::<_, Vec<u8>>(3)?))
    })?;
    rows.map(|row| {
        let (id, revision, at, body) = row?;
        let id = Id::new(id).map_err(|_| StoreError::Corrupt("a draft's id".into()))?;
        let key = DraftKey { owner: owner.clone(), kind: kind.to_owned(), id };
        Ok(Draft { key, revision: revision.cast_unsigned(), saved_at: time(at), body: body.into() })
    })
    .collect()
}
