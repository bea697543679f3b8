//! Numbers of names: a rid for each `Type/id`, also for what is only referred to.
//!
//! What a committed row says stays so for ever, and is remembered. New numbers come from blocks that a process takes for
//! itself, so that they are known before anything is written; that they are the only ones is decided by the table.

use super::pipe::Db;
use crate::StoreError;
use fhir::{Reference, ResourceType};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

/// How many names are remembered with their numbers.
const REMEMBERED: usize = 200_000;
/// How many numbers one step of the sequence stands for.
pub(super) const BLOCK: i64 = 64;

/// The numbers that a change needs.
pub(super) type Rids = HashMap<Reference, i64>;

#[derive(Debug, Default)]
pub(super) struct Names {
    known: Mutex<HashMap<Reference, i64>>,
    free: tokio::sync::Mutex<Vec<Range<i64>>>,
}

impl Names {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Reference, i64>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn get(&self, at: &Reference) -> Option<i64> {
        self.lock().get(at).copied()
    }

    /// Remembers what a committed transaction wrote, or what was read.
    pub(super) fn remember(&self, names: impl IntoIterator<Item = (Reference, i64)>) {
        let mut known = self.lock();
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.extend(names);
    }

    /// After a connection was lost: the database may have forgotten what it had not made durable.
    pub(super) fn forget(&self) {
        self.lock().clear();
    }

    /// The numbers of these names as far as they have any.
    pub(super) async fn find(&self, db: &Db, wanted: &[Reference]) -> Result<Rids, tokio_postgres::Error> {
        let mut found = Rids::new();
        let mut unknown = vec![];
        {
            let known = self.lock();
            for at in wanted {
                match known.get(at) {
                    Some(rid) => drop(found.insert(at.clone(), *rid)),
                    None => unknown.push(at),
                }
            }
        }
        if unknown.is_empty() {
            return Ok(found);
        }
        let types: Vec<i32> = unknown.iter().map(|at| i32::from(at.ty.number())).collect();
        let ids: Vec<&str> = unknown.iter().map(|at| at.id.as_str()).collect();
        let sql = "SELECT w.n, r.rid FROM unnest($1::int4[], $2::text[]) WITH ORDINALITY w(ty, id, n)
                   JOIN resource r ON r.ty=w.ty AND r.id=w.id";
        let statement = super::pipe::prepared(db, sql).await?;
        let rows = db.query(&statement, &[&types, &ids]).await?;
        let read = rows.iter().filter_map(|r| {
            let at = unknown.get(usize::try_from(r.get::<_, i64>(0)).ok()?.checked_sub(1)?)?;
            Some(((*at).clone(), r.get::<_, i64>(1)))
        });
        let read: Vec<(Reference, i64)> = read.collect();
        found.extend(read.iter().cloned());
        self.remember(read);
        Ok(found)
    }

    /// `n` numbers that nobody else will ever get, ascending.
    pub(super) async fn take(&self, db: &Db, n: usize) -> Result<Vec<i64>, StoreError> {
        let mut free = self.free.lock().await;
        let left: usize = free.iter().map(|r| usize::try_from(r.end - r.start).unwrap_or(0)).sum();
        if left < n {
            let blocks = i64::try_from((n - left).div_ceil(BLOCK as usize)).unwrap_or(1);
            let rows = db.query("SELECT nextval('rid_block') FROM generate_series(1, $1::int8)", &[&blocks]).await?;
            free.extend(rows.iter().map(|r| {
                let block: i64 = r.get(0);
                (block - 1) * BLOCK + 1..block * BLOCK + 1
            }));
        }
        let mut taken = Vec::with_capacity(n);
        while taken.len() < n {
            let Some(range) = free.first_mut() else {
                return Err(StoreError::Engine("the sequence of numbers gave none".into()));
            };
            match range.next() {
                Some(rid) => taken.push(rid),
                None => drop(free.remove(0)),
            }
        }
        Ok(taken)
    }
}

/// The number of one name, in the snapshot that is read.
pub(super) async fn rid_of(db: &Db, names: &Names, at: &Reference) -> Result<Option<i64>, StoreError> {
    let found = names.find(db, std::slice::from_ref(at)).await?;
    Ok(found.get(at).copied())
}

/// `Type/id` of columns.
pub(super) fn reference(ty: i32, id: String) -> Option<Reference> {
    let ty = ResourceType::from_number(u16::try_from(ty).ok()?)?;
    Some(Reference { ty, id: kernel::Id::new(id).ok()? })
}
