//! Tries to sign in, by person.

use crate::standing::time;
use crate::{CommitError, SignIn, SignInNote, StoreError};
use kernel::Id;
use rusqlite::{Connection, params};

pub(super) fn note(db: &Connection, notes: &[SignInNote]) -> Result<(), CommitError> {
    for SignInNote { sign_in, keep_from } in notes {
        let (person, at) = (sign_in.person.as_str(), sign_in.at.as_millisecond());
        db.prepare_cached("DELETE FROM sign_in WHERE person=? AND at<?")?
            .execute(params![person, keep_from.as_millisecond()])?;
        db.prepare_cached(
            "INSERT INTO sign_in(person, at, n, outcome, address, device)
             VALUES(?1,?2,(SELECT coalesce(max(n), 0) + 1 FROM sign_in WHERE person=?1 AND at=?2),?3,?4,?5)",
        )?
        .execute(params![person, at, sign_in.outcome, sign_in.address, sign_in.device])?;
    }
    Ok(())
}

pub(super) fn of(db: &Connection, person: &Id, limit: usize) -> Result<Vec<SignIn>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT at, outcome, address, device FROM sign_in WHERE person=? ORDER BY at DESC, n DESC LIMIT ?",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = statement.query_map(params![person.as_str(), limit], |r| {
        Ok(SignIn {
            person: person.clone(),
            at: time(r.get(0)?),
            outcome: r.get(1)?,
            address: r.get(2)?,
            device: r.get(3)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
