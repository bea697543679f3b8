//! Answers in words go over the line in a fifth of their size: a county line of 2 Mbit/s carries an inbox in 30 ms instead
//! of 140. Pixels, prints and files are compressed already, and a stream of events must leave at once.

use axum::http::{Extensions, HeaderMap, StatusCode, Version, header};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{And, Predicate, SizeAbove};

/// Below one packet nothing is won.
const WORTH_IT: u64 = 1024;

type Words = fn(StatusCode, Version, &HeaderMap, &Extensions) -> bool;

/// The layer outside of all others: what it sees is final.
pub(super) fn layer() -> CompressionLayer<And<SizeAbove, Words>> {
    let words: Words = |_, _, headers, _| is_words(headers);
    // The fastest level: the store answers in a millisecond, and more effort costs more than the bytes it saves.
    CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(SizeAbove::new(WORTH_IT).and(words))
}

fn is_words(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind == "text/html" || kind == "application/json" || kind.ends_with("+json")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use axum::routing::get;
    use tower::ServiceExt;

    #[tokio::test]
    async fn words_are_compressed_and_nothing_else() {
        let answer =
            |kind: &'static str, len: usize| get(async move || ([(header::CONTENT_TYPE, kind)], "甲".repeat(len)));
        let app = Router::new()
            .route("/json", answer("application/json", 4000))
            .route("/dicom", answer("application/dicom+json; charset=utf-8", 4000))
            .route("/short", answer("application/json", 20))
            .route("/events", answer("text/event-stream", 4000))
            .route("/frame", answer("multipart/related; type=\"application/octet-stream\"", 4000))
            .layer(layer());
        for (path, accepted, expected) in [
            ("/json", "gzip, br", Some("br")),
            ("/json", "gzip", Some("gzip")),
            ("/json", "identity", None),
            ("/dicom", "gzip", Some("gzip")),
            ("/short", "gzip", None),
            ("/events", "gzip", None),
            ("/frame", "gzip", None),
        ] {
            let request = Request::get(path).header(header::ACCEPT_ENCODING, accepted).body(Body::empty()).unwrap();
            let response = app.clone().oneshot(request).await.unwrap();
            let encoding = response.headers().get(header::CONTENT_ENCODING).map(|v| v.to_str().unwrap().to_owned());
            assert_eq!(encoding.as_deref(), expected, "{path} {accepted}");
            let sent = to_bytes(response.into_body(), usize::MAX).await.unwrap().len();
            assert_eq!(sent < 1000, expected.is_some() || path == "/short", "{path}: {sent} bytes");
        }
    }
}
