//! Entries for reads: gathered, coalesced by minute, written through the engine's own writing at most 100 ms later.
//!
//! A reader does not wait for the disk. A crash may lose what was gathered in the last 100 ms; a full gathering makes
//! readers wait and never drops (DESIGN 1.3).

use crate::{Act, ReadNote, StoreError};
use serde_json::Value;
use std::collections::HashSet;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// How many may be gathered before readers wait.
const FULL: usize = 4_096;
/// How many notes of the running minute are remembered.
const REMEMBERED: usize = 100_000;
const FLUSH_EVERY: Duration = Duration::from_millis(100);
/// While the disk takes nothing there is no hurry.
const FLUSH_WHEN_FULL_EVERY: Duration = Duration::from_secs(1);

/// Where the entries go: the way of an engine to write when it must.
pub(crate) trait Keep: Clone + Send + Sync + 'static {
    /// Whether anything is written now.
    fn usable(&self) -> Result<(), StoreError>;
    /// Writes the entries of these acts, in order, all or none.
    fn keep(&self, acts: Vec<Act>) -> impl Future<Output = Result<(), StoreError>> + Send;
}

#[derive(Default)]
struct Gathered {
    minute: i64,
    /// Everything noted in this minute: the same again is the same entry.
    noted: HashSet<ReadNote>,
    waiting: Vec<ReadNote>,
    flushing: bool,
}

#[derive(Default)]
pub(crate) struct Notes {
    gathered: Mutex<Gathered>,
    room: Notify,
}

impl Notes {
    fn lock(&self) -> std::sync::MutexGuard<'_, Gathered> {
        self.gathered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gathers a note. Waits only while too many are gathered.
    pub(crate) async fn add(
        self: &Arc<Self>,
        note: ReadNote,
        now: kernel::Time,
        into: &impl Keep,
    ) -> Result<(), StoreError> {
        loop {
            let room = self.room.notified();
            if self.take(&note, now) {
                self.flush_soon(into);
                return Ok(());
            }
            // The reserve is used up as well: reading stops, since it could not be told who read.
            into.usable()?;
            room.await;
        }
    }

    /// False when there is no room.
    fn take(&self, note: &ReadNote, now: kernel::Time) -> bool {
        let mut gathered = self.lock();
        let minute = now.as_second().div_euclid(60);
        if gathered.minute != minute || gathered.noted.len() >= REMEMBERED {
            gathered.minute = minute;
            gathered.noted.clear();
        }
        if gathered.noted.contains(note) {
            return true;
        }
        if gathered.waiting.len() >= FULL {
            return false;
        }
        gathered.noted.insert(note.clone());
        gathered.waiting.push(note.clone());
        true
    }

    fn flush_soon(self: &Arc<Self>, into: &impl Keep) {
        let mut gathered = self.lock();
        if gathered.flushing || gathered.waiting.is_empty() {
            return;
        }
        gathered.flushing = true;
        drop(gathered);
        let (this, into) = (self.clone(), into.clone());
        tokio::spawn(async move {
            let mut pause = FLUSH_EVERY;
            loop {
                tokio::time::sleep(pause).await;
                pause = match this.flush(&into).await {
                    Ok(()) => FLUSH_EVERY,
                    Err(StoreError::Closed) => return,
                    Err(e) => {
                        tracing::error!(error = %e, "entries for reads wait for the next flush: {e}");
                        if into.usable().is_ok() { FLUSH_EVERY } else { FLUSH_WHEN_FULL_EVERY }
                    }
                };
                let mut gathered = this.lock();
                gathered.flushing = !gathered.waiting.is_empty();
                if !gathered.flushing {
                    return;
                }
            }
        });
    }

    /// Writes what was gathered. What could not be written stays gathered.
    pub(crate) async fn flush(self: &Arc<Self>, into: &impl Keep) -> Result<(), StoreError> {
        let notes = std::mem::take(&mut self.lock().waiting);
        if notes.is_empty() {
            return Ok(());
        }
        let acts: Vec<Act> = notes.iter().map(act).collect();
        let written = into.keep(acts).await;
        if let Err(e) = written {
            let mut gathered = self.lock();
            let since = std::mem::replace(&mut gathered.waiting, notes);
            gathered.waiting.extend(since);
            return Err(e);
        }
        self.room.notify_waiters();
        Ok(())
    }
}

fn act(note: &ReadNote) -> Act {
    let mut act = Act::system(&note.what);
    act.person = Some(note.person.clone());
    act.role = Some(note.role);
    act.hospital = Some(note.hospital.clone());
    act.patient = note.patient.clone();
    act.case = note.case.clone();
    act.about = note.about.iter().cloned().collect();
    act.params.insert("read".into(), Value::Bool(true));
    act.params.insert("allowed".into(), Value::Bool(note.allowed));
    act
}

/// Whether an act is what a note of a read becomes, and says nothing beside it.
pub(crate) fn is_note(said: &Act) -> bool {
    let (Some(person), Some(role), Some(hospital)) = (&said.person, said.role, &said.hospital) else { return false };
    let Some(Value::Bool(allowed)) = said.params.get("allowed") else { return false };
    let note = ReadNote {
        person: person.clone(),
        role,
        hospital: hospital.clone(),
        what: said.what.clone(),
        patient: said.patient.clone(),
        case: said.case.clone(),
        about: said.about.first().cloned(),
        allowed: *allowed,
    };
    act(&note) == *said
}
