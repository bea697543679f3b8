//! A change decided: from what stands, locked, to the rows that shall stand. Pure.

use super::index::{Changes, Side, columns, targets};
use super::names::Rids;
use crate::body;
use crate::prepare::{Prepared, extract};
use crate::standing::Standing;
use crate::{CommitError, StoreError, Stored};
use fhir::search::{Rows, Words};
use fhir::{Reference, ResourceType};
use std::collections::{BTreeMap, HashMap};

/// What stands in `resource` and `scope` before a change.
#[derive(Debug, Clone, Default)]
pub(super) struct Before {
    pub(super) version: i64,
    pub(super) at: i64,
    pub(super) body: Option<Vec<u8>>,
    pub(super) standing: Option<Standing>,
    /// Parameter and target of its references.
    pub(super) targets: Vec<(i64, i64)>,
}

columns! {
    /// Rows of `resource` and `resource_history`.
    Versions { rid: i64, ver: i64, at: i64, body: Option<Vec<u8>> }
}
columns! {
    /// Rows of `scope`.
    Scopes { rid: i64, ty: i32, cust: i64, pat: i64, kase: i64 }
}
columns! {
    /// Rows of `custody_count`, to be added.
    Counts { cust: i64, ty: i32, n: i64 }
}

/// All that is written for a change's resources.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) at: i64,
    pub(super) stored: Vec<Stored>,
    pub(super) current: Versions,
    pub(super) history: Versions,
    pub(super) scopes: Scopes,
    pub(super) counts: Counts,
    pub(super) index: Changes,
}

/// A resource as the change finds it, and as it has made it so far.
struct Course<'p> {
    ty: ResourceType,
    at: &'p Reference,
    first: Before,
    version: i64,
    changed_at: i64,
    body: Option<Vec<u8>>,
    standing: Option<Standing>,
    rows: Option<&'p Rows>,
    words: Option<&'p Words>,
}

/// Every name that a change needs a number for, in the order of mention.
pub(super) fn mentioned(prepared: &Prepared) -> Vec<Reference> {
    let mut names = vec![];
    let mut seen = std::collections::HashSet::new();
    let mut name = |at: &Reference| {
        if seen.insert(at.clone()) {
            names.push(at.clone());
        }
    };
    for (write, body) in prepared.change.writes.iter().zip(&prepared.bodies) {
        name(&write.at);
        name(&Reference::new(ResourceType::ORGANIZATION, write.custodian.clone()));
        if let Some(body) = body {
            body.patient.iter().for_each(&mut name);
            body.rows.reference.iter().for_each(|(_, target)| name(target));
        }
        write.case.iter().for_each(&mut name);
    }
    let change = &prepared.change;
    change.grants.iter().map(|g| &g.scope).chain(change.revokes.iter().map(|r| &r.scope)).for_each(|scope| {
        let (crate::Scope::Patient(at) | crate::Scope::Case(at) | crate::Scope::Resource(at)) = scope;
        name(at);
    });
    // What must not exist is reserved too: only a row can be locked.
    change.expect.iter().filter(|e| e.version == 0).for_each(|e| name(&e.at));
    change.act.case.iter().for_each(&mut name);
    change.act.patient.iter().for_each(&mut name);
    names
}

/// Whether the versions are those that the decision rested on.
pub(super) fn as_expected(prepared: &Prepared, rids: &Rids, before: &HashMap<i64, Before>) -> Result<(), CommitError> {
    for expect in &prepared.change.expect {
        let stands = rids.get(&expect.at).and_then(|rid| before.get(rid));
        let actual = stands.map_or(0, |b| b.version).cast_unsigned();
        if actual != expect.version {
            return Err(CommitError::Stale { at: expect.at.clone(), expected: expect.version, actual });
        }
    }
    Ok(())
}

