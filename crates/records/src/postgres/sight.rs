//! Who sees what, applied to rows.
//!
//! A viewer sees the own hospital's custody and what live grants open: a patient's compartment, a case, one resource. Reads
//! of one resource ask the tables of grants in the same statement. Searches hand the viewer's sets over, as bits where they
//! are dense: an engine that is given a list makes a table of it for each statement, which for tens of thousands of grants takes
//! longer than the search. Sets are kept between requests under the versions of their subjects' grants, which are read in the
//! request's own snapshot, and until the first grant ends. Custody is read with each row, so a write is visible, or
//! invisible, at once.

use super::names::{Names, rid_of};
use super::pipe::{Db, rows_of};
use crate::query::Limits;
use crate::standing::{CASE, NO_END, PATIENT};
use crate::{StoreError, Subject, Viewer};
use fhir::{Reference, ResourceType};
use kernel::Id;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

/// How many viewers are remembered.
const REMEMBERED: usize = 5_000;

/// A viewer as statements take it.
#[derive(Debug, Clone)]
pub(super) enum Eyes {
    /// The system: sees everything.
    All,
    /// A person.
    Some { custody: Option<Id>, subjects: Vec<String>, now: i64 },
}

impl Eyes {
    pub(super) fn of(viewer: &Viewer, now: i64) -> Self {
        let Viewer::Person { custody, subjects } = viewer else { return Self::All };
        let mut subjects: Vec<String> = subjects.iter().map(Subject::to_string).collect();
        subjects.sort();
        Self::Some { custody: custody.clone(), subjects, now }
    }
}

/// Numbers, sorted.
#[derive(Debug)]
pub(super) struct Set {
    pub(super) all: Vec<i64>,
    /// The same as bits, where they are many and not far between.
    pub(super) bits: Option<Bits>,
}

/// Bit n stands for the number `from + n`, as `get_bit` of the engine counts them.
#[derive(Debug)]
pub(super) struct Bits {
    pub(super) from: i64,
    pub(super) map: Vec<u8>,
}

impl Bits {
    /// The last number there is a bit for.
    pub(super) fn to(&self) -> i64 {
        self.from + self.map.len() as i64 * 8 - 1
    }
}

impl Set {
    fn of(sorted: BTreeSet<i64>, limits: &Limits) -> Self {
        let all: Vec<i64> = sorted.into_iter().collect();
        let bits = all.first().zip(all.last()).and_then(|(first, last)| {
            let bytes = usize::try_from((last - first) / 8 + 1).ok()?;
            if all.len() <= limits.few || bytes > all.len().saturating_mul(limits.dense) {
                return None;
            }
            let mut map = vec![0; bytes];
            for n in &all {
                let bit = usize::try_from(n - first).ok()?;
                *map.get_mut(bit / 8)? |= 1 << (bit % 8);
            }
            Some(Bits { from: *first, map })
        });
        Self { all, bits }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }
}

/// What one viewer sees.
#[derive(Debug)]
pub(super) struct Sight {
    pub(super) custody: i64,
    now: i64,
    pub(super) patients: Set,
    pub(super) cases: Set,
    pub(super) singles: Set,
    versions: Vec<i64>,
    fresh_until: i64,
}

impl Sight {
    /// How many grants there are.
    pub(super) fn grants(&self) -> usize {
        self.patients.len() + self.cases.len() + self.singles.len()
    }

    async fn load(
        db: &Db,
        custody: i64,
        subjects: &[String],
        versions: Vec<i64>,
        now: i64,
        limits: &Limits,
    ) -> Result<Self, StoreError> {
        let sql = "SELECT kind, rid, until FROM access_grant WHERE subject=ANY($1) AND until>$2";
        let (mut patients, mut cases, mut singles) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let mut fresh_until = NO_END;
        for r in rows_of(db, sql, &[&subjects, &now]).await? {
            let rid: i64 = r.get(1);
            match r.get::<_, i64>(0) {
                PATIENT => patients.insert(rid),
                // The request itself belongs to its case whether or not it was written so.
                CASE => cases.insert(rid) | singles.insert(rid),
                _ => singles.insert(rid),
            };
            fresh_until = fresh_until.min(r.get(2));
        }
        let [patients, cases, singles] = [patients, cases, singles].map(|set| Set::of(set, limits));
        Ok(Self { custody, now, patients, cases, singles, versions, fresh_until })
    }
}

/// Custody and subjects, in order.
type ViewerKey = (Option<Id>, Vec<String>);

/// The viewers of this process.
#[derive(Debug, Default)]
pub(super) struct Sights(Mutex<HashMap<ViewerKey, Arc<Sight>>>);

impl Sights {
    /// What a viewer sees; none for the system. To be called inside the snapshot that is read.
    pub(super) async fn of(
        &self,
        db: &Db,
        names: &Names,
        eyes: &Eyes,
        limits: &Limits,
    ) -> Result<Option<Arc<Sight>>, StoreError> {
        let Eyes::Some { custody, subjects, now } = eyes else { return Ok(None) };
        let now = *now;
        let hospital = match custody {
            Some(id) => rid_of(db, names, &Reference::new(ResourceType::ORGANIZATION, id.clone())).await?.unwrap_or(0),
            None => 0,
        };
        let sql = "SELECT coalesce(v.n, 0) FROM unnest($1::text[]) WITH ORDINALITY s(subject, i)
                   LEFT JOIN access_version v ON v.subject=s.subject ORDER BY s.i";
        let versions: Vec<i64> = if subjects.is_empty() {
            vec![]
        } else {
            rows_of(db, sql, &[subjects]).await?.iter().map(|r| r.get(0)).collect()
        };
        let key = (custody.clone(), subjects.clone());
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(known) = known
            && known.versions == versions
            && known.custody == hospital
            && (known.now..known.fresh_until).contains(&now)
        {
            return Ok(Some(known));
        }
        let fresh = Arc::new(Sight::load(db, hospital, subjects, versions, now, limits).await?);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= REMEMBERED {
            all.clear();
        }
        all.insert(key, fresh.clone());
        Ok(Some(fresh))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(numbers: impl IntoIterator<Item = i64>) -> Set {
        Set::of(numbers.into_iter().collect(), &Limits::default())
    }

    #[test]
    fn bits_are_those_of_the_numbers() {
        let numbers: BTreeSet<i64> = (0..1_000).map(|n| 70_000 + n * n % 9_973).collect();
        let set = set(numbers.clone());
        let bits = set.bits.as_ref().unwrap();
        let is_set = |n: i64| {
            let bit = usize::try_from(n - bits.from).unwrap();
            bits.map[bit / 8] >> (bit % 8) & 1 == 1
        };
        for n in bits.from..=bits.to() {
            assert_eq!(is_set(n), numbers.contains(&n), "{n}");
        }
        assert_eq!(set.all, numbers.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn few_and_far_between_are_no_bits() {
        assert!(set(0..64).bits.is_none());
        assert!(set(0..65).bits.is_some());
        assert!(set((0..100).map(|n| n * 1_000)).bits.is_none());
        assert!(set([]).bits.is_none());
    }
}
