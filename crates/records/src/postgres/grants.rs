//! Access opened and ended.

use super::apply::Failed;
use super::names::Rids;
use super::pipe::{Db, run};
use crate::standing::{CASE, NO_END, PATIENT, RESOURCE};
use crate::{Change, Scope, StoreError, Subject};
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
    let mut given = Ends::default();
    for grant in &change.grants {
        given.push(&grant.subject, numbered(&grant.scope, rids)?, grant.until.map_or(NO_END, Time::as_millisecond));
    }
    if !given.rids.is_empty() {
        run(
            db,
            "INSERT INTO access_grant(subject, kind, rid, until)
             SELECT subject, kind, rid, max(until)
             FROM unnest($1::text[], $2::int8[], $3::int8[], $4::int8[]) n(subject, kind, rid, until)
             GROUP BY subject, kind, rid
             ON CONFLICT(subject, kind, rid) DO UPDATE SET until=greatest(access_grant.until, excluded.until)",
            &[&given.subjects, &given.kinds, &given.rids, &given.untils],
        )
        .await?;
    }
    let mut ended = Ends::default();
    for revoke in &change.revokes {
        ended.push(&revoke.subject, numbered(&revoke.scope, rids)?, revoke.until.as_millisecond());
    }
    if !ended.rids.is_empty() {
        run(
            db,
            "UPDATE access_grant g SET until=least(g.until, n.until)
             FROM (SELECT subject, kind, rid, min(until) AS until
                   FROM unnest($1::text[], $2::int8[], $3::int8[], $4::int8[]) n(subject, kind, rid, until)
                   GROUP BY subject, kind, rid) n
             WHERE g.subject=n.subject AND g.kind=n.kind AND g.rid=n.rid",
            &[&ended.subjects, &ended.kinds, &ended.rids, &ended.untils],
        )
        .await?;
    }
    Ok(())
}

/// Ends that grants get, as columns.
#[derive(Default)]
struct Ends {
    subjects: Vec<String>,
    kinds: Vec<i64>,
    rids: Vec<i64>,
    untils: Vec<i64>,
}

impl Ends {
    fn push(&mut self, subject: &Subject, (kind, rid): (i64, i64), until: i64) {
        self.subjects.push(subject.to_string());
        self.kinds.push(kind);
        self.rids.push(rid);
        self.untils.push(until);
    }
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
