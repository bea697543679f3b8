//! [`Store`] on SQLite: each method goes to the writer's queue or to a reader.

use super::apply::Apply;
use super::sight::Sight;
use super::writer::Queue;
use super::{Sqlite, accounts, claims, clients, drafts, jobs, ledger, row, search, settings, sign_ins};
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
use fhir::Reference;
use kernel::{Id, Time};
use rusqlite::Connection;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, PoisonError};
use tokio::sync::watch;

/// Most versions that a history answers.
const HISTORY: usize = 1_000;
/// So many entries are read where they are asked for.
const FEW_ENTRIES: usize = 32;

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| StoreError::Engine("a blob's work panicked".into()))?
}

impl Keep for Queue {
    fn usable(&self) -> Result<(), StoreError> {
        self.gauge().usable()
    }

    async fn keep(&self, acts: Vec<Act>) -> Result<(), StoreError> {
        let written = self.run_in_reserve(move |apply| {
            for act in &acts {
                ledger::append(apply, act, &[], &[])?;
            }
            Ok(())
        });
        written.await.map_err(as_store_error)
    }
}

impl Sqlite {
    /// Reads in a snapshot, with what the viewer sees in it.
    async fn read_as<T: Send + 'static>(
        &self,
        viewer: &Viewer,
        read: impl FnOnce(&Connection, Option<&Arc<Sight>>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (sights, viewer, now) = (self.sights.clone(), viewer.clone(), self.clock.now().as_millisecond());
        self.readers
            .run(move |db| {
                let sight = sights.of(db, &viewer, now)?;
                read(db, sight.as_ref())
            })
            .await
    }

    /// As [`Self::read_as`], for a few rows by their keys: on this thread, where that is as well.
    async fn read_briefly_as<T: Send + 'static>(
        &self,
        viewer: &Viewer,
        read: impl Fn(&Connection, Option<&Arc<Sight>>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let now = self.clock.now().as_millisecond();
        let done = self.readers.here(|db| match self.sights.at_hand(db, viewer, now)? {
            Some(sight) => read(db, sight.as_ref()).map(Some),
            None => Ok(None),
        });
        match done {
            Some(Ok(Some(found))) => Ok(found),
            Some(Err(error)) => Err(error),
            Some(Ok(None)) | None => self.read_as(viewer, read).await,
        }
    }
}

#[async_trait]
impl Store for Sqlite {
    async fn commit(&self, change: Change) -> Result<Receipt, CommitError> {
        let mut prepared = if prepare::is_small(&change) {
            prepare::prepare(change)?
        } else {
            tokio::task::spawn_blocking(|| prepare::prepare(change))
                .await
                .map_err(|_| StoreError::Engine("preparing a change panicked".into()))??
        };
        let blobs = self.blobs.clone();
        let of_people_alone = prepared.change.is_of_people_alone();
        let task = move |apply: &mut Apply| {
            // Looked at here, where nothing is swept meanwhile.
            prepared.blobs = blobs.sizes(&prepared.change.blobs)?;
            let held: Vec<[u8; 32]> = prepared.change.blob_holds.iter().map(|hold| hold.sha256).collect();
            blobs.sizes(&held)?;
            apply.change(&prepared)
        };
        if of_people_alone && matches!(self.queue.gauge().now(), Disk::Full | Disk::Damaged) {
            return self.queue.run_in_reserve(task).await;
        }
        self.queue.run(task).await
    }

    async fn read(&self, viewer: &Viewer, at: &Reference) -> Result<Option<Resource>, StoreError> {
        let at = at.clone();
        let found = self.read_briefly_as(viewer, move |db, sight| row::seen(db, sight.map(Arc::as_ref), &at)).await?;
        found.filter(|row| row.body.is_some()).map(body::resource).transpose()
    }

    async fn read_version(
        &self,
        viewer: &Viewer,
        at: &Reference,
        version: u64,
    ) -> Result<Option<Resource>, StoreError> {
        let at = at.clone();
        let read = move |db: &Connection, sight: Option<&Arc<Sight>>| match row::seen(db, sight.map(Arc::as_ref), &at)?
        {
            Some(now) => row::version(db, now, version),
            None => Ok(None),
        };
        self.read_briefly_as(viewer, read).await?.map(body::resource).transpose()
    }

    async fn history(&self, viewer: &Viewer, at: &Reference) -> Result<Vec<Resource>, StoreError> {
        let at = at.clone();
        let read = move |db: &Connection, sight: Option<&Arc<Sight>>| {
            let Some(now) = row::seen(db, sight.map(Arc::as_ref), &at)? else { return Ok(vec![]) };
            let older = row::older(db, &now, now.version, HISTORY - 1)?;
            Ok(std::iter::once(now).chain(older).collect())
        };
        self.read_as(viewer, read).await?.into_iter().map(body::resource).collect()
    }

