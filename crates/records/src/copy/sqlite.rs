//! One side of a copy, on SQLite.

use super::{AT_ONCE, BATCH, Cell, Kind, Rows, Table};
use crate::sqlite::{self, Sqlite};
use crate::{StoreError, Verified};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension, ToSql, params_from_iter};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

pub(super) struct Side {
    dir: PathBuf,
    db: Mutex<Connection>,
    /// Held so that nobody serves the store meanwhile; not where one only looks.
    _lock: Option<File>,
}

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(n) => ValueRef::Integer(*n),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl Side {
    pub(super) fn source(dir: &Path) -> Result<Self, StoreError> {
        let (db, lock) = sqlite::alone(dir, None)?;
        Ok(Self { dir: dir.to_owned(), db: Mutex::new(db), _lock: Some(lock) })
    }

    pub(super) fn snapshot(dir: &Path) -> Result<Self, StoreError> {
        Ok(Self { dir: dir.to_owned(), db: Mutex::new(sqlite::snapshot(dir)?), _lock: None })
    }

    pub(super) fn target(dir: &Path, slices: &[&str]) -> Result<Self, StoreError> {
        let (db, lock) = sqlite::alone(dir, Some(slices))?;
        Ok(Self { dir: dir.to_owned(), db: Mutex::new(db), _lock: Some(lock) })
    }

    fn db(&self) -> std::sync::MutexGuard<'_, Connection> {
        self.db.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn select(&self, table: &Table, columns: usize, rest: &str, args: &[Cell]) -> Result<Rows, StoreError> {
        let names: Vec<String> = table.columns[..columns].iter().map(|(name, _)| format!("\"{name}\"")).collect();
        let sql = format!("SELECT {} FROM {} {rest}", names.join(","), table.name);
        let db = self.db();
        let mut statement = db.prepare_cached(&sql)?;
        let mut found = statement.query(params_from_iter(args))?;
        let (mut rows, mut bytes) = (vec![], 0);
        while let Some(r) = found.next()? {
            let row: Vec<Cell> =
                (0..columns).map(|i| cell(r.get_ref(i)?, table.columns[i].1)).collect::<rusqlite::Result<_>>()?;
            bytes += row.iter().map(Cell::size).sum::<usize>();
            rows.push(row);
            if bytes > AT_ONCE {
                break;
            }
        }
        Ok(rows)
    }

    pub(super) fn read(&self, table: &Table, after: Option<&[Cell]>) -> Result<Rows, StoreError> {
        let key = key(table);
        let order = format!("ORDER BY {key} LIMIT {BATCH}");
        match after {
            None => self.select(table, table.columns.len(), &order, &[]),
            Some(after) => {
                let marks = vec!["?"; after.len()].join(",");
                self.select(table, table.columns.len(), &format!("WHERE ({key})>({marks}) {order}"), after)
            }
        }
    }

    /// Rows where a column has a value, or at least that value, after a key.
    pub(super) fn read_where(
        &self,
        table: &Table,
        (column, how, value): (&str, &str, &Cell),
        after: Option<&[Cell]>,
    ) -> Result<Rows, StoreError> {
        let (key, mut args) = (key(table), vec![value.clone()]);
        let mut rest = format!("WHERE \"{column}\"{how}?");
        if let Some(after) = after {
            rest += &format!(" AND ({key})>({})", vec!["?"; after.len()].join(","));
            args.extend_from_slice(after);
        }
        self.select(table, table.columns.len(), &format!("{rest} ORDER BY {key} LIMIT {BATCH}"), &args)
    }

    pub(super) fn matching(&self, table: &Table, columns: &[&str], keys: &[Vec<Cell>]) -> Result<Rows, StoreError> {
        let wanted: Vec<String> = columns.iter().map(|name| format!("\"{name}\"=?")).collect();
        let rest = format!("WHERE {}", wanted.join(" AND "));
        let mut rows = vec![];
        for key in keys {
            rows.extend(self.select(table, table.columns.len(), &rest, key)?);
        }
        Ok(rows)
    }

    pub(super) fn count(&self, table: &Table) -> Result<u64, StoreError> {
        self.count_of(table.name)
    }

    pub(super) fn count_of(&self, name: &str) -> Result<u64, StoreError> {
        let n: i64 = self.db().query_row(&format!("SELECT count(*) FROM {name}"), [], |r| r.get(0))?;
        Ok(n.cast_unsigned())
    }

    pub(super) fn versions(&self) -> Result<u64, StoreError> {
        let sql = "SELECT (SELECT count(*) FROM resource WHERE ver>0) + (SELECT count(*) FROM resource_history)";
        Ok(self.db().query_row(sql, [], |r| r.get::<_, i64>(0))?.cast_unsigned())
    }

    pub(super) fn put(&self, table: &Table, rows: &[Vec<Cell>]) -> Result<(), StoreError> {
        let names: Vec<String> = table.columns.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        let marks = vec!["?"; names.len()].join(",");
        let sql = format!("INSERT OR REPLACE INTO {}({}) VALUES({marks})", table.name, names.join(","));
        let db = self.db();
        let tx = db.unchecked_transaction()?;
        {
            let mut statement = tx.prepare_cached(&sql)?;
            let mut past = tx.prepare_cached(
                "INSERT OR IGNORE INTO resource_history(rid, ver, at, body)
                 SELECT rid, ver, at, body FROM resource WHERE rid=? AND ver>0 AND ver<?",
            )?;
            for row in rows {
                if table.name == "resource" {
                    past.execute(params_from_iter([&row[0], &row[3]]))?;
                }
                statement.execute(params_from_iter(row))?;
            }
        }
        Ok(tx.commit()?)
    }

    pub(super) fn clear(&self, tables: &[&Table]) -> Result<(), StoreError> {
        let all: String = tables.iter().map(|table| format!("DELETE FROM {};", table.name)).collect();
        Ok(self.db().execute_batch(&format!("BEGIN; {all} DELETE FROM made WHERE name='copy'; COMMIT"))?)
    }

    /// Moves what was written from the log into the file: nothing else does while a store is made.
    pub(super) fn settle(&self) -> Result<(), StoreError> {
        Ok(self.db().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
    }

    pub(super) fn last(&self, table: &Table) -> Result<Option<Vec<Cell>>, StoreError> {
        let order: Vec<String> =
            table.columns[..table.key].iter().map(|(name, _)| format!("\"{name}\" DESC")).collect();
        Ok(self.select(table, table.key, &format!("ORDER BY {} LIMIT 1", order.join(",")), &[])?.pop())
    }

    pub(super) fn write(&self, table: &Table, rows: &[Vec<Cell>]) -> Result<(), StoreError> {
        self.run("BEGIN")?;
        match self.add(table, rows) {
            Ok(()) => self.run("COMMIT"),
            Err(e) => {
                // A full disk may have ended it already.
                let _ended = self.run("ROLLBACK");
                Err(e)
            }
        }
    }

    /// Within a transaction that is open.
    pub(super) fn add(&self, table: &Table, rows: &[Vec<Cell>]) -> Result<(), StoreError> {
        let names: Vec<String> = table.columns.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        let marks = vec!["?"; names.len()].join(",");
        let sql = format!("INSERT INTO {}({}) VALUES({marks})", table.name, names.join(","));
        let db = self.db();
        let mut statement = db.prepare_cached(&sql)?;
        for row in rows {
            statement.execute(params_from_iter(row))?;
        }
        Ok(())
    }

    pub(super) fn run(&self, sql: &str) -> Result<(), StoreError> {
        Ok(self.db().execute_batch(sql)?)
    }

    pub(super) fn mark(&self) -> Result<Option<i64>, StoreError> {
        let sql = "SELECT value FROM made WHERE name='copy'";
        Ok(self.db().query_row(sql, [], |r| r.get(0)).optional()?)
    }

    pub(super) fn set_mark(&self, mark: i64) -> Result<(), StoreError> {
        self.db().execute("INSERT OR REPLACE INTO made(name, value) VALUES('copy', ?)", [mark])?;
        Ok(())
    }

    pub(super) fn finish(&self) -> Result<(), StoreError> {
        self.db().execute_batch(
            "BEGIN; DELETE FROM custody_count;
             INSERT INTO custody_count(cust, ty, n) SELECT cust, ty, count(*) FROM scope GROUP BY cust, ty;
             DELETE FROM made WHERE name IN ('copy', 'index'); COMMIT",
        )?;
        Ok(())
    }

    pub(super) fn prove(&self, archives: &[PathBuf]) -> Result<Verified, StoreError> {
        Sqlite::prove_at(&self.dir, &[], archives)
    }
}

fn key(table: &Table) -> String {
    table.columns[..table.key].iter().map(|(name, _)| format!("\"{name}\"")).collect::<Vec<_>>().join(",")
}

fn cell(value: ValueRef, kind: Kind) -> rusqlite::Result<Cell> {
    Ok(match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(n) if kind == Kind::Bool => Cell::Integer(i64::from(n != 0)),
        ValueRef::Integer(n) => Cell::Integer(n),
        ValueRef::Real(_) => return Err(rusqlite::Error::InvalidQuery),
        ValueRef::Text(_) => Cell::Text(value.as_str()?.to_owned()),
        ValueRef::Blob(bytes) => Cell::Bytes(bytes.to_vec()),
    })
}
