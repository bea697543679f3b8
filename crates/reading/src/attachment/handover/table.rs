//! The handovers' own rows.

use super::postgres;
use super::row::Handover;
use async_trait::async_trait;
use kernel::{Id, Time};
use platform::{Op, Problem, Shared};
use records::postgres::{BulkError, Db};
use records::{BulkBatch, Engine};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// Made when the store is opened.
pub(crate) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS attachment_handover(
  token BLOB PRIMARY KEY, case_id TEXT NOT NULL, person TEXT NOT NULL, begun INTEGER NOT NULL, device BLOB UNIQUE,
  photos INTEGER NOT NULL, ended INTEGER NOT NULL, row TEXT NOT NULL) WITHOUT ROWID;
";
/// Rows are looked at so long after they began; then they go.
pub(super) const KEPT_MS: i64 = 24 * 3_600_000;

/// A step of a handover.
#[derive(Debug, Clone, Serialize)]
pub(super) enum Handing {
    /// It begins, and ends those of the same person and case before it.
    Begin(Box<Handover>),
    /// A phone has read the code.
    Read { token: [u8; 32], device: [u8; 32] },
    /// A photo came.
    Photo { token: [u8; 32] },
    /// It ends.
    End { case: Id, person: Id },
}

#[async_trait]
impl BulkBatch for Handing {
    fn kind(&self) -> &'static str {
        "attachment-handover"
    }

    fn rows(&self) -> usize {
        1
    }

    fn digest(&self) -> [u8; 32] {
        // Made of texts and numbers: it always serialises.
        Sha256::digest(serde_json::to_vec(self).unwrap_or_default()).into()
    }

    fn insert_sqlite(&self, tx: &Connection) -> rusqlite::Result<()> {
        match self {
            Self::Begin(row) => {
                let begun = row.begun_at.as_millisecond();
                end(tx, &row.case, &row.person)?;
                tx.execute("DELETE FROM attachment_handover WHERE begun < ?1", [begun - KEPT_MS])?;
                let text = serde_json::to_string(row).map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))?;
                tx.execute(
                    "INSERT INTO attachment_handover(token, case_id, person, begun, device, photos, ended, row)
                     VALUES(?1, ?2, ?3, ?4, NULL, 0, 0, ?5)",
                    params![row.token, row.case.as_str(), row.person.as_str(), begun, text],
                )?;
            }
            Self::Read { token, device } => {
                let sql = "UPDATE attachment_handover SET device = ?2 WHERE token = ?1 AND device IS NULL";
                let read = tx.execute(sql, params![token, device])?;
                if read != 1 {
                    return Err(rusqlite::Error::StatementChangedRows(read));
                }
            }
            Self::Photo { token } => {
                tx.execute("UPDATE attachment_handover SET photos = photos + 1 WHERE token = ?1", params![token])?;
            }
            Self::End { case, person } => end(tx, case, person)?,
        }
        Ok(())
    }

    async fn insert_postgres(&self, tx: &Db) -> Result<(), BulkError> {
        postgres::insert(self, tx).await
    }
}

fn end(tx: &Connection, case: &Id, person: &Id) -> rusqlite::Result<()> {
    let sql = "UPDATE attachment_handover SET ended = 1 WHERE case_id = ?1 AND person = ?2";
    tx.execute(sql, params![case.as_str(), person.as_str()])?;
    Ok(())
}

const COLUMNS: &str = "row, device, photos, ended";

fn read(row: &Row<'_>) -> rusqlite::Result<Handover> {
    let text = row.get_ref(0)?.as_str()?;
    let handover: Handover = serde_json::from_str(text)
        .map_err(|e| rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, e.into()))?;
    Ok(Handover { device: row.get(1)?, photos: row.get(2)?, ended: row.get(3)?, ..handover })
}

/// By what the code holds, or by the cookie of the phone.
pub(super) async fn find(platform: &Shared, column: &'static str, hash: [u8; 32]) -> Result<Option<Handover>, Problem> {
    let found = match platform.store.engine() {
        Engine::Sqlite(store) => {
            let sql = format!("SELECT {COLUMNS} FROM attachment_handover WHERE {column} = ?1");
            store.read_with(move |db| db.prepare_cached(&sql)?.query_row(params![hash], read).optional()).await
        }
        Engine::Postgres(store) => store.read_with(move |db| Box::pin(postgres::find(db, column, hash))).await,
    };
    Ok(found?)
}

/// The actor's newest of a case, unless it is over.
pub(super) async fn newest(op: &Op, case: &Id, now: Time) -> Result<Option<Handover>, Problem> {
    let (case, person) = (case.clone(), op.actor().person.clone());
    let found = match op.store().engine() {
        Engine::Sqlite(store) => {
            let sql = format!(
                "SELECT {COLUMNS} FROM attachment_handover WHERE case_id = ?1 AND person = ?2 AND ended = 0 ORDER BY begun DESC LIMIT 1"
            );
            let read = store.read_with(move |db| {
                db.prepare_cached(&sql)?.query_row(params![case.as_str(), person.as_str()], read).optional()
            });
            read.await
        }
        Engine::Postgres(store) => store.read_with(move |db| Box::pin(postgres::newest(db, case, person))).await,
    };
    Ok(found?.filter(|handover| now < handover.until()))
}
