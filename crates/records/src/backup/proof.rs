//! What the blocks of a run must come to, whoever reads them: the chain of the ledger, a version for each that an entry vouches
//! for and no other, attachments that have their hashes, tables that have theirs. Constant memory.

use super::manifest::Manifest;
use crate::archive::Tally;
use crate::body::{sha256, unpack};
use crate::chain::{Head, Sealed, Walk, decode, link};
use crate::copy::Cell;
use crate::{StoreError, Versioned};
use fhir::{Reference, ResourceType};
use kernel::Id;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// A set as a number: equal for equal sets, in whichever order they are gone through.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sum {
    pub(super) count: u64,
    sum: [u64; 4],
}

impl Sum {
    pub(super) fn add(&mut self, hash: [u8; 32]) {
        self.count += 1;
        let mut carry = false;
        for (mine, part) in self.sum.iter_mut().zip(hash.as_chunks::<8>().0) {
            let (sum, over) = mine.overflowing_add(u64::from_le_bytes(*part));
            let (sum, again) = sum.overflowing_add(u64::from(carry));
            (*mine, carry) = (sum, over || again);
        }
    }

    /// Adds a version: of what, which, of when, and the hash of its bytes.
    fn version(&mut self, (ty, id, version, at): (u16, &str, i64, i64), bytes: &str) {
        let mut hash = Sha256::new();
        hash.update(format!("{ty}/{id}/{version}/{at}/{bytes}"));
        self.add(hash.finalize().into());
    }

    /// Adds what an entry vouches for.
    pub(super) fn vouched(&mut self, sealed: &Sealed) {
        for Versioned { at, version, sha256 } in &sealed.versions {
            self.version((at.ty.number(), at.id.as_str(), version.cast_signed(), sealed.at), sha256);
        }
    }

    /// Adds what a row holds; the number of a name that has no version yet counts for nothing.
    pub(super) fn row(&mut self, row: Option<Version<'_>>) -> Result<(), StoreError> {
        let unfit = || StoreError::Corrupt("a row of resources cannot be read".into());
        let Version { ty, id, ver, at, body, .. } = row.ok_or_else(unfit)?;
        if ver == 0 {
            return Ok(());
        }
        let unread = |what: &dyn std::fmt::Display, why: &dyn std::fmt::Display| {
            StoreError::Corrupt(format!("{what} version {ver}: {why}"))
        };
        let named = u16::try_from(ty).ok().and_then(ResourceType::from_number);
        let of = named.ok_or_else(|| unread(&format_args!("{ty}/{id}"), &"there is no such type"))?;
        let whose = Id::new(id).map_err(|_| unread(&format_args!("{of}/{id}"), &"this is no id"))?;
        let whose = Reference::new(of, whose);
        let raw = match body {
            Cell::Bytes(body) => unpack(&whose, body).map_err(|e| unread(&whose, &e))?,
            _ => vec![],
        };
        self.version((of.number(), id, ver, at), &hex::encode(sha256(&raw)));
        Ok(())
    }
}

/// What a row says of a version.
pub(super) struct Version<'r> {
    pub(super) rid: i64,
    pub(super) ty: i64,
    pub(super) id: &'r str,
    pub(super) ver: i64,
    at: i64,
    body: &'r Cell,
}

/// A row of `resource` (rid, ty, id, ver, at, body).
pub(super) fn current(row: &[Cell]) -> Option<Version<'_>> {
    match row {
        [Cell::Integer(rid), Cell::Integer(ty), Cell::Text(id), Cell::Integer(ver), Cell::Integer(at), body] => {
            Some(Version { rid: *rid, ty: *ty, id, ver: *ver, at: *at, body })
        }
        _ => None,
    }
}

/// The same of a past version (rid, ver, ty, id, at, body).
pub(super) fn past(row: &[Cell]) -> Option<Version<'_>> {
    match row {
        [Cell::Integer(rid), Cell::Integer(ver), Cell::Integer(ty), Cell::Text(id), Cell::Integer(at), body] => {
            Some(Version { rid: *rid, ty: *ty, id, ver: *ver, at: *at, body })
        }
        _ => None,
    }
}

