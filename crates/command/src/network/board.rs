//! What the network's numbers are made of, in memory: each case without clinical content, when each hospital was last
//! heard of, where each stands. A view: before it answers it takes in every entry sealed since.

use crate::figures::signed_at;
use fhir::{Reference, ResourceType};
use kernel::decide::CaseFacts;
use kernel::{Id, Time};
use platform::{Platform, Problem, case, codes, drill};
use records::{Entry, Query, Resource, Viewer};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use tokio::sync::{Mutex, MutexGuard};

/// Entries taken in at a time.
const BATCH: usize = 1000;
/// Entries looked back at after a start, for who was there in the last minutes. More than these in fifteen minutes would be
/// twenty a second; a hospital heard of only before them shows as quiet until its next act.
const LOOK_BACK: u64 = 20_000;
/// The kind of Location that says where a hospital stands.
const SITE: &str = "site";

/// A case, as far as it is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The case.
    pub id: Id,
    /// Its number.
    pub number: String,
    /// The code of its state.
    pub state: String,
    /// `emergency`, `urgent`, `routine`.
    pub urgency: &'static str,
    /// What the rules look at: who asks, who advises, which centre.
    pub facts: CaseFacts,
    /// Whose case; to count people, never shown.
    pub patient: Option<Id>,
    /// When it was handed in.
    pub submitted_at: Time,
    /// When the clock in force runs out.
    pub due: Option<Time>,
    /// When its opinion was signed.
    pub signed_at: Option<Time>,
    /// For practice: shown, never counted.
    pub drill: bool,
}

/// Longitude and latitude.
pub type Position = (f64, f64);

/// Everything, as of an entry.
#[derive(Debug, Default)]
pub struct Now {
    sealed: Option<u64>,
    /// All cases.
    pub rows: BTreeMap<Id, Row>,
    /// When each hospital was last heard of in the ledger.
    pub heard: HashMap<Id, Time>,
    /// Where each hospital stands.
    pub sites: HashMap<Id, Position>,
}

/// The board.
#[derive(Debug, Default)]
pub struct Network(Mutex<Now>);

impl Network {
    /// Everything as it is now.
    pub async fn now(&self, platform: &Platform) -> Result<MutexGuard<'_, Now>, Problem> {
        let mut now = self.0.lock().await;
        now.catch_up(platform).await?;
        Ok(now)
    }
}

impl Now {
    async fn catch_up(&mut self, platform: &Platform) -> Result<(), Problem> {
        let mut after = match self.sealed {
            Some(sealed) => sealed,
            None => self.load(platform).await?,
        };
        let mut changed = BTreeSet::new();
        loop {
            let entries = platform.store.entries(after, BATCH).await?;
            for entry in &entries {
                self.hear(entry);
                changed.extend(changed_by(entry));
            }
            after = entries.last().map_or(after, |e| e.number);
            if entries.len() < BATCH {
                break;
            }
        }
        for at in changed {
            match at.ty {
                ResourceType::LOCATION => self.take_site(platform, &at).await?,
                _ => self.take_case(platform, &at.id).await?,
            }
        }
        self.sealed = Some(after);
        Ok(())
    }

    /// Reads what there is; gives the number after which the ledger is to be taken in.
    async fn load(&mut self, platform: &Platform) -> Result<u64, Problem> {
        let sealed = *platform.store.sealed().borrow();
        for (ty, filter) in [
            (ResourceType::TASK, ("_include", "Task:focus".to_owned())),
            (ResourceType::LOCATION, ("type", format!("{}|{SITE}", codes::PLACE))),
        ] {
            let mut query = Query::of(ty).with(filter.0, filter.1).count(BATCH);
            loop {
                let page = platform.store.search(&Viewer::System, &query).await?;
                let requests: HashMap<&str, &Resource> = page.included.iter().map(|r| (r.at.id.as_str(), r)).collect();
                for found in &page.matches {
                    if ty == ResourceType::LOCATION {
                        self.sites.extend(read_site(&found.value()?));
                    } else if let Some(request) = requests.get(found.at.id.as_str()) {
                        let row = read_row(request, &found.value()?)?;
                        self.rows.extend(row.map(|row| (row.id.clone(), row)));
                    }
                }
                match page.next {
                    Some(next) => query.after = Some(next),
                    None => break,
                }
            }
        }
        let mut after = sealed.saturating_sub(LOOK_BACK);
        while after < sealed {
            let entries = platform.store.entries(after, BATCH).await?;
            let Some(last) = entries.last() else { break };
            after = last.number;
            entries.iter().for_each(|entry| self.hear(entry));
        }
        Ok(sealed)
    }

