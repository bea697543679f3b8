//! Bad days of a database: stopped and started again, out of connections, damaged, and a process whose clock is wrong.

use bytes::Bytes;
use jiff::SignedDuration;
use kernel::{Clock, Id, ManualClock};
use records::conformance::beginning;
use records::conformance::cluster::{Cluster, passed_over};
use records::postgres::{Options, Postgres};
use records::{Act, Change, Claim, CommitError, DraftKey, Job, Store, StoreError, Viewer, Write};
use serde_json::json;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio_postgres::NoTls;

/// How long anything may take to come right by itself.
const PATIENCE: Duration = Duration::from_secs(30);

fn id(text: &str) -> Id {
    Id::new(text).unwrap()
}

fn put(name: &str) -> Change {
    let at = format!("Observation/{name}").parse().unwrap();
    let note = (0..20).map(|n| format!("{name} {n}; ")).collect::<String>();
    let body = json!({"resourceType": "Observation", "status": "final", "note": [{"text": note}]});
    Change::of(Act::system("test.put")).write(Write::next(at, body, id("h")))
}

async fn open(cluster: &Cluster, schema: &str, clock: Option<Arc<ManualClock>>) -> Arc<Postgres> {
    let clock: Arc<dyn Clock> = clock.unwrap_or_else(|| Arc::new(ManualClock::at(beginning())));
    let options = Options { schema: schema.to_owned(), clock, ..Options::default() };
    let dir: PathBuf = cluster.data().with_file_name(format!("blobs-{schema}"));
    Postgres::open(&cluster.url(), dir, options).await.unwrap()
}

fn is_away<T>(result: &Result<T, CommitError>) -> bool {
    matches!(result, Err(CommitError::Store(StoreError::Unavailable(_))))
}

/// Eight writers, until they are told to stop; what was acknowledged to them, and how often they were refused.
#[derive(Default)]
struct Writers {
    acknowledged: Mutex<BTreeSet<String>>,
    refused: AtomicUsize,
    stop: AtomicBool,
}

