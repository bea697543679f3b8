//! FHIR search as indexed SQL.
//!
//! Each criterion can be written two ways: as a *driver* (all rids that match, from the index) and as a *filter* (does
//! this rid match, one probe). A small driver is gathered and filtered by the others; where all are large, an ordered
//! index is walked and the walk ends with the page. Both give the same order, so a page may follow either. At the
//! result, every hop, `_has` and include stands the same condition: it is there, it is of that type, the viewer sees it.

mod plan;
mod sql;
mod wide;

use super::row::{self, by_rid};
use super::sight::{Sight, enter};
use crate::query::around::Around;
use crate::query::parse::{self, Include};
use crate::query::sets::Sets;
use crate::query::{Blind, Limits};
use crate::standing::Scoped;
use crate::{Page, Query, StoreError};
use fhir::ResourceType;
use rusqlite::{Connection, OptionalExtension};
use std::collections::HashSet;
use std::sync::Arc;

pub(super) fn run(
    db: &Connection,
    sight: Option<&Arc<Sight>>,
    query: &Query,
    sets: &Sets,
    limits: &Limits,
) -> Result<Page, StoreError> {
    let parsed = parse::parse(&Around::new(&|ty, id| rid(db, ty, id), sets), query)?;
    let _inside = enter(sight);
    let found = plan::find(db, &parsed, sight.map(Arc::as_ref), limits)?;
    let mut page = Page { next: found.next, ..Page::default() };
    for rid in &found.rids {
        if let Some(row) = by_rid(db, *rid)? {
            page.matches.push(crate::body::resource(row)?);
        }
    }
    include(db, &parsed.includes, &found.rids, sight.map(Arc::as_ref), limits, &mut page)?;
    Ok(page)
}

/// How many match, counted to just past `most`.
pub(super) fn count(
    db: &Connection,
    sight: Option<&Arc<Sight>>,
    query: &Query,
    sets: &Sets,
    limits: &Limits,
    most: usize,
) -> Result<u64, StoreError> {
    let parsed = parse::parse(&Around::new(&|ty, id| rid(db, ty, id), sets), query)?;
    let _inside = enter(sight);
    plan::count(db, &parsed, sight.map(Arc::as_ref), limits, most)
}

/// What `_include` and `_revinclude` bring: visible, or not there.
fn include(
    db: &Connection,
    includes: &[Include],
    matched: &[i64],
    sight: Option<&Sight>,
    limits: &Limits,
    page: &mut Page,
) -> Result<(), StoreError> {
    let mut known: HashSet<i64> = matched.iter().copied().collect();
    for include in includes {
        let sql = match include.reverse {
            false => "SELECT target FROM index_reference INDEXED BY reference_of WHERE rid=? AND pt=?",
            true => "SELECT rid FROM index_reference WHERE target=? AND pt=?",
        };
        // What an include brought before is a source for those that iterate.
        let sources: Vec<i64> = if include.iterate { known.iter().copied().collect() } else { matched.to_vec() };
        for source in sources {
            let mut statement = db.prepare_cached(sql)?;
            let mut rows = statement.query([source, include.number])?;
            while let Some(r) = rows.next()? {
                let rid: i64 = r.get(0)?;
                if page.included.len() >= limits.included {
                    return Ok(());
                }
                if !known.insert(rid) {
                    continue;
                }
                let scoped = scoped(db, rid)?.filter(|s| include.of.is_none_or(|ty| ty.number() == s.ty));
                let blind = limits.blind == Some(Blind::Include);
                if scoped.is_some_and(|s| blind || sight.is_none_or(|sight| sight.sees(&s)))
                    && let Some(row) = by_rid(db, rid)?
                {
                    page.included.push(crate::body::resource(row)?);
                } else {
                    known.remove(&rid);
                }
            }
        }
    }
    Ok(())
}

fn scoped(db: &Connection, rid: i64) -> rusqlite::Result<Option<Scoped>> {
    db.prepare_cached("SELECT ty, cust, pat, kase FROM scope WHERE rid=?")?
        .query_row([rid], |r| {
            Ok(Scoped { rid, ty: r.get(0)?, custodian: r.get(1)?, patient: r.get(2)?, case: r.get(3)? })
        })
        .optional()
}

/// The rid of `Type/id`, reserved ones included: a reference to what is not there yet is found.
fn rid(db: &Connection, ty: ResourceType, id: &str) -> Result<Option<i64>, StoreError> {
    match kernel::Id::new(id) {
        Ok(id) => Ok(row::rid_of(db, &fhir::Reference::new(ty, id))?),
        Err(_) => Ok(None),
    }
}
