//! The SQLite engine: one writer with group commit, a pool of readers, its own sealer.
//!
//! Opened by `consilium`, used through [`Store`] by everybody else; slices with bulk rows read with
//! [`Sqlite::read_with`] and write through [`crate::BulkBatch`]. Nothing is acknowledged before it is durable, nothing
//! is read but in one snapshot, nothing is shown that the viewer may not see.

mod accounts;
mod apply;
#[cfg(feature = "bench")]
mod bare;
mod blobs;
mod checkpoint;
mod claims;
mod clients;
mod disk;
mod drafts;
mod error;
mod index;
mod jobs;
mod ledger;
mod readers;
mod reindex;
mod row;
mod schema;
mod scrub;
mod search;
mod settings;
mod sight;
mod sign_ins;
mod store;
mod upkeep;
mod value;
mod writer;

use crate::blobs::{Blobs, io};
use crate::folder;
use crate::notes::Notes;
#[doc(hidden)]
pub use crate::query::Blind;
pub use crate::query::Limits;
use crate::{Checkpoint, StoreError, Verified, VerifiedBlobs, intact};
use disk::Gauge;
use kernel::{Clock, SystemClock, Time};
use readers::Readers;
use sight::Sights;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use tokio::sync::watch;
use writer::{Queue, Writer};

#[cfg(feature = "bench")]
pub use bare::bare;
#[cfg(any(test, feature = "faults"))]
pub use writer::Fault;

/// How a store is opened.
#[derive(Clone)]
pub struct Options {
    /// Tells the time of commits, leases and grants.
    pub clock: Arc<dyn Clock>,
    /// `CREATE TABLE IF NOT EXISTS` of slices that keep bulk rows of their own.
    pub slice_schemas: Vec<&'static str>,
    /// Where blobs lie; `blobs` inside the store's folder when none.
    pub blob_dir: Option<PathBuf>,
    /// How many reads run at once.
    pub readers: usize,
    /// When a search gathers and when it walks. For tests and measurements.
    pub limits: Limits,
    /// When less than so many bytes are free, changes are refused: what is left is for the entries of reads.
    pub reserve: u64,
    /// Largest size of the database file in pages of 4 KiB; beyond it the disk counts as full. For tests.
    pub pages_max: Option<u32>,
    /// How large the write-ahead log grows before its pages are moved into the database, in bytes. For tests.
    pub log_bytes: u64,
    /// A fault to show that tests find it.
    #[cfg(any(test, feature = "faults"))]
    pub fault: Option<Fault>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            slice_schemas: vec![],
            blob_dir: None,
            readers: 8,
            limits: Limits::default(),
            reserve: 64 << 20,
            pages_max: None,
            log_bytes: checkpoint::LOG_BYTES,
            #[cfg(any(test, feature = "faults"))]
            fault: None,
        }
    }
}

/// The embedded store.
pub struct Sqlite {
    queue: Queue,
    readers: Arc<Readers>,
    sights: Arc<Sights>,
    notes: Arc<Notes>,
    blobs: Arc<Blobs>,
    clock: Arc<dyn Clock>,
    limits: Limits,
    sealed: watch::Receiver<u64>,
    checkpoint: upkeep::Upkeep,
    gauge: Arc<Gauge>,
    disk: upkeep::Upkeep,
    scrub: scrub::Scrub,
    /// Held while the store is open: one process at a time.
    lock: Mutex<Option<File>>,
}

impl Sqlite {
    /// Opens the store in `dir`, or makes it. Fails when another process has it open.
    pub fn open(dir: &Path, options: Options) -> Result<Arc<Self>, StoreError> {
        Self::opened(dir, options).map_err(|e| scrub::named(dir, e))
    }

    fn opened(dir: &Path, options: Options) -> Result<Arc<Self>, StoreError> {
        folder::make(dir).map_err(|e| io("make the store's folder", &e))?;
        let lock = lock(&dir.join("lock"))?;
        let path = dir.join("records.sqlite");
        let db = schema::open_writer(&path, &options.slice_schemas)?;
        #[cfg(any(test, feature = "faults"))]
        if options.fault == Some(Fault::SyncNormal) {
            db.execute_batch("PRAGMA synchronous=NORMAL")?;
        }
        if let Some(pages) = options.pages_max {
            db.execute_batch(&format!("PRAGMA max_page_count={pages}"))?;
        }
        db.execute_batch(&format!("PRAGMA journal_size_limit={}", options.log_bytes))?;
        whole(&db)?;
        reindex::reindex(&db)?;
        let head = ledger::head(&db)?;
        let next_rid = db.query_row("SELECT coalesce(max(rid), 0) + 1 FROM resource", [], |r| r.get(0))?;
        let (sealer, sealed) = watch::channel(head.number);
        let writer = Writer {
            db,
            clock: options.clock.clone(),
            sealed: sealer,
            #[cfg(any(test, feature = "faults"))]
            fault: options.fault,
            #[cfg(any(test, feature = "faults"))]
            failed: std::cell::Cell::new(false),
        };
        let blob_dir = options.blob_dir.unwrap_or_else(|| dir.join("blobs"));
        #[cfg_attr(not(any(test, feature = "faults")), expect(unused_mut, reason = "tests plant a fault here"))]
        let mut blobs = Blobs::open(blob_dir, options.clock.clone())?;
        #[cfg(any(test, feature = "faults"))]
        blobs.plant(options.fault);
        let gauge = Gauge::new(dir.to_owned(), options.reserve);
        let queue = writer.start(head, next_rid, gauge.clone())?;
        Ok(Arc::new(Self {
            disk: disk::watch(gauge.clone(), queue.clone())?,
            readers: Arc::new(Readers::new(path.clone(), options.readers.max(1), gauge.clone())),
            scrub: scrub::start(path.clone(), gauge.clone())?,
            checkpoint: checkpoint::start(path, options.log_bytes, queue.clone())?,
            gauge,
            queue,
            sights: Arc::default(),
            notes: Arc::default(),
            blobs: Arc::new(blobs),
            clock: options.clock,
            limits: options.limits,
            sealed,
            lock: Mutex::new(Some(lock)),
        }))
    }

