//! The ledger: every act an entry, numbered without gaps, each hash over the one before.
//!
//! The writer seals its own entries in the transaction that they tell of: what is acknowledged is in the chain.

use super::apply::Apply;
use super::body::{sha256, unpack};
use super::row::{rid_of, time};
use crate::{Act, BulkBatch, Checkpoint, Entry, StoreError, Stored, Verified, Versioned};
use fhir::{Reference, ResourceType};
use kernel::Id;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// The end of the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Head {
    pub(super) number: u64,
    pub(super) hash: [u8; 32],
}

/// What is hashed: canonical because it is written once, by this struct's order, and kept as bytes.
#[derive(Serialize, Deserialize)]
struct Sealed {
    at: i64,
    act: Act,
    versions: Vec<Versioned>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    bulk: Vec<Bulk>,
}

/// Rows outside `resource` that an entry vouches for.
#[derive(Serialize, Deserialize)]
struct Bulk {
    kind: String,
    rows: u64,
    sha256: String,
}

fn link(before: Head, bytes: &[u8]) -> Head {
    let number = before.number + 1;
    let mut hash = Sha256::new();
    hash.update(before.hash);
    hash.update(number.to_le_bytes());
    hash.update(bytes);
    Head { number, hash: hash.finalize().into() }
}

pub(super) fn head(db: &Connection) -> rusqlite::Result<Head> {
    let last = db.query_row("SELECT number, hash FROM ledger ORDER BY number DESC LIMIT 1", [], |r| {
        Ok(Head { number: r.get::<_, i64>(0)?.cast_unsigned(), hash: r.get(1)? })
    });
    Ok(last.optional()?.unwrap_or_default())
}

/// Kept beside the chain, so that a chain cut short at its end is noticed.
pub(super) fn keep_head(db: &Connection, head: Head) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO ledger_head(one, number, hash) VALUES(1,?,?) ON CONFLICT(one) DO UPDATE SET number=excluded.number, hash=excluded.hash",
    )?
    .execute(params![head.number.cast_signed(), head.hash])
    .map(drop)
}

/// Adds the entry of an act; its number.
pub(super) fn append(
    apply: &mut Apply,
    act: &Act,
    stored: &[Stored],
    bulk: &[Arc<dyn BulkBatch>],
) -> Result<u64, StoreError> {
    let versions = stored
        .iter()
        .map(|s| Versioned { at: s.at.clone(), version: s.version, sha256: hex::encode(s.sha256) })
        .collect();
    let bulk = bulk
        .iter()
        .map(|b| Bulk { kind: b.kind().into(), rows: b.rows() as u64, sha256: hex::encode(b.digest()) })
        .collect();
    let sealed = Sealed { at: apply.at, act: act.clone(), versions, bulk };
    let bytes = serde_json::to_vec(&sealed).map_err(|e| StoreError::Engine(format!("an act: {e}")))?;
    let case = act.case.as_ref().map(|case| apply.rid(case)).transpose()?;
    let patient = act.patient.as_ref().map(|patient| apply.rid(patient)).transpose()?;
    let next = link(apply.head, &bytes);
    apply
        .db
        .prepare_cached("INSERT INTO ledger(number, at, kase, pat, hash, entry) VALUES(?,?,?,?,?,?)")?
        .execute(params![next.number.cast_signed(), apply.at, case, patient, next.hash, bytes])?;
    apply.head = next;
    Ok(next.number)
}

fn decode(number: u64, bytes: &[u8]) -> Result<Sealed, StoreError> {
    serde_json::from_slice(bytes).map_err(|e| StoreError::Broken { number, why: format!("cannot be read: {e}") })
}

fn columns(r: &Row) -> rusqlite::Result<(u64, [u8; 32], Vec<u8>)> {
    let bytes = r.get_ref(2)?.as_bytes().map_err(|_| rusqlite::Error::InvalidQuery)?;
    Ok((r.get::<_, i64>(0)?.cast_unsigned(), r.get(1)?, bytes.to_vec()))
}

