//! Files and images over HTTP, on a real store.
#![expect(clippy::unwrap_used, reason = "a failed expectation is a panic here")]

mod attach;
mod bombs;
mod dicomweb;
mod handover;
mod harness;
