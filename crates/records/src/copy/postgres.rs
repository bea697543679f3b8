//! One side of a copy, on PostgreSQL.

use super::{AT_ONCE, BATCH, Cell, Kind, Rows, Table};
use crate::postgres::{Alone, Options};
use crate::{StoreError, Verified};
use std::path::PathBuf;
use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

pub(super) struct Side(Alone);

/// A column of rows to be written.
enum Column {
    Integers(Vec<Option<i64>>),
    Texts(Vec<Option<String>>),
    Bytes(Vec<Option<Vec<u8>>>),
}

impl Column {
    fn typed(&self) -> (&(dyn ToSql + Sync), Type) {
        match self {
            Self::Integers(column) => (column, Type::INT8_ARRAY),
            Self::Texts(column) => (column, Type::TEXT_ARRAY),
            Self::Bytes(column) => (column, Type::BYTEA_ARRAY),
        }
    }
}

impl Side {
    pub(super) async fn source(url: &str, options: &Options) -> Result<Self, StoreError> {
        Ok(Self(Alone::open(url, options, false).await?))
    }

    pub(super) async fn target(url: &str, options: &Options) -> Result<Self, StoreError> {
        Ok(Self(Alone::open(url, options, true).await?))
    }

    pub(super) async fn snapshot(url: &str, options: &Options) -> Result<Self, StoreError> {
        Ok(Self(Alone::snapshot(url, options).await?))
    }

