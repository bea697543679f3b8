//! The checksum a client sends with a piece (tus 1.0, Checksum).

use super::refusal::Refusal;
use aws_lc_rs::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256};
use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The algorithms, as a server says them. SHA-1 is what tus demands of every server; it guards against chance alone.
pub(super) const ALGORITHMS: &str = "sha1,sha256";

/// What a piece must come to.
pub(super) struct Checksum {
    context: Context,
    expected: Vec<u8>,
}

impl Checksum {
    /// From `Upload-Checksum: sha1 <base64>`, if it was sent.
    pub(super) fn of(headers: &HeaderMap) -> Result<Option<Self>, Refusal> {
        const NAME: &str = "Upload-Checksum";
        let Some(value) = headers.get(NAME) else { return Ok(None) };
        let wrong = Refusal::Header(NAME);
        let Some((name, encoded)) = value.to_str().ok().and_then(|v| v.trim().split_once(' ')) else {
            return Err(wrong);
        };
        let algorithm = match name {
            "sha1" => &SHA1_FOR_LEGACY_USE_ONLY,
            "sha256" => &SHA256,
            _ => return Err(wrong),
        };
        match STANDARD.decode(encoded.trim()) {
            Ok(expected) if expected.len() == algorithm.output_len() => {
                Ok(Some(Self { context: Context::new(algorithm), expected }))
            }
            _ => Err(wrong),
        }
    }

    /// Takes some bytes into account.
    pub(super) fn update(&mut self, bytes: &[u8]) {
        self.context.update(bytes);
    }

    /// Whether the bytes were those that were meant.
    pub(super) fn holds(self) -> bool {
        self.context.finish().as_ref() == self.expected.as_slice()
    }
}
