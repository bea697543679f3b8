//! What an operation hands the store: all or nothing, acknowledged when durable.

use crate::{Scope, Subject};
use fhir::Reference;
use kernel::{Id, Role, Time};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One act and everything it changes.
#[derive(Debug, Clone)]
pub struct Change {
    /// New and changed resources, in order.
    pub writes: Vec<Write>,
    /// Versions of those alone on which the rule depended.
    pub expect: Vec<Expect>,
    /// Unique keys taken, each until its end.
    pub claims: Vec<Claim>,
    /// Claims given back, by key; only the holder's are released.
    pub releases: Vec<(String, Reference)>,
    /// Access opened.
    pub grants: Vec<Grant>,
    /// Access ended or given an end.
    pub revokes: Vec<Revoke>,
    /// Work that follows.
    pub jobs: Vec<Job>,
    /// Sign-in names and passwords.
    pub accounts: Vec<AccountChange>,
    /// Sessions opened, changed, closed.
    pub sessions: Vec<SessionChange>,
    /// Programs with a token, added and ended.
    pub clients: Vec<ClientChange>,
    /// Tries to sign in, kept beside the ledger to be listed by person.
    pub sign_ins: Vec<SignInNote>,
    /// Settings changed. `number` is the change's own: refused as taken when another has it.
    pub settings: Vec<crate::Setting>,
    /// Drafts that became something else.
    pub drafts_done: Vec<DraftKey>,
    /// SHA-256 of blobs that the writes name; they were put before and are now kept.
    pub blobs: Vec<[u8; 32]>,
    /// Blobs that wait for a decision, each kept for a holder until it is freed; naming one is for good.
    pub blob_holds: Vec<BlobHold>,
    /// Holds given back. What nothing else holds or names is collected a day after it was put.
    pub blob_frees: Vec<BlobHold>,
    /// Rows that a slice keeps outside `resource`, with their range and hash in the ledger entry.
    pub bulk: Vec<std::sync::Arc<dyn crate::store::BulkBatch>>,
    /// Who did what to whom, and why.
    pub act: Act,
}

impl Change {
    /// Whether it says only who came, looked, or went, and what they may no longer see: what must be told, and taken away,
    /// while the disk is full too. It takes a kilobyte or two of the reserve.
    pub(crate) fn is_of_people_alone(&self) -> bool {
        self.writes.is_empty()
            && self.claims.is_empty()
            && self.grants.is_empty()
            && self.jobs.is_empty()
            && self.accounts.is_empty()
            && !self.clients.iter().any(|c| matches!(c, ClientChange::Put(_)))
            && self.settings.is_empty()
            && self.drafts_done.is_empty()
            && self.blobs.is_empty()
            && self.blob_holds.is_empty()
            && self.bulk.is_empty()
    }

    /// A change that so far only records `act`.
    pub fn of(act: Act) -> Self {
        Self {
            writes: vec![],
            expect: vec![],
            claims: vec![],
            releases: vec![],
            grants: vec![],
            revokes: vec![],
            jobs: vec![],
            accounts: vec![],
            sessions: vec![],
            clients: vec![],
            sign_ins: vec![],
            settings: vec![],
            drafts_done: vec![],
            blobs: vec![],
            blob_holds: vec![],
            blob_frees: vec![],
            bulk: vec![],
            act,
        }
    }

    /// Adds a resource to write.
    #[must_use]
    pub fn write(mut self, write: Write) -> Self {
        self.writes.push(write);
        self
    }
}

/// A blob kept for somebody.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BlobHold {
    /// SHA-256 of the blob.
    pub sha256: [u8; 32],
    /// For whom: a key of the slice's own, for example `held/<case>/<upload>/0`.
    pub holder: String,
}

/// A resource to be stored as its next version.
#[derive(Debug, Clone)]
pub struct Write {
    /// Type and id.
    pub at: Reference,
    /// The resource as FHIR JSON; `id`, `meta.versionId` and `meta.lastUpdated` are the store's. `None` deletes.
    pub body: Option<Value>,
    /// The hospital in whose custody it is. Set at the first version; later ones keep it.
    pub custodian: Id,
    /// The case it belongs to, if any. Kept from the first version when absent later.
    pub case: Option<Reference>,
    /// Fails when the id exists already.
    pub must_be_new: bool,
}

impl Write {
    /// A first version.
    pub fn new(at: Reference, body: Value, custodian: Id) -> Self {
        Self { at, body: Some(body), custodian, case: None, must_be_new: true }
    }

    /// The next version of something that is there.
    pub fn next(at: Reference, body: Value, custodian: Id) -> Self {
        Self { at, body: Some(body), custodian, case: None, must_be_new: false }
    }

