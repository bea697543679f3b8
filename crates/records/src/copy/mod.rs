//! A store moved from one engine to the other: table by table, in the order of their keys, a batch a transaction.
//!
//! Called by `consilium db copy` while nobody serves either. It goes on where it broke off: what the target has of a table is
//! a beginning of the source's. The target cannot be opened before all of it is there, counted and hashed on both sides, and
//! its ledger proven. The index is made anew by the engine that opens it; sessions are left behind, everybody signs in again.

mod postgres;
mod sqlite;
mod tables;

use crate::chain::Head;
use crate::{StoreError, Verified};
use sha2::{Digest, Sha256};
use std::path::PathBuf;

pub use tables::{Follows, Kind, Table};
pub(crate) use tables::{TABLES, VERSIONS, WAITING};

/// How many rows are read and written at once.
pub(crate) const BATCH: usize = 500;
/// Fewer when they have more bytes than this together.
const AT_ONCE: usize = 8 << 20;

/// Acts that archived entries of looks.
const ARCHIVINGS: Table = Table {
    name: "(SELECT l.number, l.entry FROM ledger l JOIN ledger_archive a ON a.act=l.number) e",
    columns: &[("number", Kind::Integer), ("entry", Kind::Bytes)],
    key: 1,
    counts: false,
    follows: Follows::Own,
};

/// Where a store stands.
pub enum Place {
    /// In the folder of records.
    Sqlite(PathBuf),
    /// In a database. The options' schemas are those of the slices.
    Postgres(String, Box<crate::postgres::Options>),
}

/// A value of a row.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Cell {
    Null,
    Integer(i64),
    Text(String),
    Bytes(Vec<u8>),
}

impl Cell {
    fn size(&self) -> usize {
        match self {
            Self::Null | Self::Integer(_) => 9,
            Self::Text(text) => text.len() + 9,
            Self::Bytes(bytes) => bytes.len() + 9,
        }
    }

