//! Proves a ledger of which entries were archived, row by row: with the files from their bytes, without them that what is left is
//! what the archiving acts say was taken.

use super::file::{self, Reader};
use super::{Archive, Sequence};
use crate::chain::{Head, Sealed, Walk, decode, link};
use crate::copy::Cell;
use crate::{Checkpoint, StoreError, Verified};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// More archivings than one each week for a century are none of ours.
const MOST: usize = 5_000;

/// A number of the ledger: its entry, what is left of it, or both.
pub(crate) struct Row<'r> {
    pub(crate) number: u64,
    pub(crate) hash: [u8; 32],
    /// Time and bytes; none when they were archived.
    pub(crate) entry: Option<(i64, &'r [u8])>,
    /// The act that archived it, and the hash as it was then.
    pub(crate) archived: Option<(u64, [u8; 32])>,
}

/// What is left of archived entries, by the act that took them.
#[derive(Default)]
struct Groups {
    left: BTreeMap<u64, Sequence>,
    /// Acts that were met, with what they took.
    taken: BTreeSet<u64>,
}

impl Groups {
    /// Takes what is left of an entry. Numbers come in their order.
    fn add(&mut self, number: u64, act: u64, hash: &[u8; 32]) -> Result<(), StoreError> {
        if act <= number || self.taken.contains(&act) {
            return Err(StoreError::Broken { number, why: format!("entry {act} did not archive it") });
        }
        self.left.entry(act).or_default().add(number, hash);
        if self.left.len() > MOST {
            return Err(StoreError::Broken { number, why: "more archivings are named than there can be".into() });
        }
        Ok(())
    }

    /// Meets an entry: what is said to have been archived by it must be what it says.
    fn meet(&mut self, number: u64, sealed: &Sealed) -> Result<Option<Archive>, StoreError> {
        let broken = |why: String| Err(StoreError::Broken { number, why });
        match (self.left.remove(&number), Archive::of(number, sealed)?) {
            (None, None) => Ok(None),
            (Some(left), None) => {
                broken(format!("archived nothing; entries {} to {} are gone as if it had", left.from, left.to))
            }
            (left, Some(archive)) => {
                if !left.is_some_and(|left| left.is_of(&archive)) {
                    let Archive { count, from, to, .. } = archive;
                    return broken(format!(
                        "archived {count} entries from {from} to {to}; what is left of them is not that"
                    ));
                }
                self.taken.insert(number);
                Ok(Some(archive))
            }
        }
    }

    /// At the end: everything that is left of an entry was archived by one that was met.
    fn end(self) -> Result<BTreeSet<u64>, StoreError> {
        if let Some((act, left)) = self.left.first_key_value() {
            let why = format!("its bytes are gone, and entry {act}, which is said to have archived it, did not");
            return Err(StoreError::Broken { number: left.from, why });
        }
        Ok(self.taken)
    }
}

/// Goes along a ledger.
pub(crate) struct Prover {
    walk: Walk,
    groups: Groups,
    /// Files at hand, by the act that took their entries.
    files: BTreeMap<u64, Reader>,
    archived: u64,
    unproven: u64,
}

impl Prover {
    /// `acts`: the entries that archived, as they stand in the ledger. Each file must be named by one of them.
    pub(crate) fn new(kept: &[Checkpoint], files: &[PathBuf], acts: &[(u64, Vec<u8>)]) -> Result<Self, StoreError> {
        let mut named = BTreeMap::new();
        for path in files {
            let (sha256, _) = file::sha256(path)?;
            let mut act = None;
            for (number, bytes) in acts {
                let archive = Archive::of(*number, &decode(*number, bytes)?)?;
                if archive.is_some_and(|archive| archive.file_sha256 == sha256) {
                    act = Some(*number);
                }
            }
            let Some(act) = act else {
                // Says what is wrong with it, if something is.
                file::read(path, |_| Ok(()))?;
                let why = "it is whole, and this ledger archived nothing into it";
                return Err(StoreError::Corrupt(format!("{}: {why}", path.display())));
            };
            named.insert(act, Reader::open(path)?);
        }
        Ok(Self { walk: Walk::new(kept), groups: Groups::default(), files: named, archived: 0, unproven: 0 })
    }

    /// The last entry that was proven.
    pub(crate) fn head(&self) -> Head {
        self.walk.head()
    }

