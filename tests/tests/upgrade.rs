//! A store that an earlier version wrote: opened, whole, every word as it was, and worked on.
//!
//! `tests/tests/upgrade/*.zip` are folders of installations as the released program left them, with what it said of them in
//! `told.json`. Pictures above 40 kB are left out. A new one is kept by the program it is of:
//! `E2E_BIN=… cargo test --workspace --test all -- --ignored upgrade::keep`.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tests::cast::{Cast, cases, sheet, signed, words};
use tests::program::{Program, binary};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

const PICTURE: u64 = 40 * 1024;

fn kept() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/upgrade")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_earlier_version_wrote_is_read_and_worked_on() -> Result<()> {
    let mut archives: Vec<_> = fs::read_dir(kept())?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    archives.retain(|path| path.extension().is_some_and(|e| e == "zip"));
    ensure!(!archives.is_empty(), "no store of an earlier version is kept: nothing is proven");
    for archive in archives {
        upgrade(&archive).await.with_context(|| archive.display().to_string())?;
    }
    Ok(())
}

async fn upgrade(archive: &Path) -> Result<()> {
    let folder = tempfile::tempdir()?;
    ZipArchive::new(File::open(archive)?)?.extract(folder.path())?;
    let told: Value = serde_json::from_reader(File::open(folder.path().join("told.json"))?)?;
    let of = |name: &str| told[name].as_str().map(ToOwned::to_owned).with_context(|| format!("{name} in told.json"));
    let data = folder.path().join("data");

    let (whole, said) = Program::verify(&data)?;
    ensure!(whole && said.trim() == of("verified")?, "the ledger: {said}");

    let mut program = Program::demo(&data).await?;
    let cast = Cast::sign_in(&program.url).await?;
    let seen = cases(&cast.desk).await?;
    let before: BTreeSet<String> = serde_json::from_value(told["cases"].clone())?;
    ensure!(before.len() > 20 && before.is_subset(&seen), "cases: {before:?} became {seen:?}");
    for id in &before {
        let case = cast.desk.expect("GET", &format!("/api/consults/{id}"), None, (200, "")).await?;
        ensure!(case["patient"].is_object() && case["timeline"].is_array(), "{case}");
    }
    let draft = cast.asking.expect("GET", &format!("/api/drafts/consult/{}", of("draft")?), None, (200, "")).await?;
    ensure!(draft["body"] == told["draft_body"], "the draft: {draft}");

    let (done, begun) = (of("signed")?, of("begun")?);
    ensure!(signed(&cast, &done).await?, "what was signed");
    ensure!(sheet(&cast, &done).await? == fs::read(folder.path().join("opinion.pdf"))?, "the sheet is another one");
    ensure!(!signed(&cast, &begun).await?, "what was not signed");
    let signing = words(&cast.expert, &begun).await?;
    cast.expert.expect("POST", &format!("/api/consults/{begun}/opinion"), Some(&signing), (200, "")).await?;
    ensure!(signed(&cast, &begun).await?, "signed with the key of before");

    program.stop()?;
    let (whole, said) = Program::verify(&data)?;
    ensure!(whole && said.trim() != of("verified")?, "the ledger afterwards: {said}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "keeps a store of the program that E2E_BIN names"]
async fn keep() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let mut program = Program::demo(&data).await?;
    let cast = Cast::sign_in(&program.url).await?;
    let done = cast.case().await?;
    let signing = words(&cast.expert, &done).await?;
    cast.expert.expect("POST", &format!("/api/consults/{done}/opinion"), Some(&signing), (200, "")).await?;
    let pdf = sheet(&cast, &done).await?;
    let begun = cast.case().await?;
    let body = json!({"purpose": "还没写完的一句话"});
    let draft =
        cast.asking.expect("POST", "/api/drafts/consult", Some(&json!({"body": body.clone()})), (201, "")).await?;
    let cases = cases(&cast.desk).await?;
    program.stop()?;
    let (whole, verified) = Program::verify(&data)?;
    ensure!(whole, "{verified}");
    let version = std::process::Command::new(binary()?).arg("--version").output()?.stdout;
    let version = String::from_utf8(version)?.trim().replace(' ', "-");
    let told = json!({"signed": done, "begun": begun, "draft": draft["id"], "draft_body": body, "cases": cases,
        "verified": verified.trim()});

    fs::create_dir_all(kept())?;
    let mut zip = ZipWriter::new(File::create(kept().join(format!("{version}.zip")))?);
    let options = SimpleFileOptions::default().compression_level(Some(9));
    for (name, bytes) in [("told.json", serde_json::to_vec_pretty(&told)?), ("opinion.pdf", pdf)] {
        zip.start_file(name, options)?;
        zip.write_all(&bytes)?;
    }
    pack(&mut zip, options, folder.path(), &data)?;
    zip.finish()?;
    Ok(())
}

fn pack(zip: &mut ZipWriter<File>, options: SimpleFileOptions, root: &Path, dir: &Path) -> Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        let name = path.strip_prefix(root)?.to_string_lossy().into_owned();
        if path.is_dir() {
            zip.add_directory(name, options)?;
            pack(zip, options, root, &path)?;
        } else if path.extension().is_some() || path.metadata()?.len() <= PICTURE {
            let mut bytes = vec![];
            let mut file = File::open(&path)?;
            file.read_to_end(&mut bytes)?;
            // Keys that others may read are refused at start.
            zip.start_file(name, options.unix_permissions(file.metadata()?.permissions().mode()))?;
            zip.write_all(&bytes)?;
        }
    }
    Ok(())
}
