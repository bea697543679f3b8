//! Programs with a token.

use super::apply::Failed;
use super::error::text;
use super::pipe::{Db, rows_of, run};
use crate::standing::time;
use crate::{Client, ClientChange, StoreError};
use kernel::{Id, Time};
use tokio_postgres::Row;

pub(super) async fn apply(db: &Db, changes: &[ClientChange]) -> Result<(), Failed> {
    for change in changes {
        match change {
            ClientChange::Put(client) => put(db, client).await?,
            ClientChange::End(id, at) => {
                let sql = "UPDATE client SET ended=$1 WHERE id=$2 AND ended IS NULL";
                run(db, sql, &[&at.as_millisecond(), &id.as_str()]).await?;
            }
        }
    }
    Ok(())
}

/// As SQLite's REPLACE: whatever had the id or the token before gives way.
async fn put(db: &Db, client: &Client) -> Result<(), Failed> {
    let (id, token) = (client.id.as_str(), client.token_sha256.as_slice());
    run(db, "DELETE FROM client WHERE id=$1 OR token=$2", &[&id, &token]).await?;
    run(
        db,
        "INSERT INTO client(id, token, name, hospital, strict, create_by_put, unrestricted, added, ended)
         VALUES($1,$2,$3,$4,$5,$6,$7,$8,$9)",
        &[
            &id,
            &token,
            &text(&client.name),
            &client.hospital.as_str(),
            &client.strict,
            &client.create_by_put,
            &client.unrestricted,
            &client.added_at.as_millisecond(),
            &client.ended_at.map(Time::as_millisecond),
        ],
    )
    .await?;
    Ok(())
}

macro_rules! row {
    ($rest:literal) => {
        concat!(
            "SELECT id, hospital, token, name, strict, create_by_put, unrestricted, added, ended FROM client ",
            $rest
        )
    };
}

pub(super) async fn of_token(db: &Db, token: &[u8; 32]) -> Result<Option<Client>, StoreError> {
    let rows = rows_of(db, row!("WHERE token=$1 AND ended IS NULL"), &[&token.as_slice()]).await?;
    rows.first().map(read).transpose()
}

pub(super) async fn all(db: &Db) -> Result<Vec<Client>, StoreError> {
    rows_of(db, row!("ORDER BY added DESC, id DESC LIMIT 10000"), &[]).await?.iter().map(read).collect()
}

fn read(r: &Row) -> Result<Client, StoreError> {
    let id = |text: String| Id::new(text).map_err(|_| StoreError::Corrupt("a client has no id".into()));
    let token: &[u8] = r.get(2);
    Ok(Client {
        id: id(r.get(0))?,
        hospital: id(r.get(1))?,
        token_sha256: token.try_into().map_err(|_| StoreError::Corrupt("a client's token".into()))?,
        name: r.get(3),
        strict: r.get(4),
        create_by_put: r.get(5),
        unrestricted: r.get(6),
        added_at: time(r.get(7)),
        ended_at: r.get::<_, Option<i64>>(8).map(time),
    })
}
