//! Tries to sign in, by person.

use super::apply::Failed;
use super::error::text;
use super::pipe::{Db, rows_of, run};
use crate::standing::time;
use crate::{SignIn, SignInNote, StoreError};
use kernel::Id;

pub(super) async fn note(db: &Db, notes: &[SignInNote]) -> Result<(), Failed> {
    for SignInNote { sign_in, keep_from } in notes {
        let (person, at) = (sign_in.person.as_str(), sign_in.at.as_millisecond());
        // Two tries in one millisecond take turns: each needs a number of its own.
        run(db, "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", &[&person]).await?;
        run(db, "DELETE FROM sign_in WHERE person=$1 AND at<$2", &[&person, &keep_from.as_millisecond()]).await?;
        run(
            db,
            "INSERT INTO sign_in(person, at, n, outcome, address, device)
             SELECT $1,$2,coalesce(max(n), 0)+1,$3,$4,$5 FROM sign_in WHERE person=$1 AND at=$2",
            &[&person, &at, &text(&sign_in.outcome), &text(&sign_in.address), &text(&sign_in.device)],
        )
        .await?;
    }
    Ok(())
}

pub(super) async fn of(db: &Db, person: &Id, limit: usize) -> Result<Vec<SignIn>, StoreError> {
    let sql = "SELECT at, outcome, address, device FROM sign_in WHERE person=$1 ORDER BY at DESC, n DESC LIMIT $2";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = rows_of(db, sql, &[&person.as_str(), &limit]).await?;
    let read = rows.iter().map(|r| SignIn {
        person: person.clone(),
        at: time(r.get(0)),
        outcome: r.get(1),
        address: r.get(2),
        device: r.get(3),
    });
    Ok(read.collect())
}
