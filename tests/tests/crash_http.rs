//! kill -9 in the middle of writing, over HTTP and again and again: what was acknowledged is there, and the ledger verifies.
//!
//! Sixteen writers count acknowledgements and nothing else. On PostgreSQL the program is killed, the database with all its processes,
//! or both. Another test puts a liar in front and wants the harness to catch it.

use anyhow::{Context, Result, ensure};
use records::conformance::cluster::{Cluster, passed_over};
use serde_json::json;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tests::liar::Liar;
use tests::program::{Caller, Program, cycles, progress};
use tokio::sync::Mutex;

const CYCLES: u32 = 30;
const CYCLES_ON_POSTGRES: u32 = 5;
const WRITERS: u32 = 16;

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
    let begun = match straight.send("POST", "/api/drafts/consult", Some(&json!({"body": {"n": 0}}))).await {
        Ok(answer) if answer.status == 201 => answer.body,
        Ok(answer) if is_away(answer.status) => return,
        Ok(answer) => panic!("no draft was begun: {answer:?}"),
        Err(_) => return,
    };
    let mut revision = begun["revision"].as_u64().unwrap_or(0);
    let id = begun["id"].as_str().unwrap_or_default().to_owned();
    for n in 1_u64.. {
        let passport = format!("E{cycle:03}{writer:02}{n:04}");
        let patient = json!({
            "family": "试", "given": passport, "sex": "female", "birth_date": "1970-01-02",
            "identifier": {"kind": "passport", "value": passport},
        });
        match front.send("POST", "/api/patients", Some(&patient)).await {
            Ok(answer) if answer.status == 201 => heard.patients.lock().await.push(passport),
            Ok(answer) if is_away(answer.status) => break,
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
            Ok(answer) if is_away(answer.status) => break,
            Ok(answer) => panic!("a draft was refused: {answer:?}"),
            Err(_) => break,
        }
        heard.count.fetch_add(1, Ordering::SeqCst);
    }
}

/// The liar says so for the moment in which the program is gone and it is not; the program when its database is gone.
fn is_away(status: u16) -> bool {
    status == 503
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
    }
    // A person has a bounded number of drafts, and many cycles begin many, some of which nobody heard of.
    let kept = caller.send("GET", "/api/drafts/consult", None).await?;
    for draft in kept.body["drafts"].as_array().context("drafts")? {
        let id = draft["id"].as_str().context("id")?;
        caller.send("DELETE", &format!("/api/drafts/consult/{id}"), None).await?;
    }
    Ok(lost)
}

/// What is killed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Victim {
    Program,
    /// All processes of PostgreSQL; the program goes on and finds it again.
    Database,
    Both,
}

/// Where the record is, and what is put before the program.
struct Place<'a> {
    data: &'a Path,
    cluster: Option<(&'a Cluster, String)>,
    lying: bool,
}

impl Place<'_> {
    async fn start(&self) -> Result<Program> {
        Program::demo_on(self.data, self.cluster.as_ref().map(|(_, url)| url.as_str())).await
    }

    fn verify(&self) -> Result<(bool, String)> {
        match &self.cluster {
            Some((_, url)) => Program::audit(self.data, "verify", &["--database", url]),
            None => Program::verify(self.data),
        }
    }

    /// One cycle: write, kill when enough was acknowledged, start again, count. Gives the acknowledged and the lost.
    async fn cycle(&self, number: u32, victim: Victim) -> Result<(usize, Vec<String>)> {
        let mut program = self.start().await?;
        let straight = Caller::sign_in(&program.url, "zhou.ming").await?;
        let liar = if self.lying { Some(Liar::before(&program.url).await?) } else { None };
        let front = liar.as_ref().map_or_else(|| straight.clone(), |l| straight.through(&l.url));
        let heard = Arc::new(Heard::default());
        let writers: Vec<_> = (0..WRITERS)
            .map(|w| tokio::spawn(write(front.clone(), straight.clone(), number, w, Arc::clone(&heard))))
            .collect();
        // Another moment in each cycle, counted in acknowledgements and not in time.
        let enough = 5 + (number * 7) % 43;
        let patience = tokio::time::Instant::now() + Duration::from_secs(60);
        while heard.count.load(Ordering::SeqCst) < enough {
            let count = heard.count.load(Ordering::SeqCst);
            ensure!(tokio::time::Instant::now() < patience, "only {count} writes in a minute: {}", program.log());
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        drop(liar);
        if let (Some((cluster, _)), Victim::Database | Victim::Both) = (&self.cluster, victim) {
            cluster.kill();
        }
        if victim != Victim::Database {
            program.kill()?;
        }
        for writer in writers {
            writer.await.context("a writer")?;
        }
        if let (Some((cluster, _)), Victim::Database | Victim::Both) = (&self.cluster, victim) {
            cluster.start_again();
        }
        let again = if victim == Victim::Database { program } else { self.start().await? };
        let caller = signed_in(&again).await?;
        let lost = lost(&caller, &heard).await?;
        let acknowledged = heard.patients.lock().await.len() + heard.drafts.lock().await.len();
        Ok((acknowledged, lost))
    }
}

