//! Sign-in names and sessions.

use super::apply::Failed;
use super::error::text;
use super::pipe::{Db, rows_of, run};
use crate::standing::time;
use crate::{Account, AccountChange, ClaimHeld, CommitError, Session, SessionChange, SignInStep, StoreError};
use fhir::{Reference, ResourceType};
use kernel::{Id, Time};
use tokio_postgres::Row;

pub(super) async fn apply(db: &Db, accounts: &[AccountChange], sessions: &[SessionChange]) -> Result<(), Failed> {
    for change in accounts {
        match change {
            AccountChange::Put(account) => put_account(db, account).await?,
            AccountChange::SecondFactor(person, kept) => put_factor(db, person, kept.as_deref()).await?,
            AccountChange::Keys(person, keys) => {
                run(db, "UPDATE account SET keys=$1 WHERE person=$2", &[&text(keys), &person.as_str()]).await?;
            }
            AccountChange::Remove(person) => {
                run(db, "DELETE FROM account WHERE person=$1", &[&person.as_str()]).await?;
            }
        }
    }
    for change in sessions {
        match change {
            SessionChange::Put(session) => put_session(db, session).await?,
            SessionChange::Close(token) => {
                run(db, "DELETE FROM session WHERE token=$1", &[&token.as_slice()]).await?;
            }
            SessionChange::CloseAll(person) => {
                run(db, "DELETE FROM session WHERE person=$1", &[&person.as_str()]).await?;
            }
        }
    }
    Ok(())
}

async fn put_account(db: &Db, account: &Account) -> Result<(), Failed> {
    let (name, who) = (text(&account.name.to_lowercase()), account.person.as_str());
    run(db, "DELETE FROM account WHERE person=$1", &[&who]).await?;
    let put = run(
        db,
        "INSERT INTO account(name, person, password, enabled, keys) VALUES($1,$2,$3,$4,$5) ON CONFLICT(name) DO NOTHING",
        &[&name, &who, &account.password_hash, &account.enabled, &account.keys],
    )
    .await?;
    if put > 0 {
        return Ok(());
    }
    let holder = rows_of(db, "SELECT person FROM account WHERE name=$1", &[&name]).await?;
    let Some(holder) = holder.first() else { return Err(Failed::Outrun) };
    let by = Reference::new(ResourceType::PRACTITIONER, person(holder.get(0))?);
    Err(CommitError::Taken(ClaimHeld { key: format!("account/{name}"), by, until: None }).into())
}

async fn put_factor(db: &Db, person: &Id, kept: Option<&str>) -> Result<(), Failed> {
    match kept {
        Some(kept) => {
            run(
                db,
                "INSERT INTO second_factor(person, kept) VALUES($1,$2) ON CONFLICT(person) DO UPDATE SET kept=excluded.kept",
                &[&person.as_str(), &kept],
            )
            .await?
        }
        None => run(db, "DELETE FROM second_factor WHERE person=$1", &[&person.as_str()]).await?,
    };
    Ok(())
}

pub(super) async fn second_factor(db: &Db, person: &Id) -> Result<Option<String>, StoreError> {
    let rows = rows_of(db, "SELECT kept FROM second_factor WHERE person=$1", &[&person.as_str()]).await?;
    Ok(rows.first().map(|r| r.get(0)))
}

async fn put_session(db: &Db, session: &Session) -> Result<(), Failed> {
    let step: i64 = match session.step {
        SignInStep::Done => 0,
        SignInStep::Prove => 1,
        SignInStep::Enrol => 2,
    };
    run(
        db,
        "INSERT INTO session(token, person, role, opened, until, step, factor, address, device)
         VALUES($1,$2,$3,$4,$5,$6,$7,$8,$9)
         ON CONFLICT(token) DO UPDATE SET person=excluded.person, role=excluded.role, opened=excluded.opened,
         until=excluded.until, step=excluded.step, factor=excluded.factor, address=excluded.address,
         device=excluded.device",
        &[
            &session.token_sha256.as_slice(),
            &session.person.as_str(),
            &session.practitioner_role.as_ref().map(Id::as_str),
            &session.opened_at.as_millisecond(),
            &session.until.as_millisecond(),
            &step,
            &session.factor_at.map(Time::as_millisecond),
            &text(&session.address),
            &text(&session.device),
        ],
    )
    .await?;
    Ok(())
}

pub(super) async fn by_name(db: &Db, name: &str) -> Result<Option<Account>, StoreError> {
    let sql = "SELECT name, person, password, enabled, keys FROM account WHERE name=$1";
    account(db, sql, &text(&name.to_lowercase())).await
}

pub(super) async fn by_person(db: &Db, person: &Id) -> Result<Option<Account>, StoreError> {
    account(db, "SELECT name, person, password, enabled, keys FROM account WHERE person=$1", person.as_str()).await
}

pub(super) async fn by_names(db: &Db, names: &[String]) -> Result<Vec<Account>, StoreError> {
    let names: Vec<String> = names.iter().map(|name| text(&name.to_lowercase())).collect();
    let sql = "SELECT name, person, password, enabled, keys FROM account WHERE name=ANY($1)";
    rows_of(db, sql, &[&names]).await?.iter().map(read).collect()
}

async fn account(db: &Db, sql: &str, key: &str) -> Result<Option<Account>, StoreError> {
    rows_of(db, sql, &[&key]).await?.first().map(read).transpose()
}

fn read(r: &Row) -> Result<Account, StoreError> {
    Ok(Account {
        name: r.get(0),
        person: person(r.get(1))?,
        password_hash: r.get(2),
        enabled: r.get(3),
        keys: r.get(4),
    })
}

pub(super) async fn session(db: &Db, token: &[u8; 32], now: Time) -> Result<Option<Session>, StoreError> {
    let sql = "SELECT token, person, role, opened, until, step, factor, address, device FROM session
               WHERE token=$1 AND until>$2";
    let rows = rows_of(db, sql, &[&token.as_slice(), &now.as_millisecond()]).await?;
    rows.first().map(read_session).transpose()
}

pub(super) async fn sessions_of(db: &Db, person: &Id, now: Time) -> Result<Vec<Session>, StoreError> {
    let sql = "SELECT token, person, role, opened, until, step, factor, address, device FROM session
               WHERE person=$1 AND until>$2 ORDER BY opened DESC LIMIT 100";
    let rows = rows_of(db, sql, &[&person.as_str(), &now.as_millisecond()]).await?;
    rows.iter().map(read_session).collect()
}

fn read_session(r: &Row) -> Result<Session, StoreError> {
    let token: &[u8] = r.get(0);
    let token = token.try_into().map_err(|_| StoreError::Corrupt("a session's token".into()))?;
    let step = match r.get::<_, i64>(5) {
        0 => SignInStep::Done,
        1 => SignInStep::Prove,
        _ => SignInStep::Enrol,
    };
    Ok(Session {
        practitioner_role: r.get::<_, Option<String>>(2).map(person).transpose()?,
        step,
        factor_at: r.get::<_, Option<i64>>(6).map(time),
        address: r.get(7),
        device: r.get(8),
        ..Session::new(token, person(r.get(1))?, time(r.get(3)), time(r.get(4)))
    })
}

fn person(id: String) -> Result<Id, StoreError> {
    Id::new(id).map_err(|_| StoreError::Corrupt("an account or session names nobody".into()))
}
