//! The power of the whole program's machine fails under people who write and send files: what was acknowledged is there, the keys
//! are, and the ledger verifies.
//!
//! The store alone, with planted faults: `crates/records/tests/power_loss`.

use anyhow::{Context, Result, ensure};
use powercut::image::Chance;
use powercut::{Left, Machine};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tests::program::{Caller, Program, cycles, progress};
use tokio::sync::Mutex;

const CYCLES: u32 = 3;
const PATIENCE: Duration = Duration::from_secs(120);
const PIECE: usize = 64 << 10;

/// What people were told is kept.
#[derive(Default)]
struct Heard {
    /// Passport numbers of patients.
    patients: Vec<String>,
    /// Drafts, with the number saved last.
    drafts: BTreeMap<String, u64>,
    /// Uploads, with the bytes acknowledged.
    uploads: BTreeMap<String, usize>,
}

type Shared = Arc<Mutex<Heard>>;

async fn write(doctor: Caller, cycle: u32, writer: u32, heard: Shared) -> Result<()> {
    let draft = doctor.expect("POST", "/api/drafts/consult", Some(&json!({"body": {"n": 0}})), (201, "")).await?;
    let id = draft["id"].as_str().context("an id")?.to_owned();
    let mut revision = draft["revision"].clone();
    for n in 1_u64.. {
        let passport = format!("P{cycle:03}{writer:02}{n:04}");
        let patient = json!({"family": "试", "given": passport, "sex": "female", "birth_date": "1970-01-02",
            "identifier": {"kind": "passport", "value": passport}});
        doctor.expect("POST", "/api/patients", Some(&patient), (201, "")).await?;
        heard.lock().await.patients.push(passport);
        let save = json!({"revision": revision, "body": {"n": n}});
        revision =
            doctor.expect("PUT", &format!("/api/drafts/consult/{id}"), Some(&save), (200, "")).await?["revision"]
                .clone();
        heard.lock().await.drafts.insert(id.clone(), n);
    }
    Ok(())
}

async fn send(doctor: Caller, heard: Shared) -> Result<()> {
    let begun = doctor.request("POST", "/api/uploads").header("tus-resumable", "1.0.0");
    let begun = begun.header("upload-length", (256 << 20).to_string()).send().await?;
    ensure!(begun.status() == 201, "{}", begun.status());
    let at = begun.headers()["location"].to_str()?.to_owned();
    for n in 0.. {
        heard.lock().await.uploads.insert(at.clone(), n * PIECE);
        let piece = doctor.request("PATCH", &at).header("tus-resumable", "1.0.0");
        let piece = piece.header("upload-offset", (n * PIECE).to_string());
        let piece = piece.header("content-type", "application/offset+octet-stream").body(vec![n as u8; PIECE]);
        ensure!(piece.send().await?.status() == 204, "a piece");
    }
    Ok(())
}

/// Everything that is no record and no log: keys, certificates, settings.
fn keys(data: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let (mut found, mut open) = (BTreeMap::new(), vec![data.to_owned()]);
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            if ["records", "uploads"].iter().any(|of_others| path == data.join(of_others)) {
                continue;
            }
            if path.is_dir() {
                open.push(path);
            } else {
                found.insert(path.clone(), std::fs::read(&path)?);
            }
        }
    }
    Ok(found)
}

