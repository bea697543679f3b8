//! The index made anew, when the parameters or the way values become rows have changed since it was made.
//!
//! At open, in one transaction: it either has the new rows or still the old ones. Bodies and ledger are not touched.

use super::apply::{Apply, value_of};
use super::index::{add_type, put_words, replace};
use super::ledger;
use crate::StoreError;
use crate::prepare::extract;
use crate::standing::Standing;
use fhir::search::{Definitions, Rows};
use fhir::{Reference, ResourceType};
use kernel::Id;
use rusqlite::{Connection, OptionalExtension, Row};

const TABLES: [&str; 8] = [
    "index_token",
    "index_date",
    "index_uri",
    "index_reference",
    "index_string",
    "index_number",
    "index_amount",
    "phrase",
];

/// Makes the index anew if it was made by other rules; how many resources that took.
pub(super) fn reindex(db: &Connection) -> Result<u64, StoreError> {
    let rules = Definitions::r4().fingerprint();
    let made: Option<i64> = db.query_row("SELECT value FROM made WHERE name='index'", [], |r| r.get(0)).optional()?;
    if made == Some(rules) {
        return Ok(0);
    }
    let tx = db.unchecked_transaction()?;
    let count = everything(&tx)?;
    tx.execute(
        "INSERT INTO made(name, value) VALUES('index', ?) ON CONFLICT(name) DO UPDATE SET value=excluded.value",
        [rules],
    )?;
    tx.commit()?;
    if count > 0 {
        tracing::info!(count, "the index of {count} resources was made anew");
    }
    Ok(count)
}

fn everything(db: &Connection) -> Result<u64, StoreError> {
    let last: i64 = db.query_row("SELECT coalesce(max(rid), 0) FROM resource", [], |r| r.get(0))?;
    // What earlier programs kept amounts in.
    db.execute("DROP TABLE IF EXISTS index_quantity", [])?;
    if last > 0 {
        for table in TABLES {
            db.execute(&format!("DELETE FROM {table}"), [])?;
        }
        db.execute("INSERT INTO index_words(index_words) VALUES('delete-all')", [])?;
    }
    let mut apply = Apply::new(db, ledger::head(db)?, last + 1);
    let mut count = 0;
    // By number, up to the last there was: names that the new rows reserve have no body.
    let mut statement = db.prepare(
        "SELECT r.rid, r.ty, r.id, r.at, r.body, s.cust, s.pat, s.kase FROM resource r JOIN scope s ON s.rid=r.rid
         WHERE r.body IS NOT NULL AND r.rid<=? ORDER BY r.rid",
    )?;
    let mut rows = statement.query([last])?;
    while let Some(r) = rows.next()? {
        one(&mut apply, r)?;
        count += 1;
    }
    Ok(count)
}

fn one(apply: &mut Apply, r: &Row) -> Result<(), StoreError> {
    let (rid, ty, id): (i64, u16, String) = (r.get(0)?, r.get(1)?, r.get(2)?);
    let standing = Standing { custodian: r.get(5)?, patient: r.get(6)?, case: r.get(7)? };
    let corrupt = || StoreError::Corrupt(format!("row {rid} of resource"));
    let ty = ResourceType::from_number(ty).ok_or_else(corrupt)?;
    let at = Reference::new(ty, Id::new(id).map_err(|_| corrupt())?);
    let value = value_of(&at, r.get_ref(4)?.as_blob().map_err(|_| corrupt())?)?;
    let rows = extract(&at, &value).0;
    put_words(apply.db, rid, Some(&Definitions::r4().words(ty, &value)), false)?;
    replace(apply, ty, rid, (&Rows::default(), None, None), (&rows, Some(r.get(3)?), standing))?;
    Ok(add_type(apply.db, ty, rid, standing)?)
}

/// What the index holds, for tests: rows of each table, in order.
#[cfg(test)]
fn dump(db: &Connection) -> Vec<String> {
    let mut all = vec![];
    for table in TABLES {
        let mut statement = db.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(r) = rows.next().unwrap() {
            let values: Vec<String> = (0..columns).map(|i| format!("{:?}", r.get_ref(i).unwrap())).collect();
            all.push(format!("{table} {}", values.join(" ")));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::{Options, Sqlite};
    use crate::{Act, Change, Query, Store, Viewer, Write};
    use serde_json::json;

    #[tokio::test]
    async fn an_index_made_by_other_rules_is_made_anew() {
        let dir = tempfile::tempdir().unwrap();
        let store = Sqlite::open(dir.path(), Options::default()).unwrap();
        for n in 0..20 {
            let at = format!("Observation/o{}", n % 7).parse().unwrap();
            let body = json!({"resourceType": "Observation", "status": "final", "valueQuantity": {"value": n, "code": "mm"},
                "subject": {"reference": format!("Patient/{n}")}, "effectivePeriod": {"start": "2026-01-02"}, "note": [{"text": "kept"}]});
            let write = Write::next(at, body, Id::new("h").unwrap()).in_case("ServiceRequest/c".parse().unwrap());
            store.commit(Change::of(Act::system("x")).write(write)).await.unwrap();
        }
        let gone =
            Write { body: None, ..Write::next("Observation/o3".parse().unwrap(), json!(0), Id::new("h").unwrap()) };
        store.commit(Change::of(Act::system("x")).write(gone)).await.unwrap();
        store.close().await;
        let db = Connection::open(dir.path().join("records.sqlite")).unwrap();
        let before = dump(&db);
        assert_eq!(reindex(&db).unwrap(), 0);
        db.execute_batch("UPDATE made SET value=7; DELETE FROM index_date; INSERT INTO index_uri VALUES(1, 2, 3)")
            .unwrap();
        assert_eq!(reindex(&db).unwrap(), 6);
        assert_eq!(dump(&db), before);
        db.execute_batch(
            "UPDATE made SET value=7; DELETE FROM index_token; INSERT INTO index_words(index_words) VALUES('delete-all')",
        )
        .unwrap();
        drop(db);
        let store = Sqlite::open(dir.path(), Options::default()).unwrap();
        let query = Query::of(ResourceType::OBSERVATION).with("status", "final").with("_content", "kept");
        assert_eq!(store.search(&Viewer::System, &query).await.unwrap().matches.len(), 6);
    }
}
