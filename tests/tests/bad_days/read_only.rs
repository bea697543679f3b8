//! A file system that takes no writes any more.
//!
//! `mount -o remount,ro` is refused by the kernel while files are open for writing, and ours are; what happens on a bad day
//! is that the kernel itself stops taking writes, after a fault of the disk.

use super::stream::Stream;
use super::work::{Work, is_whole, reads, refuses, says};
use anyhow::{Result, ensure};
use tests::mount::{Mount, immutable};
use tests::program::{Caller, Program};

const MEGABYTES: u64 = 1_024;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_system_that_fails_loses_nothing_that_was_acknowledged() -> Result<()> {
    let Some(mut mount) = Mount::ext4(MEGABYTES)? else { return Ok(()) };
    let data = mount.path().join("data");
    let mut program = Program::demo(&data).await?;
    let doctor = Caller::sign_in(&program.url, "zhou.ming").await?;
    let mut work = Work::begin(&doctor).await?;
    for _ in 0..5 {
        ensure!(work.write(&doctor).await?.is_none(), "all is well");
    }
    let mut page = Stream::open(&doctor).await?;
    mount.break_down()?;
    assert_eq!(work.until_refused(&doctor).await?, "store.read-only");
    says(&program, "read-only: read-only").await?;
    page.hears_of_disk("read-only").await?;
    for _ in 0..20 {
        reads(&doctor).await?;
        refuses(&program, &doctor, "store.read-only").await?;
    }
    let (took, _) = program.stop()?;
    assert!(took.as_secs() < 5, "a broken disk must not hold the end: {took:?}");
    drop(program);
    mount.again()?;
    let program = Program::demo(&data).await?;
    let doctor = Caller::sign_in(&program.url, "zhou.ming").await?;
    work.until_taken(&doctor).await?;
    work.is_there(&doctor).await?;
    is_whole(program, &work).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn once_it_takes_writes_again_it_goes_on_by_itself() -> Result<()> {
    let Some(mount) = Mount::ext4(MEGABYTES)? else { return Ok(()) };
    let data = mount.path().join("data");
    let program = Program::demo(&data).await?;
    let doctor = Caller::sign_in(&program.url, "zhou.ming").await?;
    let mut work = Work::begin(&doctor).await?;
    ensure!(work.write(&doctor).await?.is_none(), "all is well");
    let mut page = Stream::open(&doctor).await?;
    let log = data.join("records/records.sqlite-wal");
    for _ in 0..2 {
        immutable(&log, true)?;
        assert_eq!(work.until_refused(&doctor).await?, "store.read-only");
        says(&program, "read-only: read-only").await?;
        page.hears_of_disk("read-only").await?;
        reads(&doctor).await?;
        refuses(&program, &doctor, "store.read-only").await?;
        immutable(&log, false)?;
        work.until_taken(&doctor).await?;
        page.hears_of_disk("takes").await?;
    }
    work.is_there(&doctor).await?;
    is_whole(program, &work).await
}
