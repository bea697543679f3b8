//! [`Store`] on PostgreSQL: each method goes to a connection that writes or to one that reads.

use super::sight::Eyes;
use super::{Inner, Postgres, accounts, apply, claims, clients, drafts, jobs, ledger, row, search, settings, sign_ins};
use crate::notes::Keep;
use crate::query::sets;
use crate::store::{Engine, as_store_error};
use crate::{
    Account, Act, Archive, Change, Checkpoint, ClaimHeld, Client, CommitError, DeadJob, Disk, Draft, DraftKey, Entry,
    Lease, Page, Query, ReadNote, Receipt, Resource, Session, Setting, SignIn, Store, StoreError, Verified, Viewer,
    body, prepare,
};
use async_trait::async_trait;
use bytes::Bytes;
use deadpool_postgres::Object;
use fhir::Reference;
use kernel::{Id, Time};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Most versions that a history answers.
const HISTORY: usize = 1_000;
/// How long the end waits for what is not sealed yet.
const LAST_SEAL: Duration = Duration::from_secs(2);

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| StoreError::Engine("a blob's work panicked".into()))?
}

/// Where the entries of reads go.
#[derive(Clone)]
pub(super) struct Entries(pub(super) Arc<Inner>);

impl Keep for Entries {
    fn usable(&self) -> Result<(), StoreError> {
        self.0.gauge.usable()
    }

    async fn keep(&self, acts: Vec<Act>) -> Result<(), StoreError> {
        let db = self.0.writers.get().await?;
        let _expecting = self.0.sealing.expect();
        let kept = ledger::note(&self.0, &db, &acts).await;
        drop(db);
        self.0.sealing.left();
        if let Ok(Some(last)) = kept {
            self.0.sealing.number(last).await;
        }
        kept.map(drop).map_err(|failed| match failed {
            apply::Failed::Refused(e) => as_store_error(e),
            apply::Failed::Database(e) => {
                self.0.saw(&e);
                e.into()
            }
            apply::Failed::Outrun => StoreError::Engine("names of entries changed meanwhile".into()),
        })
    }
}

impl Postgres {
    fn eyes(&self, viewer: &Viewer) -> Eyes {
        Eyes::of(viewer, self.inner.clock.now().as_millisecond())
    }

    async fn reader(&self) -> Result<Object, StoreError> {
        Ok(self.inner.readers.get().await?)
    }

    /// A connection that writes, unless nothing is written now.
    async fn writer(&self) -> Result<Object, StoreError> {
        self.inner.gauge.usable()?;
        Ok(self.inner.writers.get().await?)
    }

    fn saw<T>(&self, done: Result<T, tokio_postgres::Error>) -> Result<T, StoreError> {
        done.map_err(|e| {
            self.inner.saw(&e);
            e.into()
        })
    }
}

#[async_trait]
impl Store for Postgres {
    async fn commit(&self, change: Change) -> Result<Receipt, CommitError> {
        if !change.is_of_people_alone() {
            self.inner.gauge.usable()?;
        }
        let prepared = if prepare::is_small(&change) {
            prepare::prepare(change)?
        } else {
            tokio::task::spawn_blocking(|| prepare::prepare(change))
                .await
                .map_err(|_| StoreError::Engine("preparing a change panicked".into()))??
        };
        let (inner, begun) = (self.inner.clone(), Instant::now());
        // A task of its own: whoever asked may go, and must not leave a transaction half done.
        let work = tokio::spawn(async move {
            let _expecting = inner.sealing.expect();
            let mut kept = apply::change(&inner, Arc::new(prepared)).await?;
            inner.sealing.left();
            kept.receipt.number = inner.sealing.number(kept.seq).await;
            Ok(kept.receipt)
        });
        let done = work.await.map_err(|_| StoreError::Engine("a change panicked".into()))?;
        metrics::histogram!("records_commit_seconds").record(begun.elapsed().as_secs_f64());
        metrics::counter!(if done.is_ok() { "records_commits" } else { "records_commits_refused" }).increment(1);
        done
    }

    async fn read(&self, viewer: &Viewer, at: &Reference) -> Result<Option<Resource>, StoreError> {
        let found = row::seen(&*self.reader().await?, &self.eyes(viewer), at).await?;
        found.filter(|row| row.body.is_some()).map(body::resource).transpose()
    }

    async fn read_version(
        &self,
        viewer: &Viewer,
        at: &Reference,
        version: u64,
    ) -> Result<Option<Resource>, StoreError> {
        let (eyes, at) = (self.eyes(viewer), at.clone());
        let read = self.snapshot(move |_, db| {
            Box::pin(async move {
                match row::seen(db, &eyes, &at).await? {
                    Some(now) => row::version(db, now, version).await,
                    None => Ok(None),
                }
            })
        });
        read.await?.map(body::resource).transpose()
    }