async fn lost(program: &Program, heard: &Heard) -> Result<Vec<String>> {
    let doctor = Caller::sign_in(&program.url, "zhou.ming").await?;
    let mut lost = vec![];
    for passport in &heard.patients {
        let found = doctor.expect("GET", &format!("/api/patients?q={passport}"), None, (200, "")).await?;
        if found["patients"].as_array().is_none_or(Vec::is_empty) {
            lost.push(passport.clone());
        }
    }
    for (id, n) in &heard.drafts {
        let draft = doctor.send("GET", &format!("/api/drafts/consult/{id}"), None).await?;
        if draft.body["body"]["n"].as_u64().is_none_or(|kept| kept < *n) {
            lost.push(format!("draft {id} at {n}: {draft:?}"));
        }
        doctor.send("DELETE", &format!("/api/drafts/consult/{id}"), None).await?;
    }
    for (at, acknowledged) in &heard.uploads {
        let answer = doctor.request("HEAD", at).header("tus-resumable", "1.0.0").send().await?;
        let there =
            answer.headers().get("upload-offset").and_then(|offset| offset.to_str().ok()?.parse::<usize>().ok());
        if there.is_none_or(|there| there < *acknowledged) {
            lost.push(format!("upload {at}: {there:?} of {acknowledged}, {}", answer.status()));
        }
        doctor.request("DELETE", at).header("tus-resumable", "1.0.0").send().await?;
    }
    Ok(lost)
}

async fn cut(machine: &mut Machine, cycle: u32, chance: &mut Chance) -> Result<(usize, Vec<String>)> {
    let data = machine.path().join("data");
    let mut program = Program::demo(&data).await?;
    let doctor = Caller::sign_in(&program.url, "zhou.ming").await?;
    let before = keys(&data)?;
    let heard = Shared::default();
    let steps = 200 + chance.below(1_500) as u64;
    machine.fails_after(steps);
    let mut people = tokio::task::JoinSet::new();
    for writer in 0..6 {
        people.spawn(write(doctor.clone(), cycle, writer, heard.clone()));
    }
    for _ in 0..2 {
        people.spawn(send(doctor.clone(), heard.clone()));
    }
    let meter = machine.meter();
    let failed = tokio::task::spawn_blocking(move || meter.waits_for_the_cut(PATIENCE)).await?;
    program.kill()?;
    // Each was refused, or its line is cut: what they were told stands in `heard`.
    while people.join_next().await.is_some() {}
    ensure!(failed, "no power cut at {steps}");
    drop(program);
    machine.again(if cycle.is_multiple_of(2) { Left::Nothing } else { Left::Some(u64::from(cycle)) })?;
    let after = keys(&data)?;
    let changed: Vec<&PathBuf> = before.keys().filter(|path| after.get(*path) != before.get(*path)).collect();
    assert!(changed.is_empty(), "cycle {cycle}: not what they were: {changed:?}");
    let mut program = Program::demo(&data).await.with_context(|| format!("after cut {cycle} at {steps}"))?;
    let heard = heard.lock().await;
    let lost = lost(&program, &heard).await?;
    program.stop()?;
    let (whole, said) = Program::verify(&data)?;
    ensure!(whole, "cycle {cycle}: {said}");
    let files = Program::audit(&data, "verify", &["--blobs"])?;
    ensure!(files.0, "cycle {cycle}: {}", files.1);
    let pieces: usize = heard.uploads.values().map(|bytes| bytes / PIECE).sum();
    Ok((heard.patients.len() + heard.drafts.len() + pieces, lost))
}

async fn cuts(cycles: u32) -> Result<String> {
    let Some(mut machine) = Machine::new()? else { return Ok(String::new()) };
    let mut chance = Chance::seeded(5);
    let mut acknowledged = 0;
    for cycle in 0..cycles {
        progress(cycle, cycles);
        let (heard, lost) = cut(&mut machine, cycle, &mut chance).await?;
        assert_eq!(lost, Vec::<String>::new(), "cycle {cycle}");
        acknowledged += heard;
    }
    assert!(acknowledged > cycles as usize * 10, "only {acknowledged} acknowledgements: too few to prove anything");
    Ok(format!("crash: {cycles} cycles, {acknowledged} acknowledged, 0 lost; power cuts of the whole machine"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_power_cut_of_the_machine_loses_nothing_that_was_acknowledged() -> Result<()> {
    println!("{}", cuts(CYCLES).await?);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes: `cargo xtask bench crash`"]
async fn many_power_cuts_of_the_machine() -> Result<()> {
    println!("{}", cuts(cycles(20)).await?);
    Ok(())
}
