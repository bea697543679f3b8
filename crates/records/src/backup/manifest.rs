//! What a run says of itself, written last: before it is there, nothing of the run is.
//!
//! `chain-0001/run-0003.json` is one line with the SHA-256 of the rest, then JSON. Its objects lie beside it, in a folder with
//! chance in its name, so that two runs never write the same object. A chain begins with a run that has everything; each
//! later one names the hash of the manifest before it and has what came since that one's ledger number.

use super::shelf::{Listed, Shelf};
use crate::StoreError;
use crate::chain::Head;
use bytes::Bytes;
use kernel::Time;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// The form of manifests and objects.
const FORM: u32 = 1;
/// Largest manifest: some 300,000 objects.
const LARGEST: u64 = 64 << 20;

/// One object of a run.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub(super) struct Object {
    pub(super) name: String,
    /// As it lies there.
    pub(super) bytes: u64,
    /// Of its bytes as they lie there.
    pub(super) sha256: String,
    /// Of its contents.
    pub(super) size: u64,
    /// Rows by table, bytes of files.
    pub(super) holds: BTreeMap<String, u64>,
}

/// A table as it stood in the run's snapshot.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub(super) struct Kept {
    /// Names of columns, in the order of the cells.
    pub(super) columns: Vec<String>,
    /// How many rows the whole table has, also those of earlier runs.
    pub(super) rows: u64,
    /// Over all rows by key, where the run read all of them.
    pub(super) sha256: Option<String>,
    /// In which run all of it stands, for tables that are kept whole. It is not written again while it stays the same.
    pub(super) run: Option<u32>,
}

/// A run.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    pub(super) form: u32,
    /// The program's version.
    pub(super) program: String,
    pub(super) chain: u32,
    pub(super) run: u32,
    /// SHA-256 of the manifest before it, as it lies there; none for the first.
    pub(super) before: Option<String>,
    pub(super) began_at: Time,
    pub(super) ended_at: Time,
    /// The ledger's last number in the snapshot, and its hash.
    pub(super) number: u64,
    pub(super) hash: String,
    /// Entries that waited for their number.
    pub(super) waiting: u64,
    /// Versions that the numbered entries vouch for, in all.
    pub(super) versions: u64,
    pub(super) tables: BTreeMap<String, Kept>,
    pub(super) objects: Vec<Object>,
    /// Attachments that this run has, and their bytes.
    pub(super) blobs: u64,
    pub(super) blob_bytes: u64,
    /// Attachments that are kept by a hold alone, which the chain has.
    pub(super) held: Vec<String>,
    /// Attachments that are named and were not there, or not whole: tried again by each run.
    pub(super) missing: Vec<String>,
    /// Whether the keys of the installation are in it.
    pub(super) keys: bool,
}

/// A manifest with the hash of its bytes.
#[derive(Debug, Clone)]
pub(super) struct Run {
    pub(super) manifest: Manifest,
    pub(super) sha256: String,
}

impl Manifest {
    pub(super) fn head(&self) -> Result<Head, StoreError> {
        let mut hash = [0; 32];
        hex::decode_to_slice(&self.hash, &mut hash)
            .map_err(|_| StoreError::Corrupt(format!("{}: no hash of the ledger", name(self.chain, self.run))))?;
        Ok(Head { number: self.number, hash })
    }

    pub(super) fn write(&self) -> Result<Bytes, StoreError> {
        let json = serde_json::to_vec_pretty(self).map_err(|e| StoreError::Engine(format!("a manifest: {e}")))?;
        let mut bytes = hex::encode(Sha256::digest(&json)).into_bytes();
        bytes.push(b'\n');
        bytes.extend(json);
        if bytes.len() as u64 > LARGEST {
            return Err(StoreError::Engine("more objects than one run can name".into()));
        }
        Ok(bytes.into())
    }
}

pub(super) fn name(chain: u32, run: u32) -> String {
    format!("chain-{chain:04}/run-{run:04}.json")
}

pub(super) fn folder(chain: u32, run: u32, chance: &str) -> String {
    format!("chain-{chain:04}/run-{run:04}.{chance}")
}

/// Chain and run of a manifest's name.
pub(super) fn parse(name: &str) -> Option<(u32, u32)> {
    let (chain, run) = name.strip_prefix("chain-")?.split_once('/')?;
    let run = run.strip_prefix("run-")?.strip_suffix(".json")?;
    Some((chain.parse().ok()?, run.parse().ok()?))
}

/// A manifest as it lies there.
pub(super) async fn read(shelf: &dyn Shelf, chain: u32, run: u32) -> Result<Run, StoreError> {
    let name = name(chain, run);
    let broken = |why: String| StoreError::Corrupt(format!("manifest {name}: {why}"));
    let bytes = shelf.get(&name, LARGEST).await?.ok_or_else(|| broken("is missing".into()))?;
    let end = bytes.iter().position(|b| *b == b'\n').ok_or_else(|| broken("was changed".into()))?;
    if bytes[..end] != *hex::encode(Sha256::digest(&bytes[end + 1..])).as_bytes() {
        return Err(broken("was changed".into()));
    }
    let form: Form = serde_json::from_slice(&bytes[end + 1..]).map_err(|e| broken(e.to_string()))?;
    if form.form != FORM {
        return Err(broken(format!("is of form {}, this program knows {FORM}", form.form)));
    }
    let manifest: Manifest = serde_json::from_slice(&bytes[end + 1..]).map_err(|e| broken(e.to_string()))?;
    if (manifest.chain, manifest.run) != (chain, run) {
        return Err(broken("lies under another's name".into()));
    }
    Ok(Run { manifest, sha256: hex::encode(Sha256::digest(&bytes)) })
}

#[derive(Deserialize)]
struct Form {
    form: u32,
}

/// The runs that a place has, by chain.
pub(super) fn chains(listed: &[Listed]) -> BTreeMap<u32, Vec<u32>> {
    let mut chains: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (chain, run) in listed.iter().filter_map(|object| parse(&object.name)) {
        chains.entry(chain).or_default().push(run);
    }
    chains.values_mut().for_each(|runs| runs.sort_unstable());
    chains
}

/// The runs of a chain from the first to `last`, each following from the one before.
pub(super) async fn runs(shelf: &dyn Shelf, chain: u32, last: u32) -> Result<Vec<Run>, StoreError> {
    let mut all: Vec<Run> = vec![];
    for n in 1..=last {
        let run = read(shelf, chain, n).await?;
        let before = all.last().map(|run| run.sha256.clone());
        if run.manifest.before != before {
            return Err(StoreError::Corrupt(format!(
                "manifest {}: does not follow from the one before",
                name(chain, n)
            )));
        }
        all.push(run);
    }
    Ok(all)
}

pub(super) fn form() -> u32 {
    FORM
}