    /// Somebody of a hospital did something, were it only to look.
    fn hear(&mut self, entry: &Entry) {
        if let Some(hospital) = &entry.act.hospital {
            let last = self.heard.entry(hospital.clone()).or_insert(entry.at);
            *last = entry.at.max(*last);
        }
    }

    async fn take_case(&mut self, platform: &Platform, id: &Id) -> Result<(), Problem> {
        let read = |ty| {
            let at = Reference::new(ty, id.clone());
            async move { platform.store.read(&Viewer::System, &at).await }
        };
        let (request, task) = (read(ResourceType::SERVICE_REQUEST).await?, read(ResourceType::TASK).await?);
        let row = match (&request, &task) {
            (Some(request), Some(task)) => read_row(request, &task.value()?)?,
            _ => None,
        };
        match row {
            Some(row) => self.rows.insert(id.clone(), row),
            None => self.rows.remove(id),
        };
        Ok(())
    }

    async fn take_site(&mut self, platform: &Platform, at: &Reference) -> Result<(), Problem> {
        if let Some(location) = platform.store.read(&Viewer::System, at).await? {
            self.sites.extend(read_site(&location.value()?));
        }
        Ok(())
    }
}

/// What of an entry is to be read anew: its case, or a Location.
fn changed_by(entry: &Entry) -> Vec<Reference> {
    let counts = |ty: ResourceType| [ResourceType::TASK, ResourceType::SERVICE_REQUEST].contains(&ty);
    let of_case = entry.versions.iter().any(|v| counts(v.at.ty)).then(|| entry.act.case.clone()).flatten();
    let places = entry.versions.iter().map(|v| &v.at).filter(|at| at.ty == ResourceType::LOCATION).cloned();
    of_case.into_iter().chain(places).collect()
}

/// A case as the numbers see it; none when it is not one of ours.
fn read_row(request: &Resource, task: &Value) -> Result<Option<Row>, Problem> {
    let body = request.value()?;
    let Some(facts) = case::facts(&request.custodian, &body, task) else { return Ok(None) };
    let time = |value: &Value| value.as_str().and_then(|t| t.parse::<Time>().ok());
    let (Some(state), Some(submitted_at)) = (case::state(task), time(&body["authoredOn"])) else { return Ok(None) };
    let patient = body["subject"]["reference"].as_str().and_then(|r| r.strip_prefix("Patient/"));
    Ok(Some(Row {
        id: request.at.id.clone(),
        number: body["identifier"][0]["value"].as_str().unwrap_or_default().to_owned(),
        state: state.to_owned(),
        urgency: urgency(&body["priority"]),
        facts,
        patient: patient.and_then(|id| Id::new(id).ok()),
        submitted_at,
        due: time(&task["restriction"]["period"]["end"]),
        signed_at: signed_at(task),
        drill: drill::is_drill(&body),
    }))
}

/// FHIR's word for the urgency, as ours.
fn urgency(priority: &Value) -> &'static str {
    match priority.as_str() {
        Some("stat") => "emergency",
        Some("urgent") => "urgent",
        _ => "routine",
    }
}

/// A hospital and where it stands.
fn read_site(location: &Value) -> Option<(Id, Position)> {
    let codings = location["type"][0]["coding"].as_array()?;
    codings.iter().find(|c| c["system"] == codes::PLACE && c["code"] == SITE)?;
    let hospital = location["managingOrganization"]["reference"].as_str()?.strip_prefix("Organization/")?;
    let (longitude, latitude) =
        (location["position"]["longitude"].as_f64()?, location["position"]["latitude"].as_f64()?);
    Some((Id::new(hospital).ok()?, (longitude, latitude)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_site_is_read_and_a_room_is_none() {
        let location = |system: &str, code: &str| {
            json!({"type": [{"coding": [{"system": system, "code": code}]}],
                "position": {"longitude": 114.9, "latitude": 32.01},
                "managingOrganization": {"reference": "Organization/guangshan"}})
        };
        assert_eq!(read_site(&location(codes::PLACE, SITE)), Some((Id::new("guangshan").unwrap(), (114.9, 32.01))));
        assert_eq!(read_site(&location(codes::ROOM, "virtual")), None);
    }

    #[test]
    fn urgency_in_our_words() {
        let of = |word: &str| urgency(&json!(word));
        assert_eq!([of("stat"), of("urgent"), of("routine")], ["emergency", "urgent", "routine"]);
    }
}
