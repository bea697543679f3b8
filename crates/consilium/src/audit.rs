//! `consilium audit`: proves the ledger of an installation, running or not, on either engine, and signs where it stands, to be kept elsewhere.
//!
//! A chain that is consistent in itself proves that nobody changed one thing. Who can change everything can also hash everything
//! anew, or put back an older copy; that is found only by what was kept where they cannot reach it.

use crate::database;
use anyhow::{Context, Result, bail, ensure};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use kernel::Time;
use platform::pki::Pki;
use platform::settings::Database;
use records::sqlite::Sqlite;
use records::{Checkpoint, Verified, VerifiedBlobs};
use serde::{Deserialize, Serialize};
use std::fmt::Write;
use std::path::{Path, PathBuf};

const TITLE: &str = "Consilium ledger checkpoint 1";
/// How a line begins that names an archive: the number of the act, and the file's SHA-256.
const ARCHIVE: &str = "archive: ";

/// A checkpoint as it is kept: what is said, and who vouches for it. `docs/SIGNATURES.md` says how to check it without Consilium.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    /// The bytes that are signed.
    statement: String,
    /// ECDSA P-256 over SHA-256, DER, Base64.
    signature: String,
    /// The certificate of the ledger's key, PEM.
    certificate: String,
    /// What stands between it and the root, then the root, PEM.
    authorities: String,
}

/// Proves the ledger against checkpoints and the files of archives; the answer is a line for people.
pub async fn verify(
    data_dir: &Path,
    database: &Database,
    (files, archives): (&[PathBuf], &[PathBuf]),
    now: Time,
) -> Result<String> {
    let mut kept = vec![];
    if !files.is_empty() {
        let pki = Pki::open(data_dir, now)?;
        for file in files {
            kept.push(read(&pki, file).with_context(|| file.display().to_string())?);
        }
    }
    let verified = proven(data_dir, database, &kept, archives).await?;
    let head: String = verified.head.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let through = match files.len() {
        0 => String::new(),
        1 => ", through the checkpoint".to_owned(),
        n => format!(", through {n} checkpoints"),
    };
    let Verified { entries, versions, archived, unproven, .. } = verified;
    let apart = match (archived, unproven) {
        (0, _) => String::new(),
        (_, 0) => format!("; {archived} are archived, proven from their bytes"),
        _ => format!(
            "; {archived} are archived as the ledger says, the words of {unproven} are proven with --archive alone"
        ),
    };
    Ok(format!("whole: {entries} entries, {versions} versions, head {head}…{through}{apart}"))
}

/// Hashes every file that the record names; the error names those that are not what was put.
pub async fn verify_blobs(data_dir: &Path, database: &Database) -> Result<String> {
    let dir = data_dir.join("records");
    let blobs = dir.join("blobs");
    let found = if database.is_sqlite() {
        tokio::task::spawn_blocking(move || Sqlite::verify_blobs_at(&dir, &blobs)).await??
    } else {
        database::verify_blobs(database, blobs).await?
    };
    let VerifiedBlobs { blobs, bytes, broken } = found;
    ensure!(
        broken.is_empty(),
        "{} of {blobs} files are damaged: put them back from a backup\n{}",
        broken.len(),
        broken.join("\n")
    );
    Ok(format!("whole: {blobs} files, {bytes} bytes"))
}

/// Proves the ledger and signs its end; the answer is the checkpoint.
pub async fn checkpoint(data_dir: &Path, database: &Database, now: Time) -> Result<String> {
    let verified = proven(data_dir, database, &[], &[]).await?;
    let Some(sealed_at) = verified.sealed_at else { bail!("the ledger is empty: there is nothing to sign yet") };
    let mut statement = format!(
        "{TITLE}\nnumber: {}\nhash: {}\nsealed: {sealed_at}\nmade: {now}\n",
        verified.entries,
        hex::encode(verified.head)
    );
    if verified.archived > 0 {
        // Of what was proven, or later: an archive that came meanwhile is none before this end.
        let archives = records::archive::listed(&database::place(database, data_dir)?).await?;
        for archive in archives.iter().filter(|archive| archive.act <= verified.entries) {
            let _ = writeln!(statement, "{ARCHIVE}{} {}", archive.act, archive.file_sha256);
        }
    }
    let pki = Pki::open(data_dir, now)?;
    let signature = pki.sign_ledger(statement.as_bytes(), now)?;
    let kept = Kept {
        statement,
        signature: BASE64_STANDARD.encode(signature.der),
        certificate: signature.certificate_pem,
        authorities: format!("{}{}", pki.signatures_pem(), pki.root_pem()),
    };
    Ok(serde_json::to_string_pretty(&kept)?)
}

async fn proven(data_dir: &Path, database: &Database, kept: &[Checkpoint], archives: &[PathBuf]) -> Result<Verified> {
    if !database.is_sqlite() {
        return database::verify(database, kept, archives).await;
    }
    let dir = data_dir.join("records");
    ensure!(dir.is_dir(), "{} holds no records", data_dir.display());
    let (kept, archives) = (kept.to_vec(), archives.to_vec());
    // Reads alone: the server may be running.
    Ok(tokio::task::spawn_blocking(move || Sqlite::prove_at(&dir, &kept, &archives)).await??)
}

/// The entry by which a file with this SHA-256 was archived, as a checkpoint of this installation says.
pub fn named(data_dir: &Path, checkpoint: &Path, file_sha256: &str, now: Time) -> Result<u64> {
    let statement = signed(&Pki::open(data_dir, now)?, checkpoint).with_context(|| checkpoint.display().to_string())?;
    let archives = statement.lines().filter_map(|line| line.strip_prefix(ARCHIVE)?.split_once(' '));
    let act = archives.filter(|(_, sha256)| *sha256 == file_sha256).find_map(|(act, _)| act.parse().ok());
    act.with_context(|| format!("{} names no archive with this SHA-256, {file_sha256}", checkpoint.display()))
}

/// A checkpoint that this installation signed.
fn read(pki: &Pki, file: &Path) -> Result<Checkpoint> {
    said(&signed(pki, file)?).context("says something else than a checkpoint does")
}

/// What a checkpoint says, if this installation signed it.
fn signed(pki: &Pki, file: &Path) -> Result<String> {
    let text = std::fs::read_to_string(file).context("cannot be read")?;
    let kept: Kept = serde_json::from_str(&text).context("is not a checkpoint of Consilium")?;
    let der = BASE64_STANDARD.decode(&kept.signature).context("its signature is not Base64")?;
    ensure!(
        pki.signed_ledger(kept.statement.as_bytes(), &der, &kept.certificate)?,
        "was not signed by this installation, or was changed since"
    );
    Ok(kept.statement)
}

fn said(statement: &str) -> Option<Checkpoint> {
    let mut lines = statement.lines();
    if lines.next()? != TITLE {
        return None;
    }
    let number = lines.next()?.strip_prefix("number: ")?.parse().ok()?;
    let mut hash = [0; 32];
    hex::decode_to_slice(lines.next()?.strip_prefix("hash: ")?, &mut hash).ok()?;
    Some(Checkpoint { number, hash })
}
