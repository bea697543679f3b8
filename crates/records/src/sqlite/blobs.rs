//! Which blobs are named, and by whom they are held.

use crate::CommitError;
use crate::change::BlobHold;
use rusqlite::{Connection, params};

/// Names blobs in the writer's transaction: from now on they are kept.
pub(super) fn name(db: &Connection, blobs: &[([u8; 32], u64)], now: i64) -> Result<(), CommitError> {
    for (sha256, size) in blobs {
        db.prepare_cached(
            "INSERT INTO blob(sha, size, named) VALUES(?,?,?) ON CONFLICT(sha) DO UPDATE SET named=excluded.named",
        )?
        .execute(params![sha256, size.cast_signed(), now])?;
    }
    Ok(())
}

/// All that are named, with their lengths, and all that are held.
pub(super) fn all(db: &Connection) -> rusqlite::Result<Vec<([u8; 32], Option<u64>)>> {
    let sql = "SELECT sha, size FROM blob UNION ALL SELECT DISTINCT sha, NULL FROM blob_hold WHERE sha NOT IN (SELECT sha FROM blob)";
    let mut statement = db.prepare(sql)?;
    let rows = statement.query_map([], |r| Ok((r.get(0)?, r.get::<_, Option<i64>>(1)?.map(i64::cast_unsigned))))?;
    rows.collect()
}

/// Whether something names a blob, or somebody holds it.
pub(super) fn wanted(db: &Connection, sha256: &[u8; 32]) -> rusqlite::Result<bool> {
    db.prepare_cached("SELECT 1 FROM blob WHERE sha=?1 UNION ALL SELECT 1 FROM blob_hold WHERE sha=?1")?
        .exists([sha256])
}

/// Takes holds and gives others back.
pub(super) fn hold(db: &Connection, holds: &[BlobHold], frees: &[BlobHold]) -> Result<(), CommitError> {
    for BlobHold { sha256, holder } in holds {
        db.prepare_cached("INSERT OR IGNORE INTO blob_hold(sha, holder) VALUES(?,?)")?
            .execute(params![sha256, holder])?;
    }
    for BlobHold { sha256, holder } in frees {
        db.prepare_cached("DELETE FROM blob_hold WHERE sha=? AND holder=?")?.execute(params![sha256, holder])?;
    }
    Ok(())
}
