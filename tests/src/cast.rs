//! Three who see a case through, over HTTP: an emergency is asked, assigned, begun and signed.

use crate::program::Caller;
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What the expert signs.
pub const OPINION: &str = "考虑急性颅内出血，建议立即头颅 CT 并准备转运。";

/// The three who see a case through.
pub struct Cast {
    /// Who asks.
    pub asking: Caller,
    /// Who assigns.
    pub desk: Caller,
    /// Who signs.
    pub expert: Caller,
}

impl Cast {
    /// Signs them in to a demonstration.
    pub async fn sign_in(url: &str) -> Result<Self> {
        let (asking, desk) = (Caller::sign_in(url, "zhou.ming").await?, Caller::sign_in(url, "chen.tao").await?);
        Ok(Self { asking, desk, expert: Caller::sign_in(url, "li.wei").await? })
    }

    /// The same sessions in front of another address.
    pub fn through(&self, url: &str) -> Self {
        Self { asking: self.asking.through(url), desk: self.desk.through(url), expert: self.expert.through(url) }
    }

    /// An emergency whose expert has begun.
    pub async fn case(&self) -> Result<String> {
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

/// The cases somebody is shown, by id.
pub async fn cases(who: &Caller) -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    let mut path = "/api/consults".to_owned();
    loop {
        let page = who.expect("GET", &path, None, (200, "")).await?;
        let rows = page["rows"].as_array().context("rows")?;
        found.extend(rows.iter().filter_map(|row| row["id"].as_str()).map(ToOwned::to_owned));
        match page["next"].as_str() {
            Some(next) => path = format!("/api/consults?after={next}"),
            None => return Ok(found),
        }
    }
}

/// The signed sheet of a case, as PDF.
pub async fn sheet(cast: &Cast, id: &str) -> Result<Vec<u8>> {
    let sheet = cast.expert.request("GET", &format!("/api/consults/{id}/opinion.pdf")).send().await?;
    ensure!(sheet.status() == 200, "the sheet of {id}: {}", sheet.status());
    Ok(sheet.bytes().await?.to_vec())
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

/// What is sent to sign a case as it is now.
pub async fn words(expert: &Caller, id: &str) -> Result<Value> {
    Ok(json!({"version": version(expert, id).await?, "password": "consilium-demo", "findings": "GCS 6",
        "opinion": OPINION, "advice": "1. 气道保护；\n2. 头颅 CT。"}))
}

/// Whether the opinion is signed; then all of it must be there, and otherwise nothing.
pub async fn signed(cast: &Cast, id: &str) -> Result<bool> {
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