/// A row of the ledger (number, at, kase, pat, hash, entry).
pub(super) fn entry(row: &[Cell]) -> Option<(u64, i64, [u8; 32], &[u8])> {
    match row {
        [Cell::Integer(number), Cell::Integer(at), _, _, Cell::Bytes(hash), Cell::Bytes(entry)] => {
            Some((number.cast_unsigned(), *at, hash.as_slice().try_into().ok()?, entry))
        }
        _ => None,
    }
}

/// The same of an entry that was archived: its number and hash alone.
pub(super) fn archived(row: &[Cell]) -> Option<(u64, [u8; 32])> {
    match row {
        [Cell::Integer(number), _, _, _, Cell::Bytes(hash), Cell::Null] => {
            Some((number.cast_unsigned(), hash.as_slice().try_into().ok()?))
        }
        _ => None,
    }
}

/// An attachment on its way.
struct Coming {
    name: String,
    size: u64,
    at: u64,
    hash: Sha256,
}

/// How an attachment ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Came {
    /// It goes on.
    Part,
    /// It is whole.
    Whole,
    /// It is not what it was named after, and the run says so.
    Unfit,
}

/// Goes along a chain of runs.
pub(super) struct Proof {
    walk: Option<Walk>,
    head: Head,
    vouched: Sum,
    stored: Sum,
    named: Sum,
    came: Sum,
    tables: BTreeMap<String, (u64, Sha256)>,
    coming: Option<Coming>,
    tally: Tally,
    pub(super) versions: u64,
    pub(super) blobs: u64,
}

impl Proof {
    pub(super) fn new() -> Self {
        let (vouched, stored, named, came) = Default::default();
        let (tables, coming, tally) = Default::default();
        let head = Head::default();
        Self { walk: None, head, vouched, stored, named, came, tables, coming, tally, versions: 0, blobs: 0 }
    }