    pub(crate) fn hash(&self, hash: &mut Sha256) {
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
pub(crate) type Rows = Vec<Vec<Cell>>;

/// What was copied of one table, and in all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// Rows by table.
    pub tables: Vec<(&'static str, u64)>,
    /// The ledger of the copy, whole.
    pub verified: Verified,
}

#[expect(private_interfaces, reason = "a side is used whole: which engine it is stays here")]
pub(crate) enum Side {
    Sqlite(sqlite::Side),
    Postgres(postgres::Side),
}

impl Side {
    pub(crate) async fn source(place: &Place) -> Result<Self, StoreError> {
        Ok(match place {
            Place::Sqlite(dir) => Self::Sqlite(sqlite::Side::source(dir)?),
            Place::Postgres(url, options) => Self::Postgres(postgres::Side::source(url, options).await?),
        })
    }

    /// What others may have open, as it stands now and for as long as this lives.
    pub(crate) async fn snapshot(place: &Place) -> Result<Self, StoreError> {
        Ok(match place {
            Place::Sqlite(dir) => Self::Sqlite(sqlite::Side::snapshot(dir)?),
            Place::Postgres(url, options) => Self::Postgres(postgres::Side::snapshot(url, options).await?),
        })
    }

    pub(crate) async fn target(place: &Place, slices: &[&'static str]) -> Result<Self, StoreError> {
        Ok(match place {
            Place::Sqlite(dir) => Self::Sqlite(sqlite::Side::target(dir, slices)?),
            Place::Postgres(url, options) => Self::Postgres(postgres::Side::target(url, options).await?),
        })
    }

    /// Rows after a key, in the order of the key.
    pub(crate) async fn read(&self, table: &Table, after: Option<&[Cell]>) -> Result<Rows, StoreError> {
        match self {
            // Its writer is its sealer: nothing ever waits.
            Self::Sqlite(_) if table.name == WAITING.name => Ok(vec![]),
            Self::Sqlite(side) => side.read(table, after),
            Self::Postgres(side) => side.read(table, after).await,
        }
    }

    /// Every row of a table where `column` stands to the value as `how` says (`=`, `>=`), after a key.
    pub(crate) async fn read_where(
        &self,
        table: &Table,
        (column, how, value): (&str, &str, &Cell),
        after: Option<&[Cell]>,
    ) -> Result<Rows, StoreError> {
        match self {
            Self::Sqlite(side) => side.read_where(table, (column, how, value), after),
            Self::Postgres(side) => side.read_where(table, (column, how, value), after).await,
        }
    }

    /// The rows whose columns have one of these values, in no order.
    pub(crate) async fn matching(
        &self,
        table: &Table,
        columns: &[&str],
        keys: &[Vec<Cell>],
    ) -> Result<Rows, StoreError> {
        match self {
            _ if keys.is_empty() => Ok(vec![]),
            Self::Sqlite(side) => side.matching(table, columns, keys),
            Self::Postgres(side) => side.matching(table, columns, keys).await,
        }
    }

    pub(crate) async fn count(&self, table: &Table) -> Result<u64, StoreError> {
        match self {
            Self::Sqlite(side) => side.count(table),
            Self::Postgres(side) => side.count(table).await,
        }
    }

    /// How many versions of resources are stored.
    pub(crate) async fn versions(&self) -> Result<u64, StoreError> {
        match self {
            Self::Sqlite(side) => side.versions(),
            Self::Postgres(side) => side.versions().await,
        }
    }

    /// Writes rows over those of the same key. A version that is replaced becomes a past one.
    pub(crate) async fn put(&self, table: &Table, rows: &[Vec<Cell>]) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(side) => side.put(table, rows),
            Self::Postgres(side) => side.put(table, rows).await,
        }
    }

    /// Takes away what was written into tables that were empty, and the mark.
    pub(crate) async fn clear(&self, tables: &[&Table]) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(side) => side.clear(tables),
            Self::Postgres(side) => side.clear(tables).await,
        }
    }

    /// Bounds what is written and not yet in its place.
    pub(crate) fn settle(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(side) => side.settle(),
            Self::Postgres(_) => Ok(()),
        }
    }

    /// The last key there is.
    pub(crate) async fn last(&self, table: &Table) -> Result<Option<Vec<Cell>>, StoreError> {
        match self {
            Self::Sqlite(side) => side.last(table),
            Self::Postgres(side) => side.last(table).await,
        }
    }

    pub(crate) async fn write(&self, table: &Table, rows: Rows) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(side) => side.write(table, &rows),
            Self::Postgres(side) => side.write(table, &rows).await,
        }
    }

    /// From which store a copy was begun into this one: the first bytes of its ledger's head.
    pub(crate) async fn mark(&self) -> Result<Option<i64>, StoreError> {
        match self {
            Self::Sqlite(side) => side.mark(),
            Self::Postgres(side) => side.mark().await,
        }
    }

    pub(crate) async fn set_mark(&self, mark: i64) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(side) => side.set_mark(mark),
            Self::Postgres(side) => side.set_mark(mark).await,
        }
    }

    /// What follows from the rows, and that it is a whole store now.
    pub(crate) async fn finish(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(side) => side.finish(),
            Self::Postgres(side) => side.finish().await,
        }
    }

    pub(crate) async fn verify(&self) -> Result<Verified, StoreError> {
        self.prove(&[]).await
    }

    /// The same with archives.
    pub(crate) async fn prove(&self, archives: &[PathBuf]) -> Result<Verified, StoreError> {
        match self {
            Self::Sqlite(side) => side.prove(archives),
            Self::Postgres(side) => side.prove(archives).await,
        }
    }

    /// Runs statements that both engines know.
    pub(crate) async fn run(&self, sql: &str) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(side) => side.run(sql),
            Self::Postgres(side) => side.run(sql).await,
        }
    }

    /// Adds rows within a transaction that `run` began.
    pub(crate) async fn add(&self, table: &Table, rows: Rows) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(side) => side.add(table, &rows),
            Self::Postgres(side) => side.write(table, &rows).await,
        }
    }

    /// The entries that archived others, with their bytes.
    pub(crate) async fn archivings(&self) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        let mut all = vec![];
        for row in self.read(&ARCHIVINGS, None).await? {
            if let [Cell::Integer(number), Cell::Bytes(bytes)] = row.as_slice() {
                all.push((number.cast_unsigned(), bytes.clone()));
            }
        }
        Ok(all)
    }

    /// How many entries of an archive still have their bytes.
    pub(crate) async fn left_of(&self, archive: &crate::Archive) -> Result<u64, StoreError> {
        let name = format!(
            "(SELECT 1 FROM ledger_archived a JOIN ledger l ON l.number=a.number WHERE a.act={}) e",
            archive.act
        );
        match self {
            Self::Sqlite(side) => side.count_of(&name),
            Self::Postgres(side) => side.count_of(&name).await,
        }
    }

    /// The end of the ledger as it is kept beside it.
    pub(crate) async fn head(&self) -> Result<Head, StoreError> {
        let Some(table) = TABLES.iter().find(|t| t.name == "ledger_head") else { return Ok(Head::default()) };
        let rows = self.read(table, None).await?;
        let Some([_, Cell::Integer(number), Cell::Bytes(hash)]) = rows.first().map(Vec::as_slice) else {
            return Ok(Head::default());
        };
        let number = number.cast_unsigned();
        let why = || StoreError::Broken { number, why: "the hash of the ledger's end has another length".into() };
        Ok(Head { number, hash: hash.as_slice().try_into().map_err(|_| why())? })
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
    for table in TABLES.iter().chain(slices) {
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

pub(crate) async fn is_empty(target: &Side) -> Result<bool, StoreError> {
    for table in TABLES {
        if target.last(table).await?.is_some() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// How many rows a table has, and a hash over all of them.
pub(crate) async fn sum(side: &Side, table: &Table) -> Result<(u64, [u8; 32]), StoreError> {
    let (mut count, mut hash, mut after) = (0, Sha256::new(), None);
    loop {
        let rows = side.read(table, after.as_deref()).await?;
        let Some(last) = rows.last() else { return Ok((count, hash.finalize().into())) };
        after = Some(last[..table.key].to_vec());
        count += rows.len() as u64;
        rows.iter().flatten().for_each(|cell| cell.hash(&mut hash));
    }
}