    async fn select(&self, table: &Table, columns: usize, rest: &str, args: &[Cell]) -> Result<Rows, StoreError> {
        let names: Vec<String> = table.columns[..columns].iter().map(|(name, kind)| read_as(name, *kind)).collect();
        // What is large comes in pieces: as many rows as have so many bytes together.
        let large = table.columns[..columns].iter().find(|(name, _)| matches!(*name, "body" | "entry"));
        let sql = match large {
            Some((large, _)) => {
                let plain: Vec<String> =
                    table.columns[..columns].iter().map(|(name, _)| format!("\"{name}\"")).collect();
                let (plain, size, key) =
                    (plain.join(","), format!("coalesce(octet_length(\"{large}\"),0)"), key(table));
                format!(
                    "SELECT {} FROM (SELECT {plain}, sum({size}) OVER (ORDER BY {key}) - {size} AS upto FROM
                     (SELECT {plain} FROM {} {rest}) a) b WHERE upto<{AT_ONCE} ORDER BY {key}",
                    names.join(","),
                    table.name
                )
            }
            None => format!("SELECT {} FROM {} {rest}", names.join(","), table.name),
        };
        let args: Vec<(&(dyn ToSql + Sync), Type)> = args.iter().map(typed).collect();
        self.rows(table, columns, &sql, &args).await
    }

    async fn rows(
        &self,
        table: &Table,
        columns: usize,
        sql: &str,
        args: &[(&(dyn ToSql + Sync), Type)],
    ) -> Result<Rows, StoreError> {
        let rows = self.0.db().query_typed(sql, args).await?;
        Ok(rows.iter().map(|r| (0..columns).map(|i| cell(r, i, table.columns[i].1)).collect()).collect())
    }

    /// Rows where a column has a value, or at least that value, after a key.
    pub(super) async fn read_where(
        &self,
        table: &Table,
        (column, how, value): (&str, &str, &Cell),
        after: Option<&[Cell]>,
    ) -> Result<Rows, StoreError> {
        let (key, mut args) = (key(table), vec![value.clone()]);
        let mut rest = format!("WHERE \"{column}\"{how}$1");
        if let Some(after) = after {
            let marks: Vec<String> = (2..=after.len() + 1).map(|n| format!("${n}")).collect();
            rest += &format!(" AND ({key})>({})", marks.join(","));
            args.extend_from_slice(after);
        }
        self.select(table, table.columns.len(), &format!("{rest} ORDER BY {key} LIMIT {BATCH}"), &args).await
    }

    pub(super) async fn matching(
        &self,
        table: &Table,
        columns: &[&str],
        keys: &[Vec<Cell>],
    ) -> Result<Rows, StoreError> {
        let names: Vec<String> = table.columns.iter().map(|(name, kind)| read_as(name, *kind)).collect();
        let kind_of = |name: &str| table.columns.iter().find(|(n, _)| *n == name).map_or(Kind::Integer, |(_, k)| *k);
        let kinds: Vec<Kind> = columns.iter().map(|name| kind_of(name)).collect();
        let given: Vec<String> = (1..=columns.len()).map(|n| format!("k{n}")).collect();
        let arrays: Vec<String> =
            kinds.iter().enumerate().map(|(i, k)| format!("${}::{}[]", i + 1, wide(*k))).collect();
        let equal: Vec<String> = columns
            .iter()
            .zip(&kinds)
            .zip(&given)
            .map(|((name, kind), k)| format!("\"{name}\"={k}{}", if *kind == Kind::Short { "::int4" } else { "" }))
            .collect();
        let sql = format!(
            "SELECT {} FROM unnest({}) k({}) JOIN {} ON {}",
            names.join(","),
            arrays.join(","),
            given.join(","),
            table.name,
            equal.join(" AND ")
        );
        let columns: Vec<Column> = kinds.iter().enumerate().map(|(i, kind)| column(keys, i, *kind)).collect();
        let args: Vec<(&(dyn ToSql + Sync), Type)> = columns.iter().map(Column::typed).collect();
        self.rows(table, table.columns.len(), &sql, &args).await
    }

    pub(super) async fn count(&self, table: &Table) -> Result<u64, StoreError> {
        self.count_of(table.name).await
    }

    pub(super) async fn count_of(&self, name: &str) -> Result<u64, StoreError> {
        let row = self.0.db().query_one(&format!("SELECT count(*) FROM {name}"), &[]).await?;
        Ok(row.get::<_, i64>(0).cast_unsigned())
    }

    pub(super) async fn versions(&self) -> Result<u64, StoreError> {
        let sql = "SELECT (SELECT count(*) FROM resource WHERE ver>0) + (SELECT count(*) FROM resource_history)";
        Ok(self.0.db().query_one(sql, &[]).await?.get::<_, i64>(0).cast_unsigned())
    }

    pub(super) async fn put(&self, table: &Table, rows: &[Vec<Cell>]) -> Result<(), StoreError> {
        if table.name == "resource" {
            let (rids, versions) = (column(rows, 0, Kind::Integer), column(rows, 3, Kind::Integer));
            let sql = "INSERT INTO resource_history(rid, ver, at, body) SELECT r.rid, r.ver, r.at, r.body
                       FROM unnest($1::int8[], $2::int8[]) k(rid, ver) JOIN resource r ON r.rid=k.rid
                       WHERE r.ver>0 AND r.ver<k.ver ON CONFLICT DO NOTHING";
            self.0.db().query_typed(sql, &[rids.typed(), versions.typed()]).await?;
        }
        let rest: Vec<String> =
            table.columns[table.key..].iter().map(|(name, _)| format!("\"{name}\"=excluded.\"{name}\"")).collect();
        let or = if rest.is_empty() { "NOTHING".to_owned() } else { format!("UPDATE SET {}", rest.join(",")) };
        self.insert(table, rows, &format!("ON CONFLICT ({}) DO {or}", key(table))).await
    }

    pub(super) async fn clear(&self, tables: &[&Table]) -> Result<(), StoreError> {
        let names: Vec<&str> = tables.iter().map(|table| table.name).collect();
        let sql = format!("BEGIN; TRUNCATE {}; DELETE FROM made WHERE name='copy'; COMMIT", names.join(","));
        Ok(self.0.db().batch_execute(&sql).await?)
    }

    pub(super) async fn read(&self, table: &Table, after: Option<&[Cell]>) -> Result<Rows, StoreError> {
        let key = key(table);
        let order = format!("ORDER BY {key} LIMIT {BATCH}");
        match after {
            None => self.select(table, table.columns.len(), &order, &[]).await,
            Some(after) => {
                let marks: Vec<String> = (1..=after.len()).map(|n| format!("${n}")).collect();
                let rest = format!("WHERE ({key})>({}) {order}", marks.join(","));
                self.select(table, table.columns.len(), &rest, after).await
            }
        }
    }

    pub(super) async fn last(&self, table: &Table) -> Result<Option<Vec<Cell>>, StoreError> {
        let order: Vec<String> =
            table.columns[..table.key].iter().map(|(name, _)| format!("\"{name}\" DESC")).collect();
        Ok(self.select(table, table.key, &format!("ORDER BY {} LIMIT 1", order.join(",")), &[]).await?.pop())
    }

    pub(super) async fn write(&self, table: &Table, rows: &[Vec<Cell>]) -> Result<(), StoreError> {
        self.insert(table, rows, "").await
    }

    async fn insert(&self, table: &Table, rows: &[Vec<Cell>], or: &str) -> Result<(), StoreError> {
        let mut names: Vec<String> = table.columns.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        let mut given: Vec<String> = table.columns.iter().map(|(name, kind)| write_as(name, *kind)).collect();
        if table.name == "ledger" {
            // The place among entries that wait: these never did.
            names.push("seq".into());
            given.push("-number".into());
        }
        let arrays: Vec<String> =
            table.columns.iter().enumerate().map(|(i, (_, kind))| format!("${}::{}[]", i + 1, wide(*kind))).collect();
        let columns: Vec<String> = table.columns.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        let sql = format!(
            "INSERT INTO {}({}) {} SELECT {} FROM unnest({}) n({}) {or}",
            table.name,
            names.join(","),
            if table.counts { "OVERRIDING SYSTEM VALUE" } else { "" },
            given.join(","),
            arrays.join(","),
            columns.join(",")
        );
        let columns: Vec<Column> = (0..table.columns.len()).map(|i| column(rows, i, table.columns[i].1)).collect();
        let args: Vec<(&(dyn ToSql + Sync), Type)> = columns.iter().map(Column::typed).collect();
        self.0.db().query_typed(&sql, &args).await?;
        if table.counts {
            let (name, first) = (table.name, table.columns[0].0);
            let sql = format!("SELECT setval(pg_get_serial_sequence('{name}', '{first}'), max({first})) FROM {name}");
            self.0.db().query(&sql, &[]).await?;
        }
        Ok(())
    }

    pub(super) async fn mark(&self) -> Result<Option<i64>, StoreError> {
        let row = self.0.db().query_opt("SELECT value FROM made WHERE name='copy'", &[]).await?;
        Ok(row.map(|r| r.get(0)))
    }

    pub(super) async fn set_mark(&self, mark: i64) -> Result<(), StoreError> {
        let sql =
            "INSERT INTO made(name, value) VALUES('copy', $1) ON CONFLICT(name) DO UPDATE SET value=excluded.value";
        self.0.db().execute(sql, &[&mark]).await?;
        Ok(())
    }

    pub(super) async fn finish(&self) -> Result<(), StoreError> {
        self.0.renumber().await?;
        self.0
            .db()
            .batch_execute(
                "BEGIN; DELETE FROM custody_count;
                 INSERT INTO custody_count(cust, ty, part, n) SELECT cust, ty, 0, count(*) FROM scope GROUP BY cust, ty;
                 DELETE FROM made WHERE name IN ('copy', 'index'); COMMIT; ANALYZE",
            )
            .await?;
        Ok(())
    }

    pub(super) async fn prove(&self, archives: &[PathBuf]) -> Result<Verified, StoreError> {
        self.0.prove(archives).await
    }

    pub(super) async fn run(&self, sql: &str) -> Result<(), StoreError> {
        Ok(self.0.db().batch_execute(sql).await?)
    }
}

