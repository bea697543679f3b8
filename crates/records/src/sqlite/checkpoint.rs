//! Moves pages from the write-ahead log into the database, off the writer.

use super::upkeep::Upkeep;
use crate::StoreError;
use rusqlite::Connection;
use std::path::PathBuf;
use std::time::Duration;

/// About 16,000 pages: below it a checkpoint costs more than it gives.
pub(super) const LOG_BYTES: u64 = 16_000 * 4_120;
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Moves what has gathered, until it is stopped.
pub(super) fn start(path: PathBuf, log_bytes: u64) -> Result<Upkeep, StoreError> {
    let mut log = path.clone().into_os_string();
    log.push("-wal");
    Upkeep::start("records-checkpoint", LOOK_EVERY, move || {
        let size = std::fs::metadata(&log).map_or(0, |m| m.len());
        // RESTART waits for readers: only when readers have kept the log from being used anew for long.
        let mode = if size > 8 * log_bytes { "RESTART" } else { "PASSIVE" };
        if size > log_bytes
            && let Err(e) = checkpoint(&path, mode)
        {
            tracing::warn!(error = %e, "checkpoint: {e}");
        }
    })
}

fn checkpoint(path: &PathBuf, mode: &str) -> rusqlite::Result<()> {
    let db = Connection::open(path)?;
    db.execute_batch("PRAGMA synchronous=FULL; PRAGMA busy_timeout=200;")?;
    db.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |_| Ok(()))
}
