//! Moves pages from the write-ahead log into the database, off the writer.

use crate::StoreError;
use crate::blobs::io;
use rusqlite::Connection;
use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// About 16,000 pages: below it a checkpoint costs more than it gives.
const LOG_BYTES: u64 = 16_000 * 4_120;
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// The thread that does it, ended when this is dropped.
pub(super) struct Checkpoint(Mutex<Option<(Sender<()>, JoinHandle<()>)>>);

impl Checkpoint {
    pub(super) fn start(path: PathBuf) -> Result<Self, StoreError> {
        let (stop, stopped) = channel::<()>();
        let work = move || {
            let mut log = path.clone().into_os_string();
            log.push("-wal");
            while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(LOOK_EVERY) {
                let size = std::fs::metadata(&log).map_or(0, |m| m.len());
                // RESTART waits for readers: only when readers have kept the log from being used anew for long.
                let mode = if size > 8 * LOG_BYTES { "RESTART" } else { "PASSIVE" };
                if size > LOG_BYTES
                    && let Err(e) = checkpoint(&path, mode)
                {
                    tracing::warn!(error = %e, "checkpoint: {e}");
                }
            }
        };
        let thread = std::thread::Builder::new()
            .name("records-checkpoint".into())
            .spawn(work)
            .map_err(|e| io("start the checkpoints", &e))?;
        Ok(Self(Mutex::new(Some((stop, thread)))))
    }

    pub(super) fn stop(&self) {
        let running = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((stop, thread)) = running {
            drop(stop);
            let _panicked = thread.join();
        }
    }
}

impl Drop for Checkpoint {
    fn drop(&mut self) {
        self.stop();
    }
}

fn checkpoint(path: &PathBuf, mode: &str) -> rusqlite::Result<()> {
    let db = Connection::open(path)?;
    db.execute_batch("PRAGMA synchronous=FULL; PRAGMA busy_timeout=200;")?;
    db.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |_| Ok(()))
}
