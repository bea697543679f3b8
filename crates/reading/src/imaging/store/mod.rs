//! The archive's rows, outside `resource`: instances are many, and a list of them must open no file.
//!
//! `sqlite.rs` and `postgres.rs` hold the SQL, side by side; everybody else asks [`Archive`] and handles [`rows`].

mod archive;
mod batch;
mod packed;
pub(crate) mod postgres;
pub(crate) mod rows;
pub(crate) mod sqlite;
mod tables;

pub(crate) use archive::{Archive, Known};
pub use tables::TABLES;
