//! kill -9: what was acknowledged is there, and the ledger holds.
//!
//! A child process (this very test program) commits from eight tasks and prints each acknowledgement; it is killed at a
//! random moment, twenty times, on the same store. Then the same with a store that acknowledges before it commits, to
//! show that this would be noticed.

use bytes::Bytes;
use kernel::{Clock, Id, Ids, RandomIds, SystemClock};
use records::sqlite::{Fault, Options, Sqlite};
use records::{Act, Change, Claim, DraftKey, Store, Viewer, Write};
use serde_json::json;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const CYCLES: usize = 20;

/// The child: commits until it is killed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "started by the tests below"]
async fn writer() {
    let Some(dir) = std::env::var_os("CRASH_DIR") else { return };
    let cycle = std::env::var_os("CRASH_CYCLE").unwrap().into_string().unwrap();
    let fault = std::env::var_os("CRASH_FAULT").map(|_| Fault::AckBeforeCommit);
    let store = Sqlite::open(Path::new(&dir), Options { fault, ..Options::default() }).unwrap();
    let mut writers = tokio::task::JoinSet::new();
    for task in 0..8 {
        let (store, cycle) = (store.clone(), cycle.clone());
        writers.spawn(async move {
            for n in 0.. {
                one(&store, &format!("{cycle}-{task}-{n}")).await;
            }
        });
    }
    writers.join_all().await;
}

async fn one(store: &Sqlite, id: &str) {
    let body = json!({"resourceType": "Observation", "status": "final", "note": [{"text": id.repeat(50)}]});
    let at: fhir::Reference = format!("Observation/{id}").parse().unwrap();
    let mut change = Change::of(Act::system("test.put")).write(Write::new(at.clone(), body, Id::new("h").unwrap()));
    change.claims.push(Claim { key: format!("claim/{id}"), by: at, until: None });
    change.blobs.push(store.blob_put(Bytes::from(id.to_owned())).await.unwrap());
    store.commit(change).await.unwrap();
    acknowledged(id);
    let key = DraftKey { owner: Id::new("d").unwrap(), kind: "test".into(), id: Id::new(id).unwrap() };
    store.draft_put(&key, 0, Bytes::from(id.to_owned()), SystemClock.now()).await.unwrap();
    acknowledged(&format!("draft {id}"));
}

fn acknowledged(what: &str) {
    // One call a line: the parent reads whole lines or none.
    std::io::stdout().write_all(format!("\nack {what}.\n").as_bytes()).unwrap();
    std::io::stdout().flush().unwrap();
}

fn start(dir: &Path, cycle: usize, fault: bool) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "crash::writer", "--ignored", "--nocapture"]);
    command.env("CRASH_DIR", dir).env("CRASH_CYCLE", cycle.to_string());
    if fault {
        command.env("CRASH_FAULT", "1");
    }
    command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

/// Runs the child, kills it after a while, and answers what it had acknowledged.
fn cycle(dir: &Path, cycle: usize, fault: bool) -> Vec<String> {
    let mut child = start(dir, cycle, fault);
    let out = BufReader::new(child.stdout.take().unwrap());
    let (tell, begun) = std::sync::mpsc::channel();
    let reader = std::thread::spawn(move || {
        let lines = out.lines().map_while(Result::ok);
        let acknowledged = lines.filter_map(|l| Some(l.strip_prefix("ack ")?.strip_suffix('.')?.to_owned()));
        // From the first one on the child may be killed.
        let told = acknowledged.inspect(|_| {
            let _gone = tell.send(());
        });
        told.collect::<Vec<_>>()
    });
    // On a disk that syncs ten times a second too something is proven.
    for _ in 0..12 {
        begun.recv_timeout(Duration::from_secs(60)).unwrap();
    }
    let mut chance = [0; 2];
    RandomIds.fill(&mut chance);
    std::thread::sleep(Duration::from_millis(u64::from(u16::from_le_bytes(chance) % 300)));
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap()
}

/// What was acknowledged and is not there; an error when the ledger does not hold.
async fn lost(dir: &Path, acknowledged: &BTreeSet<String>) -> Result<Vec<String>, String> {
    let store = Sqlite::open(dir, Options::default()).map_err(|e| e.to_string())?;
    store.verify().await.map_err(|e| e.to_string())?;
    let mut lost = vec![];
    for what in acknowledged {
        let there = match what.strip_prefix("draft ") {
            Some(id) => {
                let key = DraftKey { owner: Id::new("d").unwrap(), kind: "test".into(), id: Id::new(id).unwrap() };
                store.draft(&key).await.unwrap().is_some_and(|d| d.body == id)
            }
            None => is_whole(&store, what).await,
        };
        if !there {
            lost.push(what.clone());
        }
    }
    store.close().await;
    Ok(lost)
}

async fn is_whole(store: &Sqlite, id: &str) -> bool {
    use sha2::Digest;
    let at = format!("Observation/{id}").parse().unwrap();
    let resource = store.read(&Viewer::System, &at).await.unwrap();
    let claims = store.claims(&format!("claim/{id}"), SystemClock.now()).await.unwrap();
    let blob = store.blob(&sha2::Sha256::digest(id).into(), None).await.unwrap();
    resource.is_some() && claims.iter().any(|c| c.by == at) && blob.is_some_and(|b| b == id)
}

#[tokio::test]
async fn nothing_acknowledged_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    let mut all = BTreeSet::new();
    for n in 0..CYCLES {
        let acknowledged: BTreeSet<String> = cycle(dir.path(), n, false).into_iter().collect();
        assert_eq!(lost(dir.path(), &acknowledged).await, Ok(vec![]), "cycle {n}");
        all.extend(acknowledged);
    }
    assert!(all.len() > 200, "only {} acknowledgements: the test proves little", all.len());
    assert_eq!(lost(dir.path(), &all).await, Ok(vec![]), "what older cycles acknowledged is there too");
    println!("{CYCLES} kills, {} acknowledgements, 0 lost", all.len());
}

/// A store that says "kept" before it is would be found out.
#[tokio::test]
async fn an_acknowledgement_before_the_commit_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    for n in 0..5 * CYCLES {
        let acknowledged = cycle(dir.path(), n, true).into_iter().collect();
        let lost = lost(dir.path(), &acknowledged).await.unwrap();
        if !lost.is_empty() {
            println!("noticed at kill {n}: {lost:?}");
            return;
        }
    }
    panic!("acknowledged before it was kept, and nobody noticed");
}
