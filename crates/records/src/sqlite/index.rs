//! Index rows in their tables: what the new version no longer says goes, what it says newly comes.

use super::apply::Apply;
use crate::standing::{LOGICAL, Standing, dated, last_updated, members};
use fhir::ResourceType;
use fhir::search::{Amount, Rows, Words};
use rusqlite::{Connection, params};

pub(super) fn add_type(db: &Connection, ty: ResourceType, rid: i64, s: Standing) -> rusqlite::Result<()> {
    put_token(db, (members(ty), 0, 0), rid, s)
}

pub(super) fn drop_type(db: &Connection, ty: ResourceType, rid: i64) -> rusqlite::Result<()> {
    drop_token(db, (members(ty), 0, 0), rid)
}

/// Rows of the version before, its time (if it was there), and where it stood.
type Gone<'r> = (&'r Rows, Option<i64>, Option<Standing>);
/// Rows of the version to come, its time (unless it deletes), and where it stands.
type Come<'r> = (&'r Rows, Option<i64>, Standing);

/// Replaces the rows of one version by those of the next.
pub(super) fn replace(
    apply: &mut Apply,
    ty: ResourceType,
    rid: i64,
    (old, was, stood): Gone,
    (new, is, stands): Come,
) -> rusqlite::Result<()> {
    let db = apply.db;
    // Where tokens and dates carry the standing, a changed standing changes every row.
    let moved = stood.is_some_and(|s| s != stands);
    let none = Rows::default();
    let kept = if moved { &none } else { old };
    let token = |t: &(u32, i64, i64)| (i64::from(t.0), t.1, t.2);
    let logical = |t: &(u32, i64, i64)| (i64::from(t.0) | LOGICAL, t.1, t.2);
    gone(&old.token, if moved { &none.token } else { &new.token }, |t| drop_token(db, token(t), rid))?;
    gone(&old.logical, if moved { &none.logical } else { &new.logical }, |t| drop_token(db, logical(t), rid))?;
    gone(&old.date, if moved { &none.date } else { &new.date }, |d| drop_date(db, dated(d), rid))?;
    gone(&new.token, &kept.token, |t| put_token(db, token(t), rid, stands))?;
    gone(&new.logical, &kept.logical, |t| put_token(db, logical(t), rid, stands))?;
    gone(&new.date, &kept.date, |d| put_date(db, dated(d), rid, stands))?;
    let updated = last_updated(ty);
    if let Some(at) = was {
        drop_date(db, (updated, at, at + 1), rid)?;
    }
    if let Some(at) = is {
        put_date(db, (updated, at, at + 1), rid, stands)?;
    }
    gone(&old.string, &new.string, |s| {
        let sql = "DELETE FROM index_string WHERE pt=? AND val=? AND rid=? AND exact=?";
        db.prepare_cached(sql)?.execute(params![s.0, s.1, rid, s.2]).map(drop)
    })?;
    gone(&new.string, &old.string, |s| {
        let sql = "INSERT OR IGNORE INTO index_string(pt, val, rid, exact) VALUES(?,?,?,?)";
        db.prepare_cached(sql)?.execute(params![s.0, s.1, rid, s.2]).map(drop)
    })?;
    gone(&old.reference, &new.reference, |(number, target)| {
        let target = apply.rid(target)?;
        let sql = "DELETE FROM index_reference WHERE pt=? AND target=? AND rid=?";
        db.prepare_cached(sql)?.execute(params![number, target, rid]).map(drop)
    })?;
    gone(&new.reference, &old.reference, |(number, target)| {
        let target = apply.rid(target)?;
        let sql = "INSERT OR IGNORE INTO index_reference(pt, target, rid) VALUES(?,?,?)";
        db.prepare_cached(sql)?.execute(params![number, target, rid]).map(drop)
    })?;
    // What a hash stands for stays: it says nothing of any resource.
    gone(&new.phrase, &old.phrase, |phrase| apply.phrase(phrase))?;
    numbers(db, rid, old, new)
}

