//! Reads many cases at once, the rules' own eyes: one search a type for a page of them, where one by one it is a read each.

use super::loading::{assemble, part};
use super::resources::{Loaded, ask_type};
use fhir::{Reference, ResourceType};
use kernel::Id;
use platform::Problem;
use records::{Query, Resource, Store, Viewer};
use std::collections::{BTreeSet, HashMap};

/// Cases read together: as many values as a search takes of one parameter.
pub const TOGETHER: usize = 200;

/// The cases of these ids, at most [`TOGETHER`]; what is no case is left out.
pub async fn find_many(store: &dyn Store, ids: &[Id]) -> Result<Vec<Loaded>, Problem> {
    let tasks = by_id(store, ResourceType::TASK, ids).await?;
    find_rest(store, ids, tasks).await
}

/// The cases of these Tasks, at most [`TOGETHER`], in their order.
pub async fn find_of(store: &dyn Store, tasks: Vec<Resource>) -> Result<Vec<Loaded>, Problem> {
    let ids: Vec<Id> = tasks.iter().map(|task| task.at.id.clone()).collect();
    find_rest(store, &ids, tasks.into_iter().map(|task| (task.at.id.clone(), task)).collect()).await
}

async fn find_rest(store: &dyn Store, ids: &[Id], mut tasks: HashMap<Id, Resource>) -> Result<Vec<Loaded>, Problem> {
    let mut requests = by_id(store, ResourceType::SERVICE_REQUEST, ids).await?;
    let mut appointments = by_id(store, ResourceType::APPOINTMENT, ids).await?;
    let mut encounters = by_id(store, ResourceType::ENCOUNTER, ids).await?;
    let mut cases = Vec::with_capacity(ids.len());
    for id in ids {
        let Some((request, task)) = requests.remove(id).zip(tasks.remove(id)) else { continue };
        let appointment = appointments.remove(id).as_ref().map(part).transpose()?;
        let encounter = encounters.remove(id).as_ref().map(part).transpose()?;
        cases.extend(assemble(id, &request, &task, appointment, encounter)?);
    }
    Ok(cases)
}

/// What there is of these ids, at most [`TOGETHER`].
pub async fn by_id(store: &dyn Store, ty: ResourceType, ids: &[Id]) -> Result<HashMap<Id, Resource>, Problem> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let wanted = ids.iter().map(Id::as_str).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(",");
    let found = all(store, Query::of(ty).with("_id", wanted)).await?;
    Ok(found.into_iter().map(|r| (r.at.id.clone(), r)).collect())
}

/// Those of these cases in which an expert waits for something.
pub async fn asked_among(store: &dyn Store, cases: &[Reference]) -> Result<BTreeSet<Id>, Problem> {
    if cases.is_empty() {
        return Ok(BTreeSet::new());
    }
    let wanted = cases.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let open = all(store, Query::of(ask_type()).with("based-on", wanted).with("status", "active")).await?;
    Ok(open.into_iter().filter_map(|ask| ask.case.map(|c| c.id)).collect())
}

async fn all(store: &dyn Store, query: Query) -> Result<Vec<Resource>, Problem> {
    let mut query = query.count(1000);
    let mut found = vec![];
    loop {
        let page = store.search(&Viewer::System, &query).await?;
        found.extend(page.matches);
        match page.next {
            Some(next) => query.after = Some(next),
            None => return Ok(found),
        }
    }
}