    async fn history(&self, viewer: &Viewer, at: &Reference) -> Result<Vec<Resource>, StoreError> {
        let (eyes, at) = (self.eyes(viewer), at.clone());
        let read = self.snapshot(move |_, db| {
            Box::pin(async move {
                let Some(now) = row::seen(db, &eyes, &at).await? else { return Ok(vec![]) };
                let older = row::older(db, &now, now.version, HISTORY - 1).await?;
                Ok(std::iter::once(now).chain(older).collect())
            })
        });
        read.await?.into_iter().map(body::resource).collect()
    }

    async fn history_before(
        &self,
        viewer: &Viewer,
        at: &Reference,
        before: u64,
        limit: usize,
    ) -> Result<Vec<Resource>, StoreError> {
        let (eyes, at, limit) = (self.eyes(viewer), at.clone(), limit.min(HISTORY));
        let read = self.snapshot(move |_, db| {
            Box::pin(async move {
                let Some(now) = row::seen(db, &eyes, &at).await? else { return Ok(vec![]) };
                if now.version >= before {
                    return row::older(db, &now, before, limit).await;
                }
                let older = row::older(db, &now, now.version, limit.saturating_sub(1)).await?;
                Ok(std::iter::once(now).chain(older).take(limit).collect())
            })
        });
        read.await?.into_iter().map(body::resource).collect()
    }

    async fn count(&self, viewer: &Viewer, query: &Query, most: usize) -> Result<u64, StoreError> {
        let sets = sets::of(self, viewer, query).await?;
        let (eyes, query) = (self.eyes(viewer), query.clone());
        self.snapshot(move |inner, db| Box::pin(search::count(inner, db, eyes, query, sets, most))).await
    }

    async fn search(&self, viewer: &Viewer, query: &Query) -> Result<Page, StoreError> {
        let sets = sets::of(self, viewer, query).await?;
        let (eyes, query) = (self.eyes(viewer), query.clone());
        self.snapshot(move |inner, db| Box::pin(search::run(inner, db, eyes, query, sets))).await
    }

    async fn entries(&self, after: u64, limit: usize) -> Result<Vec<Entry>, StoreError> {
        ledger::entries(&*self.reader().await?, after, limit).await
    }

    async fn entries_of_case(&self, case: &Reference) -> Result<Vec<Entry>, StoreError> {
        ledger::entries_of_case(&self.inner, &*self.reader().await?, case).await
    }

    async fn entries_of_patient(&self, patient: &Reference, after: u64) -> Result<Vec<Entry>, StoreError> {
        ledger::entries_of_patient(&self.inner, &*self.reader().await?, patient, after).await
    }

    async fn entries_before(
        &self,
        of: Option<&Reference>,
        number: u64,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        ledger::entries_before(&self.inner, &*self.reader().await?, of, number, limit).await
    }

    async fn archives(&self) -> Result<Vec<Archive>, StoreError> {
        ledger::archives(&*self.reader().await?).await
    }

    fn disk(&self) -> watch::Receiver<Disk> {
        self.inner.gauge.watch()
    }

    fn sealed(&self) -> watch::Receiver<u64> {
        self.inner.sealing.watch()
    }

    async fn note_read(&self, note: ReadNote) -> Result<(), StoreError> {
        self.notes.add(note, self.inner.clock.now(), &Entries(self.inner.clone())).await
    }

    async fn verify_against(&self, kept: &[Checkpoint]) -> Result<Verified, StoreError> {
        let kept = kept.to_vec();
        self.snapshot(|_, db| {
            Box::pin(async move {
                db.batch_execute("SET LOCAL statement_timeout=0").await?;
                ledger::verify(db, &kept, &[]).await
            })
        })
        .await
    }

    async fn account(&self, name: &str) -> Result<Option<Account>, StoreError> {
        accounts::by_name(&*self.reader().await?, name).await
    }

    async fn accounts(&self, names: &[String]) -> Result<Vec<Account>, StoreError> {
        accounts::by_names(&*self.reader().await?, names).await
    }

    async fn account_of(&self, person: &Id) -> Result<Option<Account>, StoreError> {
        accounts::by_person(&*self.reader().await?, person).await
    }

    async fn session(&self, token_sha256: &[u8; 32], now: Time) -> Result<Option<Session>, StoreError> {
        accounts::session(&*self.reader().await?, token_sha256, now).await
    }

    async fn sessions_of(&self, person: &Id, now: Time) -> Result<Vec<Session>, StoreError> {
        accounts::sessions_of(&*self.reader().await?, person, now).await
    }

    async fn sign_ins(&self, person: &Id, limit: usize) -> Result<Vec<SignIn>, StoreError> {
        sign_ins::of(&*self.reader().await?, person, limit).await
    }

    async fn second_factor(&self, person: &Id) -> Result<Option<String>, StoreError> {
        accounts::second_factor(&*self.reader().await?, person).await
    }

    async fn client(&self, token_sha256: &[u8; 32]) -> Result<Option<Client>, StoreError> {
        clients::of_token(&*self.reader().await?, token_sha256).await
    }

