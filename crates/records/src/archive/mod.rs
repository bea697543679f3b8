//! Old entries of looks, taken out of the ledger into a file, so that the chain still holds (decision 0020).
//!
//! Called by `consilium audit archive` while nobody serves the store. Of an archived entry number and hash stay
//! (`ledger_archived`), and the act that archived it: an entry like all others, which names how many were taken, from which to
//! which, a digest over their numbers and hashes, and the file with its SHA-256. So [`proof`] finds an entry that is gone and was not
//! archived, and one whose hash is another's, without the file; with it every link is proven from its bytes. Never here: a
//! domain rule, the clock. What else must not be taken, whoever calls says.

mod file;
mod proof;
mod take;

use crate::chain::{Sealed, decode};
use crate::copy::{Kind, Place, Side, Table};
use crate::{Act, Entry, StoreError};
use jiff::SignedDuration;
use kernel::Time;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

pub use file::{Archived, Contents, read};
pub use take::{Taken, Wish, take};

pub(crate) use proof::{Prover, Row, Tally};

/// What the act is called that archives.
pub(crate) const ACT: &str = "audit.archive";

/// Entries younger than this are never archived: six months, which are 184 days at most. Logs of the network are kept "for not
/// less than six months": Cybersecurity Law of the People's Republic of China (2017), article 21 (3). They would be kept in the
/// file too; but whoever asks about the last half year is to find it in the record itself.
pub const YOUNGEST: SignedDuration = SignedDuration::from_hours(184 * 24);

/// Numbers and hashes, in their order, as entries with a Null instead of bytes: what a chain is walked along.
pub(crate) const LEDGER: Table = Table {
    name: "(SELECT number, at, kase, pat, hash, entry FROM ledger UNION ALL
            SELECT number, 0, NULL, NULL, hash, NULL FROM ledger_archived a
            WHERE NOT EXISTS (SELECT 1 FROM ledger l WHERE l.number=a.number)) e",
    columns: &[
        ("number", Kind::Integer),
        ("at", Kind::Integer),
        ("kase", Kind::Integer),
        ("pat", Kind::Integer),
        ("hash", Kind::Bytes),
        ("entry", Kind::Bytes),
    ],
    key: 1,
    counts: false,
    follows: crate::copy::Follows::Own,
};

/// What was archived of a store that others may have open, the first archive first. It is not proven here.
pub async fn listed(place: &Place) -> Result<Vec<Archive>, StoreError> {
    let mut all = vec![];
    for (number, bytes) in Side::snapshot(place).await?.archivings().await? {
        all.extend(Archive::of(number, &decode(number, &bytes)?)?);
    }
    Ok(all)
}

/// What an archiving took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archive {
    /// The number of the act that archived.
    pub act: u64,
    /// When that was.
    pub at: Time,
    /// Looks before this instant were taken.
    pub before: Time,
    /// The first entry taken.
    pub from: u64,
    /// The last.
    pub to: u64,
    /// How many.
    pub count: u64,
    /// SHA-256 over number (eight bytes, little endian) and hash of each, in their order; hexadecimal.
    pub sha256: String,
    /// What the file was called.
    pub file: String,
    /// SHA-256 of the file, hexadecimal.
    pub file_sha256: String,
    /// Its bytes.
    pub file_bytes: u64,
}

impl Archive {
    /// What an act says of an archiving; none when it is another act.
    pub(crate) fn of(number: u64, sealed: &Sealed) -> Result<Option<Self>, StoreError> {
        if sealed.act.what != ACT || sealed.act.person.is_some() {
            return Ok(None);
        }
        let archive = Self::said(number, crate::standing::time(sealed.at), &sealed.act.params);
        let unread = || StoreError::Broken { number, why: "archived something, and does not say what".into() };
        archive.ok_or_else(unread).map(Some)
    }

    /// The same of entries that were read.
    pub(crate) fn of_all(entries: Vec<Entry>) -> Vec<Self> {
        entries.iter().filter_map(|e| Self::said(e.number, e.at, &e.act.params)).collect()
    }

    fn said(act: u64, at: Time, params: &Map<String, Value>) -> Option<Self> {
        let number = |name: &str| params.get(name)?.as_u64();
        let text = |name: &str| Some(params.get(name)?.as_str()?.to_owned());
        Some(Self {
            act,
            at,
            before: params.get("before")?.as_str()?.parse().ok()?,
            from: number("from")?,
            to: number("to")?,
            count: number("count")?,
            sha256: text("sha256")?,
            file: text("file")?,
            file_sha256: text("file_sha256")?,
            file_bytes: number("file_bytes")?,
        })
    }

    /// The act, to be sealed.
    fn act(&self) -> Act {
        let said = json!({
            "before": self.before.to_string(),
            "from": self.from,
            "to": self.to,
            "count": self.count,
            "sha256": self.sha256,
            "file": self.file,
            "file_sha256": self.file_sha256,
            "file_bytes": self.file_bytes,
        });
        let mut act = Act::system(ACT);
        if let Value::Object(said) = said {
            act.params = said;
        }
        act
    }
}

/// Numbers and hashes in their order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sequence {
    pub(crate) count: u64,
    pub(crate) from: u64,
    pub(crate) to: u64,
    hash: Sha256,
}

impl Sequence {
    fn add(&mut self, number: u64, hash: &[u8; 32]) {
        if self.count == 0 {
            self.from = number;
        }
        (self.count, self.to) = (self.count + 1, number);
        self.hash.update(number.to_le_bytes());
        self.hash.update(hash);
    }

    fn sha256(&self) -> String {
        hex::encode(self.hash.clone().finalize())
    }

    fn is_of(&self, archive: &Archive) -> bool {
        (self.count, self.from, self.to) == (archive.count, archive.from, archive.to) && self.sha256() == archive.sha256
    }
}
