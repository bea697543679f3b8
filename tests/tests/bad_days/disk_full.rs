//! The disk fills: nothing more is saved and everything can be read; space comes back, and so does writing.

use super::stream::Stream;
use super::work::{Work, is_whole, reads, refuses, says};
use anyhow::{Result, ensure};
use std::time::Duration;
use tests::mount::Mount;
use tests::program::{Caller, Program};

const MEGABYTES: u32 = 512;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_makes_it_read_only_until_there_is_space_again() -> Result<()> {
    let Some(mount) = Mount::in_memory(MEGABYTES)? else { return Ok(()) };
    // Its log lies on the same disk.
    let program = Program::demo(&mount.path().join("data")).await?;
    let doctor = Caller::sign_in(&program.url, "zhou.ming").await?;
    let mut work = Work::begin(&doctor).await?;
    ensure!(work.write(&doctor).await?.is_none(), "there is space");
    let mut page = Stream::open(&doctor).await?;
    for round in 0..2 {
        let filler = mount.fill(0)?;
        assert_eq!(work.until_refused(&doctor).await?, "store.full", "round {round}");
        says(&program, "read-only: full").await?;
        page.hears_of_disk("full").await?;
        Stream::open(&doctor).await?.hears_of_disk("full").await?;
        reads(&doctor).await?;
        refuses(&program, &doctor, "store.full").await?;
        assert_eq!(program.metric("consilium_disk_takes_writes").await?, 0.0);
        std::fs::remove_file(filler)?;
        work.until_taken(&doctor).await?;
        page.hears_of_disk("takes").await?;
        says(&program, "ready").await?;
    }
    work.is_there(&doctor).await?;
    is_whole(program, &work).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_left_at_the_end_is_for_the_entries_of_reads() -> Result<()> {
    let Some(mount) = Mount::in_memory(MEGABYTES)? else { return Ok(()) };
    let program = Program::demo(&mount.path().join("data")).await?;
    let doctor = Caller::sign_in(&program.url, "zhou.ming").await?;
    let mut work = Work::begin(&doctor).await?;
    ensure!(work.write(&doctor).await?.is_none(), "there is space");
    mount.fill(32)?;
    says(&program, "read-only: full").await?;
    assert_eq!(work.until_refused(&doctor).await?, "store.full");
    let before = program.metric("consilium_ledger_number").await?;
    reads(&doctor).await?;
    let patience = tokio::time::Instant::now() + Duration::from_secs(60);
    while program.metric("consilium_ledger_number").await? <= before {
        ensure!(tokio::time::Instant::now() < patience, "a patient's data was read and no entry says so");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // Coming and going is told too, and a session is ended.
    let another = Caller::sign_in(&program.url, "zhao.min").await?;
    reads(&another).await?;
    another.expect("DELETE", "/api/session", None, (204, "")).await?;
    another.expect("GET", "/api/session", None, (401, "session.none")).await?;
    refuses(&program, &doctor, "store.full").await
}

/// A file that is on its way when the disk fills must not use up what is kept for reading.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_on_its_way_is_ended_before_it_takes_the_reserve() -> Result<()> {
    let Some(mount) = Mount::in_memory(MEGABYTES)? else { return Ok(()) };
    let program = Program::demo(&mount.path().join("data")).await?;
    let doctor = Caller::sign_in(&program.url, "zhou.ming").await?;
    let begun = doctor.request("POST", "/api/uploads").header("tus-resumable", "1.0.0");
    let begun = begun.header("upload-length", (1_u64 << 30).to_string()).send().await?;
    ensure!(begun.status() == 201, "{}", begun.status());
    let place = begun.headers()["location"].to_str()?.to_owned();
    mount.fill(96)?;
    // While it was filled less was free for a moment, and may have been seen.
    says(&program, "ready").await?;
    // 20 MB a second, and a gigabyte of it if nobody says no.
    let pieces = futures::stream::unfold((), |()| async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        Some((Ok::<_, std::io::Error>(vec![7_u8; 1 << 20]), ()))
    });
    let sending = doctor.request("PATCH", &place).header("tus-resumable", "1.0.0").header("upload-offset", "0");
    let sending = sending.header("content-type", "application/offset+octet-stream");
    let sending = sending.body(reqwest::Body::wrap_stream(pieces)).send();
    // The answer may be lost when the line is cut before everything was sent; what counts is what lies on the disk.
    if let Ok(answer) = tokio::time::timeout(Duration::from_secs(120), sending).await? {
        ensure!(answer.status() == 507 && answer.text().await?.contains("store.full"), "it was taken");
    }
    says(&program, "read-only: full").await?;
    let free = mount.free()?;
    ensure!(free > 32 << 20, "the reserve was eaten: {free} bytes are left");
    reads(&doctor).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_on_a_full_disk_it_starts_again_once_there_is_space() -> Result<()> {
    let Some(mount) = Mount::in_memory(MEGABYTES)? else { return Ok(()) };
    let data = mount.path().join("data");
    let mut program = Program::demo(&data).await?;
    let doctor = Caller::sign_in(&program.url, "zhou.ming").await?;
    let mut work = Work::begin(&doctor).await?;
    ensure!(work.write(&doctor).await?.is_none(), "there is space");
    let filler = mount.fill(0)?;
    work.until_refused(&doctor).await?;
    program.kill()?;
    std::fs::remove_file(filler)?;
    let program = Program::demo(&data).await?;
    let doctor = Caller::sign_in(&program.url, "zhou.ming").await?;
    work.until_taken(&doctor).await?;
    work.is_there(&doctor).await?;
    is_whole(program, &work).await
}
