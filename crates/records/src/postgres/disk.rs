//! Whether the database takes what is written, and when it does again.
//!
//! Its disk is another machine's: what is left there cannot be looked at. A write that was refused for want of room, or
//! because the database takes no writes, says so; then something small is tried every second until it goes through.

use super::Inner;
use super::pipe::run;
use crate::{Disk, StoreError};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio_postgres::error::SqlState;

const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How the disk is, for all who write.
#[derive(Debug)]
pub(super) struct Gauge(watch::Sender<Disk>);

impl Default for Gauge {
    fn default() -> Self {
        Self(watch::Sender::new(Disk::Takes))
    }
}

impl Gauge {
    pub(super) fn watch(&self) -> watch::Receiver<Disk> {
        self.0.subscribe()
    }

    /// Refuses while nothing is taken.
    pub(super) fn usable(&self) -> Result<(), StoreError> {
        self.0.borrow().refusal().map_or(Ok(()), Err)
    }

    /// Learns from a write that failed.
    pub(super) fn saw(&self, error: &tokio_postgres::Error) {
        match error.code() {
            Some(code) if *code == SqlState::DISK_FULL => self.set(Disk::Full),
            Some(code) if *code == SqlState::READ_ONLY_SQL_TRANSACTION => self.set(Disk::ReadOnly),
            _ => {}
        }
    }

    /// Learns from a blob that could not be written.
    pub(super) fn saw_file(&self, error: &StoreError) {
        match error {
            StoreError::DiskFull => self.set(Disk::Full),
            StoreError::ReadOnly => self.set(Disk::ReadOnly),
            _ => {}
        }
    }

    fn set(&self, disk: Disk) {
        let changed = self.0.send_if_modified(|now| std::mem::replace(now, disk) != disk);
        if !changed {
            return;
        }
        match disk.refusal() {
            Some(why) => tracing::error!(store.disk = disk.code(), "nothing is written any more, reads go on: {why}"),
            None => tracing::warn!(store.disk = disk.code(), "the database takes writes again"),
        }
    }
}

/// Tries, while nothing is taken, until `stop` says so.
pub(super) async fn look(inner: Arc<Inner>, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        if inner.gauge.usable().is_err() && prove(&inner).await.is_ok() {
            inner.gauge.set(Disk::Takes);
        }
    }
}

/// Something small that must reach the disks, of the database and of the blobs.
async fn prove(inner: &Arc<Inner>) -> Result<(), StoreError> {
    let db = inner.writers.get().await?;
    let sql = "INSERT INTO made(name, value) VALUES('disk-takes', 1)
               ON CONFLICT(name) DO UPDATE SET value=(made.value+1)&65535";
    run(&db, sql, &[]).await?;
    let blobs = inner.blobs.clone();
    tokio::task::spawn_blocking(move || blobs.prove())
        .await
        .map_err(|_| StoreError::Engine("looking at the folder of blobs panicked".into()))?
}
