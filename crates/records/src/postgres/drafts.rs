//! What somebody is writing: the latest state only, durable, not ledgered.

use super::apply::Failed;
use super::error::text;
use super::pipe::{Db, rows_of, run};
use crate::standing::time;
use crate::{CommitError, Draft, DraftKey, StoreError};
use fhir::{Reference, ResourceType};
use kernel::{Id, Time};

/// Keeps it when `expected` is the revision there is (0: none).
pub(super) async fn put(db: &Db, key: &DraftKey, expected: u64, body: &[u8], now: Time) -> Result<u64, CommitError> {
    let (owner, kind, id) = (key.owner.as_str(), text(&key.kind), key.id.as_str());
    let (expected_, at) = (expected.cast_signed(), now.as_millisecond());
    let sql = if expected == 0 {
        "INSERT INTO draft(owner, kind, id, revision, at, body) VALUES($1,$2,$3,$4::int8+1,$5,$6) ON CONFLICT DO NOTHING"
    } else {
        "UPDATE draft SET revision=revision+1, at=$5, body=$6 WHERE owner=$1 AND kind=$2 AND id=$3 AND revision=$4"
    };
    if run(db, sql, &[&owner, &kind, &id, &expected_, &at, &body]).await? > 0 {
        return Ok(expected + 1);
    }
    let sql = "SELECT revision FROM draft WHERE owner=$1 AND kind=$2 AND id=$3";
    let rows = rows_of(db, sql, &[&owner, &kind, &id]).await?;
    let actual = rows.first().map_or(0, |r| r.get::<_, i64>(0)).cast_unsigned();
    let at = Reference::new(ResourceType::BASIC, key.id.clone());
    Err(CommitError::Stale { at, expected, actual })
}

/// Throws them away.
pub(super) async fn done(db: &Db, keys: &[DraftKey]) -> Result<(), Failed> {
    for key in keys {
        drop_one(db, key).await?;
    }
    Ok(())
}

pub(super) async fn drop_one(db: &Db, key: &DraftKey) -> Result<(), tokio_postgres::Error> {
    let sql = "DELETE FROM draft WHERE owner=$1 AND kind=$2 AND id=$3";
    run(db, sql, &[&key.owner.as_str(), &text(&key.kind), &key.id.as_str()]).await.map(drop)
}

pub(super) async fn get(db: &Db, key: &DraftKey) -> Result<Option<Draft>, StoreError> {
    let sql = "SELECT revision, at, body FROM draft WHERE owner=$1 AND kind=$2 AND id=$3";
    let rows = rows_of(db, sql, &[&key.owner.as_str(), &text(&key.kind), &key.id.as_str()]).await?;
    Ok(rows.first().map(|r| Draft {
        key: key.clone(),
        revision: r.get::<_, i64>(0).cast_unsigned(),
        saved_at: time(r.get(1)),
        body: r.get::<_, Vec<u8>>(2).into(),
    }))
}

pub(super) async fn of(db: &Db, owner: &Id, kind: &str) -> Result<Vec<Draft>, StoreError> {
    let sql = "SELECT id, revision, at, body FROM draft WHERE owner=$1 AND kind=$2
               ORDER BY at DESC, id DESC LIMIT 1000";
    let rows = rows_of(db, sql, &[&owner.as_str(), &text(kind)]).await?;
    rows.iter()
        .map(|r| {
            let id = Id::new(r.get::<_, String>(0)).map_err(|_| StoreError::Corrupt("a draft's id".into()))?;
            let key = DraftKey { owner: owner.clone(), kind: kind.to_owned(), id };
            let revision = r.get::<_, i64>(1).cast_unsigned();
            Ok(Draft { key, revision, saved_at: time(r.get(2)), body: r.get::<_, Vec<u8>>(3).into() })
        })
        .collect()
}
