//! Sign-in names and sessions.

use crate::standing::time;
use crate::{Account, AccountChange, ClaimHeld, CommitError, Session, SessionChange, SignInStep, StoreError};
use fhir::{Reference, ResourceType};
use kernel::{Id, Time};
use rusqlite::{Connection, OptionalExtension, Row, params};

pub(super) fn apply(
    db: &Connection,
    accounts: &[AccountChange],
    sessions: &[SessionChange],
) -> Result<(), CommitError> {
    for change in accounts {
        match change {
            AccountChange::Put(account) => put_account(db, account)?,
            AccountChange::SecondFactor(person, kept) => put_factor(db, person, kept.as_deref())?,
            AccountChange::Keys(person, keys) => {
                db.prepare_cached("UPDATE account SET keys=? WHERE person=?")?.execute([keys, person.as_str()])?;
            }
            AccountChange::Remove(person) => {
                db.prepare_cached("DELETE FROM account WHERE person=?")?.execute([person.as_str()])?;
            }
        }
    }
    for change in sessions {
        match change {
            SessionChange::Put(session) => put_session(db, session)?,
            SessionChange::Close(token) => {
                db.prepare_cached("DELETE FROM session WHERE token=?")?.execute([token])?;
                db.prepare_cached("DELETE FROM session_more WHERE token=?")?.execute([token])?;
            }
            SessionChange::CloseAll(person) => {
                db.prepare_cached(
                    "DELETE FROM session_more WHERE token IN (SELECT token FROM session WHERE person=?)",
                )?
                .execute([person.as_str()])?;
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

fn put_factor(db: &Connection, person: &Id, kept: Option<&str>) -> Result<(), CommitError> {
    match kept {
        Some(kept) => db
            .prepare_cached("INSERT OR REPLACE INTO second_factor(person, kept) VALUES(?,?)")?
            .execute(params![person.as_str(), kept])?,
        None => db.prepare_cached("DELETE FROM second_factor WHERE person=?")?.execute([person.as_str()])?,
    };
    Ok(())
}

pub(super) fn second_factor(db: &Connection, person: &Id) -> Result<Option<String>, StoreError> {
    let mut statement = db.prepare_cached("SELECT kept FROM second_factor WHERE person=?")?;
    Ok(statement.query_row([person.as_str()], |r| r.get(0)).optional()?)
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
    db.prepare_cached("INSERT OR REPLACE INTO session_more(token, step, factor, address, device) VALUES(?,?,?,?,?)")?
        .execute(params![
        session.token_sha256,
        match session.step {
            SignInStep::Done => 0,
            SignInStep::Prove => 1,
            SignInStep::Enrol => 2,
        },
        session.factor_at.map(Time::as_millisecond),
        session.address,
        session.device,
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

/// What is read of a session: whoever opened it before there was `session_more` has come all the way.
const SESSION: &str = "SELECT s.token, s.person, s.role, s.opened, s.until, coalesce(m.step, 0), m.factor,
    coalesce(m.address, ''), coalesce(m.device, '') FROM session s LEFT JOIN session_more m ON m.token=s.token";

pub(super) fn session(db: &Connection, token: &[u8; 32], now: Time) -> Result<Option<Session>, StoreError> {
    let mut statement = db.prepare_cached(&format!("{SESSION} WHERE s.token=? AND s.until>?"))?;
    let found = statement.query_row(params![token, now.as_millisecond()], read_session).optional()?;
    found.transpose()
}

pub(super) fn sessions_of(db: &Connection, person: &Id, now: Time) -> Result<Vec<Session>, StoreError> {
    let mut statement =
        db.prepare_cached(&format!("{SESSION} WHERE s.person=? AND s.until>? ORDER BY s.opened DESC LIMIT 100"))?;
    let rows = statement.query_map(params![person.as_str(), now.as_millisecond()], read_session)?;
    rows.map(|row| row.map_err(StoreError::from)?).collect()
}

fn read_session(r: &Row) -> rusqlite::Result<Result<Session, StoreError>> {
    let (who, role): (String, Option<String>) = (r.get(1)?, r.get(2)?);
    let (token, opened, until, factor) = (r.get(0)?, r.get(3)?, r.get(4)?, r.get::<_, Option<i64>>(6)?);
    let step = match r.get::<_, i64>(5)? {
        0 => SignInStep::Done,
        1 => SignInStep::Prove,
        _ => SignInStep::Enrol,
    };
    let (address, device) = (r.get(7)?, r.get(8)?);
    Ok(person(who).and_then(|who| {
        Ok(Session {
            practitioner_role: role.map(person).transpose()?,
            step,
            factor_at: factor.map(time),
            address,
            device,
            ..Session::new(token, who, time(opened), time(until))
        })
    }))
}

fn person(id: String) -> Result<Id, StoreError> {
    Id::new(id).map_err(|_| StoreError::Corrupt("an account or session names nobody".into()))
}
