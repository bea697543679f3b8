//! What a killed process left in the cache only, and another found there: a cut after that.

use super::child::child;
use anyhow::{Result, ensure};
use bytes::Bytes;
use kernel::Id;
use powercut::{Left, Machine};
use records::sqlite::{Fault, Options, Sqlite};
use records::{Act, Change, Store, Write};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::Arc;

const BOTH: &str = "what both put";

fn sha(text: &str) -> [u8; 32] {
    Sha256::digest(text).into()
}

/// Other bytes that lie in the same folder.
fn neighbour() -> String {
    (0_u32..).map(|n| n.to_string()).find(|text| sha(text)[..2] == sha(BOTH)[..2]).unwrap()
}

/// Names a blob in a commit.
async fn name(store: &Sqlite, blobs: &[[u8; 32]]) {
    let at = "Observation/o".parse().unwrap();
    let body = json!({"resourceType": "Observation", "status": "final"});
    let mut change = Change::of(Act::system("test.put")).write(Write::next(at, body, Id::new("h").unwrap()));
    change.blobs.extend(blobs);
    store.commit(change).await.unwrap();
}

/// One thing that a process of its own does, as `POWER_STEP` says.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "started by the tests beside it"]
async fn step() {
    let Some(dir) = std::env::var_os("POWER_DIR") else { return };
    let dir = Path::new(&dir);
    let open = |fault| -> Arc<Sqlite> { Sqlite::open(dir, Options { fault, ..Options::default() }).unwrap() };
    let put = async |store: &Sqlite, text: &str| store.blob_put(Bytes::from(text.to_owned())).await.unwrap();
    match std::env::var_os("POWER_STEP").unwrap().to_str().unwrap() {
        // Killed before it came to the name.
        "put and killed" => {
            put(&open(Some(Fault::BlobNameUnsynced)), BOTH).await;
            rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL).unwrap();
        }
        "put again" => {
            let store = open(None);
            let sha256 = put(&store, BOTH).await;
            name(&store, &[sha256]).await;
        }
        "sent again" => {
            let (store, sent) = (open(None), dir.join("sent"));
            std::fs::write(&sent, BOTH).unwrap();
            let (sha256, _) = store.blob_put_file(&sent).await.unwrap();
            name(&store, &[sha256]).await;
        }
        "put beside" => {
            let store = open(None);
            let sha256 = put(&store, &neighbour()).await;
            name(&store, &[sha256]).await;
        }
        "commit" => name(&open(None), &[]).await,
        look => {
            let store = open(None);
            assert_eq!(store.verify().await.unwrap().versions, 1);
            if let Some(text) = look.strip_prefix("look ") {
                assert!(store.blob(&sha(text), None).await.unwrap().is_some_and(|b| b == text), "named and gone");
            }
        }
    }
}

fn does(machine: &Machine, step: &str) -> Result<()> {
    let mut child = child("power_loss::left_behind::step");
    let out = child.env("POWER_DIR", machine.path().join("srv/records")).env("POWER_STEP", step).output()?;
    let as_wanted = out.status.success() || step == "put and killed";
    ensure!(as_wanted, "{step}: {} {}", out.status, String::from_utf8_lossy(&out.stderr));
    Ok(())
}

/// These steps, a cut, and a look at what the last of them acknowledged.
fn outlives(steps: &[&str], look: &str) -> Result<()> {
    let Some(mut machine) = Machine::new()? else { return Ok(()) };
    steps.iter().try_for_each(|step| does(&machine, step))?;
    machine.again(Left::Nothing)?;
    does(&machine, look)
}

#[test]
fn what_another_put_and_did_not_sync_is_not_taken_for_kept() -> Result<()> {
    outlives(&["put and killed", "put again"], &format!("look {BOTH}"))?;
    outlives(&["put and killed", "sent again"], &format!("look {BOTH}"))
}

#[test]
fn a_folder_that_another_made_and_did_not_sync_is_not_taken_for_kept() -> Result<()> {
    outlives(&["put and killed", "put beside"], &format!("look {}", neighbour()))
}

/// None of the names above it is older than its first acknowledgement.
#[test]
fn a_store_in_new_folders_is_there_after_its_first_acknowledgement() -> Result<()> {
    outlives(&["commit"], "look")
}
