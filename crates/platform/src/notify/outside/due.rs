//! What is still to be sent: unread by now, and not sent by another job.

use crate::notify::subjects;
use crate::{Platform, Problem};
use fhir::{Reference, ResourceType};
use jiff::SignedDuration;
use kernel::{Actor, Id, Time};
use records::Job;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Word;

/// Something to send.
#[derive(Debug)]
pub struct Wanted {
    /// To whom.
    pub person: Id,
    /// Where to.
    pub to: String,
    /// What is said.
    pub word: Word,
    /// When the newest thing happened that they have not read.
    pub newest: Time,
}

/// Up to which instant each person's notices were sent: of several jobs due at once one sends.
#[derive(Default)]
pub struct Sent(Mutex<HashMap<Id, Time>>);

impl Sent {
    /// Up to which instant this person's were.
    pub fn to(&self, person: &Id) -> Option<Time> {
        self.held().get(person).copied()
    }

    /// Sends, unless another job sends as much to the same person already; what failed counts as not sent.
    pub async fn once(
        &self,
        wanted: Wanted,
        send: impl AsyncFnOnce(&Wanted) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let Wanted { person, word, newest, .. } = &wanted;
        let before = {
            let mut sent = self.held();
            let before = sent.get(person).copied();
            if *word == Word::Waits && before >= Some(*newest) {
                return Ok(());
            }
            sent.insert(person.clone(), *newest);
            before
        };
        let done = send(&wanted).await;
        if done.is_err() {
            match before {
                Some(before) => _ = self.held().insert(person.clone(), before),
                None => _ = self.held().remove(person),
            }
        }
        done
    }

    fn held(&self) -> MutexGuard<'_, HashMap<Id, Time>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call that could not be sent for so long is not sent any more: by then others were called.
const CALL_STANDS: SignedDuration = SignedDuration::from_mins(10);

/// Whether a call still stands: nobody has come, nor was the case ended. As the ledger says.
pub async fn stands(platform: &Platform, job: &Job, since: Time) -> Result<bool, Problem> {
    if platform.clock.now().duration_since(since) > CALL_STANDS {
        return Ok(false);
    }
    let Some(case) = job.payload["case"].as_str().and_then(|id| Id::new(id).ok()) else { return Ok(true) };
    let ends = job.payload["ended_by"].as_array().map(Vec::as_slice).unwrap_or_default();
    let entries = platform.store.entries_of_case(&Reference::new(ResourceType::SERVICE_REQUEST, case)).await?;
    // The store's instants are cut to the millisecond.
    let after = since - SignedDuration::from_secs(1);
    Ok(!entries.iter().any(|entry| entry.at >= after && ends.iter().any(|what| *what == *entry.act.what)))
}

/// When the newest thing happened that this person has not read, in whichever role.
pub async fn newest_unread(platform: &Platform, person: &Id) -> Result<Option<Time>, Problem> {
    let mut all = vec![records::Subject::Person(person.clone())];
    for role in platform.directory.roles_of(person) {
        all.extend(subjects(&Actor {
            person: person.clone(),
            role: role.role,
            hospital: role.hospital.clone(),
            practitioner_role: role.id.clone(),
        }));
    }
    all.sort();
    all.dedup();
    let heard = platform.notices.now(platform).await?;
    let read_to = heard.read_to(person);
    Ok(heard.of(person, &all).first().filter(|e| e.number > read_to).map(|e| e.at))
}
