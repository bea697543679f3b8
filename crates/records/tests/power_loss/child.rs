//! What is killed by the cut: eight tasks that commit to one store and print each acknowledgement.

use bytes::Bytes;
use kernel::{Clock, Id, SystemClock};
use records::sqlite::{Fault, Options, Sqlite};
use records::{Act, Change, Claim, DraftKey, Expect, Store, Write};
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

/// Told to the child, and printed by name when its fault was found.
pub const FAULTS: [(&str, Fault); 4] = [
    ("acknowledged before the commit", Fault::AckBeforeCommit),
    ("synchronous=NORMAL", Fault::SyncNormal),
    ("a blob's bytes not synced", Fault::BlobBytesUnsynced),
    ("a blob's name not synced", Fault::BlobNameUnsynced),
];

/// A process of this program that runs one of the tests that are not tests. What uses the disk is never in the process that
/// serves it: the kernel may wait for the one while it holds the memory of both.
pub fn child(what: &str) -> std::process::Command {
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", what, "--ignored", "--nocapture"]);
    command
}

/// Small, so that pages move from the log into the database within a cycle.
const LOG_BYTES: u64 = 400 << 10;

pub fn options() -> Options {
    Options { log_bytes: LOG_BYTES, ..Options::default() }
}

/// Commits until its disk is gone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "started by the tests beside it"]
async fn writer() {
    let Some(dir) = std::env::var_os("POWER_DIR") else { return };
    let told = |name| std::env::var_os(name).and_then(|text| text.into_string().ok());
    let cycle = told("POWER_CYCLE").unwrap();
    let fault = told("POWER_FAULT").map(|name| FAULTS.iter().find(|(known, _)| *known == name).unwrap().1);
    let store = Sqlite::open(Path::new(&dir), Options { fault, ..options() }).unwrap();
    let mut writers = tokio::task::JoinSet::new();
    for task in 0..8 {
        let (store, cycle) = (store.clone(), cycle.clone());
        writers.spawn(async move {
            for n in 0.. {
                one(&store, &format!("{cycle}-{task}-{n}"), &shared(&cycle, task, n)).await;
            }
        });
    }
    writers.join_all().await;
}

/// Two tasks put the same bytes at about the same time: who comes second must not rely on what the first has not ended.
fn shared(cycle: &str, task: u32, n: u32) -> String {
    format!("{cycle}-{}-{n}", task / 2)
}

/// What the blob of a task's write holds.
pub fn blob_of(id: &str) -> Bytes {
    let mut parts = id.split('-');
    let (cycle, task, n) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
    Bytes::from(shared(cycle, task.parse().unwrap(), n.parse().unwrap()).repeat(200))
}

/// The body of a write: longer than a page now and then.
pub fn body(id: &str, version: u64) -> Value {
    let long = id.bytes().map(usize::from).sum::<usize>() % 7 == 0;
    let text: String = (0..if long { 900 } else { 9 }).map(|n| format!("{id} {version} {n}; ")).collect();
    json!({"resourceType": "Observation", "status": "final", "note": [{"text": text}]})
}

async fn one(store: &Arc<Sqlite>, id: &str, shared: &str) {
    let at: fhir::Reference = format!("Observation/{id}").parse().unwrap();
    let put = |version| {
        Change::of(Act::system("test.put")).write(Write::next(at.clone(), body(id, version), Id::new("h").unwrap()))
    };
    let mut change = put(1);
    change.claims.push(Claim { key: format!("claim/{id}"), by: at.clone(), until: None });
    let sha256 = store.blob_put(Bytes::from(shared.repeat(200))).await.unwrap();
    change.blobs.push(sha256);
    store.commit(change).await.unwrap();
    acknowledged(&format!("put {id}"));
    let key = draft_key(id);
    store.draft_put(&key, 0, Bytes::from(id.to_owned()), SystemClock.now()).await.unwrap();
    acknowledged(&format!("draft {id}"));
    let mut change = put(2);
    change.expect.push(Expect { at: at.clone(), version: 1 });
    store.commit(change).await.unwrap();
    acknowledged(&format!("again {id}"));
}

pub fn draft_key(id: &str) -> DraftKey {
    DraftKey { owner: Id::new("d").unwrap(), kind: "test".into(), id: Id::new(id).unwrap() }
}

fn acknowledged(what: &str) {
    // One call a line: the parent reads whole lines or none.
    std::io::stdout().write_all(format!("\nack {what}.\n").as_bytes()).unwrap();
    std::io::stdout().flush().unwrap();
}
