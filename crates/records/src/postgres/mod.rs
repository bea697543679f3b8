//! The PostgreSQL engine: the one for more than one machine, and for several processes on one database.
//!
//! Opened by `consilium`, used through [`crate::Store`] by everybody else; slices with bulk rows read with
//! [`Postgres::read_with`] and write through [`crate::BulkBatch`]. A change is one transaction on one of a pool's
//! connections; one process of all seals the ledger. Nothing is acknowledged before it is durable, nothing is read but in one
//! snapshot, nothing is shown that the viewer may not see. Files mirror those of `sqlite/`.

mod accounts;
mod alone;
mod apply;
mod blobs;
mod claims;
mod clients;
mod counts;
mod disk;
mod drafts;
mod error;
mod grants;
mod index;
mod jobs;
mod ledger;
mod link;
mod names;
mod phrases;
mod pipe;
mod plan;
mod reindex;
mod row;
mod schema;
mod sealer;
mod search;
mod settings;
mod sight;
mod sign_ins;
mod statements;
mod store;

use crate::blobs::Blobs;
use crate::notes::Notes;
use crate::query::Limits;
use crate::{Checkpoint, StoreError, Verified, VerifiedBlobs, intact};
use counts::Counts;
use deadpool_postgres::{Object, Pool};
use disk::Gauge;
use kernel::{Clock, SystemClock, Time};
use link::Link;
use names::Names;
use phrases::Phrases;
use sealer::Sealing;
use sight::Sights;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub(crate) use alone::Alone;
pub use alone::SERVED;
pub use error::BulkError;
pub(crate) use error::text;
pub use link::{is_on_this_machine, login, tls};
pub use pipe::Db;
pub use schema::Shape;
pub use tokio_postgres::Row;

/// How a store is opened.
#[derive(Clone)]
pub struct Options {
    /// Tells the time of commits, leases and grants.
    pub clock: Arc<dyn Clock>,
    /// `CREATE TABLE IF NOT EXISTS` of slices that keep bulk rows of their own.
    pub slice_schemas: Vec<&'static str>,
    /// In which schema of the database the store stands.
    pub schema: String,
    /// Used where the address says none.
    pub password: Option<String>,
    /// How the database proves who it is; without it the line is not encrypted.
    pub tls: Option<Arc<rustls::ClientConfig>>,
    /// How many changes run at once.
    pub writers: usize,
    /// How many reads run at once.
    pub readers: usize,
    /// When a search gathers and when it walks. For tests and measurements.
    pub limits: Limits,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            slice_schemas: vec![],
            schema: "consilium".into(),
            password: None,
            tls: None,
            writers: 16,
            readers: 12,
            limits: Limits::default(),
        }
    }
}

/// What all work of a store shares.
pub(crate) struct Inner {
    link: Link,
    writers: Pool,
    readers: Pool,
    names: Names,
    phrases: Phrases,
    sights: Sights,
    counts: Counts,
    sealing: Arc<Sealing>,
    blobs: Arc<Blobs>,
    gauge: Gauge,
    clock: Arc<dyn Clock>,
    limits: Limits,
}

impl Inner {
    /// Ends whatever transaction a connection stands in.
    async fn give_up(&self, db: &mut Object) -> Result<(), tokio_postgres::Error> {
        db.batch_execute("ROLLBACK").await
    }

    /// Learns from a failure of the database.
    fn saw(&self, error: &tokio_postgres::Error) {
        if error.is_closed() || error.code().is_none() {
            self.names.forget();
            self.phrases.forget();
        }
        self.gauge.saw(error);
    }
}

/// The store in a database.
pub struct Postgres {
    inner: Arc<Inner>,
    notes: Arc<Notes>,
    stop: watch::Sender<bool>,
    running: Mutex<Vec<JoinHandle<()>>>,
}

impl Postgres {
    /// Opens the store at `url` (`postgres://user@host/database`), whose files of blobs lie in `blob_dir`. Makes its tables
    /// and brings them forward.
    pub async fn open(url: &str, blob_dir: PathBuf, options: Options) -> Result<Arc<Self>, StoreError> {
        let link = Link::new(url, options.password.as_deref(), &options.schema, options.tls.clone())?;
        let (db, _driver) = link.own(|_| ()).await?;
        schema::migrate(&db, &link, &options.slice_schemas).await?;
        if db.query_opt("SELECT 1 FROM made WHERE name='copy'", &[]).await?.is_some() {
            return Err(StoreError::Engine("a copy into this database was not ended".into()));
        }
        let head = ledger::head(&db).await?.number;
        drop(db);
        let sealing = Sealing::new(head);
        let inner = Arc::new(Inner {
            writers: link.pool_of_writers(options.writers.max(1))?,
            readers: link.pool(options.readers.max(1))?,
            link,
            names: Names::default(),
            phrases: Phrases::default(),
            sights: Sights::default(),
            counts: Counts::default(),
            sealing,
            blobs: Arc::new(Blobs::open(blob_dir, options.clock.clone())?),
            gauge: Gauge::default(),
            clock: options.clock,
            limits: options.limits,
        });
        // From here on nobody has the database for itself.
        drop(inner.writers.get().await?);
        reindex::reindex(&inner).await?;
        let (stop, stopped) = watch::channel(false);
        let (link, sealing, clock) = (inner.link.clone(), inner.sealing.clone(), inner.clock.clone());
        let sealer = tokio::spawn(sealer::run(link, sealing, clock, stopped.clone()));
        let looks = tokio::spawn(disk::look(inner.clone(), stopped));
        Ok(Arc::new(Self { inner, notes: Arc::default(), stop, running: Mutex::new(vec![sealer, looks]) }))
    }