    /// Reads rows that slices keep, in one snapshot, off the async threads.
    pub async fn read_with<T: Send + 'static>(
        &self,
        read: impl FnOnce(&rusqlite::Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.readers.run(|db| Ok(read(db)?)).await
    }

    /// Gives back the memory of pages that are kept for the next who asks: for a time when nobody does.
    pub async fn rest(&self) {
        self.queue.rest().await;
        self.readers.rest();
    }

    /// Removes blobs that nothing has named for 24 h; how many.
    pub async fn collect(&self, now: Time) -> Result<u64, StoreError> {
        let files = self.blobs.clone();
        let found = tokio::task::spawn_blocking(move || files.old(now)).await;
        let old = found.map_err(|_| StoreError::Engine("looking for old blobs panicked".into()))??;
        // Most are wanted: seen beside the writer, which then has few to look at again.
        let unwanted = self.readers.run(move |db| {
            let mut unwanted = vec![];
            for sha256 in old {
                if !blobs::wanted(db, &sha256)? {
                    unwanted.push(sha256);
                }
            }
            Ok(unwanted)
        });
        let old = unwanted.await?;
        if old.is_empty() {
            return Ok(0);
        }
        let files = self.blobs.clone();
        // Makes room, and writes nothing.
        let sweep = self.queue.run_in_reserve(move |apply| {
            let mut unwanted = vec![];
            for sha256 in &old {
                if !blobs::wanted(apply.db, sha256)? {
                    unwanted.push(*sha256);
                }
            }
            Ok(files.sweep(&unwanted, now))
        });
        sweep.await.map_err(crate::store::as_store_error)
    }

    /// Writes the entries for reads gathered so far, without waiting for their time.
    pub async fn flush_notes(&self) -> Result<(), StoreError> {
        self.notes.flush(&self.queue).await
    }

    /// Proves a store that another process may have open, against what was kept elsewhere: reads only.
    pub fn verify_at(dir: &Path, kept: &[Checkpoint]) -> Result<Verified, StoreError> {
        Self::prove_at(dir, kept, &[])
    }

    /// The same with the files of archives: what was taken out of the ledger is proven from its bytes too.
    pub fn prove_at(dir: &Path, kept: &[Checkpoint], archives: &[PathBuf]) -> Result<Verified, StoreError> {
        let path = dir.join("records.sqlite");
        if !path.is_file() {
            return Err(StoreError::Engine(format!("there is no store in {}", dir.display())));
        }
        let whole = || {
            let db = schema::open_reader(&path)?;
            scrub::check(&db)?;
            let snapshot = db.unchecked_transaction()?;
            ledger::verify(&snapshot, kept, archives)
        };
        whole().map_err(|e| scrub::named(dir, e))
    }

    /// Hashes the files in `blob_dir` that a store names, which another process may have open: reads only.
    pub fn verify_blobs_at(dir: &Path, blob_dir: &Path) -> Result<VerifiedBlobs, StoreError> {
        let db = schema::open_reader(&dir.join("records.sqlite"))?;
        Ok(intact::verify(blob_dir, &blobs::all(&db)?))
    }
}

/// The file of a store that nobody serves, and never will while this lock is held; made, with the tables of slices, when
/// `make` says so.
pub(crate) fn alone(dir: &Path, make: Option<&[&str]>) -> Result<(rusqlite::Connection, File), StoreError> {
    let path = dir.join("records.sqlite");
    if make.is_none() && !path.is_file() {
        return Err(StoreError::Engine(format!("there is no store in {}", dir.display())));
    }
    folder::make(dir).map_err(|e| io("make the store's folder", &e))?;
    let lock = lock(&dir.join("lock"))?;
    Ok((schema::open_writer(&path, make.unwrap_or_default())?, lock))
}

/// A store that another process may have open, as it stands now: one read transaction for as long as the connection lives.
pub(crate) fn snapshot(dir: &Path) -> Result<rusqlite::Connection, StoreError> {
    let path = dir.join("records.sqlite");
    if !path.is_file() {
        return Err(StoreError::Engine(format!("there is no store in {}", dir.display())));
    }
    let db = schema::open_reader(&path)?;
    db.execute_batch("BEGIN")?;
    // The first read fixes it.
    whole(&db)?;
    Ok(db)
}

/// A store that a copy was begun into and not ended is not one.
fn whole(db: &rusqlite::Connection) -> Result<(), StoreError> {
    let begun = db.prepare("SELECT 1 FROM made WHERE name='copy'")?.exists([])?;
    if begun { Err(StoreError::Engine("a copy into this store was not ended".into())) } else { Ok(()) }
}

fn lock(path: &Path) -> Result<File, StoreError> {
    let file = File::create(path).map_err(|e| io("open the store's lock", &e))?;
    file.try_lock()
        .map_err(|_| StoreError::Engine(format!("{} is held: another process has this store open", path.display())))?;
    Ok(file)
}
