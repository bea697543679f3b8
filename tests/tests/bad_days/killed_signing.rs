//! kill -9 while an expert signs: the opinion is signed, whole and proven, or it is not there at all.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;
use tests::program::{Answer, Caller, Program, cycles};

const OPINION: &str = "考虑急性颅内出血，建议立即头颅 CT 并准备转运。";

/// The three who see a case through.
struct Cast {
    asking: Caller,
    desk: Caller,
    expert: Caller,
}

impl Cast {
    async fn sign_in(url: &str) -> Result<Self> {
        let (asking, desk) = (Caller::sign_in(url, "zhou.ming").await?, Caller::sign_in(url, "chen.tao").await?);
        Ok(Self { asking, desk, expert: Caller::sign_in(url, "li.wei").await? })
    }

    fn through(&self, url: &str) -> Self {
        Self { asking: self.asking.through(url), desk: self.desk.through(url), expert: self.expert.through(url) }
    }

    /// An emergency whose expert has begun.
    async fn case(&self) -> Result<String> {
        let form = json!({"form": "emergency", "patient": null, "urgency": "emergency", "kind": "live",
            "purpose": "昏迷，瞳孔不等大", "specialty": "critical-care", "callback_phone": "0376-8881234",
            "consent": {"emergency_reason": "意识不清，家属未到"}});
        let draft = json!({"body": form});
        let draft = self.asking.expect("POST", "/api/drafts/consult", Some(&draft), (201, "")).await?;
        let handed_in = json!({"draft": draft["id"], "revision": draft["revision"]});
        let case = self.asking.expect("POST", "/api/consults", Some(&handed_in), (201, "")).await?;
        let id = case["id"].as_str().context("an id")?.to_owned();
        let me = self.expert.expect("GET", "/api/session", None, (200, "")).await?;
        step(&self.desk, &id, "first-look", json!({})).await?;
        step(&self.desk, &id, "assign", json!({"experts": [me["role"]["id"]]})).await?;
        step(&self.expert, &id, "accept", json!({})).await?;
        step(&self.expert, &id, "start", json!({})).await?;
        Ok(id)
    }
}

async fn step(who: &Caller, id: &str, step: &str, mut body: Value) -> Result<()> {
    body["version"] = version(who, id).await?;
    who.expect("POST", &format!("/api/consults/{id}/{step}"), Some(&body), (200, "")).await?;
    Ok(())
}

async fn version(who: &Caller, id: &str) -> Result<Value> {
    let case = who.expect("GET", &format!("/api/consults/{id}"), None, (200, "")).await?;
    Ok(case["version"].clone())
}

async fn words(expert: &Caller, id: &str) -> Result<Value> {
    Ok(json!({"version": version(expert, id).await?, "password": "consilium-demo", "findings": "GCS 6",
        "opinion": OPINION, "advice": "1. 气道保护；\n2. 头颅 CT。"}))
}

/// Whether the opinion is signed; then all of it must be there, and otherwise nothing.
async fn signed(cast: &Cast, id: &str) -> Result<bool> {
    let path = format!("/api/consults/{id}");
    let state = cast.expert.expect("GET", &path, None, (200, "")).await?["state"].clone();
    let shown = cast.expert.send("GET", &format!("{path}/opinion"), None).await?;
    let sheet = cast.expert.request("GET", &format!("{path}/opinion.pdf")).send().await?;
    let evidence = cast.expert.request("GET", &format!("{path}/opinion/evidence")).send().await?;
    let statuses = (shown.status, sheet.status().as_u16(), evidence.status().as_u16());
    if statuses == (404, 404, 404) {
        ensure!(state == "in-session", "no opinion, and the case is {state}");
        return Ok(false);
    }
    ensure!(statuses == (200, 200, 200), "half signed: {state} {statuses:?} {shown:?}");
    ensure!(state == "signed", "an opinion, and the case is {state}");
    ensure!(shown.body["opinion"] == OPINION && shown.body["signature"]["content_sha256"].is_string(), "{shown:?}");
    ensure!(sheet.bytes().await?.starts_with(b"%PDF-"), "no sheet");
    ensure!(evidence.bytes().await?.starts_with(b"PK"), "no evidence");
    Ok(true)
}

/// Kills at another moment of signing in each cycle: how many were found signed, how many not, and what the
/// ledger says.
async fn kill_in_signing(data: &Path, cycles: u32) -> Result<(u32, u32, String)> {
    let mut program = Program::demo(data).await?;
    let mut cast = Cast::sign_in(&program.url).await?;
    let mut found = (0, 0);
    for cycle in 0..cycles {
        let id = cast.case().await.with_context(|| format!("cycle {cycle}"))?;
        let words_now = words(&cast.expert, &id).await?;
        let path = format!("/api/consults/{id}/opinion");
        let signing = tokio::spawn({
            let (expert, path) = (cast.expert.clone(), path.clone());
            async move { expert.send("POST", &path, Some(&words_now)).await }
        });
        // From "not begun" to "answered": what a signature takes on this machine lies in between.
        wait(&signing, cycle).await;
        program.kill()?;
        let acknowledged = matches!(signing.await?, Ok(Answer { status: 200, .. }));
        drop(program);
        program = Program::demo(data).await?;
        cast = cast.through(&program.url);
        let is_signed = signed(&cast, &id).await.with_context(|| format!("cycle {cycle}"))?;
        ensure!(is_signed || !acknowledged, "cycle {cycle}: acknowledged and gone");
        if is_signed {
            found.0 += 1;
        } else {
            found.1 += 1;
            let words = words(&cast.expert, &id).await?;
            cast.expert.expect("POST", &path, Some(&words), (200, "")).await.context("signed after all")?;
            ensure!(signed(&cast, &id).await?, "signed after all");
        }
    }
    program.stop()?;
    let (whole, said) = Program::verify(data)?;
    ensure!(whole, "{said}");
    Ok((found.0, found.1, said))
}

/// Every fourth signature is waited for; the others are given less and more time.
async fn wait<T>(signing: &tokio::task::JoinHandle<T>, cycle: u32) {
    let answered = async {
        while !signing.is_finished() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    let patience =
        if cycle % 4 == 3 { Duration::from_secs(30) } else { Duration::from_millis((cycle * 37 % 400).into()) };
    let _ = tokio::time::timeout(patience, answered).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_in_signing_leave_no_half_signed_opinion() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (signed, unsigned, said) = kill_in_signing(&folder.path().join("data"), 12).await?;
    println!("12 kills in signing: {signed} were signed, {unsigned} were not, none by half; {said}");
    assert!(signed > 0 && unsigned > 0, "{signed} signed, {unsigned} not: only one side was tried");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes: `cargo xtask bench crash`"]
async fn many_kills_in_signing() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let cycles = cycles(50);
    let (signed, unsigned, said) = kill_in_signing(&folder.path().join("data"), cycles).await?;
    println!("{cycles} kills in signing: {signed} were signed, {unsigned} were not, none by half; {said}");
    Ok(())
}
