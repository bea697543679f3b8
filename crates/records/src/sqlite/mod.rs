//! The SQLite engine: one writer with group commit, a pool of readers, its own sealer.

/// The embedded store.
pub struct Sqlite {}
