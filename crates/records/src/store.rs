//! The one trait, and what it answers.

use crate::{Archive, Change, DraftKey, Entry, ReadNote, Receipt, Viewer};
use async_trait::async_trait;
use bytes::Bytes;
use fhir::{Reference, ResourceType};
use kernel::{Id, Time};
use serde_json::Value;
use std::fmt;
use tokio::sync::watch;

/// Where records are kept.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Applies a change, all or nothing; answers when it is durable.
    async fn commit(&self, change: Change) -> Result<Receipt, CommitError>;

    /// The current version, or none: absent, deleted and invisible look the same.
    async fn read(&self, viewer: &Viewer, at: &Reference) -> Result<Option<Resource>, StoreError>;
    /// One version.
    async fn read_version(&self, viewer: &Viewer, at: &Reference, version: u64)
    -> Result<Option<Resource>, StoreError>;
    /// All versions, newest first, at most 1,000.
    async fn history(&self, viewer: &Viewer, at: &Reference) -> Result<Vec<Resource>, StoreError>;
    /// At most `limit` versions before version `before`, newest first. Deleted ones are among them.
    async fn history_before(
        &self,
        viewer: &Viewer,
        at: &Reference,
        before: u64,
        limit: usize,
    ) -> Result<Vec<Resource>, StoreError>;
    /// How many match, whatever the page; counted to just past `most`.
    async fn count(&self, viewer: &Viewer, query: &Query, most: usize) -> Result<u64, StoreError>;
    /// A page of what matches; reads its own writes.
    async fn search(&self, viewer: &Viewer, query: &Query) -> Result<Page, StoreError>;

    /// Entries after `number`, oldest first, at most `limit`. Numbers are passed over where entries were archived.
    async fn entries(&self, after: u64, limit: usize) -> Result<Vec<Entry>, StoreError>;
    /// Entries of one case, oldest first, at most 2,000: the case's timeline and who looked.
    async fn entries_of_case(&self, case: &Reference) -> Result<Vec<Entry>, StoreError>;
    /// Entries that concern one patient, oldest first, at most 2,000 after `number`: who looked.
    async fn entries_of_patient(&self, patient: &Reference, after: u64) -> Result<Vec<Entry>, StoreError>;
    /// Entries before `number`, newest first, at most `limit` and 10,000. `of`: of this patient or this case alone; nothing
    /// is found of what is neither.
    async fn entries_before(&self, of: Option<&Reference>, number: u64, limit: usize)
    -> Result<Vec<Entry>, StoreError>;
    /// What was archived of the ledger, the first archive first: the entries of those are not found by any of the above.
    async fn archives(&self) -> Result<Vec<Archive>, StoreError>;
    /// Whether what is written can be kept, as it changes. While it cannot, changes are refused and reads go on.
    fn disk(&self) -> watch::Receiver<Disk>;
    /// Tells the newest sealed number as it grows.
    fn sealed(&self) -> watch::Receiver<u64>;
    /// Queues an entry for a read; waits only while the queue is full.
    async fn note_read(&self, note: ReadNote) -> Result<(), StoreError>;
    /// Proves the chain and that every version has its entry and hash.
    async fn verify(&self) -> Result<Verified, StoreError> {
        self.verify_against(&[]).await
    }
    /// The same, and that the chain still runs through what was kept elsewhere: who changes everything and hashes it anew, or
    /// goes back to an older copy, makes another chain.
    async fn verify_against(&self, kept: &[Checkpoint]) -> Result<Verified, StoreError>;

    /// The account of a sign-in name (folded to lower case).
    async fn account(&self, name: &str) -> Result<Option<Account>, StoreError>;
    /// The accounts of these sign-in names, those that there are, in no order: one question for a whole table of people.
    async fn accounts(&self, names: &[String]) -> Result<Vec<Account>, StoreError>;
    /// The account of a person.
    async fn account_of(&self, person: &Id) -> Result<Option<Account>, StoreError>;
    /// The session of a token's hash, unless its end has passed at `now`.
    async fn session(&self, token_sha256: &[u8; 32], now: Time) -> Result<Option<Session>, StoreError>;
    /// The sessions of a person that have not ended at `now`, newest first, at most 100.
    async fn sessions_of(&self, person: &Id, now: Time) -> Result<Vec<Session>, StoreError>;
    /// Tries of a person to sign in, well or ill, newest first, at most `limit`.
    async fn sign_ins(&self, person: &Id, limit: usize) -> Result<Vec<SignIn>, StoreError>;
    /// The second factor of a person, as it was handed in; opaque to the store.
    async fn second_factor(&self, person: &Id) -> Result<Option<String>, StoreError>;

    /// The client of a token's hash, unless it was ended.
    async fn client(&self, token_sha256: &[u8; 32]) -> Result<Option<Client>, StoreError>;
    /// All clients, ended ones too, the last added first, at most 10,000.
    async fn clients(&self) -> Result<Vec<Client>, StoreError>;

    /// The last change of each setting that was ever changed.
    async fn settings(&self) -> Result<Vec<Setting>, StoreError>;
    /// All changes of one setting, newest first, at most 500.
    async fn setting_history(&self, key: &str, hospital: Option<&Id>) -> Result<Vec<Setting>, StoreError>;

    /// Keeps the latest state of a draft. `expected` is the revision last seen (0: new): another editor's is a conflict.
    async fn draft_put(&self, key: &DraftKey, expected: u64, body: Bytes, now: Time) -> Result<u64, CommitError>;
    /// One draft.
    async fn draft(&self, key: &DraftKey) -> Result<Option<Draft>, StoreError>;
    /// A person's drafts of a kind, newest first.
    async fn drafts(&self, owner: &Id, kind: &str) -> Result<Vec<Draft>, StoreError>;
    /// Throws a draft away.
    async fn draft_drop(&self, key: &DraftKey) -> Result<(), StoreError>;

    /// Claims in force at `now` whose key starts with `prefix`, at most 10,000.
    async fn claims(&self, prefix: &str, now: Time) -> Result<Vec<ClaimHeld>, StoreError>;
    /// Of those the one whose key is last, as text.
    async fn last_claim(&self, prefix: &str, now: Time) -> Result<Option<ClaimHeld>, StoreError>;

    /// Adds a job outside a change, or moves it: the same key replaces what has not run. Work that follows a change is put by
    /// the change itself; this is for a worker that finds its work is due later.
    async fn job_put(&self, job: crate::Job) -> Result<(), StoreError>;
    /// Leases the next job due of these kinds for `lease_ms`.
    async fn job_next(&self, kinds: &[&str], now: Time, lease_ms: i64) -> Result<Option<Lease>, StoreError>;
    /// Done.
    async fn job_done(&self, lease: &Lease) -> Result<(), StoreError>;
    /// Failed: again after a backoff, a dead letter after the sixteenth attempt, three hours later.
    async fn job_failed(&self, lease: &Lease, why: &str, now: Time) -> Result<(), StoreError>;

    /// Jobs that failed for good, the last failed first, at most 1,000.
    async fn jobs_dead(&self) -> Result<Vec<DeadJob>, StoreError>;
    /// Lets a dead job run again from its first attempt. False when no dead job has this key.
    async fn job_again(&self, key: &str, now: Time) -> Result<bool, StoreError>;

    /// Keeps bytes by their SHA-256, durable when it answers. Collected if no change names them within 24 h.
    async fn blob_put(&self, bytes: Bytes) -> Result<[u8; 32], StoreError>;
    /// Keeps a file by its SHA-256 by moving it into place (same file system) or copying; durable when it answers.
    async fn blob_put_file(&self, path: &std::path::Path) -> Result<([u8; 32], u64), StoreError>;
    /// Bytes `range` of a blob, all of it when none.
    async fn blob(&self, sha256: &[u8; 32], range: Option<std::ops::Range<u64>>) -> Result<Option<Bytes>, StoreError>;

    /// The engine, for the few slices with bulk rows of their own.
    fn engine(&self) -> Engine<'_>;
    /// Writes what is queued and closes. Called once, at the end.
    async fn close(&self);
}

