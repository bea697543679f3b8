//! `consilium audit archive` as an administrator runs it: refused beside a server, killed in the middle, finished, proven, read
//! again; and the pages of who looked say where the looks are.

use anyhow::{Context, Result, ensure};
use jiff::SignedDuration;
use kernel::{Clock, ManualClock, SystemClock};
use records::sqlite::{Options, Sqlite};
use records::{Act, Change, Store};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use tests::program::{Caller, Program, binary};

const LOOKS: usize = 3_000;

/// Looks of three hundred days ago at the first case that somebody looked at, by the same person.
async fn look_back(data: &Path) -> Result<()> {
    let now = SystemClock.now();
    let clock = Arc::new(ManualClock::at(now.checked_sub(SignedDuration::from_hours(300 * 24))?));
    let store = Sqlite::open(&data.join("records"), Options { clock: clock.clone(), ..Options::default() })?;
    let mut seen = None;
    let mut after = 0;
    while seen.is_none() {
        let entries = store.entries(after, 1_000).await?;
        after = entries.last().context("nobody looked at a case")?.number;
        let is_look = |act: &Act| act.params.get("read") == Some(&json!(true)) && act.params.len() == 2;
        seen = entries.into_iter().map(|e| e.act).find(|act| act.case.is_some() && is_look(act));
    }
    let act = seen.context("nobody looked at a case")?;
    for _ in 0..LOOKS {
        clock.advance(SignedDuration::from_mins(1));
        store.commit(Change::of(act.clone())).await?;
    }
    store.close().await;
    Ok(())
}

fn archive(words: &[&str]) -> Result<(bool, String, String)> {
    let out = Command::new(binary()?).args(["audit", "archive"]).args(words).output()?;
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ok((out.status.success(), text(out.stdout), text(out.stderr)))
}

fn archives(answer: &Value) -> Vec<&str> {
    answer["archives"].as_array().into_iter().flatten().filter_map(|one| one["file"].as_str()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn looks_are_archived_and_who_asks_for_them_is_told_where_they_are() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (data, file) = (folder.path().join("data"), folder.path().join("looks.zst"));
    let (data_text, file_text) = (data.to_str().context("a path")?, file.to_str().context("a path")?);
    let before = SystemClock.now().checked_sub(SignedDuration::from_hours(200 * 24))?.strftime("%Y-%m-%d").to_string();
    let take = ["--data", data_text, "--before", &before, "--to", file_text];
    let mut program = Program::demo(&data).await?;
    let cast = tests::cast::Cast::sign_in(&program.url).await?;
    cast.case().await?;
    let (well, _, said) = archive(&take)?;
    ensure!(!well && said.contains("another process has this store open") && !file.exists(), "{said}");
    program.stop()?;
    look_back(&data).await?;
    let (_, checkpoint_before) = Program::audit(&data, "checkpoint", &[])?;

    for (words, says) in [
        (["--data", data_text, "--before", "2999-01-01", "--to", file_text], "184 days"),
        (
            ["--data", data_text, "--before", &before, "--to", data.join("a.zst").to_str().context("a path")?],
            "is no archive",
        ),
    ] {
        let (well, _, said) = archive(&words)?;
        ensure!(!well && said.contains(says), "{said}");
    }

    // kill -9, as soon as there is something of the file, and as soon as it has its name.
    for begun in [file.with_file_name("looks.zst.part"), file.clone()] {
        let mut child = Command::new(binary()?)
            .args(["audit", "archive"])
            .args(take)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        while !begun.exists() && child.try_wait()?.is_none() {
            tokio::task::yield_now().await;
        }
        child.kill()?;
        child.wait()?;
        let (well, said) = Program::verify(&data)?;
        ensure!(well, "{said}");
    }
    let (well, said, why) = archive(&take)?;
    // It may have come to its end before it was killed.
    ensure!(well && said.contains(&format!("{LOOKS} looks")) || why.contains("nothing is left to do"), "{said}{why}");
    let (well, said) = Program::verify(&data)?;
    ensure!(well && said.contains(&format!("{LOOKS} are archived as the ledger says")), "{said}");
    let (well, said) = Program::audit(&data, "verify", &["--archive", file_text])?;
    ensure!(well && said.contains("proven from their bytes"), "{said}");

    // Read again, held against a checkpoint that names it.
    let (well, checkpoint) = Program::audit(&data, "checkpoint", &[])?;
    ensure!(well && checkpoint.contains("archive: "), "{checkpoint}");
    let (kept, older) = (folder.path().join("checkpoint.json"), folder.path().join("older.json"));
    fs::write(&kept, checkpoint)?;
    fs::write(&older, checkpoint_before)?;
    let (kept, older) = (kept.to_str().context("a path")?, older.to_str().context("a path")?);
    let (well, said) = Program::audit(&data, "verify", &["--checkpoint", kept, "--checkpoint", older])?;
    ensure!(well && said.contains("through 2 checkpoints"), "{said}");
    let (well, lines, said) = archive(&["--read", file_text, "--checkpoint", kept, "--data", data_text])?;
    ensure!(well && said.contains("the checkpoint names it"), "{said}");
    let entries: Vec<Value> = lines.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    ensure!(entries.len() == LOOKS && entries[0]["entry"]["act"]["case"].is_string(), "{} entries", entries.len());
    let (well, lines, said) = archive(&["--read", file_text, "--checkpoint", older, "--data", data_text])?;
    ensure!(!well && lines.is_empty() && said.contains("names no archive"), "{said}");

    // Changed by a byte it says no word.
    let mut changed = fs::read(&file)?;
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    let other = folder.path().join("changed.zst");
    fs::write(&other, changed)?;
    let other = other.to_str().context("a path")?;
    let (well, lines, said) = archive(&["--read", other])?;
    ensure!(!well && lines.is_empty() && said.contains("changed.zst"), "{said}");
    let (well, said) = Program::audit(&data, "verify", &["--archive", other])?;
    ensure!(!well && said.contains("changed.zst"), "{said}");

    // Who asks is told.
    let mut program = Program::demo(&data).await?;
    let administrator = Caller::sign_in(&program.url, "he.jing").await?;
    let looks = administrator.expect("GET", "/api/access/looks", None, (200, "")).await?;
    let mut page = looks;
    while let Some(next) = page["next"].as_u64() {
        ensure!(archives(&page).is_empty(), "before the last page: {page}");
        page = administrator.expect("GET", &format!("/api/access/looks?before={next}"), None, (200, "")).await?;
    }
    assert_eq!(archives(&page), ["looks.zst"]);
    let today = SystemClock.now().strftime("%Y-%m-%d").to_string();
    let day = administrator.expect("GET", &format!("/api/access/looks?day={today}"), None, (200, "")).await?;
    ensure!(archives(&day).is_empty(), "{day}");
    let events = administrator.send("GET", "/fhir/AuditEvent?_count=1&date=lt2020-01-01", None).await?;
    ensure!(events.status == 200, "{events:?}");
    let said = events.body.to_string();
    ensure!(said.contains("fhir.audit.archived") && said.contains("looks.zst"), "{said}");
    let table = administrator.request("GET", "/api/access/looks.csv").send().await?.text().await?;
    ensure!(table.lines().last().is_some_and(|line| line.contains("audit.archive looks.zst SHA-256")), "{table}");
    program.stop()?;
    Ok(())
}
