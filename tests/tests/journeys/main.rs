//! Whole stories over HTTP, as browsers tell them.
#![expect(clippy::unwrap_used, reason = "a failed expectation is a panic here")]

mod consult;