impl Writers {
    async fn one(self: Arc<Self>, store: Arc<Postgres>, writer: usize) {
        for n in 0.. {
            if self.stop.load(Ordering::SeqCst) {
                return;
            }
            let name = format!("w{writer}-{n}");
            match store.commit(put(&name)).await {
                Ok(_) => drop(self.acknowledged.lock().unwrap().insert(name)),
                result => {
                    assert!(is_away(&result), "{result:?}");
                    self.refused.fetch_add(1, Ordering::SeqCst);
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            }
        }
    }

    fn count(&self) -> usize {
        self.acknowledged.lock().unwrap().len()
    }

    async fn until_more(&self, more: usize) {
        let (begun, wanted) = (Instant::now(), self.count() + more);
        while self.count() < wanted {
            assert!(begun.elapsed() < PATIENCE, "{} acknowledged, {wanted} wanted", self.count());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopped_and_started_while_writers_write_it_goes_on_by_itself_and_loses_nothing() {
    let Some(cluster) = Cluster::start("") else { return passed_over("stopped and started") };
    let store = open(&cluster, "s", None).await;
    let writers = Arc::new(Writers::default());
    let running: Vec<_> = (0..8).map(|n| tokio::spawn(writers.clone().one(store.clone(), n))).collect();
    for round in 0..3 {
        writers.until_more(40).await;
        if round == 2 {
            cluster.kill()
        } else {
            cluster.stop()
        }
        let before = writers.refused.load(Ordering::SeqCst);
        let begun = Instant::now();
        while writers.refused.load(Ordering::SeqCst) < before + 8 {
            assert!(begun.elapsed() < PATIENCE, "nobody was refused");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let read = store.read(&Viewer::System, &"Observation/w0-0".parse().unwrap()).await;
        assert!(matches!(read, Err(StoreError::Unavailable(_))), "{read:?}");
        cluster.start_again();
    }
    writers.until_more(40).await;
    writers.stop.store(true, Ordering::SeqCst);
    for writer in running {
        writer.await.unwrap();
    }
    let all = writers.acknowledged.lock().unwrap().clone();
    for name in &all {
        let read = store.read(&Viewer::System, &format!("Observation/{name}").parse().unwrap()).await.unwrap();
        assert!(read.is_some(), "{name} was acknowledged and is gone");
    }
    store.close().await;
    let store = open(&cluster, "s", None).await;
    let verified = store.verify().await.unwrap();
    assert!(verified.entries >= all.len() as u64);
    println!("{} acknowledged, {} refused, 0 lost", all.len(), writers.refused.load(Ordering::SeqCst));
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_free_connection_it_refuses_and_goes_on_once_there_is_one() {
    let Some(cluster) = Cluster::start("fsync=off max_connections=20 superuser_reserved_connections=0") else {
        return passed_over("no free connection");
    };
    let store = open(&cluster, "s", None).await;
    store.commit(put("first")).await.unwrap();
    // Others take all that are left.
    let mut others = vec![];
    while let Ok((client, connection)) = tokio_postgres::connect(&cluster.url(), NoTls).await {
        tokio::spawn(connection);
        others.push(client);
    }
    let mut running = tokio::task::JoinSet::new();
    for n in 0..32 {
        let store = store.clone();
        running.spawn(async move { (n, store.commit(put(&format!("o{n}"))).await) });
    }
    let results = running.join_all().await;
    assert!(results.iter().any(|(_, r)| is_away(r)), "every one of 32 found a connection");
    assert!(results.iter().all(|(_, r)| r.is_ok() || is_away(r)), "every refusal says why: {results:?}");
    drop(others);
    let begun = Instant::now();
    for (n, _) in results.iter().filter(|(_, r)| r.is_err()) {
        while let Err(e) = store.commit(put(&format!("o{n}"))).await {
            assert!(begun.elapsed() < PATIENCE, "{e}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    for n in 0..32 {
        let read = store.read(&Viewer::System, &format!("Observation/o{n}").parse().unwrap()).await.unwrap();
        assert!(read.is_some(), "o{n}");
    }
    store.verify().await.unwrap();
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_whose_checksum_is_wrong_is_refused_and_nothing_else_is() {
    let Some(cluster) = Cluster::start("fsync=off") else { return passed_over("a damaged page") };
    let store = open(&cluster, "s", None).await;
    for n in 0..200 {
        store.commit(put(&format!("o{n}"))).await.unwrap();
    }
    let (admin, connection) = tokio_postgres::connect(&cluster.url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    let file: String = admin.query_one("SELECT pg_relation_filepath('s.resource')", &[]).await.unwrap().get(0);
    // Rows of page 2, all of which are current.
    let sql = "SELECT id FROM s.resource WHERE ver>0 AND ctid>='(2,0)' AND ctid<'(3,0)'";
    let there: Vec<String> = admin.query(sql, &[]).await.unwrap().iter().map(|r| r.get(0)).collect();
    assert!(!there.is_empty());
    drop(admin);
    store.close().await;
    cluster.stop();
    let path = cluster.data().join(file);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[2 * 8192 + 5_000] ^= 0x40;
    std::fs::write(&path, bytes).unwrap();
    cluster.start_again();
    let store = open(&cluster, "s", None).await;
    let mut refused = 0;
    for n in 0..200 {
        let name = format!("o{n}");
        let read = store.read(&Viewer::System, &format!("Observation/{name}").parse().unwrap()).await;
        if there.contains(&name) {
            assert!(matches!(read, Err(StoreError::Corrupt(_))), "{name}: {read:?}");
            refused += 1;
        } else {
            assert!(read.unwrap().is_some(), "{name}");
        }
    }
    assert_eq!(refused, there.len());
    let verified = store.verify().await;
    assert!(matches!(verified, Err(StoreError::Corrupt(_))), "{verified:?}");
    store.commit(put("new")).await.unwrap();
    store.close().await;
}

/// Two processes on one database, one of them two hours behind.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_set_back_on_one_of_two_loses_nothing_and_repeats_a_job_at_most() {
    let Some(cluster) = Cluster::shared() else { return passed_over("a clock set back") };
    let schema = cluster.schema();
    let clocks = [beginning(), beginning()].map(|at| Arc::new(ManualClock::at(at)));
    let [right, behind] = &clocks;
    let a = open(cluster, &schema, Some(right.clone())).await;
    let b = open(cluster, &schema, Some(behind.clone())).await;
    let mut job = put("first");
    let at = |key: &str, run_at| Job { key: key.into(), kind: key.into(), payload: json!({}), run_at };
    job.jobs.push(at("now", right.now()));
    job.jobs.push(at("long", right.now() - SignedDuration::from_hours(3)));
    a.commit(job).await.unwrap();
    behind.advance(-SignedDuration::from_hours(2));
    let mut numbers = vec![];
    for n in 0..30 {
        let store = if n % 2 == 0 { &a } else { &b };
        let mut change = put("both");
        let by = "Observation/both".parse().unwrap();
        change.claims.push(Claim { key: format!("slot/{n}"), by, until: None });
        numbers.push(store.commit(change).await.unwrap().number.unwrap());
    }
    assert!(numbers.is_sorted(), "later is later, whatever its hour: {numbers:?}");
    let history = b.history(&Viewer::System, &"Observation/both".parse().unwrap()).await.unwrap();
    let versions: Vec<u64> = history.iter().map(|r| r.version).collect();
    assert_eq!(versions, (1..=30).rev().collect::<Vec<_>>());
    // Who has something for ever has it before every clock.
    let mut taken = put("other");
    taken.claims.push(Claim { key: "slot/0".into(), by: "Observation/other".parse().unwrap(), until: None });
    assert!(matches!(b.commit(taken).await, Err(CommitError::Taken(_))));
    // A draft goes by its revision.
    let key = DraftKey { owner: id("d"), kind: "k".into(), id: id("x") };
    let first = a.draft_put(&key, 0, Bytes::from_static(b"1"), right.now()).await.unwrap();
    let second = b.draft_put(&key, first, Bytes::from_static(b"2"), behind.now()).await.unwrap();
    assert!(a.draft_put(&key, first, Bytes::from_static(b"3"), right.now()).await.is_err());
    assert_eq!(a.draft(&key).await.unwrap().map(|d| (d.body, d.revision)), Some((Bytes::from_static(b"2"), second)));
    // Nothing is due by a clock that is behind. What it leases once it is due may be run by the other too; one of the two ends it.
    assert!(b.job_next(&["now"], behind.now(), 60_000).await.unwrap().is_none());
    let by_b = b.job_next(&["long"], behind.now(), 60_000).await.unwrap().unwrap();
    let by_a = a.job_next(&["long"], right.now(), 60_000).await.unwrap().unwrap();
    assert!(by_a.token > by_b.token);
    b.job_done(&by_b).await.unwrap();
    a.job_failed(&by_a, "its end came late", right.now()).await.unwrap();
    right.advance(SignedDuration::from_hours(1));
    let again = a.job_next(&["long"], right.now(), 60_000).await.unwrap();
    assert!(again.is_some(), "who lost the lease cannot end the job of who has it");
    a.job_done(&again.unwrap()).await.unwrap();
    right.advance(SignedDuration::from_hours(1));
    assert!(a.job_next(&["long"], right.now(), 60_000).await.unwrap().is_none());
    a.verify().await.unwrap();
    a.close().await;
    b.close().await;
}
