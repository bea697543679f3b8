//! The handovers' own rows on PostgreSQL.

use super::row::Handover;
use super::table::{Handing, KEPT_MS};
use kernel::Id;
use records::StoreError;
use records::postgres::{BulkError, Db, Row};

/// Made when the store is opened.
pub(crate) const SCHEMA: &str = r#"
CREATE TABLE IF NOT EXISTS attachment_handover(
  token BYTEA PRIMARY KEY, case_id TEXT COLLATE "C" NOT NULL, person TEXT COLLATE "C" NOT NULL, begun BIGINT NOT NULL, device BYTEA UNIQUE,
  photos BIGINT NOT NULL, ended BOOLEAN NOT NULL, "row" TEXT NOT NULL);
"#;

/// A step of a handover, in the transaction of its change.
pub(super) async fn insert(step: &Handing, tx: &Db) -> Result<(), BulkError> {
    match step {
        Handing::Begin(row) => {
            let begun = row.begun_at.as_millisecond();
            end(tx, &row.case, &row.person).await?;
            tx.execute("DELETE FROM attachment_handover WHERE begun<$1", &[&(begun - KEPT_MS)]).await?;
            let text = serde_json::to_string(row).map_err(|e| BulkError::Rows(e.to_string()))?;
            let sql = r#"INSERT INTO attachment_handover(token, case_id, person, begun, device, photos, ended, "row")
                         VALUES($1, $2, $3, $4, NULL, 0, false, $5)"#;
            let (token, case, person) = (row.token.as_slice(), row.case.as_str(), row.person.as_str());
            tx.execute(sql, &[&token, &case, &person, &begun, &text]).await?;
        }
        Handing::Read { token, device } => {
            let sql = "UPDATE attachment_handover SET device=$2 WHERE token=$1 AND device IS NULL";
            let read = tx.execute(sql, &[&token.as_slice(), &device.as_slice()]).await?;
            if read != 1 {
                return Err(BulkError::Rows(format!("{read} handovers were read where one was to be")));
            }
        }
        Handing::Photo { token } => {
            let sql = "UPDATE attachment_handover SET photos=photos+1 WHERE token=$1";
            tx.execute(sql, &[&token.as_slice()]).await?;
        }
        Handing::End { case, person } => end(tx, case, person).await?,
    }
    Ok(())
}

async fn end(tx: &Db, case: &Id, person: &Id) -> Result<(), BulkError> {
    let sql = "UPDATE attachment_handover SET ended=true WHERE case_id=$1 AND person=$2";
    tx.execute(sql, &[&case.as_str(), &person.as_str()]).await?;
    Ok(())
}

/// By what the code holds, or by the cookie of the phone.
pub(super) async fn find(db: &Db, column: &'static str, hash: [u8; 32]) -> Result<Option<Handover>, StoreError> {
    let sql = format!(r#"SELECT "row", device, photos, ended FROM attachment_handover WHERE {column}=$1"#);
    let statement = db.prepare_cached(&sql).await?;
    db.query_opt(&statement, &[&hash.as_slice()]).await?.as_ref().map(read).transpose()
}

/// A person's newest of a case that has not been ended.
pub(super) async fn newest(db: &Db, case: Id, person: Id) -> Result<Option<Handover>, StoreError> {
    let sql = r#"SELECT "row", device, photos, ended FROM attachment_handover
                 WHERE case_id=$1 AND person=$2 AND NOT ended ORDER BY begun DESC LIMIT 1"#;
    let statement = db.prepare_cached(sql).await?;
    db.query_opt(&statement, &[&case.as_str(), &person.as_str()]).await?.as_ref().map(read).transpose()
}

fn read(row: &Row) -> Result<Handover, StoreError> {
    let corrupt = |why: String| StoreError::Corrupt(format!("a handover: {why}"));
    let handover: Handover = serde_json::from_str(row.get(0)).map_err(|e| corrupt(e.to_string()))?;
    let device = row.get::<_, Option<&[u8]>>(1).map(<[u8; 32]>::try_from).transpose();
    let device = device.map_err(|e| corrupt(e.to_string()))?;
    let photos = row.get::<_, i64>(2).try_into().map_err(|_| corrupt("its count of photos".into()))?;
    Ok(Handover { device, photos, ended: row.get(3), ..handover })
}
