//! The store: commit, read, search, history, ledger, claims, drafts, jobs, accounts, blobs (DESIGN 3).
//!
//! One trait, [`Store`], and an engine a folder: `sqlite/` and `postgres/`, both under the same conformance suite
//! (`conformance/`). Slices hand over a [`Change`] and get a [`Receipt`] once it is durable. This crate alone knows tables.
//! It must never know a domain rule, HTTP, or who may: it applies the [`Viewer`] it is handed to every read and every hop.

mod access;
pub mod archive;
pub mod backup;
mod blobs;
mod body;
mod chain;
mod change;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod copy;
mod entry;
mod folder;
mod intact;
mod notes;
pub mod postgres;
mod prepare;
mod query;
mod retry;
pub mod sqlite;
mod standing;
mod store;

pub use access::{Scope, Subject, Viewer};
pub use archive::Archive;
pub use change::{
    AccountChange, Act, BlobHold, Change, Claim, ClientChange, DraftKey, Expect, Grant, Job, Receipt, Revoke,
    SessionChange, SignInNote, Stored, Write,
};
pub use entry::{Entry, ReadNote, Versioned};
pub use folder::make as make_folder;
pub use intact::VerifiedBlobs;
pub use query::modifiers;
pub use store::{
    Account, BulkBatch, Checkpoint, ClaimHeld, Client, CommitError, DeadJob, Disk, Draft, Engine, Lease, Page, Query,
    Resource, Session, Setting, SignIn, SignInStep, Store, StoreError, Verified, without_versions,
};