    /// Takes the next number; what its entry vouches for, none when it was archived: then it vouched for nothing.
    pub(crate) fn row(&mut self, row: &Row<'_>) -> Result<Option<Sealed>, StoreError> {
        let Row { number, hash, entry, archived } = *row;
        let broken = |why: &str| Err(StoreError::Broken { number, why: why.into() });
        let before = self.walk.head();
        let sealed = match entry {
            Some((at, bytes)) => Some(self.walk.step(number, hash, bytes, at)?),
            None => {
                self.walk.pass(number, hash)?;
                None
            }
        };
        if let Some((act, then)) = archived {
            if then != hash {
                return broken("its hash is not the one that was archived");
            }
            self.groups.add(number, act, &then)?;
            self.archived += 1;
            let proven = self.prove(before, number, hash, act)?;
            if sealed.is_none() && !proven {
                self.unproven += 1;
            }
            if sealed.as_ref().is_some_and(|sealed| !sealed.is_look()) {
                return broken("was archived, and is more than a look");
            }
        } else if sealed.is_none() {
            return broken("its bytes are gone, and nothing archived it");
        }
        if let Some(sealed) = &sealed
            && self.groups.meet(number, sealed)?.is_some()
            && let Some(mut file) = self.files.remove(&number)
            && let Some(more) = file.next()?
        {
            return broken(&format!("its file has entry {} as well, which it did not take", more.number));
        }
        Ok(sealed)
    }

    /// Proves an archived entry from the bytes in its file; false when the file is not at hand.
    fn prove(&mut self, before: Head, number: u64, hash: [u8; 32], act: u64) -> Result<bool, StoreError> {
        let Some(file) = self.files.get_mut(&act) else { return Ok(false) };
        let broken = |why: &str| Err(StoreError::Broken { number, why: why.into() });
        match file.next()? {
            Some(found) if found.number == number => {
                if link(before, &found.entry).hash != hash {
                    return broken("its hash does not follow from the entry before and the bytes in its archive");
                }
                if !decode(number, &found.entry)?.is_look() {
                    return broken("was archived, and is more than a look");
                }
                Ok(true)
            }
            _ => broken("is not in the file of its archive"),
        }
    }

    /// At the last entry. `listed`: the acts that the store lists as archivings.
    pub(crate) fn end(self, last: Head, versions: u64, listed: &BTreeSet<u64>) -> Result<Verified, StoreError> {
        let taken = self.groups.end()?;
        let verified = self.walk.end(last, versions)?;
        if let Some(number) = taken.symmetric_difference(listed).next().copied() {
            let why = if listed.contains(&number) {
                "is listed as an archiving, and is none"
            } else {
                "archived, and is not listed"
            };
            return Err(StoreError::Broken { number, why: why.into() });
        }
        Ok(Verified { archived: self.archived, unproven: self.unproven, ..verified })
    }
}

/// The same for who reads what is left apart from the ledger: archiving acts, and the rows that they say there are.
#[derive(Default)]
pub(crate) struct Tally {
    acts: BTreeMap<u64, Archive>,
    left: BTreeMap<u64, Sequence>,
}

impl Tally {
    /// Takes an entry of the ledger.
    pub(crate) fn act(&mut self, number: u64, sealed: &Sealed) -> Result<(), StoreError> {
        self.acts.extend(Archive::of(number, sealed)?.map(|archive| (number, archive)));
        Ok(())
    }

    /// Takes a row of `ledger_archived`, in their order.
    pub(crate) fn left(&mut self, row: &[Cell]) -> Result<(), StoreError> {
        let unread = || StoreError::Corrupt("ledger_archived: a row cannot be read".into());
        let [Cell::Integer(number), Cell::Integer(act), Cell::Bytes(hash)] = row else { return Err(unread()) };
        let hash = hash.as_slice().try_into().map_err(|_| unread())?;
        self.left.entry(act.cast_unsigned()).or_default().add(number.cast_unsigned(), hash);
        if self.left.len() > MOST { Err(unread()) } else { Ok(()) }
    }

    /// What is left is what the acts say, and nothing else.
    pub(crate) fn end(&mut self) -> Result<(), StoreError> {
        let (acts, mut left) = (std::mem::take(&mut self.acts), std::mem::take(&mut self.left));
        for (number, archive) in acts {
            if !left.remove(&number).is_some_and(|left| left.is_of(&archive)) {
                let why = "what is left of the entries that it archived is not what it says".into();
                return Err(StoreError::Broken { number, why });
            }
        }
        match left.first_key_value() {
            None => Ok(()),
            Some((act, left)) => {
                Err(StoreError::Broken { number: left.from, why: format!("entry {act} did not archive it") })
            }
        }
    }
}
