//! The imaging archive: what came in, whose it is, where it lies, and how it is found again.
//!
//! `attachment` puts files in, `dicomweb` gives them out; both see the archive only through here. Rows of instances are
//! bulk rows in their own tables (`store/`), written in the commit that names the blob; the ImagingStudy of a study follows
//! from them (`settle`). Nothing here asks who may: its callers do, by the case.

pub(crate) mod case;
pub(crate) mod compare;
pub(crate) mod file;
pub(crate) mod identities;
pub(crate) mod ingest;
pub(crate) mod pixels;
pub(crate) mod resources;
pub(crate) mod settle;
pub(crate) mod store;
pub(crate) mod thumbnail;

use kernel::Id;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::sync::{Mutex as AsyncMutex, Semaphore};

/// Files read at the same time, by all together.
const AT_ONCE: usize = 8;
/// Files received at the same time: a slow line keeps no other waiting.
const LINES: usize = 256;

/// What uploads share.
pub(crate) struct Imaging {
    /// Bounds how many files are read at once.
    pub places: Semaphore,
    /// Bounds how many are received.
    pub lines: Semaphore,
    /// One at a time writes into a case, so that "is it there already" and the commit are one step.
    cases: Mutex<HashMap<Id, Weak<AsyncMutex<()>>>>,
}

impl Imaging {
    pub(crate) fn new() -> Self {
        Self { places: Semaphore::new(AT_ONCE), lines: Semaphore::new(LINES), cases: Mutex::default() }
    }

    /// The lock of a case.
    pub(crate) fn of_case(&self, case: &Id) -> Arc<AsyncMutex<()>> {
        let mut cases = self.cases.lock().unwrap_or_else(PoisonError::into_inner);
        cases.retain(|_, lock| lock.strong_count() > 0);
        if let Some(lock) = cases.get(case).and_then(Weak::upgrade) {
            return lock;
        }
        let lock = Arc::default();
        cases.insert(case.clone(), Arc::downgrade(&lock));
        lock
    }
}
