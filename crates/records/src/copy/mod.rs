//! A store moved from one engine to the other: table by table, in the order of their keys, a batch a transaction.
//!
//! Called by `consilium db copy` while nobody serves either. It goes on where it broke off: what the target has of a table is
//! a beginning of the source's. The target cannot be opened before all of it is there, counted and hashed on both sides, and
//! its ledger proven. The index is made anew by the engine that opens it; sessions are left behind, everybody signs in again.

mod postgres;
mod sqlite;
mod tables;

use crate::{StoreError, Verified};
use sha2::{Digest, Sha256};
use std::path::PathBuf;

pub use tables::{Kind, Table};

/// How many rows are read and written at once.
const BATCH: usize = 500;

/// Where a store stands.
pub enum Place {
    /// In the folder of records.
    Sqlite(PathBuf),
    /// In a database. The options' schemas are those of the slices.
    Postgres(String, Box<crate::postgres::Options>),
}

/// A value of a row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Null,
    Integer(i64),
    Text(String),
    Bytes(Vec<u8>),
}

impl Cell {
    fn hash(&self, hash: &mut Sha256) {
        let mut part = |kind: u8, bytes: &[u8]| {
            hash.update([kind]);
            hash.update((bytes.len() as u64).to_le_bytes());
            hash.update(bytes);
        };
        match self {
            Self::Null => part(0, &[]),
            Self::Integer(n) => part(1, &n.to_le_bytes()),
            Self::Text(text) => part(2, text.as_bytes()),
            Self::Bytes(bytes) => part(3, bytes),
        }
    }
}

/// Rows of one table.
type Rows = Vec<Vec<Cell>>;

/// What was copied of one table, and in all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// Rows by table.
    pub tables: Vec<(&'static str, u64)>,
    /// The ledger of the copy, whole.
    pub verified: Verified,
}

enum Side {
    Sqlite(sqlite::Side),
    Postgres(postgres::Side),
}

impl Side {
    async fn source(place: &Place) -> Result<Self, StoreError> {
        Ok(match place {
            Place::Sqlite(dir) => Self::Sqlite(sqlite::Side::source(dir)?),
            Place::Postgres(url, options) => Self::Postgres(postgres::Side::source(url, options).await?),
        })
    }

    async fn target(place: &Place, slices: &[&'static str]) -> Result<Self, StoreError> {
        Ok(match place {
            Place::Sqlite(dir) => Self::Sqlite(sqlite::Side::target(dir, slices)?),
            Place::Postgres(url, options) => Self::Postgres(postgres::Side::target(url, options).await?),
        })
    }

    /// Rows after a key, in the order of the key.
    async fn read(&self, table: &Table, after: Option<&[Cell]>) -> Result<Rows, StoreError> {
        match self {
            Self::Sqlite(side) => side.read(table, after),
            Self::Postgres(side) => side.read(table, after).await,
        }
    }

    /// The last key there is.
    async fn last(&self, table: &Table) -> Result<Option<Vec<Cell>>, StoreError> {
        match self {
            Self::Sqlite(side) => side.last(table),
            Self::Postgres(side) => side.last(table).await,
        }
    }

    async fn write(&self, table: &Table, rows: Rows) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(side) => side.write(table, &rows),
            Self::Postgres(side) => side.write(table, &rows).await,
        }
    }

    /// From which store a copy was begun into this one: the first bytes of its ledger's head.
    async fn mark(&self) -> Result<Option<i64>, StoreError> {
        match self {
            Self::Sqlite(side) => side.mark(),
            Self::Postgres(side) => side.mark().await,
        }
    }

    async fn set_mark(&self, mark: i64) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(side) => side.set_mark(mark),
            Self::Postgres(side) => side.set_mark(mark).await,
        }
    }

    /// What follows from the rows, and that it is a whole store now.
    async fn finish(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(side) => side.finish(),
            Self::Postgres(side) => side.finish().await,
        }
    }

    async fn verify(&self) -> Result<Verified, StoreError> {
        match self {
            Self::Sqlite(side) => side.verify(),
            Self::Postgres(side) => side.verify().await,
        }
    }
}

/// Copies a store; `slices` are the tables of slices, `sqlite_schemas` what makes them on SQLite. `told` hears of progress.
pub async fn copy(
    from: &Place,
    to: &Place,
    slices: &[Table],
    sqlite_schemas: &[&'static str],
    mut told: impl FnMut(&str),
) -> Result<Copied, StoreError> {
    let source = Side::source(from).await?;
    let before = source.verify().await?;
    let mark = before.head.first_chunk().map_or(0, |bytes| i64::from_le_bytes(*bytes)) ^ before.entries.cast_signed();
    let target = Side::target(to, sqlite_schemas).await?;
    match target.mark().await? {
        Some(begun) if begun == mark => told("goes on where it broke off"),
        Some(_) => return Err(StoreError::Engine("the target holds the beginning of another copy".into())),
        None if is_empty(&target).await? => target.set_mark(mark).await?,
        None => return Err(StoreError::Engine("the target is not empty".into())),
    }
    let mut counts = vec![];
    for table in tables::TABLES.iter().chain(slices) {
        let mut after = target.last(table).await?;
        loop {
            let rows = source.read(table, after.as_deref()).await?;
            let Some(last) = rows.last() else { break };
            after = Some(last[..table.key].to_vec());
            target.write(table, rows).await?;
        }
        let (kept, came) = (sum(&source, table).await?, sum(&target, table).await?);
        if kept != came {
            let why = format!("{}: {} rows became {}, or were changed on the way", table.name, kept.0, came.0);
            return Err(StoreError::Corrupt(why));
        }
        told(&format!("{}: {} rows", table.name, kept.0));
        counts.push((table.name, kept.0));
    }
    let verified = target.verify().await?;
    if verified != before {
        return Err(StoreError::Corrupt("the ledger of the copy is not that of the source".into()));
    }
    target.finish().await?;
    Ok(Copied { tables: counts, verified })
}

async fn is_empty(target: &Side) -> Result<bool, StoreError> {
    for table in tables::TABLES {
        if target.last(table).await?.is_some() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// How many rows a table has, and a hash over all of them.
async fn sum(side: &Side, table: &Table) -> Result<(u64, [u8; 32]), StoreError> {
    let (mut count, mut hash, mut after) = (0, Sha256::new(), None);
    loop {
        let rows = side.read(table, after.as_deref()).await?;
        let Some(last) = rows.last() else { return Ok((count, hash.finalize().into())) };
        after = Some(last[..table.key].to_vec());
        count += rows.len() as u64;
        rows.iter().flatten().for_each(|cell| cell.hash(&mut hash));
    }
}
