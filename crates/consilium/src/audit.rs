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
use std::path::{Path, PathBuf};

const TITLE: &str = "Consilium ledger checkpoint 1";

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

/// Proves the ledger against checkpoints; the answer is a line for people.
pub async fn verify(data_dir: &Path, database: &Database, files: &[PathBuf], now: Time) -> Result<String> {
    let mut kept = vec![];
    if !files.is_empty() {
        let pki = Pki::open(data_dir, now)?;
        for file in files {
            kept.push(read(&pki, file).with_context(|| file.display().to_string())?);
        }
    }
    let verified = proven(data_dir, database, &kept).await?;
    let head: String = verified.head.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let through = match files.len() {
        0 => String::new(),
        1 => ", through the checkpoint".to_owned(),
        n => format!(", through {n} checkpoints"),
    };
    Ok(format!("whole: {} entries, {} versions, head {head}…{through}", verified.entries, verified.versions))
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
    let verified = proven(data_dir, database, &[]).await?;
    let Some(sealed_at) = verified.sealed_at else { bail!("the ledger is empty: there is nothing to sign yet") };
    let statement = format!(
        "{TITLE}\nnumber: {}\nhash: {}\nsealed: {sealed_at}\nmade: {now}\n",
        verified.entries,
        hex::encode(verified.head)
    );
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

async fn proven(data_dir: &Path, database: &Database, kept: &[Checkpoint]) -> Result<Verified> {
    if !database.is_sqlite() {
        return database::verify(database, kept).await;
    }
    let dir = data_dir.join("records");
    ensure!(dir.is_dir(), "{} holds no records", data_dir.display());
    let kept = kept.to_vec();
    // Reads alone: the server may be running.
    Ok(tokio::task::spawn_blocking(move || Sqlite::verify_at(&dir, &kept)).await??)
}

/// A checkpoint that this installation signed.
fn read(pki: &Pki, file: &Path) -> Result<Checkpoint> {
    let text = std::fs::read_to_string(file).context("cannot be read")?;
    let kept: Kept = serde_json::from_str(&text).context("is not a checkpoint of Consilium")?;
    let der = BASE64_STANDARD.decode(&kept.signature).context("its signature is not Base64")?;
    ensure!(
        pki.signed_ledger(kept.statement.as_bytes(), &der, &kept.certificate)?,
        "was not signed by this installation, or was changed since"
    );
    said(&kept.statement).context("says something else than a checkpoint does")
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