    async fn history_before(
        &self,
        viewer: &Viewer,
        at: &Reference,
        before: u64,
        limit: usize,
    ) -> Result<Vec<Resource>, StoreError> {
        let (at, limit) = (at.clone(), limit.min(HISTORY));
        let read = move |db: &Connection, sight: Option<&Arc<Sight>>| {
            let Some(now) = row::seen(db, sight.map(Arc::as_ref), &at)? else { return Ok(vec![]) };
            if now.version >= before {
                return row::older(db, &now, before, limit);
            }
            let older = row::older(db, &now, now.version, limit.saturating_sub(1))?;
            Ok(std::iter::once(now).chain(older).take(limit).collect())
        };
        self.read_as(viewer, read).await?.into_iter().map(body::resource).collect()
    }

    async fn count(&self, viewer: &Viewer, query: &Query, most: usize) -> Result<u64, StoreError> {
        let sets = sets::of(self, viewer, query).await?;
        let (query, limits) = (query.clone(), self.limits.clone());
        self.read_as(viewer, move |db, sight| search::count(db, sight, &query, &sets, &limits, most)).await
    }

    async fn search(&self, viewer: &Viewer, query: &Query) -> Result<Page, StoreError> {
        let sets = sets::of(self, viewer, query).await?;
        let (query, limits) = (query.clone(), self.limits.clone());
        self.read_as(viewer, move |db, sight| search::run(db, sight, &query, &sets, &limits)).await
    }

    async fn entries(&self, after: u64, limit: usize) -> Result<Vec<Entry>, StoreError> {
        // Who follows the ledger asks for what was added just now.
        if limit <= FEW_ENTRIES
            && let Some(found) = self.readers.here(|db| ledger::entries(db, after, limit))
        {
            return found;
        }
        self.readers.run(move |db| ledger::entries(db, after, limit)).await
    }

    async fn entries_of_case(&self, case: &Reference) -> Result<Vec<Entry>, StoreError> {
        let case = case.clone();
        self.readers.run(move |db| ledger::entries_of_case(db, &case)).await
    }

    async fn entries_of_patient(&self, patient: &Reference, after: u64) -> Result<Vec<Entry>, StoreError> {
        let patient = patient.clone();
        self.readers.run(move |db| ledger::entries_of_patient(db, &patient, after)).await
    }

    async fn entries_before(
        &self,
        of: Option<&Reference>,
        number: u64,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        let of = of.cloned();
        self.readers.run(move |db| ledger::entries_before(db, of.as_ref(), number, limit)).await
    }

    async fn archives(&self) -> Result<Vec<Archive>, StoreError> {
        self.readers.run(ledger::archives).await
    }

    fn disk(&self) -> watch::Receiver<Disk> {
        self.gauge.watch()
    }

    fn sealed(&self) -> watch::Receiver<u64> {
        self.sealed.clone()
    }

    async fn note_read(&self, note: ReadNote) -> Result<(), StoreError> {
        self.notes.add(note, self.clock.now(), &self.queue).await
    }

    async fn verify_against(&self, kept: &[Checkpoint]) -> Result<Verified, StoreError> {
        let kept = kept.to_vec();
        self.readers.run(move |db| ledger::verify(db, &kept, &[])).await
    }

    async fn account(&self, name: &str) -> Result<Option<Account>, StoreError> {
        let name = name.to_owned();
        self.readers.run(move |db| accounts::by_name(db, &name)).await
    }

    async fn accounts(&self, names: &[String]) -> Result<Vec<Account>, StoreError> {
        let names = names.to_vec();
        let found = move |db: &Connection| {
            let each = names.iter().map(|name| accounts::by_name(db, name));
            each.filter_map(Result::transpose).collect()
        };
        self.readers.run(found).await
    }

    async fn account_of(&self, person: &Id) -> Result<Option<Account>, StoreError> {
        let person = person.clone();
        self.readers.run(move |db| accounts::by_person(db, &person)).await
    }

    async fn session(&self, token_sha256: &[u8; 32], now: Time) -> Result<Option<Session>, StoreError> {
        let token = *token_sha256;
        if let Some(found) = self.readers.here(|db| accounts::session(db, &token, now)) {
            return found;
        }
        self.readers.run(move |db| accounts::session(db, &token, now)).await
    }

    async fn sessions_of(&self, person: &Id, now: Time) -> Result<Vec<Session>, StoreError> {
        let person = person.clone();
        self.readers.run(move |db| accounts::sessions_of(db, &person, now)).await
    }

    async fn sign_ins(&self, person: &Id, limit: usize) -> Result<Vec<SignIn>, StoreError> {
        let person = person.clone();
        self.readers.run(move |db| sign_ins::of(db, &person, limit)).await
    }

    async fn second_factor(&self, person: &Id) -> Result<Option<String>, StoreError> {
        let person = person.clone();
        self.readers.run(move |db| accounts::second_factor(db, &person)).await
    }

    async fn client(&self, token_sha256: &[u8; 32]) -> Result<Option<Client>, StoreError> {
        let token = *token_sha256;
        self.readers.run(move |db| clients::of_token(db, &token)).await
    }

    async fn clients(&self) -> Result<Vec<Client>, StoreError> {
        self.readers.run(clients::all).await
    }

    async fn settings(&self) -> Result<Vec<Setting>, StoreError> {
        self.readers.run(settings::latest).await
    }

