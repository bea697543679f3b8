//! The chain of the ledger: what an entry's bytes are, and how each hash follows from the one before.

use crate::standing::time;
use crate::{Act, BulkBatch, Entry, StoreError, Stored, Versioned};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// The end of the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Head {
    pub(crate) number: u64,
    pub(crate) hash: [u8; 32],
}

/// What is hashed: canonical because it is written once, by this struct's order, and kept as bytes.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Sealed {
    pub(crate) at: i64,
    pub(crate) act: Act,
    pub(crate) versions: Vec<Versioned>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    bulk: Vec<Bulk>,
}

/// Rows outside `resource` that an entry vouches for.
#[derive(Debug, Serialize, Deserialize)]
struct Bulk {
    kind: String,
    rows: u64,
    sha256: String,
}

/// The end of the chain after one more entry.
pub(crate) fn link(before: Head, bytes: &[u8]) -> Head {
    let number = before.number + 1;
    let mut hash = Sha256::new();
    hash.update(before.hash);
    hash.update(number.to_le_bytes());
    hash.update(bytes);
    Head { number, hash: hash.finalize().into() }
}

/// The bytes of an act's entry.
pub(crate) fn seal(at: i64, act: &Act, stored: &[Stored], bulk: &[Arc<dyn BulkBatch>]) -> Result<Vec<u8>, StoreError> {
    let versions = stored
        .iter()
        .map(|s| Versioned { at: s.at.clone(), version: s.version, sha256: hex::encode(s.sha256) })
        .collect();
    let bulk = bulk
        .iter()
        .map(|b| Bulk { kind: b.kind().into(), rows: b.rows() as u64, sha256: hex::encode(b.digest()) })
        .collect();
    let sealed = Sealed { at, act: act.clone(), versions, bulk };
    serde_json::to_vec(&sealed).map_err(|e| StoreError::Engine(format!("an act: {e}")))
}

/// What the bytes of an entry say.
pub(crate) fn decode(number: u64, bytes: &[u8]) -> Result<Sealed, StoreError> {
    serde_json::from_slice(bytes).map_err(|e| StoreError::Broken { number, why: format!("cannot be read: {e}") })
}

/// An entry as the trait answers it.
pub(crate) fn entry((number, hash, bytes): (u64, [u8; 32], Vec<u8>)) -> Result<Entry, StoreError> {
    let sealed = decode(number, &bytes)?;
    Ok(Entry { number, at: time(sealed.at), act: sealed.act, versions: sealed.versions, hash })
}

/// Most entries of a patient that one call answers; the caller asks for the next.
pub(crate) const MOST: i64 = 2_000;
/// Most entries of a case: it has one for each act, and for each person and minute that looked at something.
pub(crate) const MOST_OF_CASE: i64 = 20_000;
