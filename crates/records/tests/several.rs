//! Several stores on one PostgreSQL: whoever seals, and however often it is killed, no number is missing or doubled, and
//! every store's stream has every entry once. The long form: `cargo test -p records --test all -- --ignored several::`.

use kernel::Id;
use records::conformance::cluster::{Cluster, passed_over};
use records::postgres::{Options, Postgres};
use records::{Act, Change, Claim, Entry, Store, Write};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio_postgres::{Client, NoTls};

const STORES: usize = 3;
const WRITERS: usize = 8;
/// Tasks that all writers write to.
const SHARED: usize = 40;

struct World {
    schema: String,
    stores: Vec<Arc<Postgres>>,
    admin: Client,
    _dir: tempfile::TempDir,
}

async fn world(cluster: &Cluster) -> World {
    let (dir, schema) = (tempfile::tempdir().unwrap(), cluster.schema());
    let mut stores = vec![];
    for n in 0..STORES {
        let options = Options { schema: schema.clone(), writers: 6, readers: 3, ..Options::default() };
        stores.push(Postgres::open(&cluster.url(), dir.path().join(n.to_string()), options).await.unwrap());
    }
    let (admin, connection) = tokio_postgres::connect(&cluster.url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    World { schema, stores, admin, _dir: dir }
}

impl World {
    /// Ends the connection of the one that seals, as an operator or a broken line does. False when nobody seals just now.
    async fn kill_the_sealer(&self) -> bool {
        let hash = Sha256::digest(format!("consilium {} sealer", self.schema));
        let key = i64::from_le_bytes(*hash.first_chunk().unwrap());
        let sql = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype='advisory' AND granted AND objsubid=1
                   AND (classid::int8<<32 | objid::int8)=$1";
        !self.admin.query(sql, &[&key]).await.unwrap().is_empty()
    }

    /// Ends a connection that is writing.
    async fn kill_a_writer(&self) {
        let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state='idle in transaction'
                   AND application_name=$1 LIMIT 1";
        self.admin.query(sql, &[&self.schema]).await.unwrap();
    }
}

fn change(writer: usize, n: usize) -> Change {
    let at = format!("Task/t{}", (writer * 7 + n * 3) % SHARED).parse().unwrap();
    let body =
        json!({"resourceType": "Task", "status": "requested", "for": {"reference": format!("Patient/p{}", n % 90)}});
    let mut change = Change::of(Act::system("test.put")).write(Write::next(at, body, Id::new("h").unwrap()));
    if n.is_multiple_of(3) {
        // A second one, in the opposite order of every other writer.
        let other = format!("Task/t{}", (writer * 7 + n * 3 + 11) % SHARED).parse().unwrap();
        let body = json!({"resourceType": "Task", "status": "accepted"});
        change = change.write(Write::next(other, body, Id::new("h").unwrap()));
        if writer.is_multiple_of(2) {
            change.writes.reverse();
        }
    }
    if n.is_multiple_of(5) {
        let by = "Task/claims".parse().unwrap();
        change.claims.push(Claim { key: format!("slot/{writer}/{n}"), by, until: None });
    }
    change.act.params.insert("n".into(), json!(format!("{writer}-{n}")));
    change
}

fn name(entry: &Entry) -> String {
    entry.act.params["n"].as_str().unwrap().to_owned()
}

/// Follows a store's ledger until it has `wanted` of the names and nothing more comes.
async fn follow(store: Arc<Postgres>, until: tokio::sync::watch::Receiver<Option<u64>>) -> Vec<Entry> {
    let (mut sealed, mut until) = (store.sealed(), until);
    let mut seen: Vec<Entry> = vec![];
    loop {
        let after = seen.last().map_or(0, |e| e.number);
        let more = store.entries(after, 500).await.unwrap();
        if more.is_empty() {
            if until.borrow().is_some_and(|last| last <= after) {
                return seen;
            }
            tokio::select! {
                _ = sealed.changed() => {}
                _ = until.changed() => {}
            }
        }
        seen.extend(more);
    }
}

async fn run(acts: usize, kills: usize, of_writers_too: bool) {
    let Some(cluster) = Cluster::shared() else { return passed_over("several stores on one database") };
    let world = Arc::new(world(cluster).await);
    let (tell, until) = tokio::sync::watch::channel(None);
    let followers: Vec<_> = world.stores.iter().map(|s| tokio::spawn(follow(s.clone(), until.clone()))).collect();
    let done = Arc::new(AtomicU64::new(0));
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..WRITERS {
        let (world, done) = (world.clone(), done.clone());
        writers.spawn(async move {
            let store = &world.stores[writer % STORES];
            let (mut kept, mut unknown) = (HashMap::new(), HashSet::new());
            for n in 0..acts / WRITERS {
                let name = format!("{writer}-{n}");
                match store.commit(change(writer, n)).await {
                    Ok(receipt) => drop(kept.insert(name, receipt.number)),
                    Err(_) if of_writers_too => drop(unknown.insert(name)),
                    Err(e) => panic!("{e}"),
                }
                done.fetch_add(1, Ordering::Relaxed);
            }
            (kept, unknown)
        });
    }
    let mut killed = 0;
    let mut looks = tokio::time::interval(Duration::from_millis(5));
    let (mut kept, mut unknown) = (HashMap::new(), HashSet::new());
    while killed < kills || !writers.is_empty() {
        tokio::select! {
            Some(ended) = writers.join_next() => {
                let (some_kept, some_unknown) = ended.unwrap();
                kept.extend(some_kept);
                unknown.extend(some_unknown);
            }
            _ = looks.tick() => {
                let part = (acts * (killed + 1) / (kills + 1)) as u64;
                if killed < kills && done.load(Ordering::Relaxed) >= part.min(acts as u64 - 1) && world.kill_the_sealer().await {
                    killed += 1;
                    if of_writers_too {
                        world.kill_a_writer().await;
                    }
                }
            }
        }
    }
    assert_eq!(killed, kills);
    // One more act is the end of all streams; whoever seals by then has sealed all that was before.
    let last = world.stores[0].commit(change(WRITERS, 1)).await.unwrap();
    let last = match last.number {
        Some(number) => number,
        None => sealed_after_all(&world).await,
    };
    tell.send(Some(last)).unwrap();
    let streams = futures::future::join_all(followers).await;
    for stream in &streams {
        check(stream.as_ref().unwrap(), &kept, &unknown, last);
    }
    let verified = world.stores[1].verify().await.unwrap();
    assert_eq!(verified.entries, last);
    for store in &world.stores {
        store.close().await;
    }
}

/// The number under which everything is sealed: nothing waits any more.
async fn sealed_after_all(world: &World) -> u64 {
    let mut sealed = world.stores[0].sealed();
    let schema = &world.schema;
    loop {
        let sql =
            format!("SELECT (SELECT count(*) FROM {schema}.ledger_open), (SELECT number FROM {schema}.ledger_head)");
        let row = world.admin.query_one(&sql, &[]).await.unwrap();
        if row.get::<_, i64>(0) == 0 {
            return row.get::<_, i64>(1).cast_unsigned();
        }
        sealed.changed().await.unwrap();
    }
}

/// A stream has every number once, every act that was acknowledged once, under the number that its writer was told, and the
/// versions of each resource in their order.
fn check(stream: &[Entry], kept: &HashMap<String, Option<u64>>, unknown: &HashSet<String>, last: u64) {
    assert_eq!(stream.iter().map(|e| e.number).collect::<Vec<_>>(), (1..=last).collect::<Vec<_>>());
    let mut numbers = HashMap::new();
    let mut versions: BTreeMap<String, u64> = BTreeMap::new();
    for entry in stream {
        assert!(numbers.insert(name(entry), entry.number).is_none(), "{} twice", name(entry));
        for version in &entry.versions {
            let before = versions.insert(version.at.to_string(), version.version).unwrap_or(0);
            assert_eq!(version.version, before + 1, "{} in entry {}", version.at, entry.number);
        }
    }
    for (name, number) in kept {
        assert!(numbers.contains_key(name), "{name} was acknowledged and is nowhere");
        assert!(number.is_none_or(|n| numbers[name] == n), "{name} stands under another number than it was told");
    }
    let own = format!("{WRITERS}-1");
    assert!(numbers.keys().all(|name| kept.contains_key(name) || unknown.contains(name) || *name == own));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_several_stores_each_sees_every_entry_once() {
    run(1_200, 3, false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_writer_loses_nothing_that_was_acknowledged() {
    run(800, 4, true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes: the whole of it"]
async fn thirty_thousand_acts() {
    let begun = Instant::now();
    run(30_000, 12, false).await;
    println!(
        "30,000 acts of {WRITERS} writers on {STORES} stores, 12 sealers killed: {:.1} s",
        begun.elapsed().as_secs_f64()
    );
}