    async fn clients(&self) -> Result<Vec<Client>, StoreError> {
        clients::all(&*self.reader().await?).await
    }

    async fn settings(&self) -> Result<Vec<Setting>, StoreError> {
        settings::latest(&*self.reader().await?).await
    }

    async fn setting_history(&self, key: &str, hospital: Option<&Id>) -> Result<Vec<Setting>, StoreError> {
        settings::history(&*self.reader().await?, key, hospital).await
    }

    async fn draft_put(&self, key: &DraftKey, expected: u64, body: Bytes, now: Time) -> Result<u64, CommitError> {
        drafts::put(&*self.writer().await?, key, expected, &body, now).await
    }

    async fn draft(&self, key: &DraftKey) -> Result<Option<Draft>, StoreError> {
        drafts::get(&*self.reader().await?, key).await
    }

    async fn drafts(&self, owner: &Id, kind: &str) -> Result<Vec<Draft>, StoreError> {
        drafts::of(&*self.reader().await?, owner, kind).await
    }

    async fn draft_drop(&self, key: &DraftKey) -> Result<(), StoreError> {
        self.saw(drafts::drop_one(&*self.writer().await?, key).await)
    }

    async fn claims(&self, prefix: &str, now: Time) -> Result<Vec<ClaimHeld>, StoreError> {
        claims::held(&*self.reader().await?, prefix, now).await
    }

    async fn last_claim(&self, prefix: &str, now: Time) -> Result<Option<ClaimHeld>, StoreError> {
        claims::last(&*self.reader().await?, prefix, now).await
    }

    async fn job_next(&self, kinds: &[&str], now: Time, lease_ms: i64) -> Result<Option<Lease>, StoreError> {
        if kinds.is_empty() {
            return Ok(None);
        }
        let kinds: Vec<String> = kinds.iter().map(|k| (*k).to_owned()).collect();
        self.saw(jobs::lease(&*self.writer().await?, &kinds, now, lease_ms).await)
    }

    async fn job_done(&self, lease: &Lease) -> Result<(), StoreError> {
        self.saw(jobs::done(&*self.writer().await?, lease).await)
    }

    async fn job_failed(&self, lease: &Lease, why: &str, now: Time) -> Result<(), StoreError> {
        self.saw(jobs::failed(&*self.writer().await?, lease, why, now).await)
    }

    async fn job_put(&self, job: crate::Job) -> Result<(), StoreError> {
        match jobs::put(&*self.writer().await?, std::slice::from_ref(&job)).await {
            Err(apply::Failed::Database(e)) => self.saw(Err(e)),
            Err(apply::Failed::Refused(e)) => Err(as_store_error(e)),
            Err(apply::Failed::Outrun) | Ok(()) => Ok(()),
        }
    }

    async fn jobs_dead(&self) -> Result<Vec<DeadJob>, StoreError> {
        jobs::dead(&*self.reader().await?).await
    }

    async fn job_again(&self, key: &str, now: Time) -> Result<bool, StoreError> {
        self.saw(jobs::again(&*self.writer().await?, key, now).await)
    }

    async fn blob_put(&self, bytes: Bytes) -> Result<[u8; 32], StoreError> {
        self.inner.gauge.usable()?;
        let blobs = self.inner.blobs.clone();
        blocking(move || blobs.put(&bytes)).await.inspect_err(|e| self.inner.gauge.saw_file(e))
    }

    async fn blob_put_file(&self, path: &Path) -> Result<([u8; 32], u64), StoreError> {
        self.inner.gauge.usable()?;
        let (blobs, path) = (self.inner.blobs.clone(), path.to_owned());
        blocking(move || blobs.put_file(&path)).await.inspect_err(|e| self.inner.gauge.saw_file(e))
    }

    async fn blob(&self, sha256: &[u8; 32], range: Option<Range<u64>>) -> Result<Option<Bytes>, StoreError> {
        let (blobs, sha256) = (self.inner.blobs.clone(), *sha256);
        blocking(move || blobs.read(&sha256, range)).await
    }

    fn engine(&self) -> Engine<'_> {
        Engine::Postgres(self)
    }

    async fn close(&self) {
        if let Err(e) = self.notes.flush(&Entries(self.inner.clone())).await {
            tracing::error!(error = %e, "entries for reads were lost at the end: {e}");
        }
        // What waits for the sealer would wait until somebody opens the store again.
        let all_sealed = async {
            let db = self.inner.readers.get().await?;
            let sql = "SELECT EXISTS(SELECT 1 FROM ledger_open)";
            while db.query_one(sql, &[]).await?.get::<_, bool>(0) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            Ok::<_, StoreError>(())
        };
        if !matches!(tokio::time::timeout(LAST_SEAL, all_sealed).await, Ok(Ok(()))) {
            tracing::warn!("entries wait for the next sealer");
        }
        let _told = self.stop.send(true);
        for task in self.take_running() {
            let _ended = task.await;
        }
        self.inner.writers.close();
        self.inner.readers.close();
    }
}
