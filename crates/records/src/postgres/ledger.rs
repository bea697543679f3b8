//! The ledger: every act an entry, numbered without gaps, each hash over the one before.
//!
//! A change leaves its entry in `ledger_open`, in its own transaction; the sealer moves what is committed into `ledger`.
//! Nothing is passed over: the sealer takes what it sees, not what stands behind a number, so an entry that was begun early
//! and committed late is taken when it is there. An entry's place in `ledger_open` is drawn after its change has all its
//! locks: of two changes of which one rests on the other, that one stands first.

use super::Inner;
use super::apply::Failed;
use super::names::{reference, rid_of};
use super::pipe::{Db, Pipe, rows_of};
use crate::archive::{self, Archive, Prover};
use crate::body::{sha256, unpack};
use crate::chain::{self, Head, MOST, MOST_OF_CASE, decode, entry};
use crate::{Act, Checkpoint, Entry, StoreError, Verified, Versioned};
use fhir::{Reference, ResourceType};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::PathBuf;
use tokio_postgres::Row;

/// How many rows are read at once where all are read.
const AT_ONCE: i64 = 2_000;

/// Adds the entries of acts that change nothing, all or none; the place of the last.
pub(super) async fn note(inner: &Inner, db: &Db, acts: &[Act]) -> Result<Option<i64>, Failed> {
    let now = inner.clock.now().as_millisecond();
    let mentioned: HashSet<Reference> = acts.iter().flat_map(|a| a.case.iter().chain(&a.patient).cloned()).collect();
    let mentioned: Vec<Reference> = mentioned.into_iter().collect();
    let mut rids = inner.names.find(db, &mentioned).await?;
    let unknown: Vec<Reference> = mentioned.into_iter().filter(|at| !rids.contains_key(at)).collect();
    let numbers = inner.names.take(db, unknown.len()).await?;
    let types: Vec<i32> = unknown.iter().map(|at| i32::from(at.ty.number())).collect();
    let ids: Vec<&str> = unknown.iter().map(|at| at.id.as_str()).collect();
    if !unknown.is_empty() {
        // Names of their own, committed before the entries: should another have them by then, its numbers count.
        rows_of(db, super::apply::RESERVE, &[&numbers, &types, &ids]).await?;
        rids.extend(inner.names.find(db, &unknown).await?);
    }
    let (mut cases, mut patients, mut entries) = (vec![], vec![], vec![]);
    for act in acts {
        let of = |at: &Option<Reference>| at.as_ref().and_then(|at| rids.get(at).copied());
        cases.push(of(&act.case));
        patients.push(of(&act.patient));
        entries.push(chain::seal(now, act, &[], &[])?);
    }
    let mut pipe = Pipe::new(db);
    pipe.add(
        "INSERT INTO ledger_open(at, kase, pat, entry)
         SELECT $1, kase, pat, entry FROM unnest($2::int8[], $3::int8[], $4::bytea[]) WITH ORDINALITY n(kase, pat, entry, i)
         ORDER BY i RETURNING seq",
        &[&now, &cases, &patients, &entries],
    );
    let rows = pipe.run().await?;
    Ok(rows.first().and_then(|rows| rows.last()).map(|r| r.get(0)))
}

fn columns(r: &Row) -> Result<(u64, [u8; 32], Vec<u8>), StoreError> {
    let number = r.get::<_, i64>(0).cast_unsigned();
    Ok((number, hash_of(number, r.get(1))?, r.get(2)))
}

fn hash_of(number: u64, bytes: &[u8]) -> Result<[u8; 32], StoreError> {
    bytes.try_into().map_err(|_| StoreError::Broken { number, why: "its hash has another length".into() })
}

fn read(rows: &[Row]) -> Result<Vec<Entry>, StoreError> {
    rows.iter().map(|r| entry(columns(r)?)).collect()
}

pub(super) async fn entries(db: &Db, after: u64, limit: usize) -> Result<Vec<Entry>, StoreError> {
    let sql = "SELECT number, hash, entry FROM ledger WHERE number>$1 ORDER BY number LIMIT $2";
    read(&rows_of(db, sql, &[&after.cast_signed(), &(limit.min(10_000) as i64)]).await?)
}

