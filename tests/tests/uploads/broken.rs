//! Lines that break, two lines at once, a program that is stopped or killed in the middle.

use super::sender::{create, draft, noise, number, offset, patch, pdf, piece, take};
use anyhow::{Context, Result};
use futures::StreamExt;
use futures::stream;
use reqwest::Body;
use serde_json::json;
use std::time::Duration;
use testkit::TestApp;
use tests::program::{Caller, Program};

/// Gives `bytes` and then no more: breaks when `breaks`, else waits for ever.
fn halting(bytes: Vec<u8>, breaks: bool) -> Body {
    let pieces: Vec<_> = bytes.chunks(16 << 10).map(|piece| Ok(piece.to_vec())).collect();
    let rest = if breaks {
        // What was given must have left before the line is cut.
        stream::once(async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            Err(std::io::Error::other("the line is cut"))
        })
        .left_stream()
    } else {
        stream::pending().right_stream()
    };
    Body::wrap_stream(stream::iter(pieces).chain(rest))
}

#[tokio::test]
async fn a_line_that_breaks_keeps_what_came() {
    let app = TestApp::start().await;
    let zhou = app.login("zhou.ming").await;
    let (draft, bytes) = (draft(&zhou).await, pdf(2_000_000));
    let at = create(&zhou, bytes.len()).await;
    let cut = piece(&zhou, &at, 0).body(halting(bytes[..1_000_000].to_vec(), true)).send().await;
    assert!(cut.is_err(), "{cut:?}");
    let kept = offset(&zhou, &at).await;
    assert_eq!(kept, 1_000_000, "everything that came before the cut");
    assert_eq!(patch(&zhou, &at, kept, &bytes[kept..]).await.status, 204);
    let taken = take(&zhou, &draft, &at).await.ok();
    let document = taken["files"][0]["document"].as_str().unwrap();
    assert_eq!(zhou.get(&format!("/api/consults/{draft}/documents/{document}")).await.bytes, bytes);
}

#[tokio::test]
async fn a_broken_piece_with_a_checksum_leaves_nothing() {
    let app = TestApp::start().await;
    let zhou = app.login("zhou.ming").await;
    let at = create(&zhou, 2_000_000).await;
    let request = piece(&zhou, &at, 0).header("upload-checksum", "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=");
    assert!(request.body(halting(noise(1_000_000), true)).send().await.is_err());
    assert_eq!(offset(&zhou, &at).await, 0);
}

#[tokio::test]
async fn who_asks_for_the_offset_takes_over_from_a_line_that_hangs() {
    let app = TestApp::start().await;
    let zhou = app.login("zhou.ming").await;
    let bytes = noise(2_000_000);
    let at = create(&zhou, bytes.len()).await;
    let hanging = piece(&zhou, &at, 0).body(halting(bytes[..640 << 10].to_vec(), false));
    let hanging = tokio::spawn(async move { hanging.send().await.map(|answer| answer.status().as_u16()) });
    // The first bytes must be on their way.
    let part = app.folder().join("uploads").join(format!("{}.part", at.rsplit('/').next().unwrap()));
    while std::fs::metadata(&part).unwrap().len() < 640 << 10 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let kept = offset(&zhou, &at).await;
    assert_eq!(kept, 640 << 10);
    let told = hanging.await.unwrap();
    assert!(told.is_err() || told.as_ref().is_ok_and(|status| *status == 423), "{told:?}");
    let rest = patch(&zhou, &at, kept, &bytes[kept..]).await;
    assert_eq!(number(&rest.headers, "upload-offset"), bytes.len());
}

