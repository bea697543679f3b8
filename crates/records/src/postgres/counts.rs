//! How many resources of a type there are, and whose: an estimate of some seconds' age, by which searches are planned.
//!
//! Nothing is answered by it.

use super::pipe::{Db, rows_of};
use crate::StoreError;
use fhir::ResourceType;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How old an estimate gets.
const KEPT: Duration = Duration::from_secs(5);

/// The resources of a type, deleted ones included.
#[derive(Debug, Default)]
pub(super) struct Count {
    pub(super) all: i64,
    by_custodian: HashMap<i64, i64>,
}

impl Count {
    /// In the custody of one hospital.
    pub(super) fn of(&self, custodian: i64) -> i64 {
        self.by_custodian.get(&custodian).copied().unwrap_or(0)
    }
}

/// What was counted lately.
#[derive(Debug, Default)]
pub(super) struct Counts(Mutex<HashMap<ResourceType, (Instant, Arc<Count>)>>);

impl Counts {
    pub(super) async fn of(&self, db: &Db, ty: ResourceType) -> Result<Arc<Count>, StoreError> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&ty).cloned();
        if let Some((at, count)) = known
            && at.elapsed() < KEPT
        {
            return Ok(count);
        }
        let sql = "SELECT cust, sum(n)::int8 FROM custody_count WHERE ty=$1 GROUP BY cust";
        let number = i32::from(ty.number());
        let mut count = Count::default();
        for r in rows_of(db, sql, &[&number]).await? {
            let (custodian, n): (i64, i64) = (r.get(0), r.get(1));
            count.all += n;
            count.by_custodian.insert(custodian, n);
        }
        let count = Arc::new(count);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(ty, (Instant::now(), count.clone()));
        Ok(count)
    }
}
