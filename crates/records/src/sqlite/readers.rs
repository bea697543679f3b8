//! A pool of connections for reading, each read in its own snapshot.
//!
//! Reads go to threads of their own: one may take long. What reads a few rows by their keys may be done where it is asked for,
//! since to hand it over would cost several times the read; not while the disk is slow, when everything else would wait too.

use super::disk::Gauge;
use super::schema::{forget_pages, open_reader};
use crate::StoreError;
use rusqlite::Connection;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

/// When reads of a few rows take this long on average, they wait for the disk. A single one that took longer was no more than
/// another thread's turn.
const SLOW: Duration = Duration::from_millis(1);
/// Over how many reads the average goes, roughly.
const REMEMBERED: u64 = 16;
/// No read counts for more than this, or one alone would be an average.
const LONGEST: Duration = Duration::from_millis(10);
/// For so long such reads go to other threads then.
const WARY: Duration = Duration::from_millis(500);

#[derive(Debug)]
pub(super) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    places: Arc<Semaphore>,
    begun: Instant,
    /// How long a read of a few rows takes on average, in nanoseconds. Two threads at once may lose one of two reads of it.
    took: AtomicU64,
    /// Until when the disk counts as slow: milliseconds after `begun`.
    wary_until: AtomicU64,
    gauge: Arc<Gauge>,
}

impl Readers {
    pub(super) fn new(path: PathBuf, places: usize, gauge: Arc<Gauge>) -> Self {
        let places = Arc::new(Semaphore::new(places));
        Self {
            path,
            idle: Mutex::default(),
            places,
            begun: Instant::now(),
            took: AtomicU64::new(0),
            wary_until: AtomicU64::new(0),
            gauge,
        }
    }

    /// Runs `read` in one snapshot on a thread for that. Waits while all connections are in use.
    pub(super) async fn run<T: Send + 'static>(
        self: &Arc<Self>,
        read: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let place = self.places.clone().acquire_owned().await.map_err(|_| StoreError::Closed)?;
        let this = self.clone();
        let work = tokio::task::spawn_blocking(move || {
            let _place = place;
            this.in_snapshot(read)
        });
        work.await.map_err(|_| panicked())?
    }

    /// Runs `read`, which must be of a few rows by their keys, on this thread. None when no connection is free, or when it had
    /// better wait elsewhere.
    pub(super) fn here<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Option<Result<T, StoreError>> {
        let begun = Instant::now();
        let now = millis(begun - self.begun);
        if now < self.wary_until.load(Ordering::Relaxed) {
            return None;
        }
        let _place = self.places.try_acquire().ok()?;
        let answer = catch_unwind(AssertUnwindSafe(|| self.in_snapshot(read))).unwrap_or_else(|_| Err(panicked()));
        if self.on_average(begun.elapsed()) > SLOW {
            self.took.store(0, Ordering::Relaxed);
            self.wary_until.store(now + millis(WARY), Ordering::Relaxed);
        }
        Some(answer)
    }

    /// How long a read of a few rows takes, after one that took so long.
    fn on_average(&self, took: Duration) -> Duration {
        let took = u64::try_from(took.min(LONGEST).as_nanos()).unwrap_or(u64::MAX);
        let before = self.took.load(Ordering::Relaxed);
        let now = before - before / REMEMBERED + took / REMEMBERED;
        self.took.store(now, Ordering::Relaxed);
        Duration::from_nanos(now)
    }

    fn in_snapshot<T>(&self, read: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let db = match idle {
            Some(db) => db,
            None => open_reader(&self.path)?,
        };
        db.prepare_cached("BEGIN")?.execute([])?;
        let answer = read(&db);
        let ended = db.prepare_cached("COMMIT").and_then(|mut commit| commit.execute([]));
        if ended.is_ok() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(db);
        }
        answer.and_then(|found| ended.map(|_| found).map_err(StoreError::from)).inspect_err(|error| {
            if let StoreError::Damaged(_) = error {
                self.gauge.saw(error);
            }
        })
    }

    /// Gives back the pages of the connections that nobody uses now.
    pub(super) fn rest(&self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).iter().for_each(forget_pages);
    }

    /// No reads from now on.
    pub(super) fn close(&self) {
        self.places.close();
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn panicked() -> StoreError {
    StoreError::Engine("a read panicked".into())
}
