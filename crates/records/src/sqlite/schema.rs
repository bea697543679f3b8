//! Tables and connections.
//!
//! Index tables are WITHOUT ROWID: the row is its own key, one B-tree each. Rows are ordered by `rid` inside a key, so
//! new resources append at the end of each key's run. The `*_of` indexes lead from a resource to its rows. Custodian,
//! patient and case stand in the rows of the indexes that searches walk along (token, date), and once per resource in
//! `scope`. `phrase` has the text of every uri and of what is shown for codes, once each, to find their hashes by how they
//! begin; `index_words` is the engine's full-text index over words that are cut already (`fhir::search::cut`): it keeps
//! which resource has which word in which of two columns, no text and no places. Migrations are forward only: statements here create what is missing and never change what is there.

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;

const TABLES: &str = "
CREATE TABLE IF NOT EXISTS resource(rid INTEGER PRIMARY KEY, ty INTEGER NOT NULL, id TEXT NOT NULL, ver INTEGER NOT NULL, at INTEGER NOT NULL, body BLOB);
CREATE UNIQUE INDEX IF NOT EXISTS resource_id ON resource(ty, id);
CREATE TABLE IF NOT EXISTS resource_history(rid INTEGER, ver INTEGER, at INTEGER NOT NULL, body BLOB, PRIMARY KEY(rid, ver)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS scope(rid INTEGER PRIMARY KEY, ty INTEGER NOT NULL, cust INTEGER NOT NULL, pat INTEGER NOT NULL, kase INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS scope_cust ON scope(cust, ty);
CREATE INDEX IF NOT EXISTS scope_pat ON scope(pat, ty) WHERE pat>0;
CREATE INDEX IF NOT EXISTS scope_kase ON scope(kase, ty) WHERE kase>0;
CREATE TABLE IF NOT EXISTS custody_count(cust INTEGER, ty INTEGER, n INTEGER NOT NULL, PRIMARY KEY(cust, ty)) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS index_token(pt INTEGER, code INTEGER, rid INTEGER, sys INTEGER, cust INTEGER NOT NULL, pat INTEGER NOT NULL, kase INTEGER NOT NULL, PRIMARY KEY(pt, code, rid, sys)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS index_date(pt INTEGER, lo INTEGER, rid INTEGER, hi INTEGER, cust INTEGER NOT NULL, pat INTEGER NOT NULL, kase INTEGER NOT NULL, PRIMARY KEY(pt, lo, rid, hi)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS index_uri(pt INTEGER, uri INTEGER, rid INTEGER, PRIMARY KEY(pt, uri, rid)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS index_reference(pt INTEGER, target INTEGER, rid INTEGER, PRIMARY KEY(pt, target, rid)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS index_string(pt INTEGER, val TEXT, rid INTEGER, exact INTEGER, PRIMARY KEY(pt, val, rid, exact)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS index_number(pt INTEGER, val REAL, rid INTEGER, PRIMARY KEY(pt, val, rid)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS index_amount(pt INTEGER, key INTEGER, val REAL, rid INTEGER, sys INTEGER, unit INTEGER, unit_sys INTEGER, shown INTEGER, PRIMARY KEY(pt, key, val, rid, sys, unit, unit_sys, shown)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS phrase(text TEXT, hash INTEGER, PRIMARY KEY(text, hash)) WITHOUT ROWID;
CREATE VIRTUAL TABLE IF NOT EXISTS index_words USING fts5(narrative, others, content='', contentless_delete=1, detail=column, tokenize='ascii');
CREATE INDEX IF NOT EXISTS reference_of ON index_reference(rid, pt, target);
CREATE INDEX IF NOT EXISTS date_of ON index_date(rid, pt, lo, hi);
CREATE INDEX IF NOT EXISTS string_of ON index_string(rid, pt, val, exact);
CREATE INDEX IF NOT EXISTS number_of ON index_number(rid, pt, val);
CREATE INDEX IF NOT EXISTS amount_of ON index_amount(rid, pt, key, val);

CREATE TABLE IF NOT EXISTS ledger(number INTEGER PRIMARY KEY, at INTEGER NOT NULL, kase INTEGER, pat INTEGER, hash BLOB NOT NULL, entry BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS ledger_kase ON ledger(kase, number) WHERE kase IS NOT NULL;
CREATE INDEX IF NOT EXISTS ledger_pat ON ledger(pat, number) WHERE pat IS NOT NULL;
CREATE TABLE IF NOT EXISTS ledger_archived(number INTEGER PRIMARY KEY, act INTEGER NOT NULL, hash BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS ledger_archive(act INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS ledger_head(one INTEGER PRIMARY KEY CHECK(one=1), number INTEGER NOT NULL, hash BLOB NOT NULL);

CREATE TABLE IF NOT EXISTS access_grant(subject TEXT, kind INTEGER, rid INTEGER, until INTEGER NOT NULL, PRIMARY KEY(subject, kind, rid)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS access_version(subject TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS claim(key TEXT PRIMARY KEY, holder TEXT NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS account(name TEXT PRIMARY KEY, person TEXT NOT NULL UNIQUE, password TEXT NOT NULL, enabled INTEGER NOT NULL, keys TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS session(token BLOB PRIMARY KEY, person TEXT NOT NULL, role TEXT, opened INTEGER NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS session_person ON session(person);
CREATE TABLE IF NOT EXISTS session_more(token BLOB PRIMARY KEY, step INTEGER NOT NULL, factor INTEGER, address TEXT NOT NULL, device TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS second_factor(person TEXT PRIMARY KEY, kept TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sign_in(person TEXT, at INTEGER, n INTEGER, outcome TEXT NOT NULL, address TEXT NOT NULL, device TEXT NOT NULL, PRIMARY KEY(person, at, n)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS client(id TEXT PRIMARY KEY, token BLOB NOT NULL UNIQUE, name TEXT NOT NULL, hospital TEXT NOT NULL, strict INTEGER NOT NULL, create_by_put INTEGER NOT NULL, unrestricted INTEGER NOT NULL, added INTEGER NOT NULL, ended INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS setting(key TEXT, hospital TEXT, number INTEGER, value TEXT, at INTEGER NOT NULL, person TEXT NOT NULL, why TEXT NOT NULL, PRIMARY KEY(key, hospital, number)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS draft(owner TEXT, kind TEXT, id TEXT, revision INTEGER NOT NULL, at INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY(owner, kind, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS job(key TEXT PRIMARY KEY, kind TEXT NOT NULL, payload TEXT NOT NULL, run_at INTEGER NOT NULL, attempts INTEGER NOT NULL, leased INTEGER NOT NULL, token INTEGER NOT NULL, dead INTEGER NOT NULL, why TEXT);
CREATE INDEX IF NOT EXISTS job_due ON job(kind, run_at) WHERE dead=0;
CREATE TABLE IF NOT EXISTS made(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS blob(sha BLOB PRIMARY KEY, size INTEGER NOT NULL, named INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS blob_hold(sha BLOB NOT NULL, holder TEXT NOT NULL, PRIMARY KEY(sha, holder)) WITHOUT ROWID;
";

/// The file's shape; a newer program's file is refused, an older one's is brought forward.
const SHAPE: i64 = 1;

pub(super) fn open_writer(path: &Path, slices: &[&str]) -> rusqlite::Result<Connection> {
    let db = Connection::open(path)?;
    steady(&db)?;
    db.execute_batch(
        "PRAGMA page_size=4096; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;
         PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=-64000; PRAGMA mmap_size=0; PRAGMA busy_timeout=10000;",
    )?;
    let shape: i64 = db.query_row("PRAGMA user_version", [], |r| r.get(0))?;
    if shape > SHAPE {
        return Err(rusqlite::Error::InvalidParameterName(format!(
            "the store has shape {shape}, this program knows {SHAPE}"
        )));
    }
    db.execute_batch("BEGIN IMMEDIATE")?;
    db.execute_batch(TABLES)?;
    for slice in slices {
        db.execute_batch(slice)?;
    }
    db.execute_batch(&format!("PRAGMA user_version={SHAPE}; COMMIT"))?;
    db.set_prepared_statement_cache_capacity(256);
    Ok(db)
}

pub(super) fn open_reader(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags)?;
    steady(&db)?;
    db.execute_batch(
        "PRAGMA query_only=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-4000; PRAGMA mmap_size=0; PRAGMA busy_timeout=10000;",
    )?;
    db.set_prepared_statement_cache_capacity(256);
    super::sight::register(&db)?;
    Ok(db)
}

/// Gives back the memory of pages that a connection keeps for the next time.
pub(super) fn forget_pages(db: &Connection) {
    if let Err(e) = db.execute_batch("PRAGMA shrink_memory") {
        tracing::warn!(error = %e, "giving memory back: {e}");
    }
}

/// A prepared statement keeps its plan whatever is bound to it. Without this SQLite prepares anew at nearly each use, since another
/// value might deserve another plan: a quarter of the time of a list. Which plan is right we decide ourselves (`search/plan.rs`).
fn steady(db: &Connection) -> rusqlite::Result<()> {
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(|_| ())
}
