//! Moves pages from the write-ahead log into the database, off the writer but for the last of them.
//!
//! The log is begun anew only when all of it was moved, and under writers there is always more: what came while the rest was being
//! moved is little, and the writer moves it between two groups. A log that grows instead costs every reader, who looks for each page
//! in all of it, and every COMMIT, which makes the file longer where it might write over what is there.

use super::upkeep::Upkeep;
use super::writer::Queue;
use crate::StoreError;
use rusqlite::Connection;
use std::path::PathBuf;
use std::time::Duration;

/// About 16,000 pages: below it a checkpoint costs more than it gives.
pub(super) const LOG_BYTES: u64 = 16_000 * 4_120;
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Moves what has gathered, until it is stopped.
pub(super) fn start(path: PathBuf, log_bytes: u64, queue: Queue) -> Result<Upkeep, StoreError> {
    let mut log = path.clone().into_os_string();
    log.push("-wal");
    Upkeep::start("records-checkpoint", LOOK_EVERY, move || {
        // The writer cuts the file to this size when it begins it anew: a longer one has that much in it.
        if std::fs::metadata(&log).map_or(0, |m| m.len()) <= log_bytes {
            return;
        }
        match beside(&path) {
            Ok(()) => queue.move_log(),
            Err(e) => tracing::warn!(error = %e, "checkpoint: {e}"),
        }
    })
}

fn beside(path: &PathBuf) -> rusqlite::Result<()> {
    let db = Connection::open(path)?;
    db.execute_batch("PRAGMA synchronous=FULL; PRAGMA busy_timeout=200;")?;
    move_pages(&db)
}

/// Moves what no reader needs where it is; waits for nobody.
pub(super) fn move_pages(db: &Connection) -> rusqlite::Result<()> {
    db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
}