pub(super) async fn entries_of_case(inner: &Inner, db: &Db, case: &Reference) -> Result<Vec<Entry>, StoreError> {
    let Some(rid) = rid_of(db, &inner.names, case).await? else { return Ok(vec![]) };
    // The newest, should there ever be more: what happens next rests on them.
    let sql = "SELECT * FROM (SELECT number, hash, entry FROM ledger WHERE kase=$1 ORDER BY number DESC LIMIT $2) l
               ORDER BY number";
    read(&rows_of(db, sql, &[&rid, &MOST_OF_CASE]).await?)
}

pub(super) async fn entries_of_patient(
    inner: &Inner,
    db: &Db,
    patient: &Reference,
    after: u64,
) -> Result<Vec<Entry>, StoreError> {
    let Some(rid) = rid_of(db, &inner.names, patient).await? else { return Ok(vec![]) };
    let sql = "SELECT number, hash, entry FROM ledger WHERE pat=$1 AND number>$2 ORDER BY number LIMIT $3";
    read(&rows_of(db, sql, &[&rid, &after.cast_signed(), &MOST]).await?)
}

pub(super) async fn entries_before(
    inner: &Inner,
    db: &Db,
    of: Option<&Reference>,
    number: u64,
    limit: usize,
) -> Result<Vec<Entry>, StoreError> {
    let (number, limit) = (i64::try_from(number).unwrap_or(i64::MAX), limit.min(10_000) as i64);
    let Some(of) = of else {
        let sql = "SELECT number, hash, entry FROM ledger WHERE number<$1 ORDER BY number DESC LIMIT $2";
        return read(&rows_of(db, sql, &[&number, &limit]).await?);
    };
    let sql = match of.ty {
        ResourceType::PATIENT => {
            "SELECT number, hash, entry FROM ledger WHERE pat=$1 AND number<$2 ORDER BY number DESC LIMIT $3"
        }
        ResourceType::SERVICE_REQUEST => {
            "SELECT number, hash, entry FROM ledger WHERE kase=$1 AND number<$2 ORDER BY number DESC LIMIT $3"
        }
        _ => return Ok(vec![]),
    };
    let Some(rid) = rid_of(db, &inner.names, of).await? else { return Ok(vec![]) };
    read(&rows_of(db, sql, &[&rid, &number, &limit]).await?)
}

/// The end of the chain as it is kept beside it.
pub(super) async fn head(db: &tokio_postgres::Client) -> Result<Head, StoreError> {
    let row = db.query_opt("SELECT number, hash FROM ledger_head", &[]).await?;
    let Some(row) = row else { return Ok(Head::default()) };
    let number = row.get::<_, i64>(0).cast_unsigned();
    let hash = row.get::<_, &[u8]>(1).try_into();
    let hash = hash.map_err(|_| StoreError::Broken { number, why: "the head's hash has another length".into() })?;
    Ok(Head { number, hash })
}

