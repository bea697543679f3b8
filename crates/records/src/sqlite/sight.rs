//! Who sees what, applied to rows.
//!
//! A viewer sees the own hospital's custody and what live grants open: a patient's compartment, a case, one resource.
//! `sees(cust, pat, kase, rid)` is a Rust function inside the SQL that looks into the viewer's sets. The sets are kept
//! between requests under the versions of their subjects' grants, which are read in the request's own snapshot, and
//! until the first grant ends; custody is read with each row, so a write is visible, or invisible, at once.
//! Nothing is seen where no viewer was entered.

use super::row::rid_of;
use crate::standing::{CASE, NO_END, PATIENT, Scoped, is_directory};
use crate::{StoreError, Subject, Viewer};
use fhir::{Reference, ResourceType};
use kernel::Id;
use roaring::RoaringTreemap;
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, OptionalExtension};
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How many viewers are remembered.
const REMEMBERED: usize = 5_000;

/// What one viewer sees.
#[derive(Debug)]
pub(super) struct Sight {
    pub(super) custody: i64,
    pub(super) subjects: Vec<String>,
    pub(super) now: i64,
    patients: RoaringTreemap,
    cases: RoaringTreemap,
    singles: RoaringTreemap,
    versions: Vec<i64>,
    fresh_until: i64,
}

impl Sight {
    fn holds(&self, custodian: i64, patient: i64, case: i64, rid: i64) -> bool {
        let has = |set: &RoaringTreemap, n: i64| n > 0 && set.contains(n.cast_unsigned());
        (self.custody > 0 && custodian == self.custody)
            || has(&self.patients, patient)
            || has(&self.cases, case)
            || has(&self.singles, rid)
    }

    pub(super) fn sees(&self, row: &Scoped) -> bool {
        ResourceType::from_number(row.ty).is_some_and(is_directory)
            || self.holds(row.custodian, row.patient, row.case, row.rid)
    }

    /// How many grants there are.
    pub(super) fn grants(&self) -> u64 {
        self.patients.len() + self.cases.len() + self.singles.len()
    }

    fn load(
        db: &Connection,
        custody: i64,
        subjects: Vec<String>,
        versions: Vec<i64>,
        now: i64,
    ) -> rusqlite::Result<Self> {
        let mut this = Self {
            custody,
            subjects,
            now,
            patients: RoaringTreemap::new(),
            cases: RoaringTreemap::new(),
            singles: RoaringTreemap::new(),
            versions,
            fresh_until: NO_END,
        };
        let mut statement =
            db.prepare_cached("SELECT kind, rid, until FROM access_grant WHERE subject=? AND until>?")?;
        for subject in &this.subjects {
            let mut rows = statement.query((subject, now))?;
            while let Some(r) = rows.next()? {
                let (kind, rid) = (r.get::<_, i64>(0)?, r.get::<_, i64>(1)?.cast_unsigned());
                match kind {
                    PATIENT => this.patients.insert(rid),
                    // The request itself belongs to its case whether or not it was written so.
                    CASE => this.cases.insert(rid) | this.singles.insert(rid),
                    _ => this.singles.insert(rid),
                };
                this.fresh_until = this.fresh_until.min(r.get(2)?);
            }
        }
        Ok(this)
    }
}

thread_local!(static CURRENT: RefCell<Option<Arc<Sight>>> = const { RefCell::new(None) });

/// While it lives, `sees` on this thread answers for one viewer.
pub(super) struct Inside(Option<Arc<Sight>>);

pub(super) fn enter(sight: Option<&Arc<Sight>>) -> Inside {
    Inside(CURRENT.replace(sight.cloned()))
}

impl Drop for Inside {
    fn drop(&mut self) {
        CURRENT.set(self.0.take());
    }
}

