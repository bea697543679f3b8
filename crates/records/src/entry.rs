//! Ledger entries: acts, numbered without gaps and chained.

use crate::Act;
use fhir::Reference;
use kernel::{Id, Role, Time};
use serde::{Deserialize, Serialize};

/// One sealed entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// 1, 2, 3 … without gaps.
    pub number: u64,
    /// When it was committed.
    pub at: Time,
    /// The act.
    pub act: Act,
    /// The versions it wrote.
    pub versions: Vec<Versioned>,
    /// SHA-256 over the entry before and this one's canonical bytes.
    pub hash: [u8; 32],
}

/// A version that an entry vouches for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versioned {
    /// What.
    pub at: Reference,
    /// Which version.
    pub version: u64,
    /// SHA-256 of the stored bytes, hexadecimal.
    pub sha256: String,
}

/// Somebody read patient data. Coalesced per person, patient, study and minute (DESIGN 1.3).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ReadNote {
    /// Who.
    pub person: Id,
    /// As what.
    pub role: Role,
    /// At which hospital.
    pub hospital: Id,
    /// The operation's address, for example `consult.show`.
    pub what: String,
    /// Whose data.
    pub patient: Option<Reference>,
    /// In which case.
    pub case: Option<Reference>,
    /// The thing itself: a study, a document.
    pub about: Option<Reference>,
    /// False when it was refused.
    pub allowed: bool,
}
