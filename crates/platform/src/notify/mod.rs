//! Notices: what a person is to be told, in the app at once, by mail and short message when it stays unread.
//!
//! A slice calls [`tell`] on the change of an act that somebody is to hear of; there is no other way in. The list of a
//! person is a view of the ledger, and so is the marker up to which it was read (`notify.read` is an act too), so both are
//! as durable as the act itself and the same on every screen. A mail says that something waits and nothing else: no
//! patient, no case, no hospital ever leaves the house in it.

pub mod address;
pub mod list;
pub mod mail;
mod outside;
pub mod read;
pub mod sms;

pub use outside::Call;

use crate::{Platform, Shared};
use kernel::{Actor, Id, Role};
use records::{Change, Entry, StoreError, Subject};
use serde_json::Value;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use tokio::sync::{Mutex, MutexGuard};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The parameter of an act that names who is to be told.
const TELL: &str = "tell";
/// The list reaches back so many entries of the ledger; what is older waits in the inbox all the same.
const REACHES_BACK: u64 = 200_000;
/// Notices kept for one person or desk.
const KEPT: usize = 200;
/// Entries read at a time.
const BATCH: usize = 1_000;

/// Names who is to be told of a change's act: persons, or the dispatchers of a desk. They hear it on their event streams,
/// find it in their list, and get a mail and a message when they leave it unread.
pub fn tell(platform: &Platform, change: &mut Change, told: &[Subject]) {
    let Change { act, jobs, .. } = change;
    for subject in told {
        if !act.audience.contains(subject) {
            act.audience.push(subject.clone());
        }
    }
    if told.is_empty() {
        return;
    }
    act.params.insert(TELL.to_owned(), told.iter().map(ToString::to_string).collect());
    jobs.extend(outside::jobs(platform, act.person.as_ref(), told, None));
}

/// Calls these persons at once, wherever they are: of those who are told of an emergency, who is to come.
pub fn call(platform: &Platform, change: &mut Change, called: &[Subject], call: Call<'_>) {
    change.jobs.extend(outside::jobs(platform, change.act.person.as_ref(), called, Some(call)));
}

/// Whom a notice is kept for, besides the person: the desk a dispatcher serves now.
fn subjects(actor: &Actor) -> Vec<Subject> {
    let mut all = vec![Subject::Person(actor.person.clone())];
    if actor.role == Role::Dispatcher {
        all.push(Subject::Desk(actor.hospital.clone()));
    }
    all
}

/// The notices of everybody, as of an entry of the ledger.
#[derive(Default)]
pub struct Notices(Mutex<Heard>);

/// What [`Notices`] hold.
#[derive(Default)]
pub struct Heard {
    sealed: Option<u64>,
    told: HashMap<Subject, VecDeque<Arc<Entry>>>,
    read: HashMap<Id, u64>,
}

impl Notices {
    /// The notices as they are now: every entry sealed since is taken in first.
    pub async fn now(&self, platform: &Platform) -> Result<MutexGuard<'_, Heard>, StoreError> {
        let mut heard = self.0.lock().await;
        let sealed = *platform.store.sealed().borrow();
        let mut after = heard.sealed.unwrap_or(sealed.saturating_sub(REACHES_BACK));
        loop {
            let entries = platform.store.entries(after, BATCH).await?;
            let more = entries.len() == BATCH;
            for entry in entries {
                after = entry.number;
                heard.hear(entry);
            }
            heard.sealed = Some(after);
            if !more {
                return Ok(heard);
            }
        }
    }
}

impl Notices {
    /// Reads what the ledger told so far, so that who comes first after a start does not wait for it longer than they must.
    pub async fn warm(&self, platform: &Platform) {
        if let Err(error) = self.now(platform).await {
            tracing::warn!("the notices could not be read at the start: {error}");
        }
    }
}