fn key(table: &Table) -> String {
    table.columns[..table.key].iter().map(|(name, _)| format!("\"{name}\"")).collect::<Vec<_>>().join(",")
}

/// How all columns of a kind travel.
fn wide(kind: Kind) -> &'static str {
    match kind {
        Kind::Integer | Kind::Short | Kind::Bool => "int8",
        Kind::Text => "text",
        Kind::Bytes => "bytea",
    }
}

fn read_as(name: &str, kind: Kind) -> String {
    match kind {
        Kind::Bool => format!("\"{name}\"::int4::int8"),
        Kind::Short => format!("\"{name}\"::int8"),
        Kind::Integer | Kind::Text | Kind::Bytes => format!("\"{name}\""),
    }
}

fn write_as(name: &str, kind: Kind) -> String {
    match kind {
        Kind::Bool => format!("\"{name}\"<>0"),
        Kind::Short => format!("\"{name}\"::int4"),
        Kind::Integer | Kind::Text | Kind::Bytes => format!("\"{name}\""),
    }
}

fn typed(cell: &Cell) -> (&(dyn ToSql + Sync), Type) {
    match cell {
        Cell::Null => (&None::<i64>, Type::INT8),
        Cell::Integer(n) => (n, Type::INT8),
        Cell::Text(text) => (text, Type::TEXT),
        Cell::Bytes(bytes) => (bytes, Type::BYTEA),
    }
}

fn cell(r: &Row, i: usize, kind: Kind) -> Cell {
    match kind {
        Kind::Integer | Kind::Short | Kind::Bool => r.get::<_, Option<i64>>(i).map_or(Cell::Null, Cell::Integer),
        Kind::Text => r.get::<_, Option<String>>(i).map_or(Cell::Null, Cell::Text),
        Kind::Bytes => r.get::<_, Option<Vec<u8>>>(i).map_or(Cell::Null, Cell::Bytes),
    }
}

fn column(rows: &[Vec<Cell>], i: usize, kind: Kind) -> Column {
    let cells = rows.iter().map(|row| &row[i]);
    match kind {
        Kind::Integer | Kind::Short | Kind::Bool => {
            Column::Integers(cells.map(|cell| if let Cell::Integer(n) = cell { Some(*n) } else { None }).collect())
        }
        Kind::Text => Column::Texts(
            // What the other engine could keep and this one cannot is told apart when the hashes are compared.
            cells
                .map(|cell| if let Cell::Text(text) = cell { Some(crate::postgres::text(text)) } else { None })
                .collect(),
        ),
        Kind::Bytes => Column::Bytes(
            cells.map(|cell| if let Cell::Bytes(bytes) = cell { Some(bytes.clone()) } else { None }).collect(),
        ),
    }
}
