//! The chain of the ledger: what an entry's bytes are, and how each hash follows from the one before.

use crate::standing::time;
use crate::{Act, BulkBatch, Checkpoint, Entry, StoreError, Stored, Verified, Versioned};
use kernel::Time;
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

impl Sealed {
    /// Whether it says that somebody looked, and nothing else: no version, no rows, no word to anybody.
    pub(crate) fn is_look(&self) -> bool {
        self.versions.is_empty() && self.bulk.is_empty() && crate::notes::is_note(&self.act)
    }

    /// Whether it vouches for rows outside `resource`.
    pub(crate) fn has_bulk(&self) -> bool {
        !self.bulk.is_empty()
    }
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

/// Goes along a chain from its first entry and proves each link, the times, and that it runs through what was kept elsewhere.
pub(crate) struct Walk {
    head: Head,
    sealed_at: Option<Time>,
    /// Those not passed yet, the next one last.
    kept: Vec<Checkpoint>,
}

impl Walk {
    /// Goes on after an entry that was proven before.
    pub(crate) fn after(head: Head) -> Self {
        Self { head, sealed_at: None, kept: vec![] }
    }

    pub(crate) fn new(kept: &[Checkpoint]) -> Self {
        let mut kept = kept.to_vec();
        kept.sort_unstable_by_key(|checkpoint| std::cmp::Reverse(checkpoint.number));
        Self { head: Head::default(), sealed_at: None, kept }
    }

    /// Where it stands.
    pub(crate) fn head(&self) -> Head {
        self.head
    }

    /// Takes the next entry as its row says it; what it vouches for.
    pub(crate) fn step(&mut self, number: u64, hash: [u8; 32], bytes: &[u8], at: i64) -> Result<Sealed, StoreError> {
        let broken = |why: &str| Err(StoreError::Broken { number, why: why.into() });
        if number != self.head.number + 1 {
            return Err(StoreError::Broken { number: self.head.number + 1, why: "is missing".into() });
        }
        self.head = link(self.head, bytes);
        if self.head.hash != hash {
            return broken("its hash does not follow from the entry before and its own bytes");
        }
        let sealed = decode(number, bytes)?;
        if at != sealed.at {
            return broken("its time was changed");
        }
        self.sealed_at = Some(time(sealed.at));
        self.meet(number, hash)?;
        Ok(sealed)
    }

    /// Goes past an entry of which the hash alone is left: whether it follows is for others to prove (`archive/proof`).
    pub(crate) fn pass(&mut self, number: u64, hash: [u8; 32]) -> Result<(), StoreError> {
        if number != self.head.number + 1 {
            return Err(StoreError::Broken { number: self.head.number + 1, why: "is missing".into() });
        }
        self.head = Head { number, hash };
        self.meet(number, hash)
    }

    /// Holds the entry against what was kept of it elsewhere.
    fn meet(&mut self, number: u64, hash: [u8; 32]) -> Result<(), StoreError> {
        while let Some(checkpoint) = self.kept.pop_if(|checkpoint| checkpoint.number <= number) {
            if checkpoint != (Checkpoint { number, hash }) {
                let why = format!("it is not what the checkpoint of entry {} says", checkpoint.number);
                return Err(StoreError::Broken { number, why });
            }
        }
        Ok(())
    }

    /// At the last entry: `last` is what was kept of the end beside the chain.
    pub(crate) fn end(self, last: Head, versions: u64) -> Result<Verified, StoreError> {
        let Head { number, hash } = self.head;
        let cut = |why| Err(StoreError::Broken { number: number + 1, why });
        if last != self.head {
            return cut(format!("the chain ends here, {} was sealed last", last.number));
        }
        if let Some(checkpoint) = self.kept.last() {
            return cut(format!("the chain ends before it, and there is a checkpoint of entry {}", checkpoint.number));
        }
        Ok(Verified { entries: number, versions, head: hash, sealed_at: self.sealed_at, archived: 0, unproven: 0 })
    }
}
