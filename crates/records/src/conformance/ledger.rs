//! Acts, numbered and chained.

use super::*;
use crate::{BulkBatch, Entry, ReadNote, Subject};
use kernel::Role;

pub async fn entries_are_numbered_and_chained(f: Fixture) {
    let mut first = change("consult.request").write(write("Task/t", &json!({}), "h1"));
    first.act = Act {
        what: "consult.request".into(),
        person: Some(id("doctor")),
        role: Some(Role::AskingDoctor),
        hospital: Some(id("h1")),
        about: vec![at("Task/t"), at("Patient/p")],
        patient: Some(at("Patient/p")),
        case: Some(at("ServiceRequest/c")),
        why: Some("原因".into()),
        params: serde_json::from_str(r#"{"dose":1.50,"state":"submitted"}"#).unwrap(),
        audience: vec![Subject::Desk(id("centre")), Subject::Hospital(id("h1"))],
    };
    let act = first.act.clone();
    let receipt = f.commit(first).await.unwrap();
    f.clock.advance(jiff::SignedDuration::from_secs(5));
    for n in 2..=5 {
        assert_eq!(f.put("h1", &[("Task/t", json!({"n": n}))]).await.number, Some(n));
    }
    let entries = f.store.entries(0, 100).await.unwrap();
    assert_eq!(entries.iter().map(|e| e.number).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    let one = &entries[0];
    assert_eq!((&one.act, one.at), (&act, beginning()));
    assert_eq!(serde_json::to_string(&one.act.params).unwrap(), r#"{"dose":1.50,"state":"submitted"}"#);
    assert_eq!(one.versions.len(), 1);
    assert_eq!((&one.versions[0].at, one.versions[0].version), (&at("Task/t"), 1));
    assert_eq!(one.versions[0].sha256, receipt.stored[0].sha256.iter().map(|b| format!("{b:02x}")).collect::<String>());
    let numbers = |entries: Vec<Entry>| entries.iter().map(|e| e.number).collect::<Vec<_>>();
    assert_eq!(numbers(f.store.entries(2, 2).await.unwrap()), [3, 4]);
    assert_eq!(numbers(f.store.entries(5, 2).await.unwrap()), Vec::<u64>::new());
    let verified = f.store.verify().await.unwrap();
    assert_eq!((verified.entries, verified.versions, verified.head), (5, 5, entries[4].hash));
}

pub async fn entries_of_a_case(f: Fixture) {
    for n in 0..6 {
        let mut change = change("x").write(write("Task/t", &json!({"n": n}), "h1"));
        change.act.case = Some(at(if n % 2 == 0 { "ServiceRequest/even" } else { "ServiceRequest/odd" }));
        f.commit(change).await.unwrap();
    }
    f.put("h1", &[("Task/t", json!({}))]).await;
    let of = async |case: &str| {
        let entries = f.store.entries_of_case(&at(case)).await.unwrap();
        entries.iter().map(|e| e.number).collect::<Vec<_>>()
    };
    assert_eq!(of("ServiceRequest/even").await, [1, 3, 5]);
    assert_eq!(of("ServiceRequest/odd").await, [2, 4, 6]);
    assert_eq!(of("ServiceRequest/none").await, Vec::<u64>::new());
    let mut change = change("x");
    change.act.patient = Some(at("Patient/p"));
    f.commit(change.clone()).await.unwrap();
    f.commit(change).await.unwrap();
    let of = async |patient: &str, after| {
        let entries = f.store.entries_of_patient(&at(patient), after).await.unwrap();
        entries.iter().map(|e| e.number).collect::<Vec<_>>()
    };
    assert_eq!(of("Patient/p", 0).await, [8, 9]);
    assert_eq!(of("Patient/p", 8).await, [9]);
    assert_eq!(of("Patient/q", 0).await, Vec::<u64>::new());

    let back = async |of: Option<&str>, before, limit| {
        let of = of.map(at);
        let entries = f.store.entries_before(of.as_ref(), before, limit).await.unwrap();
        entries.iter().map(|e| e.number).collect::<Vec<_>>()
    };
    assert_eq!(back(None, u64::MAX, 3).await, [9, 8, 7]);
    assert_eq!(back(None, 7, 2).await, [6, 5]);
    assert_eq!(back(None, 1, 10).await, Vec::<u64>::new());
    assert_eq!(back(Some("Patient/p"), u64::MAX, 10).await, [9, 8]);
    assert_eq!(back(Some("Patient/p"), 9, 10).await, [8]);
    assert_eq!(back(Some("Patient/q"), u64::MAX, 10).await, Vec::<u64>::new());
    let of_case: Vec<u64> =
        f.store.entries_of_case(&at("ServiceRequest/even")).await.unwrap().iter().rev().map(|e| e.number).collect();
    assert_eq!(of_case, [5, 3, 1]);
    assert_eq!(back(Some("ServiceRequest/even"), u64::MAX, 100).await, of_case);
    assert_eq!(back(Some("Task/t"), u64::MAX, 10).await, Vec::<u64>::new(), "neither a patient nor a case");
}

pub async fn sealed_tells_the_newest(f: Fixture) {
    let mut sealed = f.store.sealed();
    assert_eq!(*sealed.borrow_and_update(), 0);
    f.put("h1", &[("Task/t", json!({}))]).await;
    tokio::time::timeout(std::time::Duration::from_secs(5), sealed.changed()).await.unwrap().unwrap();
    assert_eq!(*sealed.borrow_and_update(), 1);
    assert_eq!(f.store.entries(0, 10).await.unwrap().len(), 1);
}

pub async fn reads_are_noted_once_a_minute(f: Fixture) {
    let note = |allowed, about: &str| ReadNote {
        person: id("doctor"),
        role: Role::Specialist,
        hospital: id("h1"),
        what: "consult.show".into(),
        patient: Some(at("Patient/p")),
        case: Some(at("ServiceRequest/c")),
        about: Some(at(about)),
        allowed,
    };
    let mut sealed = f.store.sealed();
    for _ in 0..100 {
        f.store.note_read(note(true, "ImagingStudy/a")).await.unwrap();
    }
    f.store.note_read(note(false, "ImagingStudy/a")).await.unwrap();
    f.store.note_read(note(true, "ImagingStudy/b")).await.unwrap();
    let until = async |sealed: &mut tokio::sync::watch::Receiver<u64>, n: u64| {
        let wait = sealed.wait_for(|sealed| *sealed >= n);
        tokio::time::timeout(std::time::Duration::from_secs(10), wait).await.unwrap().unwrap();
    };
    until(&mut sealed, 3).await;
    let entries = f.store.entries(0, 10).await.unwrap();
    let looks: Vec<_> = entries.iter().map(|e| (e.act.params["allowed"].clone(), e.act.about[0].to_string())).collect();
    assert_eq!(
        looks,
        [
            (json!(true), "ImagingStudy/a".to_owned()),
            (json!(false), "ImagingStudy/a".to_owned()),
            (json!(true), "ImagingStudy/b".to_owned())
        ]
    );
    assert!(entries.iter().all(|e| e.act.params["read"] == json!(true) && e.versions.is_empty()));
    // The same again in the same minute is the same entry, also after it was written.
    f.store.note_read(note(true, "ImagingStudy/a")).await.unwrap();
    f.clock.advance(jiff::SignedDuration::from_secs(60));
    f.store.note_read(note(true, "ImagingStudy/a")).await.unwrap();
    until(&mut sealed, 4).await;
    assert_eq!(f.store.entries_of_case(&at("ServiceRequest/c")).await.unwrap().len(), 4);
    f.store.verify().await.unwrap();
}

#[derive(Debug)]
struct Rows(Vec<i64>);

#[async_trait::async_trait]
impl BulkBatch for Rows {
    fn kind(&self) -> &'static str {
        "test-row"
    }
    fn rows(&self) -> usize {
        self.0.len()
    }
    fn digest(&self) -> [u8; 32] {
        [7; 32]
    }
    fn insert_sqlite(&self, tx: &rusqlite::Connection) -> rusqlite::Result<()> {
        tx.execute_batch("CREATE TABLE IF NOT EXISTS test_row(n INTEGER PRIMARY KEY)")?;
        self.0.iter().try_for_each(|n| tx.execute("INSERT INTO test_row VALUES(?)", [n]).map(drop))
    }
    async fn insert_postgres(&self, tx: &crate::postgres::Db) -> Result<(), crate::postgres::BulkError> {
        tx.batch_execute("CREATE TABLE IF NOT EXISTS test_row(n BIGINT PRIMARY KEY)").await?;
        tx.execute("INSERT INTO test_row SELECT * FROM unnest($1::int8[])", &[&self.0]).await?;
        Ok(())
    }
}

pub async fn bulk_is_vouched_for(f: Fixture) {
    let with = |rows: Vec<i64>| {
        let mut change = change("x");
        change.bulk.push(Arc::new(Rows(rows)));
        change
    };
    f.commit(with(vec![1, 2])).await.unwrap();
    // The second of these breaks a key: the first does not stay.
    assert!(f.commit(with(vec![3, 1])).await.is_err());
    f.commit(with(vec![3])).await.unwrap();
    let sql = "SELECT n FROM test_row ORDER BY n";
    let rows: Vec<i64> = match f.store.engine() {
        crate::Engine::Sqlite(sqlite) => {
            sqlite.read_with(|db| db.prepare(sql)?.query_map([], |r| r.get(0))?.collect()).await.unwrap()
        }
        crate::Engine::Postgres(postgres) => {
            let read = postgres.read_with(|db| {
                Box::pin(async { Ok(db.query(sql, &[]).await?.iter().map(|r| r.get(0)).collect::<Vec<i64>>()) })
            });
            read.await.unwrap()
        }
    };
    assert_eq!(rows, [1, 2, 3]);
    assert_eq!(f.store.verify().await.unwrap().entries, 2);
}
