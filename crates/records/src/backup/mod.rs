//! Backups: objects that never change, in a folder or in S3, from which a store is made again on either engine.
//!
//! Called by `consilium backup` and `consilium restore`. [`take`] reads one snapshot beside a running server: the first run into a
//! place has everything, each later one what came since the ledger number of the run before. [`verify`] reads all of it
//! back and proves it; [`restore`] makes a store of it where none is. A run counts from the moment its manifest is there
//! (`manifest`), which is written last. Never here: the network, the clock, chance, a domain rule.

mod files;
mod manifest;
mod out;
mod pack;
mod proof;
mod restore;
mod rows;
mod shelf;
mod tables;
mod take;
mod verify;

use crate::copy::{Place, Table};
use kernel::{Clock, Ids};
use std::path::Path;

pub use restore::{Restored, Target, restore};
pub use shelf::{Folder, Hold, Listed, Shelf};
pub use take::{Taken, take};
pub use verify::{Checked, verify};

/// A file of the installation that no store has: a key, a certificate, a mark.
#[derive(Clone, PartialEq, Eq)]
pub struct InstallationFile {
    /// Its path under the folder of the installation, parts divided by `/`.
    pub path: String,
    /// Its permissions.
    pub mode: u32,
    /// What it holds; it may be a secret.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for InstallationFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InstallationFile").field("path", &self.path).field("bytes", &self.bytes.len()).finish()
    }
}

/// What a run is of.
pub struct Source<'a> {
    /// The store.
    pub place: &'a Place,
    /// Tables of slices.
    pub slices: &'a [Table],
    /// Where the files of attachments lie.
    pub blob_dir: &'a Path,
    /// Reads the installation's files. Called when the snapshot stands: a key that a row needs was there before the row.
    pub files: &'a (dyn Fn() -> std::io::Result<Vec<InstallationFile>> + Sync),
    /// Whether keys are among them.
    pub keys: bool,
}

/// How a run is wanted.
pub struct Wish<'a> {
    /// Everything, though a chain is there that could be followed.
    pub full: bool,
    /// How many chains stay; all when none.
    pub keep: Option<u32>,
    /// The program's version.
    pub program: &'a str,
    /// Tells when it began and ended.
    pub clock: &'a dyn Clock,
    /// Names what it writes.
    pub ids: &'a dyn Ids,
}