fn entry((number, hash, bytes): (u64, [u8; 32], Vec<u8>)) -> Result<Entry, StoreError> {
    let sealed = decode(number, &bytes)?;
    Ok(Entry { number, at: time(sealed.at), act: sealed.act, versions: sealed.versions, hash })
}

pub(super) fn entries(db: &Connection, after: u64, limit: usize) -> Result<Vec<Entry>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT number, hash, entry FROM ledger WHERE number>? ORDER BY number LIMIT ?")?;
    let rows = statement.query_map(params![after.cast_signed(), limit.min(10_000) as i64], columns)?;
    rows.map(|row| entry(row?)).collect()
}

/// Most entries of a patient that one call answers; the caller asks for the next.
const MOST: i64 = 2_000;
/// Most entries of a case: it has one for each act, and for each person and minute that looked at something.
const MOST_OF_CASE: i64 = 20_000;

pub(super) fn entries_of_case(db: &Connection, case: &Reference) -> Result<Vec<Entry>, StoreError> {
    // The newest, should there ever be more: what happens next rests on them.
    let sql = "SELECT * FROM (SELECT number, hash, entry FROM ledger WHERE kase=? AND number>? ORDER BY number DESC \
               LIMIT ?) ORDER BY number";
    entries_by(db, sql, case, 0, MOST_OF_CASE)
}

pub(super) fn entries_of_patient(db: &Connection, patient: &Reference, after: u64) -> Result<Vec<Entry>, StoreError> {
    let sql = "SELECT number, hash, entry FROM ledger WHERE pat=? AND number>? ORDER BY number LIMIT ?";
    entries_by(db, sql, patient, after, MOST)
}

fn entries_by(db: &Connection, sql: &str, of: &Reference, after: u64, most: i64) -> Result<Vec<Entry>, StoreError> {
    let Some(rid) = rid_of(db, of)? else { return Ok(vec![]) };
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map(params![rid, after.cast_signed(), most], columns)?;
    rows.map(|row| entry(row?)).collect()
}

/// Proves the chain, that every version it vouches for is there unchanged, that nothing else is, and that the chain runs through
/// what was kept of it elsewhere.
pub(super) fn verify(db: &Connection, kept: &[Checkpoint]) -> Result<Verified, StoreError> {
    let mut kept: Vec<Checkpoint> = kept.to_vec();
    kept.sort_unstable_by_key(|checkpoint| std::cmp::Reverse(checkpoint.number));
    let mut head = Head::default();
    let (mut versions, mut sealed_at) = (0, None);
    let mut statement = db.prepare("SELECT number, hash, entry, at FROM ledger ORDER BY number")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let unread = |e: rusqlite::Error| StoreError::Broken { number: head.number + 1, why: e.to_string() };
        let (number, hash, bytes) = columns(row).map_err(unread)?;
        let broken = |why: String| StoreError::Broken { number, why };
        if number != head.number + 1 {
            return Err(StoreError::Broken { number: head.number + 1, why: "is missing".into() });
        }
        head = link(head, &bytes);
        if head.hash != hash {
            return Err(broken("its hash does not follow from the entry before and its own bytes".into()));
        }
        let sealed = decode(number, &bytes)?;
        if row.get::<_, i64>(3)? != sealed.at {
            return Err(broken("its time was changed".into()));
        }
        sealed_at = Some(time(sealed.at));
        while let Some(checkpoint) = kept.pop_if(|checkpoint| checkpoint.number <= number) {
            if checkpoint.number != number || checkpoint.hash != hash {
                let why = format!("it is not what the checkpoint of entry {} says", checkpoint.number);
                return Err(broken(why));
            }
        }
        for version in &sealed.versions {
            whole(db, version, sealed.at)
                .map_err(|why| broken(format!("{} version {}: {why}", version.at, version.version)))?;
            versions += 1;
        }
    }
    at_its_end(db, head)?;
    if let Some(checkpoint) = kept.pop() {
        let why = format!("the chain ends before it, and there is a checkpoint of entry {}", checkpoint.number);
        return Err(StoreError::Broken { number: head.number + 1, why });
    }
    nothing_else(db, versions)?;
    Ok(Verified { entries: head.number, versions, head: head.hash, sealed_at })
}

