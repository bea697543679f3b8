//! kill -9 in the middle of writing, over HTTP and again and again: what was acknowledged is there, and the ledger verifies.
//!
//! The writers count acknowledgements and nothing else; a second test puts a liar in front and wants the harness to catch it.

use anyhow::{Context, Result, ensure};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tests::liar::Liar;
use tests::program::{Caller, Program, cycles, progress};
use tokio::sync::Mutex;

const CYCLES: u32 = 20;
const WRITERS: u32 = 4;

/// What the writers of one cycle heard.
#[derive(Default)]
struct Heard {
    /// Passport numbers of patients whose creation was answered with 201.
    patients: Mutex<Vec<String>>,
    /// Of each writer: its draft, and the last number that was saved.
    drafts: Mutex<Vec<(String, u64)>>,
    count: AtomicU32,
}

/// Writes patients through `front` and a draft straight to the program, until nobody answers any more.
async fn write(front: Caller, straight: Caller, cycle: u32, writer: u32, heard: Arc<Heard>) {
    let draft = straight.send("POST", "/api/drafts/consult", Some(&json!({"body": {"n": 0}}))).await.ok();
    let draft = draft.filter(|a| a.status < 300).map(|a| a.body);
    let mut revision = draft.as_ref().and_then(|d| d["revision"].as_u64()).unwrap_or(0);
    let id = draft.as_ref().and_then(|d| d["id"].as_str()).unwrap_or_default().to_owned();
    for n in 1_u64.. {
        let passport = format!("E{cycle:03}{writer}{n:05}");
        let patient = json!({
            "family": "试", "given": passport, "sex": "female", "birth_date": "1970-01-02",
            "identifier": {"kind": "passport", "value": passport},
        });
        match front.send("POST", "/api/patients", Some(&patient)).await {
            Ok(answer) if answer.status == 201 => heard.patients.lock().await.push(passport),
            // The liar says so for the moment in which the program is gone and it is not.
            Ok(answer) if answer.status == 503 => break,
            Ok(answer) => panic!("a patient was refused: {answer:?}"),
            Err(_) => break,
        }
        let save = json!({"revision": revision, "body": {"n": n}});
        match straight.send("PUT", &format!("/api/drafts/consult/{id}"), Some(&save)).await {
            Ok(answer) if answer.status == 200 => {
                revision = answer.body["revision"].as_u64().unwrap_or(0);
                let mut drafts = heard.drafts.lock().await;
                drafts.retain(|(known, _)| *known != id);
                drafts.push((id.clone(), n));
            }
            Ok(answer) => panic!("a draft was refused: {answer:?}"),
            Err(_) => break,
        }
        heard.count.fetch_add(1, Ordering::SeqCst);
    }
}

/// Counts what was acknowledged and is not there.
async fn lost(caller: &Caller, heard: &Heard) -> Result<Vec<String>> {
    let mut lost = Vec::new();
    for passport in heard.patients.lock().await.iter() {
        let found = caller.send("GET", &format!("/api/patients?q={passport}"), None).await?;
        ensure!(found.status == 200, "search {passport}: {found:?}");
        if found.body["patients"].as_array().is_none_or(Vec::is_empty) {
            lost.push(passport.clone());
        }
    }
    for (id, n) in heard.drafts.lock().await.iter() {
        let draft = caller.send("GET", &format!("/api/drafts/consult/{id}"), None).await?;
        if draft.body["body"]["n"].as_u64().is_none_or(|kept| kept < *n) {
            lost.push(format!("draft {id} at {n}: {draft:?}"));
        }
        // A person has a bounded number of drafts, and many cycles begin many.
        caller.send("DELETE", &format!("/api/drafts/consult/{id}"), None).await?;
    }
    Ok(lost)
}

/// One cycle: write, kill when enough was acknowledged, start again, count. Gives the acknowledged and the lost.
async fn cycle(data: &std::path::Path, number: u32, lying: bool) -> Result<(usize, Vec<String>)> {
    let mut program = Program::demo(data).await?;
    let straight = Caller::sign_in(&program.url, "zhou.ming").await?;
    let liar = if lying { Some(Liar::before(&program.url).await?) } else { None };
    let front = liar.as_ref().map_or_else(|| straight.clone(), |l| straight.through(&l.url));
    let heard = Arc::new(Heard::default());
    let writers: Vec<_> = (0..WRITERS)
        .map(|w| tokio::spawn(write(front.clone(), straight.clone(), number, w, Arc::clone(&heard))))
        .collect();
    // Another moment in each cycle, counted in acknowledgements and not in time.
    let enough = 5 + (number * 7) % 23;
    let patience = tokio::time::Instant::now() + Duration::from_secs(60);
    while heard.count.load(Ordering::SeqCst) < enough {
        ensure!(
            tokio::time::Instant::now() < patience,
            "only {} writes in a minute",
            heard.count.load(Ordering::SeqCst)
        );
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    drop(liar);
    program.kill()?;
    for writer in writers {
        writer.await.context("a writer")?;
    }
    let again = Program::demo(data).await?;
    let caller = Caller::sign_in(&again.url, "zhou.ming").await?;
    let lost = lost(&caller, &heard).await?;
    let acknowledged = heard.patients.lock().await.len() + heard.drafts.lock().await.len();
    Ok((acknowledged, lost))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_in_twenty_kills() -> Result<()> {
    println!("{}", kills(CYCLES).await?);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes: `cargo xtask bench crash`"]
async fn nothing_acknowledged_is_lost_in_many_kills() -> Result<()> {
    println!("{}", kills(cycles(100)).await?);
    Ok(())
}

/// So many cycles on one folder; what came of them.
async fn kills(cycles: u32) -> Result<String> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let mut acknowledged = 0;
    for number in 0..cycles {
        progress(number, cycles);
        let (heard, lost) = cycle(&data, number, false).await.with_context(|| format!("cycle {number}"))?;
        assert_eq!(lost, Vec::<String>::new(), "cycle {number}: acknowledged and gone");
        acknowledged += heard;
    }
    assert!(acknowledged > cycles as usize * 5, "only {acknowledged} acknowledgements: too few to prove anything");
    let (whole, said) = Program::verify(&data)?;
    assert!(whole, "the ledger does not verify: {said}");
    Ok(format!("{cycles} kills, {acknowledged} acknowledged, 0 lost; {said}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_harness_catches_an_acknowledgement_before_the_commit() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (acknowledged, lost) = cycle(&folder.path().join("data"), 1, true).await?;
    assert!(!lost.is_empty(), "{acknowledged} acknowledged by a liar, and the harness missed the loss");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_drains_and_stops_within_five_seconds() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut program = Program::demo(&folder.path().join("data")).await?;
    let caller = Caller::sign_in(&program.url, "chen.tao").await?;
    // An open event stream must not hold the door.
    let stream = caller.request("GET", "/events").send().await?;
    assert_eq!(stream.status(), 200);
    let (took, well) = program.stop()?;
    assert!(well, "it did not end well: {}", program.log());
    assert!(took < Duration::from_secs(5), "it took {took:?}");
    drop(stream);
    Ok(())
}
