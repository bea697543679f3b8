//! Tables: made and brought forward by numbered files, each once, under a lock.

use super::link::Link;
use crate::StoreError;
use tokio_postgres::Client;

/// Forward only. A file that was released never changes.
const MIGRATIONS: [(&str, &str); 5] = [
    ("20261122_010000_begin", include_str!("migrations/20261122_010000_begin.sql")),
    ("20261122_030000_clients", include_str!("migrations/20261122_030000_clients.sql")),
    ("20261122_060000_words", include_str!("migrations/20261122_060000_words.sql")),
    ("20261122_080000_archive", include_str!("migrations/20261122_080000_archive.sql")),
    ("20261123_000000_amounts", include_str!("migrations/20261123_000000_amounts.sql")),
];

/// What stands between a database and this program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// Migrations that were applied.
    pub applied: Vec<String>,
    /// Those that this program has and the database has not.
    pub missing: Vec<String>,
    /// Those that the database has and this program does not know: a newer program was here.
    pub unknown: Vec<String>,
}

/// How far the database has come; changes nothing.
pub(super) async fn check(db: &Client, link: &Link) -> Result<Shape, StoreError> {
    let there = db.query_one("SELECT to_regclass($1) IS NOT NULL", &[&format!("{}.migration", link.quoted())]).await?;
    let mut applied = vec![];
    if there.get(0) {
        let rows = db.query("SELECT name FROM migration ORDER BY name", &[]).await?;
        applied = rows.iter().map(|r| r.get::<_, String>(0)).collect();
    }
    let known = |name: &String| MIGRATIONS.iter().any(|(n, _)| n == name);
    Ok(Shape {
        missing: MIGRATIONS.iter().map(|(n, _)| (*n).to_owned()).filter(|n| !applied.contains(n)).collect(),
        unknown: applied.iter().filter(|n| !known(n)).cloned().collect(),
        applied,
    })
}

/// Applies what is missing, and the tables of slices; what was applied now. Several processes may begin at once.
pub(super) async fn migrate(db: &Client, link: &Link, slices: &[&str]) -> Result<Vec<String>, StoreError> {
    db.batch_execute("SET statement_timeout=0; BEGIN").await?;
    db.execute("SELECT pg_advisory_xact_lock($1)", &[&link.key("migrate")]).await?;
    let done = apply(db, link, slices).await;
    db.batch_execute(if done.is_ok() { "COMMIT" } else { "ROLLBACK" }).await?;
    done
}

async fn apply(db: &Client, link: &Link, slices: &[&str]) -> Result<Vec<String>, StoreError> {
    let there = db.query_one("SELECT EXISTS(SELECT 1 FROM pg_namespace WHERE nspname=$1)", &[&link.schema]).await?;
    if !there.get::<_, bool>(0) {
        db.batch_execute(&format!("CREATE SCHEMA {}", link.quoted())).await?;
    }
    db.batch_execute("CREATE TABLE IF NOT EXISTS migration(name TEXT COLLATE \"C\" PRIMARY KEY)").await?;
    let shape = check(db, link).await?;
    if let Some(newer) = shape.unknown.last() {
        return Err(StoreError::Engine(format!(
            "the database was brought to {newer}, which this program does not know"
        )));
    }
    for (name, sql) in MIGRATIONS.iter().filter(|(n, _)| shape.missing.iter().any(|m| m == n)) {
        db.batch_execute(sql).await?;
        db.execute("INSERT INTO migration(name) VALUES($1)", &[name]).await?;
    }
    for slice in slices {
        db.batch_execute(slice).await?;
    }
    Ok(shape.missing)
}
