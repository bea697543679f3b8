//! The archive's rows, outside `resource`: instances are many, and a list of them must open no file.
//!
//! `sqlite.rs` holds the SQL; PostgreSQL will stand beside it under the same tests. Everybody else handles [`rows`].

pub(crate) mod rows;
pub(crate) mod sqlite;