/// The engine behind a store.
#[derive(Clone, Copy)]
pub enum Engine<'a> {
    /// PostgreSQL: read with `Postgres::read_with`.
    Postgres(&'a crate::postgres::Postgres),
    /// SQLite: read with `Sqlite::read_with`.
    Sqlite(&'a crate::sqlite::Sqlite),
}

/// Rows a slice keeps outside `resource`: inserted in the same commit, one digest in the ledger entry.
#[async_trait]
pub trait BulkBatch: fmt::Debug + Send + Sync {
    /// For example `dicom-instance`.
    fn kind(&self) -> &'static str;
    /// How many rows.
    fn rows(&self) -> usize;
    /// SHA-256 over the rows, canonical.
    fn digest(&self) -> [u8; 32];
    /// Inserts into tables that the slice's `SCHEMA` made (handed to `Sqlite::open`).
    fn insert_sqlite(&self, tx: &rusqlite::Connection) -> rusqlite::Result<()>;
    /// The same on PostgreSQL, inside the change's transaction: no statement that begins or ends one.
    async fn insert_postgres(&self, tx: &crate::postgres::Db) -> Result<(), crate::postgres::BulkError>;
}

/// Whether what is written can be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Disk {
    /// It can.
    #[default]
    Takes,
    /// No space is left but what is reserved for the entries of reads.
    Full,
    /// The file system takes no writes.
    ReadOnly,
    /// The engine found its files damaged. Not over before they were restored and the store was opened anew.
    Damaged,
}

