//! A pool of connections for reading, each read in its own snapshot and off the async threads.

use super::disk::Gauge;
use super::schema::open_reader;
use crate::StoreError;
use rusqlite::Connection;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;

#[derive(Debug)]
pub(super) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    places: Arc<Semaphore>,
    gauge: Arc<Gauge>,
}

impl Readers {
    pub(super) fn new(path: PathBuf, places: usize, gauge: Arc<Gauge>) -> Self {
        Self { path, idle: Mutex::default(), places: Arc::new(Semaphore::new(places)), gauge }
    }

    /// Runs `read` in one snapshot. Waits while all connections are in use.
    pub(super) async fn run<T: Send + 'static>(
        self: &Arc<Self>,
        read: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let place = self.places.clone().acquire_owned().await.map_err(|_| StoreError::Closed)?;
        let this = self.clone();
        let gauge = self.gauge.clone();
        let work = tokio::task::spawn_blocking(move || {
            let _place = place;
            let idle = this.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let db = match idle {
                Some(db) => db,
                None => open_reader(&this.path)?,
            };
            let snapshot = db.unchecked_transaction()?;
            let answer = read(&snapshot);
            snapshot.finish()?;
            this.idle.lock().unwrap_or_else(PoisonError::into_inner).push(db);
            answer
        });
        let answer = work.await.map_err(|_| StoreError::Engine("a read panicked".into()))?;
        answer.inspect_err(|error| {
            if let StoreError::Damaged(_) = error {
                gauge.saw(error);
            }
        })
    }

    /// No reads from now on.
    pub(super) fn close(&self) {
        self.places.close();
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
