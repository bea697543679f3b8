//! The store against its conformance suite, oracles, crashes and power cuts. One binary: linking takes longer than any file.
#![expect(clippy::unwrap_used, reason = "a failed expectation is a panic here")]

mod archive;
mod backup;
mod copy;
mod crash;
mod damage;
mod engine;
mod postgres;
mod postgres_bad_days;
mod postgres_engine;
mod power_loss;
mod several;
mod sqlite;
mod tampering;
mod visibility;
