//! FHIR search as indexed SQL, as [`crate::sqlite`] does it: a criterion is a *driver* or a *filter*, what is small is
//! gathered, along what is large one walks, in steps of so many rows, each a statement. Every statement is planned with its
//! values: what they match decides how.

mod plan;
mod sql;
mod walk;
mod wide;

use super::pipe::Db;
use super::sight::{Eyes, Sight};
use super::{Inner, row};
use crate::body;
use crate::query::Blind;
use crate::query::around::Around;
use crate::query::parse::{self, Include, Parsed};
use crate::query::sets::Sets;
use crate::{Page, Query, StoreError};
use fhir::{Reference, ResourceType};
use sql::Sql;
use std::cell::RefCell;
use std::collections::HashSet;

pub(super) async fn run(inner: &Inner, db: &Db, eyes: Eyes, query: Query, sets: Sets) -> Result<Page, StoreError> {
    let sight = inner.sights.of(db, &inner.names, &eyes, &inner.limits).await?;
    let sight = sight.as_deref();
    let parsed = understand(inner, db, &query, &sets).await?;
    let found = plan::find(inner, db, &parsed, sight).await?;
    let mut page = Page { next: found.next, ..Page::default() };
    for row in row::by_rids(db, &found.rids).await? {
        page.matches.push(body::resource(row)?);
    }
    include(inner, db, &parsed.includes, &found.rids, sight, &mut page).await?;
    Ok(page)
}

/// How many match, counted to just past `most`.
pub(super) async fn count(
    inner: &Inner,
    db: &Db,
    eyes: Eyes,
    query: Query,
    sets: Sets,
    most: usize,
) -> Result<u64, StoreError> {
    let sight = inner.sights.of(db, &inner.names, &eyes, &inner.limits).await?;
    let parsed = understand(inner, db, &query, &sets).await?;
    plan::count(inner, db, &parsed, sight.as_deref(), most).await
}

/// Parsed twice where it names resources: first to see which, then with their numbers.
async fn understand(inner: &Inner, db: &Db, query: &Query, sets: &Sets) -> Result<Parsed, StoreError> {
    let named = {
        let names = RefCell::new(vec![]);
        let collect = |ty: ResourceType, id: &str| {
            names.borrow_mut().extend(kernel::Id::new(id).map(|id| Reference::new(ty, id)));
            Ok(None)
        };
        let parsed = parse::parse(&Around::new(&collect, sets), query)?;
        let names = names.into_inner();
        if names.is_empty() {
            return Ok(parsed);
        }
        names
    };
    let rids = inner.names.find(db, &named).await?;
    let known = |ty: ResourceType, id: &str| {
        Ok(kernel::Id::new(id).ok().and_then(|id| rids.get(&Reference::new(ty, id)).copied()))
    };
    parse::parse(&Around::new(&known, sets), query)
}

/// What `_include` and `_revinclude` bring: visible, or not there.
async fn include(
    inner: &Inner,
    db: &Db,
    includes: &[Include],
    matched: &[i64],
    sight: Option<&Sight>,
    page: &mut Page,
) -> Result<(), StoreError> {
    let mut known: HashSet<i64> = matched.iter().copied().collect();
    let mut brought: Vec<i64> = vec![];
    for include in includes {
        let left = inner.limits.included - brought.len();
        // What an include brought before is a source for those that iterate.
        let sources: Vec<i64> =
            if include.iterate { matched.iter().chain(&brought).copied().collect() } else { matched.to_vec() };
        if left == 0 || sources.is_empty() {
            continue;
        }
        let mut sql = Sql::new(sight, &inner.limits);
        let (from, to) = if include.reverse { ("target", "rid") } else { ("rid", "target") };
        let (sources, pt) = (sql.list(&sources), sql.arg(include.number));
        let of = include.of.map_or(String::new(), |ty| format!(" AND v.ty={}", sql.arg(i64::from(ty.number()))));
        let seen = sql.sees_any("v", Blind::Include);
        let limit = sql.arg((left + known.len()) as i64);
        let text = format!(
            "SELECT x.{to} FROM unnest({sources}) WITH ORDINALITY s(rid, n)
             JOIN index_reference x ON x.{from}=s.rid AND x.pt={pt} JOIN scope v ON v.rid=x.{to}
             WHERE true{of}{seen} GROUP BY x.{to} ORDER BY min(s.n), x.{to} LIMIT {limit}"
        );
        for r in sql.rows(db, &text).await? {
            let rid = r.get(0);
            if brought.len() < inner.limits.included && known.insert(rid) {
                brought.push(rid);
            }
        }
    }
    for row in row::by_rids(db, &brought).await? {
        page.included.push(body::resource(row)?);
    }
    Ok(())
}
