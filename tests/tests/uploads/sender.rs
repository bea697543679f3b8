//! Somebody who speaks tus.

use reqwest::header::HeaderMap;
use serde_json::json;
use testkit::{Answer, Client};

/// Bytes that are different at every place.
pub fn noise(len: usize) -> Vec<u8> {
    (0..len as u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}

/// A PDF of `len` bytes, as far as its first bytes tell.
pub fn pdf(len: usize) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    bytes.extend(noise(len - bytes.len()));
    bytes
}

/// Announces a file; its address.
pub async fn create(who: &Client, length: usize) -> String {
    let answer = announce(who, length).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    text(&answer.headers, "location")
}

pub async fn announce(who: &Client, length: usize) -> Answer {
    let request = who.request("POST", "/api/uploads").header("tus-resumable", "1.0.0");
    // `CT 报告.pdf` and its type.
    let metadata = "filename Q1Qg5oql5ZGKLnBkZg==,filetype YXBwbGljYXRpb24vcGRm";
    who.send(request.header("upload-length", length.to_string()).header("upload-metadata", metadata)).await
}

/// A piece at `from`, to be sent.
pub fn piece(who: &Client, at: &str, from: usize) -> reqwest::RequestBuilder {
    let request = who.request("PATCH", at).header("tus-resumable", "1.0.0").header("upload-offset", from.to_string());
    request.header("content-type", "application/offset+octet-stream")
}

pub async fn patch(who: &Client, at: &str, from: usize, bytes: &[u8]) -> Answer {
    who.send(piece(who, at, from).body(bytes.to_vec())).await
}

/// HEAD.
pub async fn head(who: &Client, at: &str) -> Answer {
    who.send(who.request("HEAD", at).header("tus-resumable", "1.0.0")).await
}

/// How much is there.
pub async fn offset(who: &Client, at: &str) -> usize {
    let answer = head(who, at).await;
    assert_eq!(answer.status, 200, "HEAD {at}");
    number(&answer.headers, "upload-offset")
}

pub fn text(headers: &HeaderMap, name: &str) -> String {
    headers.get(name).unwrap_or_else(|| panic!("no {name}: {headers:?}")).to_str().unwrap().to_owned()
}

pub fn number(headers: &HeaderMap, name: &str) -> usize {
    text(headers, name).parse().unwrap()
}

/// A draft of the person's, to attach files to.
pub async fn draft(who: &Client) -> String {
    let begun = who.post("/api/drafts/consult", &json!({"body": {}})).await.ok();
    begun["id"].as_str().unwrap().to_owned()
}

/// Puts a complete upload into a draft.
pub async fn take(who: &Client, draft: &str, at: &str) -> Answer {
    let part = at.rsplit('/').next().unwrap();
    who.post(&format!("/api/consults/{draft}/files/web-1/take"), &json!({"part": part})).await
}
