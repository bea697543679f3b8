//! The web app: files built beforehand and put into the binary, compressed; every other address of a page is the app's.

use crate::Shared;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bytes::Bytes;
use std::sync::Arc;

/// A file of the web app.
pub struct Asset {
    /// Its bytes.
    pub bytes: Bytes,
    /// Its media type.
    pub mime: String,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
}

/// Where the files are.
pub trait Assets: Send + Sync + 'static {
    /// The file at a path without a leading slash.
    fn get(&self, path: &str) -> Option<Asset>;
}

/// First segments that are never a page's.
const NOT_PAGES: &[&str] = &["api", "assets", "dicom-web", "events", "fhir", "health", "metrics", "whep", "whip", "ws"];
/// Where the page wants the nonce of its policy.
const NONCE: &str = "__CSP_NONCE__";

/// Answers what no route has answered.
pub async fn serve(State((platform, assets)): State<(Shared, Arc<dyn Assets>)>, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let path = request.uri().path().trim_start_matches('/');
    if !path.is_empty() && !matches!(path, "index.html" | "phone.html") && !path.ends_with(".br") {
        if let Some(asset) = assets.get(path) {
            return file(path, asset, &*assets, request.headers());
        }
        let first = path.split('/').next().unwrap_or_default();
        let last = path.rsplit('/').next().unwrap_or_default();
        if NOT_PAGES.contains(&first) || last.contains('.') {
            return StatusCode::NOT_FOUND.into_response();
        }
    }
    page(&platform, &*assets, page_of(path))
}

/// The page of an address: a light one of its own, or the app.
fn page_of(path: &str) -> &'static str {
    // A phone that has read a code loads nothing of the app.
    if path == "phone" { "phone.html" } else { "index.html" }
}

fn file(path: &str, asset: Asset, assets: &dyn Assets, headers: &HeaderMap) -> Response {
    let etag = format!("\"{}\"", &hex::encode(asset.sha256)[..32]);
    // Files under assets/ carry a hash of their content in their name.
    let forever = path.starts_with("assets/");
    let cache = if forever { "public, max-age=31536000, immutable" } else { "no-cache" };
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|v| v.as_bytes() == etag.as_bytes());
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let brotli = accepted.split(',').any(|e| e.split(';').next().unwrap_or_default().trim() == "br");
    let small = if brotli && !known { assets.get(&format!("{path}.br")) } else { None };
    let compressed = small.is_some();
    let body = if known { Body::empty() } else { Body::from(small.map_or(asset.bytes, |s| s.bytes)) };
    let mut response = Response::new(body);
    if known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let mut set = |name, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    };
    set(header::ETAG, &etag);
    set(header::CACHE_CONTROL, cache);
    set(header::VARY, "Accept-Encoding");
    set(header::CONTENT_TYPE, &asset.mime);
    if compressed {
        set(header::CONTENT_ENCODING, "br");
    }
    response
}

fn page(platform: &Shared, assets: &dyn Assets, name: &str) -> Response {
    let Some(index) = assets.get(name) else { return not_built() };
    let mut chance = [0; 16];
    platform.ids.fill(&mut chance);
    let nonce = STANDARD_NO_PAD.encode(chance);
    let html = String::from_utf8_lossy(&index.bytes).replace(NONCE, &nonce);
    let mut response = html.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(policy) = HeaderValue::from_str(&policy(&nonce)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    let devices = "camera=(self), microphone=(self), display-capture=(self), fullscreen=(self), geolocation=()";
    headers.insert("permissions-policy", HeaderValue::from_static(devices));
    response
}

/// Scripts of our own alone; WebAssembly and blob workers for the picture decoders; styles by nonce, attributes excepted.
fn policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; \
         style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob: mediastream:; \
         font-src 'self' data:; connect-src 'self' blob: data:; worker-src 'self' blob:; frame-src 'self' blob:; \
         manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'; object-src 'none'"
    )
}

fn not_built() -> Response {
    let html = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Consilium</title>\
        <h1>Consilium</h1><p>The server runs, but this binary was built without its web app.</p>\
        <p>Build it once with <code>cargo xtask demo</code>, or with <code>npm ci &amp;&amp; npm run build</code> in \
        <code>web/</code> and then the binary again.</p><p>The API is at <a href=\"/api/openapi.json\">/api/openapi.json</a>.</p></html>";
    (StatusCode::OK, [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-store")], html)
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct One;

    impl Assets for One {
        fn get(&self, path: &str) -> Option<Asset> {
            let of = |text: &'static str| {
                Some(Asset {
                    bytes: Bytes::from_static(text.as_bytes()),
                    mime: "text/javascript".into(),
                    sha256: [7; 32],
                })
            };
            match path {
                "assets/a.js" => of("plain"),
                "assets/a.js.br" => of("small"),
                _ => None,
            }
        }
    }

    fn asked(pairs: &[(&str, &str)]) -> Response {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(header::HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap());
        }
        file("assets/a.js", One.get("assets/a.js").unwrap(), &One, &headers)
    }

    #[test]
    fn small_for_those_who_take_it_and_nothing_for_those_who_have_it() {
        let plain = asked(&[]);
        assert!(!plain.headers().contains_key(header::CONTENT_ENCODING));
        let small = asked(&[("accept-encoding", "gzip, br;q=0.9")]);
        assert_eq!(small.headers()[header::CONTENT_ENCODING], "br");
        assert!(small.headers()[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
        let etag = small.headers()[header::ETAG].to_str().unwrap().to_owned();
        assert_eq!(asked(&[("if-none-match", &etag)]).status(), StatusCode::NOT_MODIFIED);
    }

    #[test]
    fn the_policy_names_the_nonce_and_forbids_the_rest() {
        let policy = policy("abc");
        assert!(policy.starts_with("default-src 'none'; script-src 'self' 'nonce-abc' 'wasm-unsafe-eval';"));
        assert!(!policy.contains("'unsafe-eval'") && !policy.contains("script-src 'self' 'unsafe-inline'"));
    }
}
