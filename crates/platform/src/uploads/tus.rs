//! The words of tus 1.0 in headers.

use super::part::Part;
use super::refusal::Refusal;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kernel::Time;

pub(super) const VERSION: &str = "1.0.0";
pub(super) const EXTENSIONS: &str = "creation,creation-with-upload,expiration,checksum,termination";
/// The media type of a piece.
pub(super) const PIECE: &str = "application/offset+octet-stream";
/// Longest `Upload-Metadata`.
const METADATA_MAX: usize = 4096;

/// Every answer says which tus it speaks.
pub(super) async fn mark(mut response: Response) -> Response {
    response.headers_mut().insert(HeaderName::from_static("tus-resumable"), HeaderValue::from_static(VERSION));
    response
}

/// Refuses other versions.
pub(super) fn check(headers: &HeaderMap) -> Result<(), Refusal> {
    match headers.get("tus-resumable") {
        Some(version) if version.as_bytes() == VERSION.as_bytes() => Ok(()),
        _ => Err(Refusal::Version),
    }
}

/// A number in a header.
pub(super) fn number(headers: &HeaderMap, name: &'static str) -> Result<u64, Refusal> {
    let value = headers.get(name).and_then(|v| v.to_str().ok()).map(str::trim);
    // `parse` would take a sign.
    let digits = value.filter(|v| !v.is_empty() && v.bytes().all(|b| b.is_ascii_digit()));
    digits.and_then(|v| v.parse().ok()).ok_or(Refusal::Header(name))
}

/// Whether the body is a piece of a file.
pub(super) fn is_piece(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|t| t.as_bytes() == PIECE.as_bytes())
}

/// `Upload-Metadata` as it was sent, checked.
pub(super) fn metadata(headers: &HeaderMap) -> Result<String, Refusal> {
    const NAME: &str = "Upload-Metadata";
    let Some(value) = headers.get(NAME) else { return Ok(String::new()) };
    let text = value.to_str().map_err(|_| Refusal::Header(NAME))?.trim();
    let fits = |pair: &str| {
        let (key, encoded) = pair.trim().split_once(' ').unwrap_or((pair.trim(), ""));
        !key.is_empty() && STANDARD.decode(encoded.trim()).is_ok()
    };
    if text.len() > METADATA_MAX || !text.is_empty() && !text.split(',').all(fits) {
        return Err(Refusal::Header(NAME));
    }
    Ok(text.to_owned())
}

/// One value of it, as text.
pub(super) fn of_metadata(metadata: &str, key: &str) -> Option<String> {
    let pairs = metadata.split(',').filter_map(|pair| pair.trim().split_once(' '));
    let (_, encoded) = pairs.into_iter().find(|(name, _)| *name == key)?;
    String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()
}

/// Sets where a part is and until when it is kept.
pub(super) fn state(headers: &mut HeaderMap, part: &Part) {
    set(headers, "upload-offset", &part.offset().to_string());
    set(headers, "upload-expires", &date(part.info().expires_at));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

pub(super) fn set(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(HeaderName::from_static(name), value);
    }
}

/// An instant as HTTP writes it (RFC 9110, 5.6.7).
fn date(at: Time) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