#[tokio::test]
async fn a_stopped_program_goes_on_where_it_was() {
    let mut app = TestApp::start().await;
    let zhou = app.login("zhou.ming").await;
    let (draft, bytes) = (draft(&zhou).await, pdf(900_000));
    let at = create(&zhou, bytes.len()).await;
    assert_eq!(patch(&zhou, &at, 0, &bytes[..300_000]).await.status, 204);
    app.restart().await;
    let zhou = app.login("zhou.ming").await;
    assert_eq!(offset(&zhou, &at).await, 300_000);
    assert_eq!(patch(&zhou, &at, 300_000, &bytes[300_000..]).await.status, 204);
    app.restart().await;
    let zhou = app.login("zhou.ming").await;
    let taken = take(&zhou, &draft, &at).await.ok();
    app.restart().await;
    let zhou = app.login("zhou.ming").await;
    assert_eq!(take(&zhou, &draft, &at).await.ok(), taken, "the answer outlives the program");
}

/// The offset that a killed and restarted program tells.
async fn told(caller: &Caller, at: &str) -> Result<usize> {
    let answer = caller.request("HEAD", at).header("tus-resumable", "1.0.0").send().await?;
    let offset = answer.headers().get("upload-offset").with_context(|| format!("{answer:?}"))?;
    Ok(offset.to_str()?.parse()?)
}

fn send(caller: &Caller, at: &str, from: usize) -> reqwest::RequestBuilder {
    let request =
        caller.request("PATCH", at).header("tus-resumable", "1.0.0").header("upload-offset", from.to_string());
    request.header("content-type", "application/offset+octet-stream")
}

#[tokio::test]
async fn kill_9_in_the_middle_loses_nothing_that_was_acknowledged() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let mut program = Program::demo(&data).await?;
    let bytes = pdf(24 << 20);
    let mut doctor = Caller::sign_in(&program.url, "zhou.ming").await?;
    let draft = doctor.send("POST", "/api/drafts/consult", Some(&json!({"body": {}}))).await?;
    let draft = draft.body["id"].as_str().context("an id")?.to_owned();
    let create = doctor.request("POST", "/api/uploads").header("tus-resumable", "1.0.0");
    let created = create.header("upload-length", bytes.len().to_string()).send().await?;
    let at = created.headers()["location"].to_str()?.to_owned();
    let (mut acknowledged, mut cycle) = (0, 0);
    while acknowledged < bytes.len() {
        cycle += 1;
        // A piece that is acknowledged, then one in whose middle the program is killed; every second time a proven one.
        let to = (acknowledged + (2 << 20)).min(bytes.len());
        let answer = send(&doctor, &at, acknowledged).body(bytes[acknowledged..to].to_vec()).send().await?;
        assert_eq!(answer.status(), 204, "cycle {cycle}");
        acknowledged = to;
        let more = (acknowledged + (3 << 20)).min(bytes.len());
        let mut cut = send(&doctor, &at, acknowledged).body(halting(bytes[acknowledged..more].to_vec(), false));
        let proven = cycle % 2 == 0;
        if proven {
            cut = cut.header("upload-checksum", "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=");
        }
        let cut = tokio::spawn(cut.send());
        tokio::time::sleep(Duration::from_millis(20 * cycle)).await;
        program.kill()?;
        let _ = cut.await;
        drop(program);
        program = Program::demo(&data).await?;
        doctor = doctor.through(&program.url);
        let there = told(&doctor, &at).await?;
        assert!(there >= acknowledged, "cycle {cycle}: {acknowledged} acknowledged, {there} there");
        assert!(!proven || there == acknowledged, "cycle {cycle}: an unproven piece counts: {there}");
        acknowledged = there;
    }
    let part = at.rsplit('/').next().unwrap_or_default();
    let taken =
        doctor.send("POST", &format!("/api/consults/{draft}/files/web-1/take"), Some(&json!({"part": part}))).await?;
    let document = taken.body["files"][0]["document"].as_str().with_context(|| format!("{taken:?}"))?.to_owned();
    let opened = doctor.request("GET", &format!("/api/consults/{draft}/documents/{document}")).send().await?;
    assert!(opened.bytes().await? == bytes, "not the bytes that were sent");
    Ok(())
}