    /// Takes rows of the present run.
    pub(super) fn rows(&mut self, run: &Manifest, table: &str, rows: &[Vec<Cell>]) -> Result<(), StoreError> {
        let unfit = |n: usize| StoreError::Corrupt(format!("{table}: row {n} of a block is none of that table"));
        let Some(kept) = run.tables.get(table) else { return Err(unfit(0)) };
        let all = self.tables.entry(table.to_owned()).or_default();
        for (n, row) in (1..).zip(rows) {
            if row.len() != kept.columns.len() {
                return Err(unfit(n));
            }
            all.0 += 1;
            row.iter().for_each(|cell| cell.hash(&mut all.1));
            match table {
                "ledger" => {
                    let walk = self.walk.get_or_insert_with(|| Walk::after(self.head));
                    if let Some((number, hash)) = archived(row) {
                        walk.pass(number, hash)?;
                        continue;
                    }
                    let (number, at, hash, bytes) = entry(row).ok_or_else(|| unfit(n))?;
                    let sealed = walk.step(number, hash, bytes, at)?;
                    self.tally.act(number, &sealed)?;
                    self.versions += sealed.versions.len() as u64;
                    self.vouched.vouched(&sealed);
                }
                "ledger_archived" => self.tally.left(row)?,
                "waiting" => {
                    let Some(Cell::Bytes(bytes)) = row.last() else { return Err(unfit(n)) };
                    self.vouched.vouched(&decode(0, bytes)?);
                }
                "resource" | "version" => {
                    let read = if table == "version" { past(row) } else { current(row) };
                    self.stored.row(Some(read.ok_or_else(|| unfit(n))?))?;
                }
                "blob" => {
                    let Some(Cell::Bytes(sha)) = row.first() else { return Err(unfit(n)) };
                    if !run.missing.contains(&hex::encode(sha)) {
                        self.named.add(sha256(sha));
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Takes a piece of an attachment. `extra`: it is no row of this run that names it.
    pub(super) fn piece(
        &mut self,
        run: &Manifest,
        (name, size, from, extra): (&str, u64, u64, bool),
        bytes: &[u8],
    ) -> Result<Came, StoreError> {
        let broken = |why: &str| StoreError::Corrupt(format!("attachment {name}: {why}"));
        if !is_sha(name) {
            return Err(broken("is no SHA-256"));
        }
        let mut coming = match self.coming.take() {
            Some(coming) => coming,
            None => Coming { name: name.to_owned(), size, at: 0, hash: Sha256::new() },
        };
        if (coming.name.as_str(), coming.size, coming.at) != (name, size, from) {
            return Err(broken("its pieces do not follow each other"));
        }
        coming.hash.update(bytes);
        coming.at += bytes.len() as u64;
        if coming.at < size {
            if bytes.is_empty() {
                return Err(broken("its pieces do not follow each other"));
            }
            self.coming = Some(coming);
            return Ok(Came::Part);
        }
        let sha: [u8; 32] = coming.hash.finalize().into();
        if hex::encode(sha) != name || coming.at != size {
            return if run.missing.iter().any(|m| m == name) { Ok(Came::Unfit) } else { Err(broken("was changed")) };
        }
        self.blobs += 1;
        if !extra && !run.missing.iter().any(|m| m == name) {
            self.came.add(sha256(&sha));
        }
        Ok(Came::Whole)
    }

    /// At the end of a run: what it says it has is there, and nothing else.
    pub(super) fn end(&mut self, run: &Manifest) -> Result<(), StoreError> {
        let broken = |why: String| Err(StoreError::Corrupt(format!("run {} of chain {}: {why}", run.run, run.chain)));
        if let Some(walk) = self.walk.take() {
            self.head = walk.head();
        }
        if self.head != run.head()? {
            return broken(format!("its entries end at {}, it says {}", self.head.number, run.number));
        }
        self.tally.end().or_else(|e| broken(e.to_string()))?;
        if self.coming.is_some() {
            return broken("an attachment is cut short".into());
        }
        let (vouched, stored) = (std::mem::take(&mut self.vouched), std::mem::take(&mut self.stored));
        if vouched != stored {
            return broken(format!(
                "its entries vouch for {} versions, it has {} or other ones",
                vouched.count, stored.count
            ));
        }
        let (named, came) = (std::mem::take(&mut self.named), std::mem::take(&mut self.came));
        if named != came {
            return broken(format!("{} attachments are named, {} or other ones are there", named.count, came.count));
        }
        let mut tables = std::mem::take(&mut self.tables);
        for (name, kept) in &run.tables {
            let (rows, hash) = tables.remove(name).unwrap_or_default();
            let written = kept.run == Some(run.run) || kept.run.is_none() && kept.sha256.is_some();
            if let (true, Some(sha256)) = (written, &kept.sha256)
                && (rows != kept.rows || hex::encode(hash.finalize()) != *sha256)
            {
                return broken(format!("{name}: {rows} rows are there of {}, or were changed", kept.rows));
            }
        }
        if self.versions != run.versions {
            return broken(format!("{} versions are vouched for, it says {}", self.versions, run.versions));
        }
        Ok(())
    }
}

/// Numbers entries that waited, as the sealer would: the rows of the ledger, and its end.
pub(super) fn seal(mut head: Head, waiting: &[Vec<Cell>]) -> Result<(Vec<Vec<Cell>>, Head), StoreError> {
    let mut rows = vec![];
    for row in waiting {
        let [_, at, case, patient, entry] = row.as_slice() else {
            return Err(StoreError::Corrupt("waiting: a row is none of that table".into()));
        };
        let Cell::Bytes(bytes) = entry else {
            return Err(StoreError::Corrupt("waiting: an entry has no bytes".into()));
        };
        head = link(head, bytes);
        rows.push(vec![
            Cell::Integer(head.number.cast_signed()),
            at.clone(),
            case.clone(),
            patient.clone(),
            Cell::Bytes(head.hash.to_vec()),
            entry.clone(),
        ]);
    }
    Ok((rows, head))
}

/// Whether a piece is of an attachment that no row of its run names.
pub(super) const EXTRA: u32 = 1;

/// Whether it is a SHA-256 as it is written here: names of files are made of it.
pub(super) fn is_sha(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}
