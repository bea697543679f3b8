//! Sign-in names and sessions.

use super::row::time;
use crate::{Account, AccountChange, ClaimHeld, CommitError, Session, SessionChange, StoreError};
use fhir::{Reference, ResourceType};
use kernel::{Id, Time};
use rusqlite::{Connection, OptionalExtension, Row, params};

pub(super) fn apply(
    db: &Connection,
    accounts: &[AccountChange],
    sessions: &[SessionChange],
) -> Result<(), CommitError> {
    for change in accounts {
        let AccountChange::Put(account) = change;
        put_account(db, account)?;
    }
    for change in sessions {
        match change {
            SessionChange::Put(session) => put_session(db, session)?,
            SessionChange::Close(token) => {
                db.prepare_cached("DELETE FROM session WHERE token=?")?.execute([token])?;
            }
            SessionChange::CloseAll(person) => {
                db.prepare_cached("DELETE FROM session WHERE person=?")?.execute([person.as_str()])?;
            }
        }
    }
    Ok(())
}

fn put_account(db: &Connection, account: &Account) -> Result<(), CommitError> {
    let name = account.name.to_lowercase();
    let holder: Option<String> =
        db.prepare_cached("SELECT person FROM account WHERE name=?")?.query_row([&name], |r| r.get(0)).optional()?;
    if let Some(holder) = holder
        && holder != account.person.as_str()
    {
        let by = Reference::new(ResourceType::PRACTITIONER, person(holder)?);
        return Err(CommitError::Taken(ClaimHeld { key: format!("account/{name}"), by, until: None }));
    }
    db.prepare_cached("DELETE FROM account WHERE person=?")?.execute([account.person.as_str()])?;
    db.prepare_cached("INSERT INTO account(name, person, password, enabled, keys) VALUES(?,?,?,?,?)")?
        .execute(params![name, account.person.as_str(), account.password_hash, account.enabled, account.keys])?;
    Ok(())
}

fn put_session(db: &Connection, session: &Session) -> Result<(), CommitError> {
    db.prepare_cached("INSERT OR REPLACE INTO session(token, person, role, opened, until) VALUES(?,?,?,?,?)")?
        .execute(params![
            session.token_sha256,
            session.person.as_str(),
            session.practitioner_role.as_ref().map(Id::as_str),
            session.opened_at.as_millisecond(),
            session.until.as_millisecond(),
        ])?;
    Ok(())
}

pub(super) fn by_name(db: &Connection, name: &str) -> Result<Option<Account>, StoreError> {
    account(db, "SELECT name, person, password, enabled, keys FROM account WHERE name=?", &name.to_lowercase())
}

pub(super) fn by_person(db: &Connection, person: &Id) -> Result<Option<Account>, StoreError> {
    account(db, "SELECT name, person, password, enabled, keys FROM account WHERE person=?", person.as_str())
}

fn account(db: &Connection, sql: &str, key: &str) -> Result<Option<Account>, StoreError> {
    let read = |r: &Row| {
        Ok((
            r.get::<_, String>(1)?,
            Account {
                name: r.get(0)?,
                person: Id::new("x").map_err(|_| rusqlite::Error::InvalidQuery)?,
                password_hash: r.get(2)?,
                enabled: r.get(3)?,
                keys: r.get(4)?,
            },
        ))
    };
    let found = db.prepare_cached(sql)?.query_row([key], read).optional()?;
    found.map(|(id, account)| Ok(Account { person: person(id)?, ..account })).transpose()
}

pub(super) fn session(db: &Connection, token: &[u8; 32], now: Time) -> Result<Option<Session>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT person, role, opened, until FROM session WHERE token=? AND until>?")?;
    let found: Option<(String, Option<String>, i64, i64)> = statement
        .query_row(params![token, now.as_millisecond()], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?)))
        .optional()?;
    found
        .map(|(who, role, opened, until)| {
            Ok(Session {
                token_sha256: *token,
                person: person(who)?,
                practitioner_role: role.map(person).transpose()?,
                opened_at: time(opened),
                until: time(until),
            })
        })
        .transpose()
}

fn person(id: String) -> Result<Id, StoreError> {
    Id::new(id).map_err(|_| StoreError::Corrupt("an account or session names nobody".into()))
}
