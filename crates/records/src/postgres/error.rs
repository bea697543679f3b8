//! The engine's errors in the store's words.

use crate::{CommitError, StoreError};
use deadpool_postgres::{HookError, PoolError};
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        if is_away(&error) {
            return Self::Unavailable(told(&error));
        }
        let Some(state) = error.code() else { return Self::Engine(told(&error)) };
        match *state {
            SqlState::DISK_FULL => Self::DiskFull,
            SqlState::READ_ONLY_SQL_TRANSACTION => Self::ReadOnly,
            SqlState::DATA_CORRUPTED | SqlState::INDEX_CORRUPTED => Self::Corrupt(told(&error)),
            _ => Self::Engine(told(&error)),
        }
    }
}

impl From<Error> for CommitError {
    fn from(error: Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<PoolError> for StoreError {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Closed => Self::Closed,
            PoolError::Backend(e) | PoolError::PostCreateHook(HookError::Backend(e)) => e.into(),
            PoolError::PostCreateHook(HookError::Message(why)) => Self::Engine(why.into_owned()),
            PoolError::Timeout(_) => Self::Unavailable("no connection became free in time".into()),
            other => Self::Engine(other.to_string()),
        }
    }
}

impl From<PoolError> for CommitError {
    fn from(error: PoolError) -> Self {
        Self::Store(error.into())
    }
}

/// Why rows of a slice could not be written.
#[derive(Debug)]
pub enum BulkError {
    /// The database refused them.
    Database(Error),
    /// They are no such rows; said for the log.
    Rows(String),
}

impl From<Error> for BulkError {
    fn from(error: Error) -> Self {
        Self::Database(error)
    }
}

/// What the database said, without the values it said it of: those may be a patient's.
fn told(error: &Error) -> String {
    match error.as_db_error() {
        Some(db) => format!("{} ({})", db.message(), db.code().code()),
        None => {
            let cause = std::error::Error::source(error).map_or(String::new(), |e| format!(": {e}"));
            format!("{error}{cause}")
        }
    }
}

/// Two transactions were in each other's way: the same again may go through.
pub(super) fn is_collision(error: &Error) -> bool {
    error.code().is_some_and(|c| *c == SqlState::T_R_DEADLOCK_DETECTED || *c == SqlState::T_R_SERIALIZATION_FAILURE)
}

/// The connection is gone, or about to go.
pub(super) fn is_lost(error: &Error) -> bool {
    let ended = [SqlState::ADMIN_SHUTDOWN, SqlState::CRASH_SHUTDOWN, SqlState::CANNOT_CONNECT_NOW];
    error.is_closed() || error.code().is_some_and(|c| ended.contains(c))
}

/// It is stopped, starting, cut off, or has no connection left: asked again in a moment it may answer.
fn is_away(error: &Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        if inner.is::<std::io::Error>() {
            return true;
        }
        cause = inner.source();
    }
    let full = |c: &SqlState| *c == SqlState::TOO_MANY_CONNECTIONS || c.code().starts_with("08");
    is_lost(error) || error.code().is_some_and(full)
}

/// Text as the engine takes it: it has no place for a zero character.
pub(crate) fn text(text: &str) -> String {
    text.replace('\0', "\u{FFFD}")
}
