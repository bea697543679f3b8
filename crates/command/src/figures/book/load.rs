//! Reading everything from zero, a page at a time; the histories of cases beside each other.

use super::consult::Row;
use super::follow::ask_type;
use super::{Names, Pages};
use crate::figures::kept::SEEN;
use fhir::ResourceType;
use kernel::Id;
use platform::{Platform, Problem};
use records::{Query, Resource, Store, Viewer};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::task::JoinSet;

/// Resources read at a time.
const PAGE: usize = 1000;
/// Cases whose histories one task reads.
const CASES: usize = 250;
/// Tasks that read at the same time.
const TASKS: usize = 4;
/// Ids that a search takes together.
const TOGETHER: usize = 200;

/// A page of a search, and the next.
struct Pager<'a> {
    store: &'a dyn Store,
    read: &'a AtomicU64,
    query: Option<Query>,
}

impl Pager<'_> {
    async fn next(&mut self) -> Result<Option<records::Page>, Problem> {
        let Some(query) = &mut self.query else { return Ok(None) };
        let mut page = self.store.search(&Viewer::System, query).await?;
        query.after = page.next.take();
        if query.after.is_none() {
            self.query = None;
        }
        self.read.fetch_add(page.matches.len() as u64, Ordering::Relaxed);
        Ok(Some(page))
    }
}

impl Pages {
    /// What the record says now. What is sealed before it begins is in what it finds; what comes during it is taken in next.
    pub(super) async fn from_zero(platform: &Platform, read: &AtomicU64) -> Result<Self, Problem> {
        read.store(0, Ordering::Relaxed);
        let mut pages = Self {
            sealed: Some(*platform.store.sealed().borrow()),
            tree: platform.directory.tree(),
            ..Self::default()
        };
        let store = &*platform.store;
        let all = |query: Query| Pager { store, read, query: Some(query.count(PAGE)) };
        pages.load_cases(platform, all(Query::of(ResourceType::TASK).with("_include", "Task:focus"))).await?;
        for ty in [ResourceType::COMMUNICATION, ask_type()] {
            let mut pager = all(Query::of(ty));
            while let Some(page) = pager.next().await? {
                for found in &page.matches {
                    pages.put_note(found, &found.value()?);
                }
            }
        }
        for ty in [ResourceType::CONDITION, ResourceType::LINKAGE, ResourceType::PRACTITIONER_ROLE] {
            let mut pager = all(Query::of(ty));
            while let Some(page) = pager.next().await? {
                for found in page.matches {
                    let versions = versions(store, found).await?;
                    let at = versions[versions.len() - 1].at.clone();
                    pages.put_history(&at, &versions)?;
                }
            }
        }
        let mut unknown = BTreeSet::new();
        let mut pager = all(Query::of(ResourceType::ENCOUNTER).with("class", SEEN.join(",")));
        while let Some(page) = pager.next().await? {
            for found in &page.matches {
                unknown.extend(pages.put_visit(&found.at.id, Some(&found.value()?)));
            }
        }
        pages.keepers.extend(unknown.iter().map(|patient| (patient.clone(), None)));
        let unknown: Vec<&Id> = unknown.iter().collect();
        for some in unknown.chunks(TOGETHER) {
            let ids = some.iter().map(|id| id.as_str()).collect::<Vec<_>>().join(",");
            let mut pager = all(Query::of(ResourceType::PATIENT).with("_id", ids));
            while let Some(page) = pager.next().await? {
                for found in &page.matches {
                    pages.put_keeper(found.at.id.clone(), Some(found));
                }
            }
        }
        pages.stale.all = true;
        pages.derive();
        tracing::info!(
            cases = pages.rows.len(),
            bytes = pages.bytes(),
            "the figures were counted from zero: {} cases",
            pages.rows.len()
        );
        Ok(pages)
    }

    async fn load_cases(&mut self, platform: &Platform, mut pager: Pager<'_>) -> Result<(), Problem> {
        let mut readers: JoinSet<Result<Vec<(Id, Row)>, Problem>> = JoinSet::new();
        while let Some(page) = pager.next().await? {
            let mut requests: HashMap<Id, Resource> = page.included.into_iter().map(|r| (r.at.id.clone(), r)).collect();
            let mut cases: Vec<(Resource, Resource)> =
                page.matches.into_iter().filter_map(|task| Some((requests.remove(&task.at.id)?, task))).collect();
            while !cases.is_empty() {
                let rest = cases.split_off(cases.len().min(CASES));
                let some = std::mem::replace(&mut cases, rest);
                if readers.len() >= TASKS
                    && let Some(done) = readers.join_next().await
                {
                    self.put_rows(done.map_err(Problem::internal)??);
                }
                readers.spawn(read_cases(platform.store.clone(), some));
            }
        }
        while let Some(done) = readers.join_next().await {
            self.put_rows(done.map_err(Problem::internal)??);
        }
        Ok(())
    }

    fn put_rows(&mut self, rows: Vec<(Id, Row)>) {
        for (id, row) in rows {
            let row = row.shared(&mut self.names);
            self.put_row(&id, Some(row));
        }
    }
}

async fn read_cases(store: Arc<dyn Store>, cases: Vec<(Resource, Resource)>) -> Result<Vec<(Id, Row)>, Problem> {
    let mut names = Names::default();
    let mut rows = vec![];
    for (request, task) in cases {
        let versions = versions(&*store, task).await?;
        let Some((task, before)) = versions.split_last() else { continue };
        rows.extend(Row::read(&request, task, before, &mut names)?.map(|row| (request.at.id.clone(), row)));
    }
    Ok(rows)
}

/// Every version of a resource, oldest first; at least the one given.
async fn versions(store: &dyn Store, newest: Resource) -> Result<Vec<Resource>, Problem> {
    if newest.version == 1 {
        return Ok(vec![newest]);
    }
    let mut all = store.history(&Viewer::System, &newest.at).await?;
    all.reverse();
    Ok(if all.is_empty() { vec![newest] } else { all })
}
