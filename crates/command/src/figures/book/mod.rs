//! The book: all that a figure is made of, in memory, kept up to date from the ledger.
//!
//! Called by every operation of `figures/` and `service/`. It is a view: before it answers it takes in every entry sealed
//! since, so that a step taken counts at once, and at a start it is read from zero. What it holds after any history is what
//! reading from zero gives (`tests`). It must never hold clinical content beyond the codes that are counted, nor a name.

mod clocks;
mod condition;
mod consult;
mod derive;
mod follow;
mod load;
mod notes;
#[cfg(test)]
pub mod tests;

pub use clocks::ClockKind;
pub use consult::{Outcome, Row, Urgency, Verdict};

use super::kept::Seen;
use super::series::{Case, Known, World};
use axum::http::StatusCode;
use condition::Condition;
use kernel::{HospitalTree, Id, Time};
use notes::Note;
use platform::{Platform, Problem};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::{RwLock, RwLockReadGuard};

/// How long a question waits for a count from zero, before it is told how far that is.
const WAIT: Duration = Duration::from_secs(5);

/// The book, shared.
#[derive(Debug, Default)]
pub struct Book {
    pages: RwLock<Pages>,
    /// Resources read of the count from zero that runs.
    read: AtomicU64,
}

/// What stands in it, as of an entry of the ledger.
#[derive(Debug, Default)]
pub struct Pages {
    sealed: Option<u64>,
    tree: Arc<HospitalTree>,
    names: Names,
    /// Consultations.
    pub rows: BTreeMap<Id, Row>,
    /// What the daily series are made of.
    pub world: World,
    /// Visits that were held.
    pub visits: BTreeMap<Id, Seen>,
    /// Which hospital keeps the record of a patient who was seen; none while the patient is not known.
    keepers: HashMap<Id, Option<Arc<Id>>>,
    /// What was said in a case, by case.
    notes: HashMap<Id, Vec<Note>>,
    conditions: HashMap<Id, Condition>,
    /// Notifiable cases as they were reported, without what was said of pairs.
    reports: HashMap<Id, Known<Case>>,
    /// What was said of two reports: which is counted with the other, and from when to when.
    pairs: HashMap<Id, (Id, Known<bool>)>,
    /// Spells of a role, by role: at which hospital, and when it was there.
    roles: HashMap<Id, (Id, Known<()>)>,
    rows_of: HashMap<Id, BTreeSet<Id>>,
    conditions_of: HashMap<Id, BTreeSet<Id>>,
    /// What is to be derived anew.
    stale: Stale,
}

#[derive(Debug, Default)]
struct Stale {
    rows: BTreeSet<Id>,
    reports: BTreeSet<Id>,
    hospitals: BTreeSet<Id>,
    all: bool,
}

/// Names that many rows share, once.
#[derive(Debug, Default)]
pub struct Names(HashMap<Id, Arc<Id>>);

impl Names {
    /// The one copy of a name.
    pub fn take(&mut self, id: Id) -> Arc<Id> {
        self.0.entry(id).or_insert_with_key(|id| Arc::new(id.clone())).clone()
    }
}

impl Book {
    /// Everything as it is now. While it is counted from zero this waits a short while, then says how far the count is.
    pub async fn now(&self, platform: &Platform) -> Result<RwLockReadGuard<'_, Pages>, Problem> {
        let sealed = *platform.store.sealed().borrow();
        let tree = platform.directory.tree();
        let pages = self.in_time(self.pages.read()).await?;
        if pages.is_as_of(sealed, &tree) {
            return Ok(pages);
        }
        drop(pages);
        let mut pages = self.in_time(self.pages.write()).await?;
        pages.catch_up(platform, &self.read).await?;
        Ok(pages.downgrade())
    }

    /// Reads everything while nobody waits for it yet, then goes on with the ledger, so that who asks finds it read.
    pub async fn follow(&self, platform: &Platform) {
        let mut sealed = platform.store.sealed();
        loop {
            let mut pages = self.pages.write().await;
            if let Err(problem) = pages.catch_up(platform, &self.read).await {
                tracing::warn!("figures could not be kept up to date: {}", problem.cause().unwrap_or(problem.code));
            }
            drop(pages);
            // What comes close together is taken in together.
            tokio::time::sleep(Duration::from_millis(200)).await;
            if sealed.changed().await.is_err() {
                return;
            }
        }
    }

    async fn in_time<T>(&self, what: impl Future<Output = T>) -> Result<T, Problem> {
        tokio::time::timeout(WAIT, what).await.map_err(|_| {
            let read = self.read.load(Ordering::Relaxed);
            let text =
                format!("The figures are being counted from zero: {read} resources were read. Ask again shortly.");
            let mut problem =
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, "figures.counting", text).with("read", read);
            problem.retry_after_s = Some(5);
            problem
        })
    }
}

impl Pages {
    fn is_as_of(&self, sealed: u64, tree: &Arc<HospitalTree>) -> bool {
        self.sealed.is_some_and(|own| sealed <= own) && Arc::ptr_eq(&self.tree, tree)
    }

    /// Which hospital keeps a patient's record.
    pub fn keeper(&self, patient: &Id) -> Option<&Id> {
        self.keepers.get(patient)?.as_deref()
    }

    /// A hospital's place, as of the last look into the directory.
    pub fn tree(&self) -> &HospitalTree {
        &self.tree
    }

    /// Whether two books say the same.
    #[cfg(test)]
    fn same_as(&self, other: &Self) -> bool {
        self.rows == other.rows
            && self.world == other.world
            && self.visits == other.visits
            && self.visits.values().filter_map(|v| v.patient.as_ref()).all(|p| self.keeper(p) == other.keeper(p))
            && self.notes == other.notes
            && self.conditions == other.conditions
            && self.reports == other.reports
            && self.pairs == other.pairs
            && self.roles == other.roles
    }

    /// Bytes that what is counted takes, about: what its parts hold on the heap, without the allocator's own.
    pub fn bytes(&self) -> usize {
        let id = |id: &Id| size_of::<Id>() + id.as_str().len();
        let rows: usize = self.rows.iter().map(|(key, row)| id(key) + row.bytes()).sum();
        let notes: usize =
            self.notes.iter().map(|(key, all)| id(key) + all.iter().map(Note::bytes).sum::<usize>()).sum();
        let consults: usize = self.world.consults.keys().map(|key| id(key) + 160).sum();
        let conditions: usize = self.conditions.iter().map(|(key, c)| id(key) + c.bytes()).sum();
        let visits: usize = self.visits.keys().map(|key| id(key) + size_of::<Seen>() + 72).sum();
        let indexes = [&self.rows_of, &self.conditions_of];
        let indexes: usize =
            indexes.iter().flat_map(|i| i.iter()).map(|(key, set)| id(key) + set.iter().map(id).sum::<usize>()).sum();
        rows + notes + consults + conditions + visits + indexes
    }
}

/// When something was stored.
type Instant = Time;