impl Disk {
    /// Why nothing is written now; none when it is.
    pub fn refusal(self) -> Option<StoreError> {
        match self {
            Self::Takes => None,
            Self::Full => Some(StoreError::DiskFull),
            Self::ReadOnly => Some(StoreError::ReadOnly),
            Self::Damaged => Some(StoreError::Damaged("no change is taken until it is restored".into())),
        }
    }

    /// Stable, for logs, metrics and the event stream.
    pub fn code(self) -> &'static str {
        match self {
            Self::Takes => "takes",
            Self::Full => "full",
            Self::ReadOnly => "read-only",
            Self::Damaged => "damaged",
        }
    }
}

/// A version of a resource.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    /// Type and id.
    pub at: Reference,
    /// 1, 2, 3 …
    pub version: u64,
    /// When it was stored.
    pub stored_at: Time,
    /// In whose custody.
    pub custodian: Id,
    /// The case it belongs to.
    pub case: Option<Reference>,
    /// The patient in whose compartment it is; the patient itself.
    pub patient: Option<Reference>,
    /// Whether this version says "deleted".
    pub deleted: bool,
    /// FHIR JSON with `id`, `meta.versionId` and `meta.lastUpdated`. Empty when deleted.
    pub json: Bytes,
}

impl Resource {
    /// The resource as a tree. What the store holds has been parsed before it was stored.
    pub fn value(&self) -> Result<Value, StoreError> {
        serde_json::from_slice(&self.json).map_err(|e| StoreError::Corrupt(format!("{}: {e}", self.at)))
    }

    /// The resource as it was written: a tree to build the next version on.
    pub fn written(&self) -> Result<Value, StoreError> {
        self.value().map(without_versions)
    }
}

/// A resource without what the store adds: version and time.
pub fn without_versions(mut body: Value) -> Value {
    let Some(meta) = body.get_mut("meta").and_then(Value::as_object_mut) else { return body };
    meta.shift_remove("versionId");
    meta.shift_remove("lastUpdated");
    if meta.is_empty()
        && let Some(members) = body.as_object_mut()
    {
        members.shift_remove("meta");
    }
    body
}

/// A FHIR search on one type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// The type searched.
    pub of: ResourceType,
    /// Parameters as in a FHIR search URL, names with modifiers, values with prefixes, unencoded.
    pub params: Vec<(String, String)>,
    /// At most so many in a page (1 to 1,000).
    pub count: usize,
    /// Where a former page ended.
    pub after: Option<String>,
}