pub(super) fn register(db: &Connection) -> rusqlite::Result<()> {
    // Not SQLITE_DETERMINISTIC: the answer depends on who asks, and SQLite must not keep it.
    db.create_scalar_function("sees", 4, FunctionFlags::SQLITE_UTF8, |c| {
        let (custodian, patient, case, rid) = (c.get(0)?, c.get(1)?, c.get(2)?, c.get(3)?);
        Ok(CURRENT.with_borrow(|s| s.as_ref().is_some_and(|s| s.holds(custodian, patient, case, rid))))
    })
}

/// Custody and subjects, in order.
type ViewerKey = (Option<Id>, Vec<String>);

/// The viewers of this process.
#[derive(Debug, Default)]
pub(super) struct Sights(Mutex<HashMap<ViewerKey, Arc<Sight>>>);

impl Sights {
    /// What `viewer` sees; none for the system, which sees everything. To be called inside the snapshot that is read.
    pub(super) fn of(&self, db: &Connection, viewer: &Viewer, now: i64) -> Result<Option<Arc<Sight>>, StoreError> {
        match self.wanted(db, viewer, now)? {
            None => Ok(None),
            Some(Wanted { known: Some(known), .. }) => Ok(Some(known)),
            Some(wanted) => self.load(db, wanted, now).map(Some),
        }
    }

    /// The same where it is known, or is nothing but a custody; none where the grants, which may be many, must be read first.
    pub(super) fn at_hand(
        &self,
        db: &Connection,
        viewer: &Viewer,
        now: i64,
    ) -> Result<Option<Option<Arc<Sight>>>, StoreError> {
        match self.wanted(db, viewer, now)? {
            None => Ok(Some(None)),
            Some(Wanted { known: Some(known), .. }) => Ok(Some(Some(known))),
            Some(wanted) if wanted.versions.iter().all(|n| *n == 0) => {
                self.load(db, wanted, now).map(|s| Some(Some(s)))
            }
            Some(_) => Ok(None),
        }
    }

    fn load(&self, db: &Connection, wanted: Wanted, now: i64) -> Result<Arc<Sight>, StoreError> {
        let Wanted { key, custody, versions, .. } = wanted;
        let fresh = Arc::new(Sight::load(db, custody, key.1.clone(), versions, now)?);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= REMEMBERED {
            all.clear();
        }
        all.insert(key, fresh.clone());
        Ok(fresh)
    }

    /// None for the system.
    fn wanted(&self, db: &Connection, viewer: &Viewer, now: i64) -> Result<Option<Wanted>, StoreError> {
        let Viewer::Person { custody: hospital, subjects } = viewer else { return Ok(None) };
        let mut names: Vec<String> = subjects.iter().map(Subject::to_string).collect();
        names.sort();
        let key = (hospital.clone(), names);
        let remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        let custody = match (hospital, &remembered) {
            (None, _) => 0,
            // A name keeps its number for good.
            (Some(_), Some(sight)) if sight.custody > 0 => sight.custody,
            (Some(id), _) => rid_of(db, &Reference::new(ResourceType::ORGANIZATION, id.clone()))?.unwrap_or(0),
        };
        let mut version = db.prepare_cached("SELECT n FROM access_version WHERE subject=?")?;
        let versions = key
            .1
            .iter()
            .map(|name| Ok(version.query_row([name], |r| r.get(0)).optional()?.unwrap_or(0)))
            .collect::<rusqlite::Result<Vec<i64>>>()?;
        let fits = |sight: &Arc<Sight>| {
            sight.versions == versions && sight.custody == custody && (sight.now..sight.fresh_until).contains(&now)
        };
        let known = remembered.filter(fits);
        Ok(Some(Wanted { key, custody, versions, known }))
    }
}

/// By what a viewer's sight is known, as it stands in a snapshot.
struct Wanted {
    key: ViewerKey,
    custody: i64,
    versions: Vec<i64>,
    /// The sight that was remembered, if it still holds.
    known: Option<Arc<Sight>>,
}
