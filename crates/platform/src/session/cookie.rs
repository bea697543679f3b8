//! The cookie that carries a session's token.

use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// Its name. `__Host-` binds it to this host and to HTTPS, which plain HTTP on loopback does not have.
fn name(secure: bool) -> &'static str {
    if secure { "__Host-session" } else { "session" }
}

/// The SHA-256 of the token in the request's cookie; none when there is none of our shape.
pub fn token(headers: &HeaderMap, secure: bool) -> Option<[u8; 32]> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(key, _)| *key == name(secure))?;
    let token = URL_SAFE_NO_PAD.decode(value).ok().filter(|t| t.len() == 32)?;
    Some(Sha256::digest(token).into())
}

/// The header that hands a token to the browser; it goes with the browser's session, ours may end before.
pub fn set(token: &[u8; 32], secure: bool) -> HeaderValue {
    header_value(&URL_SAFE_NO_PAD.encode(token), "", secure)
}

/// The header that takes it away.
pub fn clear(secure: bool) -> HeaderValue {
    header_value("", "; Max-Age=0", secure)
}

fn header_value(value: &str, more: &str, secure: bool) -> HeaderValue {
    let https = if secure { "; Secure" } else { "" };
    let text = format!("{}={value}; Path=/; HttpOnly; SameSite=Lax{https}{more}", name(secure));
    HeaderValue::from_str(&text).unwrap_or_else(|_| unreachable!("base64 is visible ASCII"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_is_read_back_hashed() {
        let secret = [7; 32];
        for secure in [false, true] {
            let set = set(&secret, secure);
            let pair = set.to_str().unwrap().split(';').next().unwrap().to_owned();
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, format!("other=1; {pair}").parse().unwrap());
            assert_eq!(token(&headers, secure), Some(Sha256::digest(secret).into()));
            assert_eq!(token(&headers, !secure), None, "the other scheme's cookie does not count");
        }
    }

    #[test]
    fn a_cookie_of_another_shape_is_none() {
        for value in ["", "AAAA", "@@@@", &"A".repeat(4000)] {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, format!("session={value}").parse().unwrap());
            assert_eq!(token(&headers, false), None, "{value}");
        }
    }
}
