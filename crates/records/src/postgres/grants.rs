//! Access opened and ended.

use super::apply::{Failed, run};
use super::names::Rids;
use super::pipe::Db;
use crate::standing::{CASE, NO_END, PATIENT, RESOURCE};
use crate::{Change, Scope, StoreError};
use kernel::Time;
use std::collections::BTreeSet;

pub(super) async fn apply(db: &Db, change: &Change, rids: &Rids) -> Result<(), Failed> {
    if change.grants.is_empty() && change.revokes.is_empty() {
        return Ok(());
    }
    // The versions first and in one order: they are the locks under which a subject's grants change.
    let granted = change.grants.iter().map(|g| &g.subject);
    let subjects: BTreeSet<String> =
        granted.chain(change.revokes.iter().map(|r| &r.subject)).map(ToString::to_string).collect();
    let subjects: Vec<String> = subjects.into_iter().collect();
    run(
        db,
        "INSERT INTO access_version(subject, n) SELECT s, 1 FROM unnest($1::text[]) s ORDER BY s COLLATE \"C\"
         ON CONFLICT(subject) DO UPDATE SET n=access_version.n+1",
        &[&subjects],
    )
    .await?;
    for grant in &change.grants {
        let (kind, rid) = numbered(&grant.scope, rids)?;
        let until = grant.until.map_or(NO_END, Time::as_millisecond);
        run(
            db,
            "INSERT INTO access_grant(subject, kind, rid, until) VALUES($1,$2,$3,$4)
             ON CONFLICT(subject, kind, rid) DO UPDATE SET until=greatest(access_grant.until, excluded.until)",
            &[&grant.subject.to_string(), &kind, &rid, &until],
        )
        .await?;
    }
    for revoke in &change.revokes {
        let (kind, rid) = numbered(&revoke.scope, rids)?;
        run(
            db,
            "UPDATE access_grant SET until=least(until, $4) WHERE subject=$1 AND kind=$2 AND rid=$3",
            &[&revoke.subject.to_string(), &kind, &rid, &revoke.until.as_millisecond()],
        )
        .await?;
    }
    Ok(())
}

fn numbered(scope: &Scope, rids: &Rids) -> Result<(i64, i64), StoreError> {
    let (kind, at) = match scope {
        Scope::Patient(at) => (PATIENT, at),
        Scope::Case(at) => (CASE, at),
        Scope::Resource(at) => (RESOURCE, at),
    };
    let rid = rids.get(at).copied();
    Ok((kind, rid.ok_or_else(|| StoreError::Engine(format!("{at} was given no number")))?))
}
