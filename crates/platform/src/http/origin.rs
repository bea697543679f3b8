//! A page of another site must not act with our cookie.

use crate::{Problem, Shared};
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};

/// Refuses a request that changes something, or opens a WebSocket, when a foreign page made it.
pub fn check(platform: &Shared, request: &Request) -> Result<(), Problem> {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if reads && !request.headers().contains_key(header::UPGRADE) {
        return Ok(());
    }
    let host = request.uri().authority().map(ToString::to_string);
    if is_own(request.headers(), host.as_deref(), &platform.settings.http.public_url) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "origin.foreign",
        "Another site tried to act in your name; nothing was done. Open Consilium by its own address.",
    ))
}

/// Whether the request comes from our own page, or from no page at all (a program: it has no browser's cookies).
fn is_own(headers: &HeaderMap, authority: Option<&str>, public_url: &str) -> bool {
    let text = |name| headers.get(name).and_then(|v| v.to_str().ok());
    if headers.contains_key("sec-fetch-site") && !matches!(text("sec-fetch-site"), Some("same-origin" | "none")) {
        return false;
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let Ok(origin) = origin.to_str() else { return false };
    if !public_url.is_empty() && origin == public_url.trim_end_matches('/') {
        return true;
    }
    let host = text("host").or(authority);
    let Some((_, place)) = origin.split_once("://") else { return false };
    host.is_some_and(|host| place.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_and_foreign_pages() {
        let cases: [(&[(&str, &str)], bool); 9] = [
            (&[("host", "tele.example:8443"), ("origin", "https://tele.example:8443")], true),
            (&[("host", "tele.example"), ("origin", "https://evil.example")], false),
            (&[("host", "tele.example"), ("origin", "https://tele.example.evil.example")], false),
            (&[("host", "tele.example:8443"), ("origin", "https://tele.example:9000")], false),
            (&[("host", "tele.example"), ("origin", "null")], false),
            (&[("host", "inner:1"), ("origin", "https://public.example")], true),
            (&[("host", "tele.example")], true),
            (&[("host", "tele.example"), ("sec-fetch-site", "cross-site")], false),
            (&[("host", "tele.example"), ("sec-fetch-site", "same-site")], false),
        ];
        for (pairs, expected) in cases {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, value.parse().unwrap());
            }
            assert_eq!(is_own(&headers, None, "https://public.example/"), expected, "{pairs:?}");
        }
    }
}
