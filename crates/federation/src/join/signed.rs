//! A gateway's request, signed with its key (ECDSA P-256 over SHA-256) over method, path, body, time and a word used once.
//!
//! Not mutual TLS: hospitals' proxies and the centre's own end TLS, and a server that asks browsers for certificates frightens
//! people (decision 0026). The signature goes through both. It must stay pure: time and chance are arguments.

use super::invitation::hash;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use kernel::Time;
use p256::ecdsa::signature::{Signer, Verifier};
use p256::ecdsa::{DerSignature, SigningKey, VerifyingKey};

/// The gateway's id.
pub const GATEWAY: &str = "x-consilium-gateway";
/// When it was signed, milliseconds since 1970, by the centre's clock as the gateway knows it.
pub const TIME: &str = "x-consilium-time";
/// 16 bytes of chance, hexadecimal.
pub const NONCE: &str = "x-consilium-nonce";
/// The signature, DER in base64url.
pub const SIGNATURE: &str = "x-consilium-signature";

/// A request is good for so long before and after the instant it names; for so long its word is remembered.
pub const GOOD_FOR: SignedDuration = SignedDuration::from_secs(120);
/// A word's length, hexadecimal.
const NONCE_LENGTH: usize = 32;

/// What is signed.
#[derive(Debug, Clone, Copy)]
pub struct Said<'a> {
    /// `GET`, `POST`, …
    pub method: &'a str,
    /// Path and query.
    pub path: &'a str,
    /// The body's bytes.
    pub body: &'a [u8],
    /// Milliseconds since 1970.
    pub time_ms: i64,
    /// Used once.
    pub nonce: &'a str,
}

/// Why a signed request is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Untrusted {
    /// The word is not 32 hexadecimal digits.
    Nonce,
    /// The time is too far from ours.
    Clock,
    /// The key did not sign this.
    Signature,
}

impl Said<'_> {
    fn text(&self) -> String {
        let Self { method, path, body, time_ms, nonce } = self;
        format!("consilium-gateway-1\n{method}\n{path}\n{}\n{time_ms}\n{nonce}", hash(body))
    }

    /// Signs it.
    pub fn sign(&self, key: &SigningKey) -> String {
        let signature: DerSignature = key.sign(self.text().as_bytes());
        URL_SAFE_NO_PAD.encode(signature.as_bytes())
    }

    /// Whether the key of this point signed it, about now.
    pub fn check(&self, point: &[u8], signature: &str, now: Time) -> Result<(), Untrusted> {
        let is_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if self.nonce.len() != NONCE_LENGTH || !self.nonce.bytes().all(is_hex) {
            return Err(Untrusted::Nonce);
        }
        let apart = i128::from(self.time_ms) - i128::from(now.as_millisecond());
        let key = VerifyingKey::from_sec1_bytes(point).map_err(|_| Untrusted::Signature)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| Untrusted::Signature)?;
        let signature = DerSignature::from_bytes(&signature).map_err(|_| Untrusted::Signature)?;
        key.verify(self.text().as_bytes(), &signature).map_err(|_| Untrusted::Signature)?;
        // Told to the owner of the key alone.
        if apart.abs() > GOOD_FOR.as_millis() { Err(Untrusted::Clock) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_is_signed() {
        let key = SigningKey::from_slice(&[3; 32]).unwrap();
        let point = key.verifying_key().to_sec1_point(false).as_bytes().to_vec();
        let now: Time = "2026-11-21T04:00:00Z".parse().unwrap();
        let nonce = "0123456789abcdef0123456789abcdef";
        let said =
            Said { method: "POST", path: "/api/join/heartbeat", body: b"{}", time_ms: now.as_millisecond(), nonce };
        let signature = said.sign(&key);
        assert_eq!(said.check(&point, &signature, now), Ok(()));
        let other = "1123456789abcdef0123456789abcdef";
        for forged in [
            Said { method: "GET", ..said },
            Said { path: "/api/join/renew", ..said },
            Said { body: b"{ }", ..said },
            Said { time_ms: said.time_ms + 1, ..said },
            Said { nonce: other, ..said },
        ] {
            assert_eq!(forged.check(&point, &signature, now), Err(Untrusted::Signature), "{forged:?}");
        }
        let stranger = SigningKey::from_slice(&[4; 32]).unwrap();
        assert_eq!(said.check(&point, &said.sign(&stranger), now), Err(Untrusted::Signature));
        for bad in ["", "0", "0123456789ABCDEF0123456789ABCDEF"] {
            assert_eq!(Said { nonce: bad, ..said }.check(&point, &signature, now), Err(Untrusted::Nonce));
        }
        for (off, told) in [(120, Ok(())), (121, Err(Untrusted::Clock)), (-120, Ok(())), (-121, Err(Untrusted::Clock))]
        {
            assert_eq!(said.check(&point, &signature, now + SignedDuration::from_secs(off)), told, "{off}");
        }
    }
}