impl Heard {
    fn hear(&mut self, entry: Entry) {
        if entry.act.what == read::OPERATION {
            let upto = entry.act.params.get("to").and_then(Value::as_u64);
            if let (Some(person), Some(upto)) = (&entry.act.person, upto) {
                let read = self.read.entry(person.clone()).or_default();
                *read = upto.max(*read);
            }
            return;
        }
        let Some(told) = entry.act.params.get(TELL).and_then(Value::as_array) else { return };
        let told: Vec<Subject> = told.iter().filter_map(|one| one.as_str()?.parse().ok()).collect();
        let entry = Arc::new(entry);
        for subject in told {
            let kept = self.told.entry(subject).or_default();
            if kept.len() == KEPT {
                kept.pop_front();
            }
            kept.push_back(entry.clone());
        }
    }

    /// What these were told, newest first, each once; what the person did is no news to them.
    fn of<'a>(&'a self, person: &Id, subjects: &[Subject]) -> Vec<&'a Arc<Entry>> {
        let mut all: Vec<&Arc<Entry>> = subjects.iter().filter_map(|s| self.told.get(s)).flatten().collect();
        all.retain(|entry| entry.act.person.as_ref() != Some(person));
        all.sort_by_key(|entry| std::cmp::Reverse(entry.number));
        all.dedup_by_key(|entry| entry.number);
        all
    }

    /// Up to which entry this person has read.
    fn read_to(&self, person: &Id) -> u64 {
        self.read.get(person).copied().unwrap_or(0)
    }
}

/// The routes of this slice.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(list::list)).routes(routes!(read::read)).routes(routes!(address::address))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Time;
    use records::Act;

    fn id(text: &str) -> Id {
        Id::new(text).unwrap()
    }

    fn entry(number: u64, what: &str, by: &str, params: serde_json::Value) -> Entry {
        let mut act = Act::system(what);
        act.person = Some(id(by));
        act.params = params.as_object().unwrap().clone();
        Entry { number, at: Time::UNIX_EPOCH, act, versions: vec![], hash: [0; 32] }
    }

    #[test]
    fn a_notice_reaches_those_named_and_the_marker_only_grows() {
        let mut heard = Heard::default();
        let tell = |who: &[&str]| serde_json::json!({ "tell": who });
        heard.hear(entry(1, "consult.request", "zhou", tell(&["desk:h"])));
        heard.hear(entry(2, "consult.accept", "li", tell(&["person:zhou", "desk:h"])));
        heard.hear(entry(3, "consult.show", "li", serde_json::json!({})));
        heard.hear(entry(4, "consult.assign", "chen", tell(&["person:li", "person:chen", "desk:h"])));
        let numbers = |person: &str, subjects: &[Subject]| -> Vec<u64> {
            heard.of(&id(person), subjects).iter().map(|e| e.number).collect()
        };
        let (chen, desk) = (Subject::Person(id("chen")), Subject::Desk(id("h")));
        assert_eq!(numbers("chen", &[chen, desk]), [2, 1], "once each, and not what they did themselves");
        assert_eq!(numbers("li", &[Subject::Person(id("li"))]), [4]);
        assert_eq!(numbers("zhao", &[Subject::Person(id("zhao"))]), Vec::<u64>::new());
        heard.hear(entry(5, "notify.read", "li", serde_json::json!({ "to": 4 })));
        heard.hear(entry(6, "notify.read", "li", serde_json::json!({ "to": 2 })));
        assert_eq!((heard.read_to(&id("li")), heard.read_to(&id("chen"))), (4, 0));
    }

    #[test]
    fn the_list_of_one_is_bounded() {
        let mut heard = Heard::default();
        for number in 1..=(KEPT as u64 + 10) {
            heard.hear(entry(number, "consult.request", "zhou", serde_json::json!({ "tell": ["desk:h"] })));
        }
        let all = heard.of(&id("chen"), &[Subject::Desk(id("h"))]);
        assert_eq!((all.len(), all[0].number), (KEPT, KEPT as u64 + 10), "the newest stay");
    }
}
