//! kill -9 while a file is on its way, and while it is taken into its case.

use anyhow::{Context, Result, ensure};
use futures::{StreamExt, stream};
use reqwest::Body;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;
use tests::program::{Caller, Program, cycles, progress};

/// A file is so long; a piece that is acknowledged, and one in whose middle the program is killed.
const LENGTH: usize = 6 << 20;
const PIECE: usize = 256 << 10;
const CUT: usize = 1 << 20;

/// A PDF as far as its first bytes tell, another for each number.
fn pdf(number: u32) -> Vec<u8> {
    let noise = (0..LENGTH as u32).map(|i| (i.wrapping_add(number).wrapping_mul(2_654_435_761) >> 13) as u8);
    b"%PDF-1.7\n".iter().copied().chain(noise).take(LENGTH).collect()
}

/// Gives the bytes, then nothing, and never ends.
fn unfinished(bytes: &[u8]) -> Body {
    let pieces: Vec<_> = bytes.chunks(16 << 10).map(|piece| Ok::<_, std::io::Error>(piece.to_vec())).collect();
    Body::wrap_stream(stream::iter(pieces).chain(stream::pending()))
}

/// A file on its way.
struct Upload {
    bytes: Vec<u8>,
    draft: String,
    at: String,
    acknowledged: usize,
}

impl Upload {
    async fn begin(doctor: &Caller, number: u32) -> Result<Self> {
        let draft = doctor.expect("POST", "/api/drafts/consult", Some(&json!({"body": {}})), (201, "")).await?;
        let bytes = pdf(number);
        let create = doctor.request("POST", "/api/uploads").header("tus-resumable", "1.0.0");
        let created = create.header("upload-length", bytes.len().to_string()).send().await?;
        ensure!(created.status() == 201, "{created:?}");
        let at = created.headers()["location"].to_str()?.to_owned();
        Ok(Self { bytes, draft: draft["id"].as_str().context("an id")?.to_owned(), at, acknowledged: 0 })
    }

    fn piece(&self, doctor: &Caller) -> reqwest::RequestBuilder {
        let request = doctor.request("PATCH", &self.at).header("tus-resumable", "1.0.0");
        let request = request.header("upload-offset", self.acknowledged.to_string());
        request.header("content-type", "application/offset+octet-stream")
    }

    /// What there is after a new start: not less than was acknowledged.
    async fn look(&mut self, doctor: &Caller) -> Result<()> {
        let answer = doctor.request("HEAD", &self.at).header("tus-resumable", "1.0.0").send().await?;
        let there: usize = answer.headers().get("upload-offset").context("an offset")?.to_str()?.parse()?;
        ensure!(there >= self.acknowledged, "{} acknowledged, {there} there", self.acknowledged);
        self.acknowledged = there;
        Ok(())
    }

    fn take(&self, doctor: &Caller) -> reqwest::RequestBuilder {
        let part = self.at.rsplit('/').next().unwrap_or_default();
        let path = format!("/api/consults/{}/files/web-1/take", self.draft);
        doctor.request("POST", &path).json(&json!({"part": part}))
    }

    /// Takes it, perhaps once more, and compares what became of it.
    async fn arrive(&self, doctor: &Caller) -> Result<()> {
        let answer = self.take(doctor).send().await?;
        let (status, body) = (answer.status(), answer.json::<Value>().await?);
        ensure!(status == 200, "take: {status} {body}");
        let document = body["files"][0]["document"].as_str().context("a document")?;
        let path = format!("/api/consults/{}/documents/{document}", self.draft);
        ensure!(doctor.request("GET", &path).send().await?.bytes().await? == self.bytes, "other bytes");
        let files = doctor.expect("GET", &format!("/api/consults/{}/files", self.draft), None, (200, "")).await?;
        let documents = files["documents"].as_array().map_or(0, Vec::len);
        ensure!(documents == 1, "one file, {documents} documents");
        Ok(())
    }
}

/// Kills while a request is under way, after a while that differs from cycle to cycle; how many files arrived, and
/// what the ledger says.
async fn kill_in_uploads(data: &Path, cycles: u32) -> Result<(u32, String)> {
    let mut program = Program::demo(data).await?;
    let mut doctor = Caller::sign_in(&program.url, "zhou.ming").await?;
    let mut arrived = 0;
    let mut upload = Upload::begin(&doctor, arrived).await?;
    for cycle in 0..cycles {
        progress(cycle, cycles);
        let to = (upload.acknowledged + PIECE).min(LENGTH);
        if to > upload.acknowledged {
            let piece = upload.bytes[upload.acknowledged..to].to_vec();
            let answer = upload.piece(&doctor).body(piece).send().await?;
            ensure!(answer.status() == 204, "cycle {cycle}: {answer:?}");
            upload.acknowledged = to;
        }
        let whole = upload.acknowledged == LENGTH;
        let to = (upload.acknowledged + CUT).min(LENGTH);
        let cut = if whole {
            upload.take(&doctor)
        } else {
            upload.piece(&doctor).body(unfinished(&upload.bytes[upload.acknowledged..to]))
        };
        let cut = tokio::spawn(cut.send());
        tokio::time::sleep(Duration::from_millis(u64::from(cycle * 7 % 60))).await;
        program.kill()?;
        let _ = cut.await;
        drop(program);
        program = Program::demo(data).await?;
        doctor = doctor.through(&program.url);
        if whole {
            upload.arrive(&doctor).await.with_context(|| format!("cycle {cycle}"))?;
            arrived += 1;
            upload = Upload::begin(&doctor, arrived).await?;
        } else {
            upload.look(&doctor).await.with_context(|| format!("cycle {cycle}"))?;
        }
    }
    while upload.acknowledged < LENGTH {
        let rest = upload.bytes[upload.acknowledged..].to_vec();
        ensure!(upload.piece(&doctor).body(rest).send().await?.status() == 204, "the rest");
        upload.acknowledged = LENGTH;
    }
    upload.arrive(&doctor).await?;
    program.stop()?;
    let (whole, said) = Program::verify(data)?;
    ensure!(whole, "{said}");
    Ok((arrived + 1, said))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_in_uploads_lose_nothing_that_was_acknowledged() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (arrived, said) = kill_in_uploads(&folder.path().join("data"), 16).await?;
    assert!(arrived > 1, "killed while a file is taken, too");
    println!("16 kills in uploads, {arrived} files arrived; {said}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes: `cargo xtask bench crash`"]
async fn many_kills_in_uploads() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let cycles = cycles(50);
    let (arrived, said) = kill_in_uploads(&folder.path().join("data"), cycles).await?;
    println!("crash: {cycles} cycles, {arrived} acknowledged, 0 lost; files arrived; {said}");
    Ok(())
}
