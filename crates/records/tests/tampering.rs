//! `verify` finds what somebody changed behind the store's back.

use kernel::{Id, ManualClock, Time};
use records::archive;
use records::copy::Place;
use records::sqlite::{Options, Sqlite};
use records::{Act, Change, Checkpoint, Store, StoreError, Viewer, Write};
use rusqlite::Connection;
use rusqlite::types::Value;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
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
    match Sqlite::verify_at(dir, &[]) {
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
    assert_eq!(Sqlite::verify_at(dir.path(), &[]).unwrap().versions, 10);
}

fn open(dir: &Path) -> Connection {
    let db = Connection::open(dir.join("records.sqlite")).unwrap();
    db.execute_batch("PRAGMA synchronous=OFF; PRAGMA temp_store=MEMORY").unwrap();
    db
}

/// The end of the chain, to be kept elsewhere.
fn end(dir: &Path) -> Checkpoint {
    let verified = Sqlite::verify_at(dir, &[]).unwrap();
    Checkpoint { number: verified.entries, hash: verified.head }
}

fn broken_against(dir: &Path, kept: Checkpoint) -> String {
    match Sqlite::verify_at(dir, &[kept]) {
        Err(StoreError::Broken { why, .. }) => why,
        other => panic!("not noticed: {other:?}"),
    }
}

/// What somebody does who knows how the chain is made: changes a body, and every hash after it.
fn forge(db: &Connection) {
    let forged = br#"{"status":"final","note":[{"text":"nothing of the kind"}]}"#;
    let mut body = vec![0];
    body.extend_from_slice(forged);
    assert_eq!(db.execute("UPDATE resource SET body=? WHERE id='o3'", [body]).unwrap(), 1);
    let entries: Vec<(i64, Vec<u8>)> = db
        .prepare("SELECT number, entry FROM ledger ORDER BY number")
        .unwrap()
        .query_map([], |r| Ok((r.get(0)?, r.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let mut before = [0; 32];
    for (number, entry) in entries {
        let mut entry: serde_json::Value = serde_json::from_slice(&entry).unwrap();
        for version in entry["versions"].as_array_mut().unwrap() {
            if version["at"] == "Observation/o3" && version["version"] == 2 {
                version["sha256"] = hex::encode(Sha256::digest(forged)).into();
            }
        }
        let entry = serde_json::to_vec(&entry).unwrap();
        let mut hash = Sha256::new();
        hash.update(before);
        hash.update(number.cast_unsigned().to_le_bytes());
        hash.update(&entry);
        before = hash.finalize().into();
        db.execute("UPDATE ledger SET entry=?, hash=? WHERE number=?", (entry, before, number)).unwrap();
    }
    db.execute("UPDATE ledger_head SET hash=?", [before]).unwrap();
}

#[tokio::test]
async fn who_hashes_everything_anew_is_found_by_a_checkpoint_alone() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path()).await;
    let kept = end(dir.path());
    forge(&open(dir.path()));
    // Consistent in itself: this is what the checkpoint is for.
    assert_eq!(Sqlite::verify_at(dir.path(), &[]).unwrap().versions, 10);
    assert!(broken_against(dir.path(), kept).contains("not what the checkpoint of entry 10 says"));
}

#[tokio::test]
async fn who_goes_back_to_an_older_copy_is_found_by_a_checkpoint_alone() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path()).await;
    let kept = end(dir.path());
    open(dir.path())
        .execute_batch(
            "DELETE FROM ledger WHERE number>9;
             UPDATE ledger_head SET number=9, hash=(SELECT hash FROM ledger WHERE number=9);
             UPDATE resource SET ver=2, at=(SELECT at FROM resource_history h WHERE h.rid=resource.rid AND h.ver=2),
                 body=(SELECT body FROM resource_history h WHERE h.rid=resource.rid AND h.ver=2) WHERE id='o1';
             DELETE FROM resource_history WHERE ver=2 AND rid=(SELECT rid FROM resource WHERE id='o1')",
        )
        .unwrap();
    assert_eq!(Sqlite::verify_at(dir.path(), &[]).unwrap().entries, 9);
    assert!(broken_against(dir.path(), kept).contains("there is a checkpoint of entry 10"));
}

