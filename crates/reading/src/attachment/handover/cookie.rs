//! The phone's cookie: sent to `/api/handover` alone, and worth nothing anywhere else.

use super::row::{Handover, LASTS, Refusal};
use super::table;
use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use platform::{Problem, Shared};
use sha2::{Digest, Sha256};

const NAME: &str = "handover";

/// A secret of 256 bits as text, and its hash.
pub(super) fn secret(platform: &Shared) -> (String, [u8; 32]) {
    let mut secret = [0; 32];
    platform.ids.fill(&mut secret);
    (URL_SAFE_NO_PAD.encode(secret), Sha256::digest(secret).into())
}

/// The hash of a secret as it was given out; none when it is of another shape.
pub(super) fn hash(text: &str) -> Option<[u8; 32]> {
    let secret = URL_SAFE_NO_PAD.decode(text).ok().filter(|s| s.len() == 32)?;
    Some(Sha256::digest(secret).into())
}

/// The header that hands it to the phone.
pub(super) fn set(secret: &str, secure: bool) -> Result<HeaderValue, Problem> {
    let https = if secure { "; Secure" } else { "" };
    let seconds = LASTS.as_secs();
    HeaderValue::from_str(&format!(
        "{NAME}={secret}; Path=/api/handover; HttpOnly; SameSite=Strict; Max-Age={seconds}{https}"
    ))
    .map_err(Problem::internal)
}

/// The handover of the phone that asks.
pub(super) async fn handover(platform: &Shared, headers: &HeaderMap) -> Result<Handover, Problem> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let hash = pairs.find(|(name, _)| *name == NAME).and_then(|(_, value)| hash(value)).ok_or(Refusal::Over)?;
    Ok(table::find(platform, "device", hash).await?.ok_or(Refusal::Over)?)
}
