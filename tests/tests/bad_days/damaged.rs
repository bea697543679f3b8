//! The disk gives back other bytes than were written: nothing is saved any more, what is whole can be read, and the backup makes it
//! well again.

use super::stream::Stream;
use super::work::{Work, is_whole, reads, says};
use anyhow::{Context, Result, ensure};
use rusqlite::Connection;
use serde_json::json;
use std::path::Path;
use tests::program::{Caller, Program};

const PAGE: usize = 4096;

/// Overwrites all leaves of a table or index of a store that nobody serves.
fn damage(file: &Path, name: &str) -> Result<()> {
    let db = Connection::open(file)?;
    let sql = "SELECT pageno FROM dbstat WHERE name=? AND pagetype='leaf'";
    let pages = db.prepare(sql)?.query_map([name], |row| row.get::<_, u32>(0))?.collect::<Result<Vec<_>, _>>()?;
    drop(db);
    let mut bytes = std::fs::read(file)?;
    for page in pages {
        let page = page as usize;
        bytes[(page - 1) * PAGE..page * PAGE].fill(0xa5);
    }
    Ok(std::fs::write(file, bytes)?)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_database_is_read_only_and_says_so_until_it_is_restored() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let mut program = Program::demo(&data).await?;
    let doctor = Caller::sign_in(&program.url, "zhou.ming").await?;
    let mut work = Work::begin(&doctor).await?;
    for _ in 0..3 {
        ensure!(work.write(&doctor).await?.is_none(), "all is well");
    }
    program.stop()?;
    drop(program);
    let (file, backup) = (data.join("records/records.sqlite"), folder.path().join("backup"));
    std::fs::copy(&file, &backup)?;
    // Nothing that the day's work reads: only the look through the file can find it.
    damage(&file, "resource_history")?;
    let mut program = Program::demo(&data).await?;
    says(&program, "read-only: damaged").await?;
    ensure!(
        program.log().contains("records.sqlite") && program.log().contains("restore the last backup"),
        "{}",
        program.log()
    );
    assert_eq!(program.metric("consilium_disk_takes_writes").await?, 0.0);
    // People come and go, and read.
    let doctor = Caller::sign_in(&program.url, "zhou.ming").await?;
    Stream::open(&doctor).await?.hears_of_disk("damaged").await?;
    reads(&doctor).await?;
    doctor.expect("POST", "/api/drafts/consult", Some(&json!({"body": {}})), (500, "store.damaged")).await?;
    work.is_there(&doctor).await?;
    program.stop()?;
    drop(program);
    let (whole, said) = Program::verify(&data)?;
    ensure!(!whole && said.contains("records.sqlite"), "{said}");
    std::fs::copy(&backup, &file)?;
    let program = Program::demo(&data).await?;
    let doctor = Caller::sign_in(&program.url, "zhou.ming").await?;
    work.until_taken(&doctor).await?;
    is_whole(program, &work).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_stored_of_one_patient_is_refused_on_both_faces_and_everything_else_goes_on() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let mut program = Program::demo(&data).await?;
    let doctor = Caller::sign_in(&program.url, "zhou.ming").await?;
    let mut ids = vec![];
    for passport in ["K0000001", "K0000002"] {
        let patient = json!({"family": "试", "given": passport, "sex": "female", "birth_date": "1970-01-02",
            "identifier": {"kind": "passport", "value": passport}});
        let made = doctor.expect("POST", "/api/patients", Some(&patient), (201, "")).await?;
        ids.push(made["id"].as_str().context("an id")?.to_owned());
    }
    program.stop()?;
    drop(program);
    let db = Connection::open(data.join("records/records.sqlite"))?;
    let sql = "UPDATE resource SET body=(SELECT body FROM resource WHERE id=?1) WHERE id=?2";
    ensure!(db.execute(sql, [&ids[0], &ids[1]])? == 1, "the other's body in its place");
    drop(db);
    let program = Program::demo(&data).await?;
    let doctor = Caller::sign_in(&program.url, "zhou.ming").await?;
    doctor.expect("GET", &format!("/api/patients/{}", ids[0]), None, (200, "")).await?;
    doctor.expect("GET", &format!("/api/patients/{}", ids[1]), None, (500, "store.corrupt")).await?;
    let answer = doctor.send("GET", &format!("/fhir/Patient/{}", ids[1]), None).await?;
    let code = &answer.body["issue"][0]["details"]["coding"][0]["code"];
    ensure!(answer.status == 500 && *code == "store.corrupt", "{answer:?}");
    ensure!(answer.body["resourceType"] == "OperationOutcome", "{answer:?}");
    Work::begin(&doctor).await?.write(&doctor).await?;
    reads(&doctor).await?;
    says(&program, "ready").await
}
