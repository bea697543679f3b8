//! Security headers of every answer. The page's own policy (with its nonce) is `web`'s.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// Sets what is not set yet.
pub fn secure(headers: &mut HeaderMap, https: bool) {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    // A page's parts are no page: what says how a page may be shown is for pages, and a first load has sixty parts.
    let is_part = ["text/javascript", "text/css", "font/"].iter().any(|part| kind.starts_with(part));
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    if !is_part {
        set(header::REFERRER_POLICY, "same-origin");
        set(header::X_FRAME_OPTIONS, "SAMEORIGIN");
        set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    }
    set(header::CACHE_CONTROL, "no-store");
    if https {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(kind))]);
        secure(&mut headers, true);
        headers
    }

    #[test]
    fn every_answer_says_what_it_is_and_a_page_how_it_may_be_shown() {
        for kind in ["text/html; charset=utf-8", "application/json", "image/svg+xml", "application/pdf", ""] {
            assert_eq!(of(kind)[header::X_FRAME_OPTIONS], "SAMEORIGIN", "{kind}");
            assert_eq!(of(kind)[header::REFERRER_POLICY], "same-origin", "{kind}");
        }
        for kind in ["text/javascript", "text/css", "font/woff2", "text/html"] {
            assert_eq!(of(kind)[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{kind}");
            assert_eq!(of(kind)["cross-origin-resource-policy"], "same-origin", "{kind}");
            assert!(of(kind).contains_key(header::STRICT_TRANSPORT_SECURITY), "{kind}");
        }
        assert!(!of("text/javascript").contains_key(header::X_FRAME_OPTIONS));
    }
}