/// The words of a resource, in place of those it had.
pub(super) fn put_words(db: &Connection, rid: i64, words: Option<&Words>, had: bool) -> rusqlite::Result<()> {
    if had {
        db.prepare_cached("DELETE FROM index_words WHERE rowid=?")?.execute([rid])?;
    }
    if let Some(words) = words.filter(|words| !words.is_empty()) {
        db.prepare_cached("INSERT INTO index_words(rowid, narrative, others) VALUES(?,?,?)")?.execute(params![
            rid,
            words.narrative.join(" "),
            words.others.join(" ")
        ])?;
    }
    Ok(())
}

fn numbers(db: &Connection, rid: i64, old: &Rows, new: &Rows) -> rusqlite::Result<()> {
    gone(&old.uri, &new.uri, |(number, uri)| {
        let sql = "DELETE FROM index_uri WHERE pt=? AND uri=? AND rid=?";
        db.prepare_cached(sql)?.execute(params![number, uri, rid]).map(drop)
    })?;
    gone(&new.uri, &old.uri, |(number, uri)| {
        let sql = "INSERT OR IGNORE INTO index_uri(pt, uri, rid) VALUES(?,?,?)";
        db.prepare_cached(sql)?.execute(params![number, uri, rid]).map(drop)
    })?;
    gone(&old.number, &new.number, |(number, value)| {
        let sql = "DELETE FROM index_number WHERE pt=? AND val=? AND rid=?";
        db.prepare_cached(sql)?.execute(params![number, value, rid]).map(drop)
    })?;
    gone(&new.number, &old.number, |(number, value)| {
        let sql = "INSERT OR IGNORE INTO index_number(pt, val, rid) VALUES(?,?,?)";
        db.prepare_cached(sql)?.execute(params![number, value, rid]).map(drop)
    })?;
    gone(&old.amount, &new.amount, |a| {
        let sql = "DELETE FROM index_amount WHERE pt=? AND key=? AND val=? AND rid=? AND sys=? AND unit=? AND unit_sys=? AND shown=?";
        amount(db, sql, a, rid)
    })?;
    gone(&new.amount, &old.amount, |a| {
        let sql =
            "INSERT OR IGNORE INTO index_amount(pt, key, val, rid, sys, unit, unit_sys, shown) VALUES(?,?,?,?,?,?,?,?)";
        amount(db, sql, a, rid)
    })
}

fn amount(db: &Connection, sql: &str, a: &Amount, rid: i64) -> rusqlite::Result<()> {
    let row = params![a.number, a.key, a.value, rid, a.system, a.unit.code, a.unit.system, a.unit.shown];
    db.prepare_cached(sql)?.execute(row).map(drop)
}

/// What stands in `some` and not in `others`. Few rows each: looking through them costs less than a set.
fn gone<T: PartialEq>(
    some: &[T],
    others: &[T],
    mut each: impl FnMut(&T) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    some.iter().filter(|row| !others.contains(row)).try_for_each(&mut each)
}

fn put_token(db: &Connection, (pt, code, sys): (i64, i64, i64), rid: i64, s: Standing) -> rusqlite::Result<()> {
    let sql = "INSERT OR IGNORE INTO index_token(pt, code, rid, sys, cust, pat, kase) VALUES(?,?,?,?,?,?,?)";
    db.prepare_cached(sql)?.execute(params![pt, code, rid, sys, s.custodian, s.patient, s.case]).map(drop)
}

fn drop_token(db: &Connection, (pt, code, sys): (i64, i64, i64), rid: i64) -> rusqlite::Result<()> {
    let sql = "DELETE FROM index_token WHERE pt=? AND code=? AND rid=? AND sys=?";
    db.prepare_cached(sql)?.execute(params![pt, code, rid, sys]).map(drop)
}

fn put_date(db: &Connection, (pt, lo, hi): (i64, i64, i64), rid: i64, s: Standing) -> rusqlite::Result<()> {
    let sql = "INSERT OR IGNORE INTO index_date(pt, lo, rid, hi, cust, pat, kase) VALUES(?,?,?,?,?,?,?)";
    db.prepare_cached(sql)?.execute(params![pt, lo, rid, hi, s.custodian, s.patient, s.case]).map(drop)
}

fn drop_date(db: &Connection, (pt, lo, hi): (i64, i64, i64), rid: i64) -> rusqlite::Result<()> {
    let sql = "DELETE FROM index_date WHERE pt=? AND lo=? AND rid=? AND hi=?";
    db.prepare_cached(sql)?.execute(params![pt, lo, rid, hi]).map(drop)
}
