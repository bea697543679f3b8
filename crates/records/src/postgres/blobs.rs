//! Which blobs are named, and by whom they are held. The files lie where they lie for the other engine.

use super::Inner;
use super::apply::Failed;
use super::error::text;
use super::pipe::{Db, rows_of, run};
use crate::change::BlobHold;
use crate::{Change, StoreError};
use kernel::Time;

/// Names, holds and frees blobs. Those that are named or held must have been put, and stay while this is under way: who
/// sweeps waits for the lock that is taken here.
pub(super) async fn apply(inner: &Inner, db: &Db, change: &Change, now: i64) -> Result<(), Failed> {
    if !change.blobs.is_empty() || !change.blob_holds.is_empty() {
        run(db, "SELECT pg_advisory_xact_lock_shared($1)", &[&inner.link.key("blobs")]).await?;
        let sizes = inner.blobs.sizes(&change.blobs)?;
        let held: Vec<[u8; 32]> = change.blob_holds.iter().map(|hold| hold.sha256).collect();
        inner.blobs.sizes(&held)?;
        let mut sizes: Vec<([u8; 32], i64)> = sizes.into_iter().map(|(sha, n)| (sha, n.cast_signed())).collect();
        sizes.sort_unstable();
        sizes.dedup();
        let (shas, sizes): (Vec<Vec<u8>>, Vec<i64>) = sizes.into_iter().map(|(sha, n)| (sha.to_vec(), n)).unzip();
        run(
            db,
            "INSERT INTO blob(sha, size, named) SELECT sha, size, $3 FROM unnest($1::bytea[], $2::int8[]) n(sha, size)
             ORDER BY sha ON CONFLICT(sha) DO UPDATE SET named=excluded.named",
            &[&shas, &sizes, &now],
        )
        .await?;
    }
    for BlobHold { sha256, holder } in &change.blob_holds {
        let sql = "INSERT INTO blob_hold(sha, holder) VALUES($1,$2) ON CONFLICT DO NOTHING";
        run(db, sql, &[&sha256.as_slice(), &text(holder)]).await?;
    }
    for BlobHold { sha256, holder } in &change.blob_frees {
        let sql = "DELETE FROM blob_hold WHERE sha=$1 AND holder=$2";
        run(db, sql, &[&sha256.as_slice(), &text(holder)]).await?;
    }
    Ok(())
}

/// All that are named, with their lengths, and all that are held.
pub(super) async fn all(db: &Db) -> Result<Vec<([u8; 32], Option<u64>)>, StoreError> {
    let sql = "SELECT sha, size FROM blob UNION ALL SELECT DISTINCT h.sha, NULL::int8 FROM blob_hold h
               WHERE NOT EXISTS(SELECT 1 FROM blob b WHERE b.sha=h.sha)";
    let corrupt = |_| StoreError::Corrupt("a blob's name".into());
    let named = |r: &tokio_postgres::Row| {
        let sha256 = r.get::<_, &[u8]>(0).try_into().map_err(corrupt)?;
        Ok((sha256, r.get::<_, Option<i64>>(1).map(i64::cast_unsigned)))
    };
    rows_of(db, sql, &[]).await?.iter().map(named).collect()
}

/// Those of `shas` that nothing names and nobody holds.
async fn unwanted(db: &Db, shas: &[[u8; 32]]) -> Result<Vec<[u8; 32]>, StoreError> {
    let all: Vec<&[u8]> = shas.iter().map(<[u8; 32]>::as_slice).collect();
    let sql = "SELECT s FROM unnest($1::bytea[]) s WHERE NOT EXISTS(SELECT 1 FROM blob b WHERE b.sha=s)
               AND NOT EXISTS(SELECT 1 FROM blob_hold h WHERE h.sha=s)";
    let rows = rows_of(db, sql, &[&all]).await?;
    let corrupt = |_| StoreError::Corrupt("a blob's name".into());
    rows.iter().map(|r| r.get::<_, &[u8]>(0).try_into().map_err(corrupt)).collect()
}

/// Removes what has been old and unwanted for a day.
pub(super) async fn collect(inner: &Inner, now: Time) -> Result<u64, StoreError> {
    let files = inner.blobs.clone();
    let old = tokio::task::spawn_blocking(move || files.old(now)).await;
    let old = old.map_err(|_| StoreError::Engine("looking for old blobs panicked".into()))??;
    let db = inner.readers.get().await?;
    let mut found = vec![];
    for some in old.chunks(10_000) {
        found.extend(unwanted(&db, some).await?);
    }
    drop(db);
    let mut swept = 0;
    // A few at a time: changes that name a blob wait meanwhile.
    for some in found.chunks(500) {
        let db = inner.writers.get().await?;
        db.batch_execute("BEGIN").await?;
        let swept_now = async {
            run(&db, "SELECT pg_advisory_xact_lock($1)", &[&inner.link.key("blobs")]).await?;
            let still = unwanted(&db, some).await?;
            let files = inner.blobs.clone();
            let sweep = tokio::task::spawn_blocking(move || files.sweep(&still, now)).await;
            sweep.map_err(|_| StoreError::Engine("sweeping blobs panicked".into()))
        };
        let swept_now = swept_now.await;
        db.batch_execute("ROLLBACK").await?;
        swept += swept_now?;
    }
    Ok(swept)
}
