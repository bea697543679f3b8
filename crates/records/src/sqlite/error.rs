//! The engine's errors in the store's words.

use crate::{CommitError, StoreError};
use rusqlite::{ErrorCode, ffi};

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::Error::{FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType};
        // A value that no program of ours wrote there.
        if let FromSqlConversionFailure(..) | IntegralValueOutOfRange(..) | InvalidColumnType(..) = error {
            return Self::Corrupt(error.to_string());
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::ReadOnly) => Self::ReadOnly,
            Some(ErrorCode::SystemIoFailure) if is_of_writing(&error) => Self::ReadOnly,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged(format!("{FILE}: {error}")),
            Some(ErrorCode::SystemIoFailure) if is_of_reading(&error) => Self::Damaged(format!("{FILE}: {error}")),
            _ => Self::Engine(error.to_string()),
        }
    }
}

/// What is named to who must restore it.
pub(super) const FILE: &str = "records.sqlite";

/// The disk does not give back what is on it.
fn is_of_reading(error: &rusqlite::Error) -> bool {
    let extended = error.sqlite_error().map_or(0, |e| e.extended_code);
    [ffi::SQLITE_IOERR_READ, ffi::SQLITE_IOERR_CORRUPTFS, ffi::SQLITE_IOERR_DATA].contains(&extended)
}

/// The engine does not say why the system refused: a file system that was remounted read-only, a dead disk.
fn is_of_writing(error: &rusqlite::Error) -> bool {
    let extended = error.sqlite_error().map_or(0, |e| e.extended_code);
    [
        ffi::SQLITE_IOERR_WRITE,
        ffi::SQLITE_IOERR_FSYNC,
        ffi::SQLITE_IOERR_DIR_FSYNC,
        ffi::SQLITE_IOERR_TRUNCATE,
        ffi::SQLITE_IOERR_SHMSIZE,
    ]
    .contains(&extended)
}

impl From<rusqlite::Error> for CommitError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}
