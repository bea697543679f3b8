//! What only PostgreSQL has: tampering with its tables, its migrations, an index made anew, a database that takes no
//! writes, copies that do not confirm, several processes that write to the same things.

use bytes::Bytes;
use jiff::SignedDuration;
use kernel::{Clock, Id, ManualClock};
use records::conformance::beginning;
use records::conformance::cluster::{Cluster, passed_over};
use records::postgres::{Options, Postgres};
use records::{Act, BlobHold, Change, CommitError, Disk, Expect, Query, Store, StoreError, Viewer, Write};
use serde_json::json;
use std::sync::Arc;
use tokio_postgres::{Client, NoTls};

struct House {
    url: String,
    options: Options,
    clock: Arc<ManualClock>,
    dir: tempfile::TempDir,
    admin: Client,
}

impl House {
    async fn new(cluster: &Cluster) -> Self {
        let clock = Arc::new(ManualClock::at(beginning()));
        let schema = cluster.schema();
        let (admin, connection) = tokio_postgres::connect(&cluster.url(), NoTls).await.unwrap();
        tokio::spawn(connection);
        admin.batch_execute(&format!("SET search_path={schema}")).await.unwrap();
        let options = Options { clock: clock.clone(), schema, ..Options::default() };
        Self { url: cluster.url(), options, clock, dir: tempfile::tempdir().unwrap(), admin }
    }

    async fn open(&self) -> Result<Arc<Postgres>, StoreError> {
        Postgres::open(&self.url, self.dir.path().join("blobs"), self.options.clone()).await
    }
}

fn id(text: &str) -> Id {
    Id::new(text).unwrap()
}