#[tokio::test]
async fn a_chain_that_went_on_runs_through_its_checkpoints() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path()).await;
    let first = end(dir.path());
    let store = Sqlite::open(dir.path(), Options::default()).unwrap();
    store.commit(Change::of(Act::system("test.more"))).await.unwrap();
    store.close().await;
    let second = end(dir.path());
    assert_eq!(Sqlite::verify_at(dir.path(), &[second, first]).unwrap().entries, 11);
    let wrong = Checkpoint { number: 5, ..first };
    assert!(broken_against(dir.path(), wrong).contains("the checkpoint of entry 5"));
}

/// Numbers by chance, the same ones for the same seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        // xorshift64*, Vigna 2016
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % bound
    }
}

/// Everything that the chain vouches for, and the key of each row.
const VOUCHED: [(&str, &[&str]); 6] = [
    ("resource", &["ver", "at", "body", "id", "ty"]),
    ("resource_history", &["ver", "at", "body"]),
    ("ledger", &["number", "at", "hash", "entry"]),
    ("ledger_head", &["number", "hash"]),
    ("ledger_archived", &["number", "act", "hash"]),
    ("ledger_archive", &["act"]),
];

fn rows(db: &Connection) -> Vec<Vec<Vec<Value>>> {
    VOUCHED
        .iter()
        .map(|(table, columns)| {
            let sql = format!("SELECT {} FROM {table} ORDER BY 1, {}", columns.join(","), columns.len().min(2));
            let mut statement = db.prepare(&sql).unwrap();
            let read = statement.query_map([], |r| (0..columns.len()).map(|i| r.get(i)).collect());
            read.unwrap().collect::<Result<_, _>>().unwrap()
        })
        .collect()
}

/// Another value than `was`.
fn other(was: &Value, chance: &mut Chance) -> Value {
    match was {
        Value::Integer(n) => Value::Integer(n + 1 + chance.below(1_000) as i64),
        Value::Text(text) => Value::Text(format!("{text}{}", chance.below(10))),
        Value::Blob(bytes) if !bytes.is_empty() => {
            let mut bytes = bytes.clone();
            let at = chance.below(bytes.len());
            match chance.below(3) {
                0 => bytes[at] ^= 1 << chance.below(8),
                1 => bytes.truncate(at),
                _ => bytes.insert(at, 7),
            }
            Value::Blob(bytes)
        }
        _ => Value::Integer(1),
    }
}

/// One edit, deletion, exchange or cut somewhere, and what it was. None when the rows are as they were: two of the same were
/// exchanged.
fn tamper(db: &Connection, chance: &mut Chance) -> Option<String> {
    let before = rows(db);
    let there: Vec<usize> = (0..before.len()).filter(|n| !before[*n].is_empty()).collect();
    let (table, columns) = VOUCHED[there[chance.below(there.len())]];
    // What is only referred to has no version, and nothing vouches for it.
    let there = if table == "resource" { "resource WHERE ver>0" } else { table };
    let count: i64 = db.query_row(&format!("SELECT count(*) FROM {there}"), [], |r| r.get(0)).unwrap();
    let nth = |chance: &mut Chance| chance.below(usize::try_from(count).unwrap());
    let key = if table == "resource_history" { "(rid, ver)" } else { "rowid" };
    let key_columns = if table == "resource_history" { "rid, ver" } else { "rowid" };
    let row =
        |n: usize| format!("{key} IN (SELECT {key_columns} FROM {there} ORDER BY {key_columns} LIMIT 1 OFFSET {n})");
    let column = columns[chance.below(columns.len())];
    let value = |n: usize| -> Value {
        db.query_row(&format!("SELECT {column} FROM {table} WHERE {}", row(n)), [], |r| r.get(0)).unwrap()
    };
    let set = |n: usize, to: &Value| {
        // A key that is taken already: no change then.
        let _taken = db.execute(&format!("UPDATE OR IGNORE {table} SET {column}=? WHERE {}", row(n)), [to]);
    };
    let what = chance.below(4);
    match what {
        0 => {
            let n = nth(chance);
            let to = other(&value(n), chance);
            set(n, &to);
        }
        1 => {
            let n = nth(chance);
            db.execute(&format!("DELETE FROM {table} WHERE {}", row(n)), []).unwrap();
        }
        2 => {
            let (a, b) = (nth(chance), nth(chance));
            let (at_a, at_b) = (value(a), value(b));
            set(a, &at_b);
            set(b, &at_a);
        }
        _ => {
            let n = nth(chance);
            let sql = format!(
                "DELETE FROM {table} WHERE {key} IN (SELECT {key_columns} FROM {there} ORDER BY {key_columns} LIMIT -1 OFFSET {n})"
            );
            db.execute(&sql, []).unwrap();
        }
    }
    let after = rows(db);
    let kind = ["an edit", "a deletion", "an exchange", "a cut"][what];
    (after != before).then(|| format!("{kind} in {table}.{column}: {before:?} became {after:?}"))
}