/// The version is there, of that time, with that hash.
fn whole(db: &Connection, version: &Versioned, sealed_at: i64) -> Result<(), String> {
    let mut statement = db
        .prepare_cached(
            "SELECT v.at, v.body FROM (SELECT rid, ver, at, body FROM resource WHERE ty=?1 AND id=?2 AND ver=?3 UNION ALL
             SELECT h.rid, h.ver, h.at, h.body FROM resource r JOIN resource_history h ON h.rid=r.rid
             WHERE r.ty=?1 AND r.id=?2 AND h.ver=?3) v",
        )
        .map_err(|e| e.to_string())?;
    let number = version.version.cast_signed();
    let found: Option<(i64, Option<Vec<u8>>)> = statement
        .query_row(params![version.at.ty.number(), version.at.id.as_str(), number], |r| Ok((r.get(0)?, r.get(1)?)))
        .optional()
        .map_err(|e| e.to_string())?;
    let (at, body) = found.ok_or("is missing")?;
    let raw = body.map(|b| unpack(&b)).transpose().map_err(|e| e.to_string())?;
    if hex::encode(sha256(raw.as_deref().unwrap_or_default())) != version.sha256 {
        return Err("its bytes were changed".into());
    }
    if at != sealed_at {
        return Err("its time was changed".into());
    }
    Ok(())
}

fn at_its_end(db: &Connection, head: Head) -> Result<(), StoreError> {
    let kept: Option<(i64, [u8; 32])> =
        db.query_row("SELECT number, hash FROM ledger_head", [], |r| Ok((r.get(0)?, r.get(1)?))).optional()?;
    let (number, hash) = kept.unwrap_or_default();
    if (number.cast_unsigned(), hash) == (head.number, head.hash) {
        return Ok(());
    }
    Err(StoreError::Broken { number: head.number + 1, why: format!("the chain ends here, {number} was sealed last") })
}

/// As many versions are stored as the chain vouches for; otherwise one of those it does not know is named.
fn nothing_else(db: &Connection, vouched: u64) -> Result<(), StoreError> {
    let stored: i64 = db.query_row(
        "SELECT (SELECT count(*) FROM resource WHERE ver>0) + (SELECT count(*) FROM resource_history)",
        [],
        |r| r.get(0),
    )?;
    if stored.cast_unsigned() == vouched {
        return Ok(());
    }
    let unknown =
        unvouched(db)?.map_or_else(|| "a version".to_owned(), |(at, version)| format!("{at} version {version}"));
    Err(StoreError::Broken { number: 0, why: format!("{unknown} stands in no entry") })
}

fn unvouched(db: &Connection) -> Result<Option<(Reference, u64)>, StoreError> {
    let mut known = std::collections::HashSet::new();
    let mut entries = db.prepare("SELECT number, hash, entry FROM ledger ORDER BY number")?;
    let mut rows = entries.query([])?;
    while let Some(row) = rows.next()? {
        let (number, _, bytes) = columns(row)?;
        known.extend(decode(number, &bytes)?.versions.into_iter().map(|v| (v.at, v.version)));
    }
    let mut all = db.prepare(
        "SELECT ty, id, ver FROM resource WHERE ver>0 UNION ALL
         SELECT r.ty, r.id, h.ver FROM resource_history h JOIN resource r ON r.rid=h.rid",
    )?;
    let mut rows = all.query([])?;
    while let Some(r) = rows.next()? {
        let (ty, id, version): (u16, String, i64) = (r.get(0)?, r.get(1)?, r.get(2)?);
        if let (Some(ty), Ok(id)) = (ResourceType::from_number(ty), Id::new(id)) {
            let version = (Reference::new(ty, id), version.cast_unsigned());
            if !known.contains(&version) {
                return Ok(Some(version));
            }
        }
    }
    Ok(None)
}