/// Decides what to write. `now` is the process's; a version is never older than the one before.
pub(super) fn plan(
    prepared: &Prepared,
    rids: &Rids,
    before: &HashMap<i64, Before>,
    now: i64,
) -> Result<Plan, CommitError> {
    let lost = |at: &Reference| StoreError::Engine(format!("{at} was given no number"));
    let rid = |at: &Reference| rids.get(at).copied().ok_or_else(|| lost(at));
    let written = prepared.change.writes.iter().filter_map(|w| before.get(rids.get(&w.at)?));
    let at = written.map(|b| b.at).fold(now, i64::max);
    let mut plan = Plan { at, ..Plan::default() };
    let mut courses: BTreeMap<i64, Course> = BTreeMap::new();
    for ((write, body), sha256) in prepared.change.writes.iter().zip(&prepared.bodies).zip(&prepared.digests) {
        let number = rid(&write.at)?;
        let course = courses.entry(number).or_insert_with(|| {
            let first = before.get(&number).cloned().unwrap_or_default();
            Course {
                ty: write.at.ty,
                at: &write.at,
                version: first.version,
                changed_at: first.at,
                body: first.body.clone(),
                standing: first.standing,
                rows: None,
                words: None,
                first,
            }
        });
        if write.must_be_new && course.version > 0 {
            return Err(CommitError::Exists(write.at.clone()));
        }
        if body.is_none() && course.body.is_none() {
            return Err(CommitError::Malformed { at: write.at.clone(), why: "there is nothing to delete".into() });
        }
        let stood = course.standing;
        // Custodian (set once), compartment (follows the body), case (kept when not named again).
        let custodian = match stood {
            Some(standing) => standing.custodian,
            None => rid(&Reference::new(ResourceType::ORGANIZATION, write.custodian.clone()))?,
        };
        let patient = match body {
            Some(body) => body.patient.as_ref().map(rid).transpose()?.unwrap_or(0),
            // A deletion stays visible, in the history, to those who saw what was deleted.
            None => stood.map_or(0, |s| s.patient),
        };
        let case = match &write.case {
            Some(case) => rid(case)?,
            None => stood.map_or(0, |s| s.case),
        };
        course.standing = Some(Standing { custodian, patient, case });
        if course.version > 0 {
            plan.history.push((number, course.version, course.changed_at, course.body.take()));
        }
        course.version += 1;
        course.changed_at = at;
        course.body = body.as_ref().map(|b| b.packed.clone());
        course.rows = body.as_ref().map(|b| &b.rows);
        course.words = body.as_ref().map(|b| &*b.words);
        let version = course.version.cast_unsigned();
        plan.stored.push(Stored { at: write.at.clone(), version, sha256: *sha256 });
    }
    for (number, course) in courses {
        plan.finish(number, course, rids)?;
    }
    Ok(plan)
}

impl Plan {
    fn finish(&mut self, number: i64, course: Course, rids: &Rids) -> Result<(), StoreError> {
        let ty = i32::from(course.ty.number());
        let none = Rows::default();
        // The rows of an older version follow from its body: no table of "rows by resource" is kept.
        let old = match &course.first.body {
            Some(packed) => rows_of(course.at, packed)?,
            None => Rows::default(),
        };
        let new = course.rows.unwrap_or(&none);
        let points = targets(new, |at| rids.get(at).copied());
        let was = course.first.body.is_some().then_some(course.first.at);
        self.index.replace(
            course.ty,
            number,
            Side { rows: &old, targets: &course.first.targets, at: was, standing: course.first.standing },
            Side { rows: new, targets: &points, at: course.rows.map(|_| self.at), standing: course.standing },
        );
        self.index.words(number, course.words, was.is_some());
        if let Some(s) = course.standing
            && course.first.standing != course.standing
        {
            self.scopes.push((number, ty, s.custodian, s.patient, s.case));
            if course.first.standing.is_none() {
                self.count(s.custodian, ty);
            }
        }
        self.current.push((number, course.version, self.at, course.body));
        Ok(())
    }

    fn count(&mut self, custodian: i64, ty: i32) {
        let counts = &mut self.counts;
        match (0..counts.cust.len()).find(|i| counts.cust[*i] == custodian && counts.ty[*i] == ty) {
            Some(i) => counts.n[i] += 1,
            None => counts.push((custodian, ty, 1)),
        }
    }
}

/// The index rows of a stored body.
pub(super) fn rows_of(at: &Reference, packed: &[u8]) -> Result<Rows, StoreError> {
    Ok(extract(at, &value_of(at, packed)?).0)
}

/// A stored body as it is indexed.
pub(super) fn value_of(at: &Reference, packed: &[u8]) -> Result<serde_json::Value, StoreError> {
    let raw = body::unpack(at, packed)?;
    serde_json::from_slice(&raw).map_err(|e| StoreError::Corrupt(format!("{at}: {e}")))
}
