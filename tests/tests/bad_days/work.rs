//! A doctor who writes, and remembers what was acknowledged.

use anyhow::{Context, Result, bail, ensure};
use serde_json::json;
use std::time::{Duration, Instant};
use tests::program::{Caller, Program};

/// What one doctor was told is kept.
#[derive(Default)]
pub struct Work {
    next: u32,
    /// Passport numbers of patients whose creation was answered with 201.
    kept: Vec<String>,
    draft: String,
    /// Revision and number of the draft's last acknowledged state.
    saved: (u64, u32),
}

impl Work {
    /// Begins a draft.
    pub async fn begin(doctor: &Caller) -> Result<Self> {
        let draft = doctor.expect("POST", "/api/drafts/consult", Some(&json!({"body": {"n": 0}})), (201, "")).await?;
        let saved = (draft["revision"].as_u64().context("a revision")?, 0);
        Ok(Self { draft: draft["id"].as_str().context("an id")?.to_owned(), saved, ..Self::default() })
    }

    /// Writes a patient and the draft; the code of the refusal when one is refused.
    pub async fn write(&mut self, doctor: &Caller) -> Result<Option<String>> {
        self.next += 1;
        let passport = format!("D{:08}", self.next);
        let patient = json!({
            "family": "试", "given": passport, "sex": "female", "birth_date": "1970-01-02",
            "identifier": {"kind": "passport", "value": passport},
        });
        let answer = doctor.send("POST", "/api/patients", Some(&patient)).await?;
        match answer.status {
            201 => self.kept.push(passport),
            507 => return Ok(Some(answer.body["code"].as_str().context("a code")?.to_owned())),
            _ => bail!("a patient: {answer:?}"),
        }
        let save = json!({"revision": self.saved.0, "body": {"n": self.next}});
        let answer = doctor.send("PUT", &format!("/api/drafts/consult/{}", self.draft), Some(&save)).await?;
        match answer.status {
            200 => self.saved = (answer.body["revision"].as_u64().context("a revision")?, self.next),
            507 => return Ok(Some(answer.body["code"].as_str().context("a code")?.to_owned())),
            _ => bail!("a draft: {answer:?}"),
        }
        Ok(None)
    }

    /// Writes until it is refused, which must happen within a minute.
    pub async fn until_refused(&mut self, doctor: &Caller) -> Result<String> {
        let begun = Instant::now();
        loop {
            if let Some(code) = self.write(doctor).await? {
                return Ok(code);
            }
            ensure!(begun.elapsed() < Duration::from_secs(60), "it goes on writing");
        }
    }

    /// Writes until it is taken, which must happen within a minute.
    pub async fn until_taken(&mut self, doctor: &Caller) -> Result<()> {
        let begun = Instant::now();
        while let Some(code) = self.write(doctor).await? {
            ensure!(begun.elapsed() < Duration::from_secs(60), "a minute and still {code}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// Everything that was acknowledged is there.
    pub async fn is_there(&self, doctor: &Caller) -> Result<()> {
        ensure!(!self.kept.is_empty(), "nothing was acknowledged: nothing is proven");
        for passport in &self.kept {
            let found = doctor.expect("GET", &format!("/api/patients?q={passport}"), None, (200, "")).await?;
            ensure!(found["patients"].as_array().is_some_and(|p| p.len() == 1), "lost: {passport}: {found}");
        }
        let draft = doctor.expect("GET", &format!("/api/drafts/consult/{}", self.draft), None, (200, "")).await?;
        ensure!(draft["body"]["n"].as_u64() >= Some(self.saved.1.into()), "the draft: {draft}");
        Ok(())
    }
}

/// Waits until the program says that it is so; a minute at most.
pub async fn says(program: &Program, wanted: &str) -> Result<()> {
    let begun = Instant::now();
    loop {
        let said = program.ready().await.context("it answers")?;
        if said.trim() == wanted {
            return Ok(());
        }
        ensure!(begun.elapsed() < Duration::from_secs(60), "a minute and still {said}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// What people do all day without writing.
pub async fn reads(doctor: &Caller) -> Result<()> {
    let cases = doctor.expect("GET", "/api/consults", None, (200, "")).await?;
    let row = cases["rows"].as_array().and_then(|rows| rows.first()).context("the demonstration has cases")?;
    let (case, patient) = (row["id"].as_str().context("an id")?, row["patient"]["id"].as_str().context("a patient")?);
    for path in [
        format!("/api/consults/{case}"),
        format!("/api/consults/{case}/files"),
        format!("/api/patients/{patient}"),
        "/api/session".to_owned(),
        "/api/hospitals".to_owned(),
    ] {
        doctor.expect("GET", &path, None, (200, "")).await?;
    }
    Ok(())
}

/// What would write is refused with this code, whatever it is.
pub async fn refuses(program: &Program, doctor: &Caller, code: &str) -> Result<()> {
    let told = (507, code);
    doctor.expect("POST", "/api/drafts/consult", Some(&json!({"body": {}})), told).await?;
    let upload = doctor.request("POST", "/api/uploads").header("tus-resumable", "1.0.0").header("upload-length", "9");
    let upload = upload.send().await?;
    ensure!(upload.status() == 507 && upload.text().await?.contains(code), "an upload is begun");
    // A full disk has its reserve for coming and going.
    if code == "store.read-only" {
        let signing_in = json!({"name": "zhao.min", "password": "consilium-demo"});
        Caller::nobody(&program.url).expect("POST", "/api/session", Some(&signing_in), told).await?;
    }
    Ok(())
}

/// Ends the program; then the ledger verifies, and after a new start everything is there.
pub async fn is_whole(mut program: Program, work: &Work) -> Result<()> {
    let data = program.data.clone();
    let (_, well) = program.stop()?;
    ensure!(well, "it did not end well: {}", program.log());
    drop(program);
    let (whole, said) = Program::verify(&data)?;
    ensure!(whole, "the ledger does not verify: {said}");
    let program = Program::demo(&data).await?;
    let doctor = Caller::sign_in(&program.url, "zhou.ming").await?;
    work.is_there(&doctor).await
}
