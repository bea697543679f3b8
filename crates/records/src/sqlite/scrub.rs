//! Goes through the whole file and looks whether its trees are whole: when the store is opened, and every day.
//!
//! It finds what the engine would find when a read or a write came by: pages that are no pages, cells out of bounds, rows out of
//! order, pages used twice or by nobody, indexes of other lengths than their tables. A byte changed inside a value it does not
//! find; bodies have checksums of their own (`body.rs`), and the ledger vouches for each version.

use super::disk::{Gauge, TO_DO};
use super::error::FILE;
use super::schema::open_reader;
use crate::StoreError;
use crate::blobs::io;
use rusqlite::{Connection, InterruptHandle};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

const AGAIN_AFTER: Duration = Duration::from_secs(24 * 3600);

/// The thread; ended when this is dropped.
pub(super) struct Scrub {
    running: Mutex<Option<(Sender<()>, JoinHandle<()>)>>,
    looking: Looking,
}

/// Ends the look that is under way.
type Looking = Arc<Mutex<Option<InterruptHandle>>>;

/// Looks at once, beside everything else, and then every day.
pub(super) fn start(path: PathBuf, gauge: Arc<Gauge>) -> Result<Scrub, StoreError> {
    let (stop, stopped) = channel::<()>();
    let looking = Looking::default();
    let now = looking.clone();
    let look = move || {
        loop {
            match once(&path, &now) {
                Ok(()) => {}
                Err(error @ StoreError::Damaged(_)) => gauge.saw(&error),
                // Interrupted at the end, or no memory: not a word about the file.
                Err(error) => tracing::debug!(error = %error, "looking through {FILE}: {error}"),
            }
            if !matches!(stopped.recv_timeout(AGAIN_AFTER), Err(RecvTimeoutError::Timeout)) {
                return;
            }
        }
    };
    let thread = std::thread::Builder::new().name("records-scrub".into()).spawn(look);
    let thread = thread.map_err(|e| io("start the thread records-scrub", &e))?;
    Ok(Scrub { running: Mutex::new(Some((stop, thread))), looking })
}

impl Scrub {
    /// Ends it, in the midst of a look too.
    pub(super) fn stop(&self) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((stop, thread)) = running {
            drop(stop);
            // A look that begins just now does not hear the first word.
            while !thread.is_finished() {
                if let Some(looking) = &*self.looking.lock().unwrap_or_else(PoisonError::into_inner) {
                    looking.interrupt();
                }
                std::thread::sleep(Duration::from_millis(1));
            }
            let _panicked = thread.join();
        }
    }
}

impl Drop for Scrub {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A connection of its own, gone afterwards: its memory is wanted once a day.
fn once(path: &Path, looking: &Looking) -> Result<(), StoreError> {
    let set = |handle| *looking.lock().unwrap_or_else(PoisonError::into_inner) = handle;
    let db = open_reader(path)?;
    set(Some(db.get_interrupt_handle()));
    let found = check(&db);
    set(None);
    found
}

/// Looks once; the error names what is damaged.
pub(super) fn check(db: &Connection) -> Result<(), StoreError> {
    let mut statement = db.prepare("PRAGMA quick_check(5)")?;
    let found = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    if found == ["ok"] { Ok(()) } else { Err(StoreError::Damaged(format!("{FILE}: {}", found.join("; ")))) }
}

/// Damage as who runs the machine is told of it: which file, and what to do.
pub(super) fn named(dir: &Path, error: StoreError) -> StoreError {
    match error {
        StoreError::Damaged(why) => StoreError::Damaged(format!("{why} in {}: {TO_DO}", dir.display())),
        other => other,
    }
}