/// Proves the chain, that every version it vouches for is there unchanged, and that nothing else is. `db` stands in one
/// snapshot. Entries that wait for the sealer are part of it: their versions are there already.
pub(super) async fn verify(db: &Db, kept: &[Checkpoint], archives: &[PathBuf]) -> Result<Verified, StoreError> {
    let has_archives = has_archives(db).await?;
    let acts = if has_archives { acts(db).await? } else { vec![] };
    let (mut prover, mut versions) = (Prover::new(kept, archives, &acts)?, 0);
    loop {
        let sql = if has_archives { LEFT } else { WHOLE };
        let rows = rows_of(db, sql, &[&prover.head().number.cast_signed(), &AT_ONCE]).await?;
        if rows.is_empty() {
            break;
        }
        let mut vouched = vec![];
        for row in &rows {
            let number = row.get::<_, i64>(0).cast_unsigned();
            let archived = match row.get::<_, Option<i64>>(4) {
                Some(act) => Some((act.cast_unsigned(), hash_of(number, row.get(5))?)),
                None => None,
            };
            let entry = row.get::<_, Option<&[u8]>>(2).map(|bytes| (row.get(3), bytes));
            let hash = hash_of(number, row.get(1))?;
            let Some(sealed) = prover.row(&archive::Row { number, hash, entry, archived })? else { continue };
            vouched.extend(sealed.versions.into_iter().map(|v| (number, sealed.at, v)));
        }
        versions += vouched.len() as u64;
        whole(db, &vouched).await?;
    }
    for table in if has_archives { ["ledger", "ledger_archived"].as_slice() } else { &["ledger"] } {
        let sql = format!("SELECT coalesce(min(number), 1) FROM {table}");
        let first: i64 = rows_of(db, &sql, &[]).await?[0].get(0);
        if first < 1 {
            return Err(StoreError::Broken { number: first.cast_unsigned(), why: "stands before the first".into() });
        }
    }
    let listed = if has_archives { listed(db).await? } else { BTreeSet::new() };
    let verified = prover.end(head(db).await?, versions, &listed)?;
    let open = waiting(db).await?;
    whole(db, &open).await?;
    nothing_else(db, versions + open.len() as u64).await?;
    Ok(verified)
}

/// Numbers after one, each with its entry, what is left of it, or both.
const LEFT: &str = "SELECT * FROM (SELECT l.number, l.hash, l.entry, l.at, a.act, a.hash AS kept
    FROM ledger l LEFT JOIN ledger_archived a ON a.number=l.number WHERE l.number>$1
    UNION ALL SELECT a.number, a.hash, NULL, 0, a.act, a.hash FROM ledger_archived a
    WHERE a.number>$1 AND NOT EXISTS (SELECT 1 FROM ledger l WHERE l.number=a.number)) e ORDER BY number LIMIT $2";
const WHOLE: &str = "SELECT number, hash, entry, at, NULL::int8, NULL::bytea FROM ledger WHERE number>$1
    ORDER BY number LIMIT $2";

/// A database that only earlier versions opened has no tables for archives.
async fn has_archives(db: &Db) -> Result<bool, StoreError> {
    Ok(rows_of(db, "SELECT to_regclass('ledger_archived') IS NOT NULL", &[]).await?[0].get(0))
}

/// The entries that archived others.
async fn acts(db: &Db) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
    let sql = "SELECT l.number, l.entry FROM ledger l JOIN ledger_archive a ON a.act=l.number ORDER BY 1";
    let rows = rows_of(db, sql, &[]).await?;
    Ok(rows.iter().map(|r| (r.get::<_, i64>(0).cast_unsigned(), r.get(1))).collect())
}

/// Their numbers as they are listed.
async fn listed(db: &Db) -> Result<BTreeSet<u64>, StoreError> {
    let rows = rows_of(db, "SELECT act FROM ledger_archive", &[]).await?;
    Ok(rows.iter().map(|r| r.get::<_, i64>(0).cast_unsigned()).collect())
}

pub(super) async fn archives(db: &Db) -> Result<Vec<Archive>, StoreError> {
    let sql = "SELECT l.number, l.hash, l.entry FROM ledger_archive a JOIN ledger l ON l.number=a.act ORDER BY a.act";
    Ok(Archive::of_all(read(&rows_of(db, sql, &[]).await?)?))
}

/// What the entries vouch for that are not sealed yet, under the number 0.
async fn waiting(db: &Db) -> Result<Vec<(u64, i64, Versioned)>, StoreError> {
    let rows = rows_of(db, "SELECT entry FROM ledger_open", &[]).await?;
    let mut all = vec![];
    for row in rows {
        let sealed = decode(0, row.get(0))?;
        all.extend(sealed.versions.into_iter().map(|v| (0, sealed.at, v)));
    }
    Ok(all)
}