    /// Makes the tables of a store and brings them forward, without opening it; what was applied now.
    pub async fn migrate(url: &str, options: &Options) -> Result<Vec<String>, StoreError> {
        let link = Link::new(url, options.password.as_deref(), &options.schema, options.tls.clone())?;
        let (db, _driver) = link.own(|_| ()).await?;
        schema::migrate(&db, &link, &options.slice_schemas).await
    }

    /// How far the tables of a store have come; changes nothing.
    pub async fn check(url: &str, options: &Options) -> Result<Shape, StoreError> {
        let link = Link::new(url, options.password.as_deref(), &options.schema, options.tls.clone())?;
        let (db, _driver) = link.own(|_| ()).await?;
        schema::check(&db, &link).await
    }

    /// Reads rows that slices keep, in one snapshot.
    pub async fn read_with<T, F>(&self, read: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'d> FnOnce(&'d Db) -> futures::future::BoxFuture<'d, Result<T, StoreError>> + Send + 'static,
    {
        self.snapshot(move |_, db| read(db)).await
    }

    /// Runs `read` in one snapshot of the database. It ends by itself, also when nobody waits for it any more.
    async fn snapshot<T, F>(&self, read: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'d> FnOnce(&'d Inner, &'d Db) -> futures::future::BoxFuture<'d, Result<T, StoreError>> + Send + 'static,
    {
        let inner = self.inner.clone();
        let work = tokio::spawn(async move {
            let mut db = inner.readers.get().await?;
            db.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
            let answer = read(&inner, &db).await;
            if inner.give_up(&mut db).await.is_err() {
                drop(Object::take(db));
                inner.names.forget();
                inner.phrases.forget();
            }
            answer
        });
        work.await.map_err(|_| StoreError::Engine("a read panicked".into()))?
    }

    /// Removes blobs that nothing has named for 24 h; how many.
    pub async fn collect(&self, now: Time) -> Result<u64, StoreError> {
        let inner = self.inner.clone();
        let work = tokio::spawn(async move { blobs::collect(&inner, now).await });
        work.await.map_err(|_| StoreError::Engine("collecting blobs panicked".into()))?
    }

    /// Writes the entries for reads gathered so far, without waiting for their time.
    pub async fn flush_notes(&self) -> Result<(), StoreError> {
        self.notes.flush(&store::Entries(self.inner.clone())).await
    }

    /// Proves a store that others may have open, against what was kept elsewhere: reads only.
    pub async fn verify_at(url: &str, options: &Options, kept: &[Checkpoint]) -> Result<Verified, StoreError> {
        Self::prove_at(url, options, kept, &[]).await
    }

    /// The same with the files of archives: what was taken out of the ledger is proven from its bytes too.
    pub async fn prove_at(
        url: &str,
        options: &Options,
        kept: &[Checkpoint],
        archives: &[PathBuf],
    ) -> Result<Verified, StoreError> {
        let link = Link::new(url, options.password.as_deref(), &options.schema, options.tls.clone())?;
        let db = link.pool(1)?.get().await?;
        db.batch_execute("SET statement_timeout=0; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
        ledger::verify(&db, kept, archives).await
    }

    /// Hashes the files in `blob_dir` that a store names, which others may have open: reads only.
    pub async fn verify_blobs_at(url: &str, options: &Options, blob_dir: PathBuf) -> Result<VerifiedBlobs, StoreError> {
        let link = Link::new(url, options.password.as_deref(), &options.schema, options.tls.clone())?;
        let db = link.pool(1)?.get().await?;
        let named = blobs::all(&db).await?;
        let work = tokio::task::spawn_blocking(move || intact::verify(&blob_dir, &named));
        work.await.map_err(|_| StoreError::Engine("looking at blobs panicked".into()))
    }

    /// Where the blobs lie may be asked by who copies a store.
    pub fn blob_dir(&self) -> &Path {
        self.inner.blobs.dir()
    }

    fn take_running(&self) -> Vec<JoinHandle<()>> {
        std::mem::take(&mut *self.running.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let _told = self.stop.send(true);
        for task in self.take_running() {
            task.abort();
        }
    }
}
