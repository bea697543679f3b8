//! The ledger: every act an entry, numbered without gaps, each hash over the one before.
//!
//! The writer seals its own entries in the transaction that they tell of: what is acknowledged is in the chain.

use super::apply::Apply;
use super::row::rid_of;
use crate::archive::{self, Archive, Prover};
use crate::body::{sha256, unpack};
use crate::chain::{self, Head, MOST, MOST_OF_CASE, decode, entry, link};
use crate::{Act, BulkBatch, Checkpoint, Entry, StoreError, Stored, Verified, Versioned};
use fhir::{Reference, ResourceType};
use kernel::Id;
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

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
    let bytes = chain::seal(apply.at, act, stored, bulk)?;
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

fn columns(r: &Row) -> rusqlite::Result<(u64, [u8; 32], Vec<u8>)> {
    let bytes = r.get_ref(2)?.as_bytes().map_err(|_| rusqlite::Error::InvalidQuery)?;
    Ok((r.get::<_, i64>(0)?.cast_unsigned(), r.get(1)?, bytes.to_vec()))
}

pub(super) fn entries(db: &Connection, after: u64, limit: usize) -> Result<Vec<Entry>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT number, hash, entry FROM ledger WHERE number>? ORDER BY number LIMIT ?")?;
    let rows = statement.query_map(params![after.cast_signed(), limit.min(10_000) as i64], columns)?;
    rows.map(|row| entry(row?)).collect()
}

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

pub(super) fn entries_before(
    db: &Connection,
    of: Option<&Reference>,
    number: u64,
    limit: usize,
) -> Result<Vec<Entry>, StoreError> {
    let (number, limit) = (i64::try_from(number).unwrap_or(i64::MAX), limit.min(10_000) as i64);
    let Some(of) = of else {
        let sql = "SELECT number, hash, entry FROM ledger WHERE number<? ORDER BY number DESC LIMIT ?";
        let mut statement = db.prepare_cached(sql)?;
        let rows = statement.query_map(params![number, limit], columns)?;
        return rows.map(|row| entry(row?)).collect();
    };
    let sql = match of.ty {
        ResourceType::PATIENT => {
            "SELECT number, hash, entry FROM ledger WHERE pat=? AND number<? ORDER BY number DESC LIMIT ?"
        }
        ResourceType::SERVICE_REQUEST => {
            "SELECT number, hash, entry FROM ledger WHERE kase=? AND number<? ORDER BY number DESC LIMIT ?"
        }
        _ => return Ok(vec![]),
    };
    let Some(rid) = rid_of(db, of)? else { return Ok(vec![]) };
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map(params![rid, number, limit], columns)?;
    rows.map(|row| entry(row?)).collect()
}

fn entries_by(db: &Connection, sql: &str, of: &Reference, after: u64, most: i64) -> Result<Vec<Entry>, StoreError> {
    let Some(rid) = rid_of(db, of)? else { return Ok(vec![]) };
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map(params![rid, after.cast_signed(), most], columns)?;
    rows.map(|row| entry(row?)).collect()
}

/// Proves the chain, that every version it vouches for is there unchanged, that nothing else is, and that the chain runs through
/// what was kept of it elsewhere.
pub(super) fn verify(db: &Connection, kept: &[Checkpoint], archives: &[PathBuf]) -> Result<Verified, StoreError> {
    let has_archives = has_archives(db)?;
    let acts = if has_archives { acts(db)? } else { vec![] };
    let (mut prover, mut versions) = (Prover::new(kept, archives, &acts)?, 0);
    let mut statement = db.prepare(if has_archives { LEFT } else { WHOLE })?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let before = prover.head().number;
        let unread = |e: rusqlite::Error| StoreError::Broken { number: before + 1, why: e.to_string() };
        let (number, hash) = (row.get::<_, i64>(0).map_err(unread)?.cast_unsigned(), row.get(1).map_err(unread)?);
        let bytes: Option<Vec<u8>> = row.get(2).map_err(unread)?;
        let at: i64 = row.get(3).map_err(unread)?;
        let archived = match row.get::<_, Option<i64>>(4).map_err(unread)? {
            Some(act) => Some((act.cast_unsigned(), row.get(5).map_err(unread)?)),
            None => None,
        };
        let entry = bytes.as_deref().map(|bytes| (at, bytes));
        let Some(sealed) = prover.row(&archive::Row { number, hash, entry, archived })? else { continue };
        for version in &sealed.versions {
            let broken =
                |why| StoreError::Broken { number, why: format!("{} version {}: {why}", version.at, version.version) };
            whole(db, version, sealed.at).map_err(broken)?;
            versions += 1;
        }
    }
    let listed = if has_archives { listed(db)? } else { BTreeSet::new() };
    let verified = prover.end(kept_head(db)?, versions, &listed)?;
    nothing_else(db, versions)?;
    Ok(verified)
}

/// Every number, with its entry, what is left of it, or both.
const LEFT: &str = "SELECT l.number, l.hash, l.entry, l.at, a.act, a.hash
    FROM ledger l LEFT JOIN ledger_archived a ON a.number=l.number
    UNION ALL SELECT a.number, a.hash, NULL, 0, a.act, a.hash FROM ledger_archived a
    WHERE NOT EXISTS (SELECT 1 FROM ledger l WHERE l.number=a.number) ORDER BY 1";
const WHOLE: &str = "SELECT number, hash, entry, at, NULL, NULL FROM ledger ORDER BY number";

/// A store that only earlier versions opened has no tables for archives.
fn has_archives(db: &Connection) -> rusqlite::Result<bool> {
    db.prepare("SELECT 1 FROM sqlite_master WHERE name='ledger_archived'")?.exists([])
}

/// The entries that archived others.
fn acts(db: &Connection) -> rusqlite::Result<Vec<(u64, Vec<u8>)>> {
    let sql = "SELECT l.number, l.entry FROM ledger l JOIN ledger_archive a ON a.act=l.number ORDER BY 1";
    let mut statement = db.prepare(sql)?;
    let rows = statement.query_map([], |r| Ok((r.get::<_, i64>(0)?.cast_unsigned(), r.get(1)?)))?;
    rows.collect()
}

/// Their numbers as they are listed.
fn listed(db: &Connection) -> rusqlite::Result<BTreeSet<u64>> {
    let mut statement = db.prepare("SELECT act FROM ledger_archive")?;
    let rows = statement.query_map([], |r| Ok(r.get::<_, i64>(0)?.cast_unsigned()))?;
    rows.collect()
}

pub(super) fn archives(db: &Connection) -> Result<Vec<Archive>, StoreError> {
    let sql = "SELECT l.number, l.hash, l.entry FROM ledger_archive a JOIN ledger l ON l.number=a.act ORDER BY a.act";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map([], columns)?;
    Ok(Archive::of_all(rows.map(|row| entry(row?)).collect::<Result<_, StoreError>>()?))
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
    let raw = body.map(|b| unpack(&version.at, &b)).transpose().map_err(|e| e.to_string())?;
    if hex::encode(sha256(raw.as_deref().unwrap_or_default())) != version.sha256 {
        return Err("its bytes were changed".into());
    }
    if at != sealed_at {
        return Err("its time was changed".into());
    }
    Ok(())
}

/// The end as it is kept beside the chain.
fn kept_head(db: &Connection) -> Result<Head, StoreError> {
    let kept = db.query_row("SELECT number, hash FROM ledger_head", [], |r| {
        Ok(Head { number: r.get::<_, i64>(0)?.cast_unsigned(), hash: r.get(1)? })
    });
    Ok(kept.optional()?.unwrap_or_default())
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