    async fn setting_history(&self, key: &str, hospital: Option<&Id>) -> Result<Vec<Setting>, StoreError> {
        let (key, hospital) = (key.to_owned(), hospital.cloned());
        self.readers.run(move |db| settings::history(db, &key, hospital.as_ref())).await
    }

    async fn draft_put(&self, key: &DraftKey, expected: u64, body: Bytes, now: Time) -> Result<u64, CommitError> {
        let key = key.clone();
        self.queue.run(move |apply| drafts::put(apply.db, &key, expected, &body, now)).await
    }

    async fn draft(&self, key: &DraftKey) -> Result<Option<Draft>, StoreError> {
        let key = key.clone();
        self.readers.run(move |db| drafts::get(db, &key)).await
    }

    async fn drafts(&self, owner: &Id, kind: &str) -> Result<Vec<Draft>, StoreError> {
        let (owner, kind) = (owner.clone(), kind.to_owned());
        self.readers.run(move |db| drafts::of(db, &owner, &kind)).await
    }

    async fn draft_drop(&self, key: &DraftKey) -> Result<(), StoreError> {
        let key = key.clone();
        let drop = self.queue.run(move |apply| drafts::done(apply.db, std::slice::from_ref(&key)));
        drop.await.map_err(as_store_error)
    }

    async fn claims(&self, prefix: &str, now: Time) -> Result<Vec<ClaimHeld>, StoreError> {
        let prefix = prefix.to_owned();
        self.readers.run(move |db| claims::held(db, &prefix, now)).await
    }

    async fn last_claim(&self, prefix: &str, now: Time) -> Result<Option<ClaimHeld>, StoreError> {
        let prefix = prefix.to_owned();
        self.readers.run(move |db| claims::last(db, &prefix, now)).await
    }

    async fn job_next(&self, kinds: &[&str], now: Time, lease_ms: i64) -> Result<Option<Lease>, StoreError> {
        let kinds: Vec<String> = kinds.iter().map(|k| (*k).to_owned()).collect();
        let (looked, ms) = (kinds.clone(), now.as_millisecond());
        // Most looks find nothing: they do not trouble the writer.
        let due = match self.readers.here(|db| Ok(jobs::due(db, &kinds, ms)?)) {
            Some(due) => due?,
            None => self.readers.run(move |db| Ok(jobs::due(db, &looked, ms)?)).await?,
        };
        if due.is_none() {
            return Ok(None);
        }
        let lease = self.queue.run(move |apply| jobs::lease(apply.db, &kinds, ms, lease_ms));
        lease.await.map_err(as_store_error)
    }

    async fn job_done(&self, lease: &Lease) -> Result<(), StoreError> {
        let lease = lease.clone();
        let done = self.queue.run(move |apply| jobs::done(apply.db, &lease));
        done.await.map_err(as_store_error)
    }

    async fn job_failed(&self, lease: &Lease, why: &str, now: Time) -> Result<(), StoreError> {
        let (lease, why) = (lease.clone(), why.to_owned());
        let failed = self.queue.run(move |apply| jobs::failed(apply.db, &lease, &why, now));
        failed.await.map_err(as_store_error)
    }

    async fn job_put(&self, job: crate::Job) -> Result<(), StoreError> {
        let put = self.queue.run(move |apply| jobs::put(apply.db, std::slice::from_ref(&job)));
        put.await.map_err(as_store_error)
    }

    async fn jobs_dead(&self) -> Result<Vec<DeadJob>, StoreError> {
        self.readers.run(jobs::dead).await
    }

    async fn job_again(&self, key: &str, now: Time) -> Result<bool, StoreError> {
        let key = key.to_owned();
        let again = self.queue.run(move |apply| jobs::again(apply.db, &key, now));
        again.await.map_err(as_store_error)
    }

    async fn blob_put(&self, bytes: Bytes) -> Result<[u8; 32], StoreError> {
        self.gauge.usable()?;
        let blobs = self.blobs.clone();
        blocking(move || blobs.put(&bytes)).await.inspect_err(|e| self.gauge.saw(e))
    }

    async fn blob_put_file(&self, path: &Path) -> Result<([u8; 32], u64), StoreError> {
        self.gauge.usable()?;
        let (blobs, path) = (self.blobs.clone(), path.to_owned());
        blocking(move || blobs.put_file(&path)).await.inspect_err(|e| self.gauge.saw(e))
    }

    async fn blob(&self, sha256: &[u8; 32], range: Option<Range<u64>>) -> Result<Option<Bytes>, StoreError> {
        let (blobs, sha256) = (self.blobs.clone(), *sha256);
        blocking(move || blobs.read(&sha256, range)).await
    }

    fn engine(&self) -> Engine<'_> {
        Engine::Sqlite(self)
    }

    async fn close(&self) {
        if let Err(e) = self.notes.flush(&self.queue).await {
            tracing::error!(error = %e, "entries for reads were lost at the end: {e}");
        }
        self.disk.stop();
        self.scrub.stop();
        self.queue.stop().await;
        self.readers.close();
        self.checkpoint.stop();
        self.lock.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}
