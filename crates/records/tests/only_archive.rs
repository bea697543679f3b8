#![expect(clippy::unwrap_used, reason = "a failed expectation is a panic here")]
mod archive;
mod tampering;