/// The versions are there, each of its time, with its hash.
async fn whole(db: &Db, vouched: &[(u64, i64, Versioned)]) -> Result<(), StoreError> {
    for some in vouched.chunks(500) {
        let types: Vec<i32> = some.iter().map(|(_, _, v)| i32::from(v.at.ty.number())).collect();
        let ids: Vec<&str> = some.iter().map(|(_, _, v)| v.at.id.as_str()).collect();
        let numbers: Vec<i64> = some.iter().map(|(_, _, v)| v.version.cast_signed()).collect();
        let sql =
            "SELECT w.n, r.at, r.body FROM unnest($1::int4[], $2::text[], $3::int8[]) WITH ORDINALITY w(ty, id, ver, n)
                   JOIN resource r ON r.ty=w.ty AND r.id=w.id AND r.ver=w.ver
                   UNION ALL SELECT w.n, h.at, h.body
                   FROM unnest($1::int4[], $2::text[], $3::int8[]) WITH ORDINALITY w(ty, id, ver, n)
                   JOIN resource r ON r.ty=w.ty AND r.id=w.id JOIN resource_history h ON h.rid=r.rid AND h.ver=w.ver";
        let rows = rows_of(db, sql, &[&types, &ids, &numbers]).await?;
        let found: HashMap<i64, (i64, Option<Vec<u8>>)> =
            rows.into_iter().map(|r| (r.get(0), (r.get(1), r.get(2)))).collect();
        for (n, (number, sealed_at, version)) in (1..).zip(some) {
            let broken = |why: String| {
                let why = format!("{} version {}: {why}", version.at, version.version);
                StoreError::Broken { number: *number, why }
            };
            let Some((at, body)) = found.get(&n) else { return Err(broken("is missing".into())) };
            let raw = body.as_deref().map(|b| unpack(&version.at, b)).transpose().map_err(|e| broken(e.to_string()))?;
            if hex::encode(sha256(raw.as_deref().unwrap_or_default())) != version.sha256 {
                return Err(broken("its bytes were changed".into()));
            }
            if at != sealed_at {
                return Err(broken("its time was changed".into()));
            }
        }
    }
    Ok(())
}

/// As many versions are stored as are vouched for; otherwise one of those nobody knows is named.
async fn nothing_else(db: &Db, vouched: u64) -> Result<(), StoreError> {
    let sql = "SELECT (SELECT count(*) FROM resource WHERE ver>0) + (SELECT count(*) FROM resource_history)";
    let stored: i64 = rows_of(db, sql, &[]).await?[0].get(0);
    if stored.cast_unsigned() == vouched {
        return Ok(());
    }
    let unknown =
        unvouched(db).await?.map_or_else(|| "a version".to_owned(), |(at, version)| format!("{at} version {version}"));
    Err(StoreError::Broken { number: 0, why: format!("{unknown} stands in no entry") })
}

async fn unvouched(db: &Db) -> Result<Option<(Reference, u64)>, StoreError> {
    let mut known: HashSet<(Reference, u64)> =
        waiting(db).await?.into_iter().map(|(_, _, v)| (v.at, v.version)).collect();
    let mut after = 0i64;
    loop {
        let sql = "SELECT number, hash, entry FROM ledger WHERE number>$1 ORDER BY number LIMIT $2";
        let rows = rows_of(db, sql, &[&after, &AT_ONCE]).await?;
        let Some(last) = rows.last() else { break };
        after = last.get(0);
        for row in &rows {
            let (number, _, bytes) = columns(row)?;
            known.extend(decode(number, &bytes)?.versions.into_iter().map(|v| (v.at, v.version)));
        }
    }
    let all = "SELECT r.ty, r.id, r.ver FROM resource r WHERE r.ver>0 UNION ALL
               SELECT r.ty, r.id, h.ver FROM resource_history h JOIN resource r ON r.rid=h.rid";
    for r in rows_of(db, all, &[]).await? {
        if let Some(at) = reference(r.get(0), r.get(1)) {
            let version = (at, r.get::<_, i64>(2).cast_unsigned());
            if !known.contains(&version) {
                return Ok(Some(version));
            }
        }
    }
    Ok(None)
}
