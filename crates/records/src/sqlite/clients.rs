//! Programs with a token.

use crate::standing::time;
use crate::{Client, ClientChange, CommitError, StoreError};
use kernel::{Id, Time};
use rusqlite::{Connection, OptionalExtension, Row, params};

pub(super) fn apply(db: &Connection, changes: &[ClientChange]) -> Result<(), CommitError> {
    for change in changes {
        match change {
            ClientChange::Put(client) => put(db, client)?,
            ClientChange::End(id, at) => {
                db.prepare_cached("UPDATE client SET ended=? WHERE id=? AND ended IS NULL")?
                    .execute(params![at.as_millisecond(), id.as_str()])?;
            }
        }
    }
    Ok(())
}

fn put(db: &Connection, client: &Client) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT OR REPLACE INTO client(id, token, name, hospital, strict, create_by_put, unrestricted, added, ended)
         VALUES(?,?,?,?,?,?,?,?,?)",
    )?
    .execute(params![
        client.id.as_str(),
        client.token_sha256,
        client.name,
        client.hospital.as_str(),
        client.strict,
        client.create_by_put,
        client.unrestricted,
        client.added_at.as_millisecond(),
        client.ended_at.map(Time::as_millisecond),
    ])?;
    Ok(())
}

const ROW: &str = "SELECT id, hospital, token, name, strict, create_by_put, unrestricted, added, ended FROM client";

pub(super) fn of_token(db: &Connection, token: &[u8; 32]) -> Result<Option<Client>, StoreError> {
    let mut statement = db.prepare_cached(&format!("{ROW} WHERE token=? AND ended IS NULL"))?;
    statement.query_row([token], read).optional()?.transpose()
}

pub(super) fn all(db: &Connection) -> Result<Vec<Client>, StoreError> {
    let mut statement = db.prepare_cached(&format!("{ROW} ORDER BY added DESC, id DESC LIMIT 10000"))?;
    let rows = statement.query_map([], read)?;
    rows.map(|row| row.map_err(StoreError::from)?).collect()
}

fn read(r: &Row) -> rusqlite::Result<Result<Client, StoreError>> {
    let id = |text: String| Id::new(text).map_err(|_| StoreError::Corrupt("a client has no id".into()));
    let (own, hospital): (String, String) = (r.get(0)?, r.get(1)?);
    let (token_sha256, name) = (r.get(2)?, r.get(3)?);
    let (strict, create_by_put, unrestricted) = (r.get(4)?, r.get(5)?, r.get(6)?);
    let (added_at, ended_at) = (time(r.get(7)?), r.get::<_, Option<i64>>(8)?.map(time));
    Ok(id(own).and_then(|own| {
        let hospital = id(hospital)?;
        Ok(Client { id: own, name, token_sha256, hospital, strict, create_by_put, unrestricted, added_at, ended_at })
    }))
}