    /// Puts it into the compartment of a case.
    #[must_use]
    pub fn in_case(mut self, case: Reference) -> Self {
        self.case = Some(case);
        self
    }
}

/// The version of something that the decision rests on. `version` 0: it must not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expect {
    /// What.
    pub at: Reference,
    /// Its version when the facts were read.
    pub version: u64,
}

/// A unique key with an end: five minutes of a room, an identifier, a held bed. Taken unless its end has passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// For example `room/3f…/2026-11-21T02:05Z`.
    pub key: String,
    /// Who holds it.
    pub by: Reference,
    /// Until when; none for ever.
    pub until: Option<Time>,
}

/// Opens a scope for somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// For whom.
    pub subject: Subject,
    /// What.
    pub scope: Scope,
    /// Until when; none until revoked.
    pub until: Option<Time>,
}

/// Ends a grant at `until` (now, or later: "closing plus 72 h").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revoke {
    /// Whose.
    pub subject: Subject,
    /// Which.
    pub scope: Scope,
    /// The end it gets; a sooner end that it has already stays.
    pub until: Time,
}

/// Work to be done after the commit, at least once.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Unique: the same key again replaces what has not run yet.
    pub key: String,
    /// Which worker, for example `consult.escalate`.
    pub kind: String,
    /// What it needs.
    pub payload: Value,
    /// Not before.
    pub run_at: Time,
}

/// A sign-in name with its password hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountChange {
    /// Creates or replaces the account of a person.
    Put(crate::Account),
    /// Another signing key for a person's account; all else of it stays as it is by then.
    Keys(Id, String),
    /// Keeps a person's second factor, or takes it away.
    SecondFactor(Id, Option<String>),
    /// Takes a person's account away; its name is free again.
    Remove(Id),
}

/// A client's life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientChange {
    /// Added. Its name is kept unique by a claim of the caller's.
    Put(crate::Client),
    /// Ended at an instant: from then on its token opens nothing.
    End(Id, Time),
}

/// A try to sign in, and from when on older ones of the person are kept no longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInNote {
    /// The try.
    pub sign_in: crate::SignIn,
    /// Older ones are dropped.
    pub keep_from: Time,
}

/// A session's life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionChange {
    /// Opened, or its role chosen.
    Put(crate::Session),
    /// Closed: by the hash of its token.
    Close([u8; 32]),
    /// All sessions of a person closed.
    CloseAll(Id),
}

/// Names a draft: one person's, of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DraftKey {
    /// Whose.
    pub owner: Id,
    /// For example `consult` or `opinion`.
    pub kind: String,
    /// The draft's own id.
    pub id: Id,
}

/// Who did what, to whom, why. Codes and parameters only: rendered in the reader's language. Goes into the ledger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Act {
    /// The operation's address, for example `consult.assign`.
    pub what: String,
    /// The person, or none for the system.
    pub person: Option<Id>,
    /// In which role.
    pub role: Option<Role>,
    /// At which hospital.
    pub hospital: Option<Id>,
    /// What it was done to, the main thing first.
    pub about: Vec<Reference>,
    /// The patient concerned.
    pub patient: Option<Reference>,
    /// The case concerned.
    pub case: Option<Reference>,
    /// A reason, as typed.
    pub why: Option<String>,
    /// Codes and parameters for rendering. Never a patient's name.
    pub params: Map<String, Value>,
    /// Who may hear of it on the event stream.
    pub audience: Vec<Subject>,
}

impl Act {
    /// An act of the system itself.
    pub fn system(what: &str) -> Self {
        Self {
            what: what.to_owned(),
            person: None,
            role: None,
            hospital: None,
            about: vec![],
            patient: None,
            case: None,
            why: None,
            params: Map::new(),
            audience: vec![],
        }
    }

    /// An act of a person signed in.
    pub fn of(actor: &kernel::Actor, what: &str) -> Self {
        Self {
            person: Some(actor.person.clone()),
            role: Some(actor.role),
            hospital: Some(actor.hospital.clone()),
            ..Self::system(what)
        }
    }
}

/// What a commit answers: durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The instant the store gave all versions of this change.
    pub at: Time,
    /// The number of its ledger entry; on an engine with a separate sealer it may come a moment later.
    pub number: Option<u64>,
    /// The versions written, in the order of `Change::writes`.
    pub stored: Vec<Stored>,
}

/// One version that came to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// What.
    pub at: Reference,
    /// Its version now.
    pub version: u64,
    /// SHA-256 of the stored bytes.
    pub sha256: [u8; 32],
}