impl Query {
    /// All of a type, 50 a page.
    pub fn of(of: ResourceType) -> Self {
        Self { of, params: vec![], count: 50, after: None }
    }

    /// Adds a parameter, for example `("status", "requested,received")` or `("_sort", "-authored-on")`.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.params.push((name.to_owned(), value.into()));
        self
    }

    /// Sets the page size.
    #[must_use]
    pub fn count(mut self, count: usize) -> Self {
        self.count = count;
        self
    }
}

/// A page of a search.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    /// What matches, in the order asked for.
    pub matches: Vec<Resource>,
    /// What `_include` and `_revinclude` brought.
    pub included: Vec<Resource>,
    /// Hand back as `Query::after` for the next page. A person's page may be short, even empty, and have one: among very
    /// many resources of which few may be seen a page ends when it has taken long enough.
    pub next: Option<String>,
}

/// A sign-in name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Lower case.
    pub name: String,
    /// The Practitioner.
    pub person: Id,
    /// Argon2id, PHC string.
    pub password_hash: String,
    /// May sign in.
    pub enabled: bool,
    /// The person's signing key, wrapped by the password, and its certificate; opaque to the store.
    pub keys: Option<String>,
}

/// A session: who, in which role, until when. Only the token's hash is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of the token.
    pub token_sha256: [u8; 32],
    /// Who signed in.
    pub person: Id,
    /// The PractitionerRole chosen; none while still to be chosen.
    pub practitioner_role: Option<Id>,
    /// When it was opened.
    pub opened_at: Time,
    /// When it ends by itself.
    pub until: Time,
    /// How far the sign-in has come.
    pub step: SignInStep,
    /// When the second factor was proven last in this session.
    pub factor_at: Option<Time>,
    /// From which address it was opened.
    pub address: String,
    /// What the browser said it is, shortened.
    pub device: String,
}

impl Session {
    /// A session that may do everything its role may, opened from nowhere in particular.
    pub fn new(token_sha256: [u8; 32], person: Id, opened_at: Time, until: Time) -> Self {
        Self {
            token_sha256,
            person,
            practitioner_role: None,
            opened_at,
            until,
            step: SignInStep::Done,
            factor_at: None,
            address: String::new(),
            device: String::new(),
        }
    }
}

/// How far a sign-in has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SignInStep {
    /// All that was asked for is proven.
    #[default]
    Done,
    /// The second factor must be proven.
    Prove,
    /// A second factor must be set up first.
    Enrol,
}

/// A program that reads and writes as a hospital's: an opaque token, of which only the hash is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Names it in the ledger.
    pub id: Id,
    /// What the administrator calls it.
    pub name: String,
    /// SHA-256 of the token.
    pub token_sha256: [u8; 32],
    /// In whose custody it writes, and whose it reads.
    pub hospital: Id,
    /// What does not fit its profile is refused; otherwise it is kept and named.
    pub strict: bool,
    /// May choose ids: an import.
    pub create_by_put: bool,
    /// Sees all custody: a migration.
    pub unrestricted: bool,
    /// When it was added.
    pub added_at: Time,
    /// When it was ended.
    pub ended_at: Option<Time>,
}

/// Somebody tried to sign in to an account that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// Whose account.
    pub person: Id,
    /// When.
    pub at: Time,
    /// What came of it: a code of the slice.
    pub outcome: String,
    /// From which address.
    pub address: String,
    /// What the browser said it is, shortened.
    pub device: String,
}

/// A change of a setting.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// Which setting.
    pub key: String,
    /// For which hospital and those below; none for the whole installation.
    pub hospital: Option<Id>,
    /// 1, 2, 3 … for this key and hospital.
    pub number: u64,
    /// The value from then on; none: the default again.
    pub value: Option<Value>,
    /// When.
    pub at: Time,
    /// Who.
    pub by: Id,
    /// Why, as typed.
    pub why: String,
}