fn put(n: usize) -> Change {
    let at = format!("Observation/o{}", n % 4).parse().unwrap();
    let note = format!("{n}: {}", "something long enough to be compressed ".repeat(8));
    let body = json!({"resourceType": "Observation", "status": "final", "note": [{"text": note}], "n": n,
        "subject": {"reference": format!("Patient/{n}")}, "effectivePeriod": {"start": "2026-01-02"}});
    let mut change = Change::of(Act::system("test.put")).write(Write::next(at, body, id("h")));
    change.act.why = Some(format!("because {n}"));
    change
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_kind_of_tampering_is_found() {
    let Some(cluster) = Cluster::shared() else { return passed_over("tampering is found") };
    for (what, sql, says) in [
        ("a body replaced", r"UPDATE resource SET body='\x007b7d' WHERE id='o1'", "entry 10: Observation/o1 version 3"),
        (
            "bodies exchanged",
            "UPDATE resource SET body=(SELECT body FROM resource o WHERE o.id='o2') WHERE id='o1'",
            "entry 10",
        ),
        (
            "an older body replaced",
            r"UPDATE resource_history SET body='\x007b7d' WHERE ver=1 AND rid=(SELECT rid FROM resource WHERE id='o0')",
            "entry 1: Observation/o0 version 1: its bytes",
        ),
        ("an older version deleted", "DELETE FROM resource_history WHERE ver=2", "version 2: is missing"),
        ("a resource deleted", "DELETE FROM resource WHERE id='o3'", "is missing"),
        ("a version's time changed", "UPDATE resource SET at=at-60000 WHERE id='o2'", "its time was changed"),
        (
            "a version without entry",
            "INSERT INTO resource_history SELECT rid, 99, at, body FROM resource WHERE id='o2'",
            "Observation/o2 version 99 stands in no entry",
        ),
        (
            "a resource without entry",
            "INSERT INTO resource SELECT 99999, ty, 'forged', 1, at, body FROM resource WHERE id='o2'",
            "Observation/forged version 1 stands in no entry",
        ),
        (
            "an entry edited",
            "UPDATE ledger SET entry=convert_to(replace(convert_from(entry, 'UTF8'), 'because 4', 'because 5'), 'UTF8') WHERE number=5",
            "entry 5",
        ),
        (
            "two entries exchanged",
            "UPDATE ledger l SET entry=(SELECT entry FROM ledger o WHERE o.number=9-l.number) WHERE number IN (4,5)",
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
            "the end cut off, its head too, and its resources left",
            "DELETE FROM ledger WHERE number>9; UPDATE ledger_head SET number=9, hash=(SELECT hash FROM ledger WHERE number=9)",
            "Observation/o1 version 3 stands in no entry",
        ),
        ("an entry's time changed", "UPDATE ledger SET at=at+1 WHERE number=3", "entry 3: its time"),
        ("a hash replaced", "UPDATE ledger SET hash=decode(repeat('00', 32), 'hex') WHERE number=10", "entry 10"),
        (
            "an entry before the first",
            "INSERT INTO ledger SELECT 0, 0, at, kase, pat, hash, entry FROM ledger WHERE number=1",
            "before the first",
        ),
    ] {
        let house = House::new(cluster).await;
        let store = house.open().await.unwrap();
        for n in 0..10 {
            store.commit(put(n)).await.unwrap();
        }
        assert_eq!(store.verify().await.unwrap().versions, 10);
        store.close().await;
        house.admin.batch_execute(sql).await.unwrap();
        let found = Postgres::verify_at(&house.url, &house.options, &[]).await;
        let Err(e @ (StoreError::Broken { .. } | StoreError::Corrupt(_))) = found else { panic!("{what}: {found:?}") };
        assert!(e.to_string().contains(says), "{what}: {e}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_index_made_by_other_rules_is_made_anew() {
    let Some(cluster) = Cluster::shared() else { return passed_over("an index is made anew") };
    let house = House::new(cluster).await;
    let store = house.open().await.unwrap();
    for n in 0..20 {
        store.commit(put(n)).await.unwrap();
    }
    store.close().await;
    let dump = async || {
        let mut all = vec![];
        for table in [
            "index_token",
            "index_date",
            "index_reference",
            "index_string",
            "index_amount",
            "index_number",
            "index_uri",
            "index_words",
        ] {
            let sql = format!("SELECT '{table} ' || x::text FROM {table} x ORDER BY x::text");
            all.extend(house.admin.query(&sql, &[]).await.unwrap().iter().map(|r| r.get::<_, String>(0)));
        }
        all
    };
    let before = dump().await;
    house
        .admin
        .batch_execute("UPDATE made SET value=7; DELETE FROM index_date; INSERT INTO index_uri VALUES(1, 2, 3)")
        .await
        .unwrap();
    let store = house.open().await.unwrap();
    assert_eq!(dump().await, before);
    let query = Query::of(fhir::ResourceType::OBSERVATION).with("status", "final");
    assert_eq!(store.search(&Viewer::System, &query).await.unwrap().matches.len(), 4);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn migrations_are_told_and_a_newer_database_is_refused() {
    let Some(cluster) = Cluster::shared() else { return passed_over("migrations are told") };
    let house = House::new(cluster).await;
    let empty = Postgres::check(&house.url, &house.options).await.unwrap();
    assert_eq!((empty.applied.len(), empty.missing.len()), (0, 5));
    let (one, two) =
        tokio::join!(Postgres::migrate(&house.url, &house.options), Postgres::migrate(&house.url, &house.options));
    assert_eq!(one.unwrap().len() + two.unwrap().len(), 5, "of two that begin at once one makes the tables");
    let whole = Postgres::check(&house.url, &house.options).await.unwrap();
    assert_eq!((whole.applied.len(), whole.missing.len(), whole.unknown.len()), (5, 0, 0));
    let earlier = "DROP TABLE client; DELETE FROM migration WHERE name='20261122_030000_clients'";
    house.admin.batch_execute(earlier).await.unwrap();
    let behind = Postgres::check(&house.url, &house.options).await.unwrap();
    assert_eq!(behind.missing, ["20261122_030000_clients"]);
    let store = house.open().await.unwrap();
    assert_eq!(store.clients().await.unwrap(), [], "a database of before has the table now");
    store.close().await;
    house.admin.batch_execute("INSERT INTO migration VALUES('29990101_000000_later')").await.unwrap();
    assert_eq!(Postgres::check(&house.url, &house.options).await.unwrap().unknown.len(), 1);
    let refused = house.open().await;
    assert!(matches!(refused, Err(StoreError::Engine(why)) if why.contains("29990101")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn blobs_that_nothing_names_are_collected_after_a_day() {
    let Some(cluster) = Cluster::shared() else { return passed_over("blobs are collected") };
    let house = House::new(cluster).await;
    let store = house.open().await.unwrap();
    let mut blobs = vec![];
    for n in 0..3 {
        blobs.push(store.blob_put(Bytes::from(format!("blob {n}"))).await.unwrap());
    }
    let mut change = put(0);
    change.blobs.push(blobs[0]);
    let hold = BlobHold { sha256: blobs[1], holder: "held/x".into() };
    change.blob_holds.push(hold.clone());
    store.commit(change).await.unwrap();
    house.clock.advance(SignedDuration::from_hours(23));
    assert_eq!(store.collect(house.clock.now()).await.unwrap(), 0);
    house.clock.advance(SignedDuration::from_hours(2));
    assert_eq!(store.collect(house.clock.now()).await.unwrap(), 1);
    let mut change = put(1);
    change.blob_frees.push(hold);
    store.commit(change).await.unwrap();
    assert_eq!(store.collect(house.clock.now()).await.unwrap(), 1);
    assert!(store.blob(&blobs[0], None).await.unwrap().is_some());
    assert!(store.blob(&blobs[1], None).await.unwrap().is_none());
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_takes_no_writes_refuses_and_comes_back() {
    let Some(cluster) = Cluster::start("fsync=off") else { return passed_over("no writes are taken") };
    let house = House::new(&cluster).await;
    let store = house.open().await.unwrap();
    store.commit(put(0)).await.unwrap();
    let set = async |on: &str| {
        let sql = format!("ALTER SYSTEM SET default_transaction_read_only={on}");
        house.admin.batch_execute("SET default_transaction_read_only=off").await.unwrap();
        house.admin.batch_execute(&sql).await.unwrap();
        house.admin.batch_execute("SELECT pg_reload_conf()").await.unwrap();
        // Connections that were there before learn it at their next statement; new ones at once.
        let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name=$1";
        house.admin.query(sql, &[&house.options.schema]).await.unwrap();
    };
    set("on").await;
    let mut disk = store.disk();
    let refused = async {
        loop {
            if let Err(CommitError::Store(StoreError::ReadOnly)) = store.commit(put(1)).await {
                return;
            }
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), refused).await.unwrap();
    assert_eq!(*disk.borrow_and_update(), Disk::ReadOnly);
    assert!(store.read(&Viewer::System, &"Observation/o0".parse().unwrap()).await.unwrap().is_some());
    set("off").await;
    let again = disk.wait_for(|disk| *disk == Disk::Takes);
    tokio::time::timeout(std::time::Duration::from_secs(30), again).await.unwrap().unwrap();
    store.commit(put(2)).await.unwrap();
    store.close().await;
}

/// A commit that stands here and was not confirmed by the copies is not acknowledged.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_copies_did_not_confirm_is_not_acknowledged() {
    let Some(cluster) = Cluster::start("fsync=off") else { return passed_over("copies do not confirm") };
    let house = House::new(&cluster).await;
    let store = house.open().await.unwrap();
    store.commit(put(0)).await.unwrap();
    let copies = async |names: &str| {
        house.admin.batch_execute("SET synchronous_commit=local").await.unwrap();
        let sql = format!("ALTER SYSTEM SET synchronous_standby_names='{names}'");
        house.admin.batch_execute(&sql).await.unwrap();
        house.admin.batch_execute("SELECT pg_reload_conf()").await.unwrap();
    };
    copies("nowhere").await;
    let cancel = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event='SyncRep'";
    // The cluster reads its settings anew a moment after it was told to; what is committed before waits for nobody.
    let mut n = 0;
    let refused = loop {
        n += 1;
        let store = store.clone();
        let mut waiting = tokio::spawn(async move { store.commit(put(n)).await });
        let done = loop {
            tokio::select! {
                done = &mut waiting => break done.unwrap(),
                rows = house.admin.query(cancel, &[]) => drop(rows.unwrap()),
            }
        };
        if done.is_err() || n == 1_000 {
            break done;
        }
    };
    assert!(
        matches!(&refused, Err(CommitError::Store(StoreError::Engine(why))) if why.contains("not confirmed")),
        "{refused:?}"
    );
    copies("").await;
    let kept = store.commit(put(n + 1)).await.unwrap();
    assert!(kept.stored[0].version >= 1);
    store.close().await;
    drop(store);
}

/// Many writers, each with several resources in an order of its own, and references to names that none of them made.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn opposite_orders_and_common_names_harm_nobody() {
    let Some(cluster) = Cluster::shared() else { return passed_over("opposite orders") };
    let house = House::new(cluster).await;
    let stores = [house.open().await.unwrap(), house.open().await.unwrap()];
    let mut running = tokio::task::JoinSet::new();
    for writer in 0..16usize {
        let store = stores[writer % 2].clone();
        running.spawn(async move {
            for round in 0..12usize {
                let mut change = Change::of(Act::system("x"));
                for n in 0..6usize {
                    let n = if writer.is_multiple_of(2) { n } else { 5 - n };
                    let body = json!({"resourceType": "Task", "for": {"reference": format!("Patient/new{round}-{n}")}});
                    change = change.write(Write::next(format!("Task/t{n}").parse().unwrap(), body, id("h")));
                }
                change.expect.push(Expect { at: format!("Basic/{writer}-{round}").parse().unwrap(), version: 0 });
                store.commit(change).await.unwrap();
            }
        });
    }
    running.join_all().await;
    let history = stores[0].history(&Viewer::System, &"Task/t3".parse().unwrap()).await.unwrap();
    assert_eq!(history.len(), 16 * 12);
    for n in 0..6 {
        let query = Query::of(fhir::ResourceType::TASK).with("patient", format!("new11-{n}"));
        let found = stores[1].search(&Viewer::System, &query).await.unwrap();
        assert!(found.matches.iter().all(|t| t.at.id.as_str() == format!("t{n}")) && found.matches.len() <= 1);
    }
    let sql = "SELECT count(*) FROM (SELECT ty, id FROM resource GROUP BY ty, id HAVING count(*)>1) d";
    assert_eq!(house.admin.query_one(sql, &[]).await.unwrap().get::<_, i64>(0), 0);
    assert_eq!(stores[1].verify().await.unwrap().entries, 16 * 12);
    for store in &stores {
        store.close().await;
    }
}

#[tokio::test]
async fn an_address_is_never_shown_with_its_password() {
    for url in ["postgres://u:hunter2@[bad", "postgres://u:hunter2@192.0.2.1/x", "nonsense hunter2"] {
        let refused = Postgres::open(url, std::env::temp_dir().join("never"), Options::default()).await;
        let Err(e) = refused else { panic!("{url} was opened") };
        assert!(!format!("{e} {e:?}").contains("hunter2"), "{e}");
    }
}
