//! Reads a referral with the rules' own eyes, and asks whether this person may.

use super::resources::{Loaded, Part, References, request, task};
use fhir::{Reference, ResourceType};
use kernel::decide::Facts;
use kernel::{Decision, Id};
use platform::{Op, Problem};
use records::{Query, Resource, Store, Viewer};
use std::collections::HashMap;

/// The referral of this id, or none.
pub async fn find(store: &dyn Store, id: &Id) -> Result<Option<Loaded>, Problem> {
    let at = References::of(id);
    let Some(request) = store.read(&Viewer::System, &at.case).await? else { return Ok(None) };
    if !request::is_one(&request.value()?) {
        return Ok(None);
    }
    let Some(task) = store.read(&Viewer::System, &at.task).await? else { return Ok(None) };
    let mut asked = HashMap::new();
    for hospital in named(&task)? {
        if let Some(found) = store.read(&Viewer::System, &hospital).await? {
            asked.insert(hospital.id, found);
        }
    }
    assemble(&request, &task, &mut asked).map(Some)
}

/// Loads a referral for an operation, if this person may; else it is as if it were not there, and the ledger says so.
pub async fn enter(op: &Op, operation: &'static str, id: &Id) -> Result<(Loaded, Decision), Problem> {
    let found = find(op.store(), id).await?;
    let about = References::of(id).case;
    let decision = op.may(operation, &facts(found.as_ref()), Some(&about)).await?;
    found.map(|found| (found, decision)).ok_or_else(Problem::not_found)
}

/// What `decide` looks at.
pub fn facts(of: Option<&Loaded>) -> Facts {
    Facts { custodian: of.map(|r| r.sender.clone()), referral: of.map(Loaded::facts), ..Facts::default() }
}

/// The referrals of these requests, in their order; what is none is left out.
pub async fn find_of(store: &dyn Store, requests: &[Resource]) -> Result<Vec<Loaded>, Problem> {
    let ids: Vec<Id> = requests.iter().map(|r| r.at.id.clone()).collect();
    let mut tasks = by_id(store, &ids).await?;
    let mut wanted = vec![];
    for task in tasks.values() {
        wanted.extend(named(task)?.into_iter().map(|r| r.id));
    }
    let mut asked = by_id(store, &wanted).await?;
    let mut all = vec![];
    for request in requests {
        if let Some(task) = tasks.remove(&request.at.id)
            && request::is_one(&request.value()?)
        {
            all.push(assemble(request, &task, &mut asked)?);
        }
    }
    Ok(all)
}

/// Tasks by id, read together: as many at a time as a search takes values of one parameter.
async fn by_id(store: &dyn Store, ids: &[Id]) -> Result<HashMap<Id, Resource>, Problem> {
    let mut found = HashMap::new();
    for some in ids.chunks(200) {
        let wanted = some.iter().map(Id::as_str).collect::<Vec<_>>().join(",");
        let page = store.search(&Viewer::System, &Query::of(ResourceType::TASK).with("_id", wanted).count(200)).await?;
        found.extend(page.matches.into_iter().map(|r| (r.at.id.clone(), r)));
    }
    Ok(found)
}

fn named(task: &Resource) -> Result<Vec<Reference>, Problem> {
    Ok(task::read(&task.value()?).map(|read| read.asked).unwrap_or_default())
}

fn assemble(request: &Resource, task: &Resource, asked: &mut HashMap<Id, Resource>) -> Result<Loaded, Problem> {
    let mut bodies = vec![];
    for hospital in named(task)? {
        if let Some(found) = asked.remove(&hospital.id) {
            bodies.push(found.written()?);
        }
    }
    let part = Part { body: task.written()?, version: task.version };
    let loaded = Loaded::new(&request.at.id, &request.custodian, request.written()?, part, bodies);
    loaded.ok_or_else(|| Problem::internal(format!("{} cannot be read as a referral", request.at)))
}