/// Every version as somebody reads it; none that cannot be read.
async fn read(dir: &Path) -> Vec<Vec<records::Resource>> {
    let store = Sqlite::open(dir, Options::default()).unwrap();
    let mut all = vec![];
    for n in 0..4 {
        let at = format!("Observation/o{n}").parse().unwrap();
        all.push(store.history(&Viewer::System, &at).await.unwrap_or_default());
    }
    store.close().await;
    all
}

/// `TAMPERINGS` of them, or 1,000. A bit that a compressed body has for nothing may be another: then all reads as before.
#[tokio::test]
async fn tampering_by_chance_is_found_every_time() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path()).await;
    by_chance(dir.path(), &[]).await;
}

/// The same in a store of which looks were archived: without their file, and with it.
#[tokio::test]
async fn tampering_by_chance_with_an_archived_store_is_found_every_time() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path()).await;
    let now = "2027-11-21T00:00:00Z".parse::<Time>().unwrap();
    let clock = Arc::new(ManualClock::at("2026-12-01T00:00:00Z".parse::<Time>().unwrap()));
    let store = Sqlite::open(dir.path(), Options { clock, ..Options::default() }).unwrap();
    for n in 0..12 {
        let mut look = Act::system("patient.show");
        (look.person, look.role) = (Some(Id::new("d").unwrap()), Some(kernel::Role::Specialist));
        look.hospital = Some(Id::new("h").unwrap());
        look.params.insert("read".into(), true.into());
        look.params.insert("allowed".into(), (n % 3 == 0).into());
        store.commit(Change::of(look)).await.unwrap();
    }
    store.commit(Change::of(Act::system("test.more"))).await.unwrap();
    store.close().await;
    let files = tempfile::tempdir().unwrap();
    let mut all = vec![];
    for (name, before) in [("one", "2026-11-30T00:00:00Z"), ("two", "2027-01-01T00:00:00Z")] {
        let to = files.path().join(name);
        let wish = archive::Wish { before: before.parse().unwrap(), to: &to, stays: &|_| false, now };
        if archive::take(&Place::Sqlite(dir.path().to_owned()), &wish, &mut |_| ()).await.unwrap().is_some() {
            all.push(to);
        }
    }
    assert_eq!(all.len(), 1);
    by_chance(dir.path(), &[]).await;
    by_chance(dir.path(), &all).await;
}

#[expect(clippy::print_stdout, reason = "says how much it tried")]
async fn by_chance(dir: &Path, archives: &[PathBuf]) {
    let told = std::env::var_os("TAMPERINGS").and_then(|text| text.into_string().ok()?.parse().ok());
    let times = told.unwrap_or(1_000);
    let path = dir.join("records.sqlite");
    open(dir).query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    let whole = std::fs::read(&path).unwrap();
    let mut chance = Chance(20_261_122);
    let as_written = read(dir).await;
    let (mut done, mut idle) = (0, 0);
    while done < times {
        let db = open(dir);
        let seed = chance.0;
        let changed = tamper(&db, &mut chance);
        drop(db);
        if let Some(what) = changed {
            match Sqlite::prove_at(dir, &[], archives) {
                Err(StoreError::Broken { .. } | StoreError::Corrupt(_)) => {}
                Ok(_) if read(dir).await == as_written => idle += 1,
                other => panic!("not noticed (seed {seed}): {what}: {other:?}"),
            }
            done += 1;
        }
        for left in ["records.sqlite-wal", "records.sqlite-shm"] {
            let _gone = std::fs::remove_file(dir.join(left));
        }
        std::fs::write(&path, &whole).unwrap();
    }
    assert_eq!(Sqlite::prove_at(dir, &[], archives).unwrap().versions, 10);
    assert!(idle * 100 < done, "{idle} of {done} changed nothing: too many to prove anything");
    println!("{done} tamperings: {} found, {idle} changed nothing that is read", done - idle);
}
