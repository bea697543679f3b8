//! `multipart/related` (RFC 2387), and what a client will take.

use axum::body::Body;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

/// Between parts. Its length and letters make it unlikely inside; receivers here go by Content-Length anyway.
const BOUNDARY: &str = "consilium-7f0b5c1e9d2a4386";

/// Whether the client asks for parts, or would take the bytes bare.
pub(super) fn wants_bare(headers: &HeaderMap, media_type: &str) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or("*/*");
    // The first that fits counts; a browser that follows a link asks for a page and takes anything.
    for range in accept.split(',').map(|r| r.trim().to_ascii_lowercase()) {
        if range.starts_with("multipart/related") {
            return false;
        }
        if range.starts_with(media_type) || range.starts_with("text/html") {
            return true;
        }
    }
    false
}

/// Whether the client takes frames in this transfer syntax.
pub(super) fn takes_syntax(headers: &HeaderMap, syntax: &str) -> bool {
    let Some(accept) = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()) else { return true };
    let mut named = accept.split([',', ';']).filter_map(|p| p.trim().strip_prefix("transfer-syntax=")).peekable();
    if named.peek().is_none() {
        return true;
    }
    named.any(|wanted| matches!(wanted.trim_matches('"'), wanted if wanted == "*" || wanted == syntax))
}

/// Parts of one media type.
pub(super) fn related(media_type: &str, syntax: &str, parts: Vec<Bytes>) -> Response {
    let mut pieces: Vec<Bytes> = Vec::with_capacity(2 * parts.len() + 1);
    for part in parts {
        let before = if pieces.is_empty() { "" } else { "\r\n" };
        let head = format!(
            "{before}--{BOUNDARY}\r\nContent-Type: {media_type}; transfer-syntax={syntax}\r\nContent-Length: {}\r\n\r\n",
            part.len()
        );
        pieces.push(head.into());
        pieces.push(part);
    }
    pieces.push(format!("\r\n--{BOUNDARY}--\r\n").into());
    let length: usize = pieces.iter().map(Bytes::len).sum();
    let kind = format!("multipart/related; type=\"{media_type}\"; boundary={BOUNDARY}");
    let stream = futures::stream::iter(pieces.into_iter().map(Ok::<_, std::convert::Infallible>));
    let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_LENGTH, length.to_string())];
    (headers, Body::from_stream(stream)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_as_asked() {
        let of = |accept: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, accept.parse().unwrap());
            headers
        };
        let bytes = "application/octet-stream";
        assert!(!wants_bare(&of("multipart/related; type=application/octet-stream; transfer-syntax=*"), bytes));
        assert!(wants_bare(&of("application/octet-stream; transfer-syntax=*"), bytes));
        assert!(!wants_bare(&of("*/*"), bytes));
        assert!(wants_bare(&of("text/html,application/xhtml+xml,*/*;q=0.8"), "application/dicom"));
        for (accept, takes) in [
            ("*/*", true),
            ("multipart/related; type=\"application/octet-stream\"; transfer-syntax=*", true),
            ("multipart/related; transfer-syntax=1.2.3", true),
            ("multipart/related; transfer-syntax=1.2.4", false),
        ] {
            assert_eq!(takes_syntax(&of(accept), "1.2.3"), takes, "{accept}");
        }
    }
}