/// The latest state of something being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Whose, of what kind, which.
    pub key: DraftKey,
    /// Grows with each save.
    pub revision: u64,
    /// When it was saved last.
    pub saved_at: Time,
    /// As handed in.
    pub body: Bytes,
}

/// A claim in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimHeld {
    /// The key.
    pub key: String,
    /// Who holds it.
    pub by: Reference,
    /// Until when.
    pub until: Option<Time>,
}

/// A job handed to a worker for a while.
#[derive(Debug, Clone, PartialEq)]
pub struct Lease {
    /// The job.
    pub job: crate::Job,
    /// 1 at the first try.
    pub attempt: u32,
    /// Proves that the lease is still ours.
    pub token: u64,
}

/// A job that failed for good: a person may look at it and let it run again.
#[derive(Debug, Clone, PartialEq)]
pub struct DeadJob {
    /// The job.
    pub job: crate::Job,
    /// How often it was tried.
    pub attempts: u32,
    /// What its last attempt said.
    pub why: String,
}

/// An entry's number and hash, kept outside the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which entry.
    pub number: u64,
    /// Its hash.
    pub hash: [u8; 32],
}

/// What `verify` found whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// Entries in the chain.
    pub entries: u64,
    /// Versions checked against their entries.
    pub versions: u64,
    /// The hash of the last entry.
    pub head: [u8; 32],
    /// When the last entry was sealed.
    pub sealed_at: Option<Time>,
    /// Entries whose bytes were archived.
    pub archived: u64,
    /// Of those the ones whose bytes were not at hand: that they are the ones that were archived is proven, what they say is not.
    pub unproven: u64,
}

/// Why a commit was refused. Nothing of it was kept.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CommitError {
    /// Something the rule depended on has changed: decide anew.
    #[error("{at} is now version {actual}, not {expected}")]
    Stale {
        /// What.
        at: Reference,
        /// The version the rule saw.
        expected: u64,
        /// The version there is.
        actual: u64,
    },
    /// A key is taken.
    #[error("{} is taken by {} until {:?}", .0.key, .0.by, .0.until)]
    Taken(ClaimHeld),
    /// A resource that must be new is there already.
    #[error("{0} exists already")]
    Exists(Reference),
    /// Not a resource: the body does not say what its reference says, is too deep, or is too large.
    #[error("{at}: {why}")]
    Malformed {
        /// What.
        at: Reference,
        /// What is wrong with it.
        why: String,
    },
    /// The store could not.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The store could not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// No space left: nothing can be written, reads go on.
    #[error("the disk is full")]
    DiskFull,
    /// The file system takes no writes: remounted read-only, or its disk fails. Reads go on.
    #[error("the file system takes no writes")]
    ReadOnly,
    /// A search the store cannot answer; the text says which parameter.
    #[error("cannot search: {0}")]
    BadQuery(String),
    /// A search that would take more than is given to one; the text says what of it.
    #[error("too costly: {0}")]
    TooCostly(String),
    /// What is stored of one thing is not what was written: it is not shown. Everything else goes on.
    #[error("corrupt: {0}")]
    Corrupt(String),
    /// The engine found its own files damaged: what is affected is not shown, and no change is taken any more. The text names
    /// the file.
    #[error("damaged: {0}")]
    Damaged(String),
    /// The database does not answer, or has no connection free. A change that was under way may have been kept.
    #[error("the database does not answer: {0}")]
    Unavailable(String),
    /// The ledger does not vouch for what is stored.
    #[error("ledger broken at entry {number}: {why}")]
    Broken {
        /// The first entry that does not hold.
        number: u64,
        /// Why.
        why: String,
    },
    /// The engine's own words.
    #[error("store: {0}")]
    Engine(String),
    /// Closing.
    #[error("the store is closed")]
    Closed,
}

/// What failed, where no rule of a change can have refused.
pub(crate) fn as_store_error(error: CommitError) -> StoreError {
    match error {
        CommitError::Store(e) => e,
        other => StoreError::Engine(other.to_string()),
    }
}
