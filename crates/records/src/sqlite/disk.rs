//! Whether the disk takes what is written, and when it does again.
//!
//! What is left is looked at every second; below the reserve, and after any write that the disk refused, no change is taken
//! any more: reads go on, and the reserve is for their entries (DESIGN 1.3). It is over when a commit of the writer's own
//! goes through again.
//!
//! Damage that the engine finds in its own file, at whichever read or write or when the file is gone through (`scrub.rs`), ends
//! changes too, and for good: what would be written into a damaged tree might never be found again. Reads of what is
//! whole go on, and so do their entries.

use super::upkeep::Upkeep;
use super::writer::Queue;
use crate::{CommitError, Disk, StoreError};
use rusqlite::params;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

const LOOK_EVERY: Duration = Duration::from_secs(1);
/// What an administrator is told of damage.
pub(super) const TO_DO: &str = "stop the server, keep the folder as it is, restore the last backup (docs/ADMINISTRATION.md, \"When the record is damaged\")";

/// How the disk is, for all who write.
#[derive(Debug)]
pub(super) struct Gauge {
    dir: PathBuf,
    /// Bytes that stay for the entries of reads.
    reserve: u64,
    disk: watch::Sender<Disk>,
}

impl Gauge {
    pub(super) fn new(dir: PathBuf, reserve: u64) -> Arc<Self> {
        let gauge = Self { dir, reserve, disk: watch::Sender::new(Disk::Takes) };
        if gauge.free().is_some_and(|free| free < gauge.reserve) {
            gauge.set(Disk::Full);
        }
        Arc::new(gauge)
    }

    pub(super) fn watch(&self) -> watch::Receiver<Disk> {
        self.disk.subscribe()
    }

    pub(super) fn now(&self) -> Disk {
        *self.disk.borrow()
    }

    /// Refuses while the disk takes nothing.
    pub(super) fn usable(&self) -> Result<(), StoreError> {
        self.now().refusal().map_or(Ok(()), Err)
    }

    /// Learns from a write that failed. One that was too large for what is left says nothing of others.
    pub(super) fn saw(&self, error: &StoreError) {
        match error {
            StoreError::DiskFull if !self.has_room() => self.set(Disk::Full),
            StoreError::ReadOnly => self.set(Disk::ReadOnly),
            StoreError::Damaged(why) => self.damaged(why),
            _ => {}
        }
    }

    /// Says so once; nothing but a restored store ends it.
    fn damaged(&self, why: &str) {
        if self.now() != Disk::Damaged {
            tracing::error!("{why} in {}: {TO_DO}", self.dir.display());
            self.set(Disk::Damaged);
        }
    }

    /// Whether more than the reserve is free, with something to work with; where nobody can tell, it is tried.
    fn has_room(&self) -> bool {
        self.free().is_none_or(|free| free >= self.reserve + self.reserve / 4)
    }

    fn free(&self) -> Option<u64> {
        let fs = rustix::fs::statvfs(&self.dir).ok()?;
        Some(fs.f_bavail.saturating_mul(fs.f_frsize))
    }

    fn set(&self, disk: Disk) {
        let changed = self.disk.send_if_modified(|now| *now != Disk::Damaged && std::mem::replace(now, disk) != disk);
        if !changed {
            return;
        }
        match disk.refusal() {
            Some(why) => tracing::error!(store.disk = disk.code(), "nothing is written any more, reads go on: {why}"),
            None => tracing::warn!(store.disk = disk.code(), "the disk takes writes again"),
        }
    }

    /// One look; while the disk takes nothing, one try.
    fn look(&self, queue: &Queue) {
        match self.now() {
            Disk::Takes => {
                if self.free().is_some_and(|free| free < self.reserve) {
                    self.set(Disk::Full);
                }
            }
            Disk::Damaged => {}
            Disk::Full if !self.has_room() => {}
            Disk::Full | Disk::ReadOnly => {
                let tried = queue.run_in_reserve(|apply| prove(apply.db));
                // A failure the queue has told already.
                if futures::executor::block_on(tried).is_ok() {
                    self.set(Disk::Takes);
                }
            }
        }
    }
}

/// Something small that must reach the disk.
fn prove(db: &rusqlite::Connection) -> Result<(), CommitError> {
    db.prepare_cached(
        "INSERT INTO made(name, value) VALUES(?,1) ON CONFLICT(name) DO UPDATE SET value=(value+1)&0xffff",
    )?
    .execute(params!["disk-takes"])?;
    Ok(())
}

/// Looks until it is stopped.
pub(super) fn watch(gauge: Arc<Gauge>, queue: Queue) -> Result<Upkeep, StoreError> {
    Upkeep::start("records-disk", LOOK_EVERY, move || gauge.look(&queue))
}