/// A program whose database came back is to find it by itself, within ten seconds.
async fn signed_in(program: &Program) -> Result<Caller> {
    let begun = Instant::now();
    loop {
        match Caller::sign_in(&program.url, "zhou.ming").await {
            Ok(caller) => return Ok(caller),
            Err(e) => ensure!(begun.elapsed() < Duration::from_secs(60), "{e:#}: {}", program.log()),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// So many cycles on one folder; what came of them.
async fn kills(cycles: u32, place: &Place<'_>) -> Result<String> {
    let victims: &[Victim] = match place.cluster {
        Some(_) => &[Victim::Program, Victim::Database, Victim::Program, Victim::Both],
        None => &[Victim::Program],
    };
    let mut acknowledged = 0;
    for number in 0..cycles {
        progress(number, cycles);
        let victim = victims[number as usize % victims.len()];
        let cycle = place.cycle(number, victim).await;
        let (heard, lost) = cycle.with_context(|| format!("cycle {number}, killed: {victim:?}"))?;
        assert_eq!(lost, Vec::<String>::new(), "cycle {number}: acknowledged and gone");
        acknowledged += heard;
    }
    assert!(acknowledged > cycles as usize * 5, "only {acknowledged} acknowledgements: too few to prove anything");
    let (whole, said) = place.verify()?;
    assert!(whole, "the ledger does not verify: {said}");
    Ok(format!("crash: {cycles} cycles, {acknowledged} acknowledged, 0 lost; {}", said.trim()))
}

async fn kills_on_a_file(cycles: u32) -> Result<String> {
    let folder = tempfile::tempdir()?;
    let place = Place { data: &folder.path().join("data"), cluster: None, lying: false };
    kills(cycles, &place).await
}

async fn kills_on_postgres(cycles: u32) -> Result<String> {
    let Some(cluster) = Cluster::start("") else {
        passed_over("kills over HTTP");
        return Ok(String::new());
    };
    let folder = tempfile::tempdir()?;
    let place =
        Place { data: &folder.path().join("data"), cluster: Some((&cluster, cluster.database())), lying: false };
    kills(cycles, &place).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_in_thirty_kills() -> Result<()> {
    println!("{}", kills_on_a_file(CYCLES).await?);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_on_postgres() -> Result<()> {
    println!("{}", kills_on_postgres(CYCLES_ON_POSTGRES).await?);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes: `cargo xtask bench crash`"]
async fn nothing_acknowledged_is_lost_in_many_kills() -> Result<()> {
    println!("{}", kills_on_a_file(cycles(500)).await?);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes: `cargo xtask bench crash`"]
async fn nothing_acknowledged_is_lost_in_many_kills_on_postgres() -> Result<()> {
    println!("{}", kills_on_postgres(cycles(100)).await?);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_harness_catches_an_acknowledgement_before_the_commit() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let place = Place { data: &folder.path().join("data"), cluster: None, lying: true };
    let (acknowledged, lost) = place.cycle(1, Victim::Program).await?;
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
    assert!(took < Duration::from_secs(20), "it took {took:?}");
    drop(stream);
    Ok(())
}
