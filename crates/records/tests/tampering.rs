//! `verify` finds what somebody changed behind the store's back.
#![expect(clippy::unwrap_used, reason = "a failed expectation is a panic here")]

use kernel::{Id, ManualClock, Time};
use records::sqlite::{Options, Sqlite};
use records::{Act, Change, Store, StoreError, Write};
use rusqlite::Connection;
use serde_json::json;
use std::path::Path;
use std::sync::Arc;

async fn filled(dir: &Path) {
    let clock = Arc::new(ManualClock::at("2026-11-21T00:00:00Z".parse::<Time>().unwrap()));
    let store = Sqlite::open(dir, Options { clock, ..Options::default() }).unwrap();
    for n in 0..10 {
        let at = format!("Observation/o{}", n % 4).parse().unwrap();
        let note = format!("{n}: {}", "something long enough to be compressed ".repeat(8));
        let body = json!({"resourceType": "Observation", "status": "final", "note": [{"text": note}], "n": n});
        let mut change = Change::of(Act::system("test.put")).write(Write::next(at, body, Id::new("h").unwrap()));
        change.act.why = Some(format!("because {n}"));
        store.commit(change).await.unwrap();
    }
    assert_eq!(store.verify().await.unwrap().versions, 10);
    store.close().await;
}

fn broken(dir: &Path) -> String {
    match Sqlite::verify_at(dir) {
        Err(e @ (StoreError::Broken { .. } | StoreError::Corrupt(_))) => e.to_string(),
        other => panic!("not noticed: {other:?}"),
    }
}

#[tokio::test]
async fn each_kind_of_tampering_is_found() {
    for (what, sql, says) in [
        ("a body replaced", "UPDATE resource SET body=x'007b7d' WHERE id='o1'", "entry 10: Observation/o1 version 3"),
        (
            "bodies exchanged",
            "UPDATE resource SET body=(SELECT body FROM resource o WHERE o.id='o2') WHERE id='o1'",
            "entry 10",
        ),
        (
            "an older body replaced",
            "UPDATE resource_history SET body=x'007b7d' WHERE ver=1 AND rid=(SELECT rid FROM resource WHERE id='o0')",
            "entry 1: Observation/o0 version 1: its bytes",
        ),
        ("an older version deleted", "DELETE FROM resource_history WHERE ver=2", "version 2: is missing"),
        ("a resource deleted", "DELETE FROM resource WHERE id='o3'", "is missing"),
        (
            "the last resources cut off",
            "DELETE FROM resource WHERE rid>(SELECT max(rid)-2 FROM resource)",
            "is missing",
        ),
        ("a version's time changed", "UPDATE resource SET at=at-60000 WHERE id='o2'", "its time was changed"),
        (
            "a version without entry",
            "INSERT INTO resource_history SELECT rid, 99, at, body FROM resource WHERE id='o2'",
            "Observation/o2 version 99 stands in no entry",
        ),
        (
            "a resource without entry",
            "INSERT INTO resource SELECT 999, ty, 'forged', 1, at, body FROM resource WHERE id='o2'",
            "Observation/forged version 1 stands in no entry",
        ),
        (
            "an entry edited",
            "UPDATE ledger SET entry=replace(entry, 'because 4', 'because 5') WHERE number=5",
            "entry 5",
        ),
        (
            "two entries exchanged",
            "UPDATE ledger SET entry=(SELECT entry FROM ledger o WHERE o.number=9-ledger.number) WHERE number IN (4,5)",
            "entry 4",
        ),
        (
            "two whole rows exchanged",
            "UPDATE ledger SET number=-number WHERE number IN (4,5); UPDATE ledger SET number=9+number WHERE number<0",
            "entry 4",
        ),
        ("an entry deleted", "DELETE FROM ledger WHERE number=7", "entry 7: is missing"),
        ("the first entry deleted", "DELETE FROM ledger WHERE number=1", "entry 1: is missing"),
        ("the end cut off", "DELETE FROM ledger WHERE number>8", "entry 9: the chain ends here"),
        (
            "the end cut off with its resources",
            "DELETE FROM ledger WHERE number>9; UPDATE resource SET ver=2, body=(SELECT body FROM resource_history h WHERE h.rid=resource.rid AND h.ver=2) WHERE id='o1'; DELETE FROM resource_history WHERE ver=2 AND rid=(SELECT rid FROM resource WHERE id='o1')",
            "the chain ends here",
        ),
        ("an entry's time changed", "UPDATE ledger SET at=at+1 WHERE number=3", "entry 3: its time"),
        ("a hash replaced", "UPDATE ledger SET hash=zeroblob(32) WHERE number=10", "entry 10"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        filled(dir.path()).await;
        let db = Connection::open(dir.path().join("records.sqlite")).unwrap();
        db.execute_batch(sql).unwrap();
        drop(db);
        let found = broken(dir.path());
        assert!(found.contains(says), "{what}: {found}");
    }
}

/// Any one byte of any body, entry or hash.
#[tokio::test]
async fn any_changed_byte_is_found() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path()).await;
    let db = Connection::open(dir.path().join("records.sqlite")).unwrap();
    for (table, column) in [
        ("resource", "body"),
        ("resource_history", "body"),
        ("ledger", "entry"),
        ("ledger", "hash"),
        ("ledger_head", "hash"),
    ] {
        let rows: Vec<Vec<u8>> = db
            .prepare(&format!("SELECT {column} FROM {table} WHERE {column} IS NOT NULL"))
            .unwrap()
            .query_map([], |r| r.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        for row in rows.iter().take(2) {
            for at in (0..row.len()).step_by(13) {
                let mut changed = row.clone();
                changed[at] ^= 1;
                let sql = format!("UPDATE {table} SET {column}=? WHERE {column}=?");
                assert_eq!(db.execute(&sql, (&changed, row)).unwrap(), 1);
                broken(dir.path());
                db.execute(&sql, (row, &changed)).unwrap();
            }
        }
    }
    assert_eq!(Sqlite::verify_at(dir.path()).unwrap().versions, 10);
}
