//! The index made anew, when the parameters or the way values become rows have changed since it was made.
//!
//! At open, in one transaction: it either has the new rows or still the old ones. Bodies and ledger are not touched. Other
//! processes read meanwhile, and wait with what they write.

use super::Inner;
use super::index::{Changes, Side, targets};
use super::names::reference;
use super::phrases;
use super::pipe::{Db, Pipe, rows_of, run};
use super::plan::value_of;
use super::statements::add_index;
use crate::StoreError;
use crate::prepare::extract;
use crate::standing::Standing;
use fhir::Reference;
use fhir::search::{Definitions, Rows, Words};
use std::collections::HashSet;

const TABLES: [&str; 9] = [
    "index_token",
    "index_date",
    "index_uri",
    "index_reference",
    "index_string",
    "index_number",
    "index_amount",
    "index_words",
    "phrase",
];
/// How many resources are done at once.
const AT_ONCE: i64 = 500;

/// Makes the index anew if it was made by other rules; how many resources that took.
pub(super) async fn reindex(inner: &Inner) -> Result<u64, StoreError> {
    let rules = Definitions::r4().fingerprint();
    let db = inner.writers.get().await?;
    if made(&db).await? == Some(rules) {
        return Ok(0);
    }
    db.batch_execute("BEGIN; SET LOCAL statement_timeout=0; SET LOCAL idle_in_transaction_session_timeout=0").await?;
    let done = locked(inner, &db, rules).await;
    db.batch_execute(if done.is_ok() { "COMMIT" } else { "ROLLBACK" }).await?;
    if let Ok(count @ 1..) = done {
        tracing::info!(count, "the index of {count} resources was made anew");
    }
    done
}

async fn made(db: &Db) -> Result<Option<i64>, StoreError> {
    Ok(rows_of(db, "SELECT value FROM made WHERE name='index'", &[]).await?.first().map(|r| r.get(0)))
}

async fn locked(inner: &Inner, db: &Db, rules: i64) -> Result<u64, StoreError> {
    run(db, "SELECT pg_advisory_xact_lock($1)", &[&inner.link.key("reindex")]).await?;
    // Another process may have done it while this one waited.
    if made(db).await? == Some(rules) {
        return Ok(0);
    }
    db.batch_execute(&format!("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE", TABLES.join(", "))).await?;
    let count = everything(inner, db).await?;
    let sql = "INSERT INTO made(name, value) VALUES('index', $1) ON CONFLICT(name) DO UPDATE SET value=excluded.value";
    run(db, sql, &[&rules]).await?;
    Ok(count)
}

async fn everything(inner: &Inner, db: &Db) -> Result<u64, StoreError> {
    let last: i64 = db.query_one("SELECT coalesce(max(rid), 0) FROM resource", &[]).await?.get(0);
    // What earlier programs kept amounts in.
    db.batch_execute("DROP TABLE IF EXISTS index_quantity").await?;
    if last > 0 {
        for table in TABLES {
            db.batch_execute(&format!("DELETE FROM {table}")).await?;
        }
    }
    let (mut after, mut count) = (0i64, 0);
    loop {
        // By number, up to the last there was: names that the new rows reserve have no body.
        let sql = "SELECT r.rid, r.ty, r.id, r.at, r.body, s.cust, s.pat, s.kase FROM resource r
                   JOIN scope s ON s.rid=r.rid WHERE r.body IS NOT NULL AND r.rid>$1 AND r.rid<=$2 ORDER BY r.rid LIMIT $3";
        let rows = rows_of(db, sql, &[&after, &last, &AT_ONCE]).await?;
        let Some(end) = rows.last() else { return Ok(count) };
        after = end.get(0);
        count += rows.len() as u64;
        some(inner, db, &rows).await?;
    }
}

async fn some(inner: &Inner, db: &Db, rows: &[tokio_postgres::Row]) -> Result<(), StoreError> {
    let mut all: Vec<(i64, Reference, i64, Standing, Words, Rows)> = vec![];
    for r in rows {
        let rid: i64 = r.get(0);
        let at = reference(r.get(1), r.get(2)).ok_or_else(|| StoreError::Corrupt(format!("row {rid} of resource")))?;
        let standing = Standing { custodian: r.get(5), patient: r.get(6), case: r.get(7) };
        let body = value_of(&at, r.get(4))?;
        let (index, words) = (extract(&at, &body).0, Definitions::r4().words(at.ty, &body));
        all.push((rid, at, r.get(3), standing, words, index));
    }
    let named: HashSet<&Reference> =
        all.iter().flat_map(|(.., rows)| rows.reference.iter().map(|(_, at)| at)).collect();
    let named: Vec<Reference> = named.into_iter().cloned().collect();
    let mut rids = inner.names.find(db, &named).await?;
    let mut unknown: Vec<Reference> = named.into_iter().filter(|at| !rids.contains_key(at)).collect();
    unknown.sort_by(|a, b| (a.ty.number(), a.id.as_str()).cmp(&(b.ty.number(), b.id.as_str())));
    if !unknown.is_empty() {
        let numbers = inner.names.take(db, unknown.len()).await?;
        let types: Vec<i32> = unknown.iter().map(|at| i32::from(at.ty.number())).collect();
        let ids: Vec<&str> = unknown.iter().map(|at| at.id.as_str()).collect();
        rows_of(db, super::apply::RESERVE, &[&numbers, &types, &ids]).await?;
        rids.extend(inner.names.find(db, &unknown).await?);
    }
    let mut changes = Changes::default();
    let none = Rows::default();
    for (rid, at, stored_at, standing, words, rows) in &all {
        let points = targets(rows, |at| rids.get(at).copied());
        let old = Side { rows: &none, targets: &[], at: None, standing: None };
        let new = Side { rows, targets: &points, at: Some(*stored_at), standing: Some(*standing) };
        changes.replace(at.ty, *rid, old, new);
        changes.words(*rid, Some(words), false);
    }
    let phrases = inner.phrases.fresh(&changes.phrases);
    let mut pipe = Pipe::new(db);
    phrases::add(&mut pipe, &phrases);
    add_index(&mut pipe, &changes);
    pipe.run().await?;
    Ok(())
}
