//! One open stream: what it has sent, what waits, when it ends.

use super::Place;
use crate::directory::PersonRef;
use crate::{Op, Shared, session};
use axum::response::sse::Event;
use jiff::SignedDuration;
use kernel::{Id, Role, Time};
use records::{Disk, Entry, StoreError, Subject, Viewer};
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};
use tokio::time::{Interval, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

/// Who missed more is told to read lists anew.
const MISSED_MAX: u64 = 5_000;
/// Entries read at a time when catching up.
const PAGE: usize = 500;
/// A sign of life, and the moment to see whether the session still lives.
const PING: Duration = Duration::from_secs(15);
/// An act of a hospital not heard of for so long may have changed which are there.
const SILENT_AFTER: SignedDuration = SignedDuration::from_mins(5);

/// An act as a listener hears it.
#[derive(Debug, Serialize)]
struct Heard<'a> {
    number: u64,
    at: Time,
    what: &'a str,
    by: Option<PersonRef>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
    params: &'a Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<&'a Id>,
    about: Vec<String>,
}

/// Says that lists are to be read anew.
fn resync(sealed: u64) -> Event {
    Event::default().event("resync").id(sealed.to_string()).data("{}")
}

/// The state of one stream.
pub struct Listener {
    platform: Shared,
    subjects: Vec<Subject>,
    person: Id,
    session: Option<[u8; 32]>,
    /// All entries up to this one have been considered.
    last: u64,
    /// Read the store before listening: after a resume, or when the buffer ran over.
    behind: bool,
    entries: broadcast::Receiver<Arc<Entry>>,
    /// Whether this is somebody who sees the network's figures, and hears when they may have changed.
    figures: bool,
    /// When each hospital was last heard of, for `figures`.
    heard: HashMap<Id, Time>,
    /// To be said, once however many acts wait: who hears it reads the figures anew.
    figures_changed: bool,
    presence: watch::Receiver<u64>,
    /// How the disk is: everybody hears when nothing can be saved, and when it can again.
    disk: watch::Receiver<Disk>,
    waiting: VecDeque<Event>,
    ping: Interval,
    stopping: CancellationToken,
    _place: Place,
}

impl Listener {
    /// Goes on after `resume`, or begins with what happens next.
    pub fn new(op: &Op, resume: Option<u64>, place: Place) -> Self {
        let platform = op.platform().clone();
        // Subscribed before the store is looked at, so that nothing falls between.
        let entries = platform.events.subscribe();
        let sealed = *platform.store.sealed().borrow();
        let Viewer::Person { subjects, .. } = op.viewer().clone() else { unreachable!("an actor is a person") };
        let mut disk = platform.store.disk();
        // Who comes while all is well need not be told.
        if *disk.borrow() != Disk::Takes {
            disk.mark_changed();
        }
        let mut waiting = VecDeque::new();
        // Who has heard what this store never said knew it before it was set back to an older copy.
        if resume.is_some_and(|number| number > sealed) {
            waiting.push_back(resync(sealed));
        }
        let mut ping = tokio::time::interval(PING);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            subjects,
            person: op.actor().person.clone(),
            session: op.session().copied(),
            last: resume.unwrap_or(sealed).min(sealed),
            // Caught up in the store: what was sealed before the subscription is not in it.
            behind: resume.is_some_and(|number| number <= sealed),
            entries,
            figures: matches!(op.actor().role, Role::CommandStaff | Role::OutbreakOfficer | Role::Dispatcher),
            heard: HashMap::new(),
            figures_changed: false,
            presence: platform.events.presence.subscribe(),
            disk,
            waiting,
            ping,
            stopping: platform.stopping.clone(),
            platform,
            _place: place,
        }
    }

    /// The next event; none at the end of the stream.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            if std::mem::take(&mut self.figures_changed) {
                return Some(Event::default().event("figures").id(self.last.to_string()).data("{}"));
            }
            if self.disk.has_changed().unwrap_or(false) {
                return Some(self.disk_changed());
            }
            if self.behind {
                self.catch_up().await.ok()?;
                continue;
            }
            tokio::select! {
                () = self.stopping.cancelled() => return None,
                _ = self.ping.tick() => {
                    if !self.lives().await {
                        return None;
                    }
                    return Some(Event::default().id(self.last.to_string()).comment("ping"));
                }
                changed = self.disk.changed() => {
                    changed.ok()?;
                    return Some(self.disk_changed());
                }
                changed = self.presence.changed(), if self.figures => {
                    changed.ok()?;
                    self.figures_changed = true;
                }
                entry = self.entries.recv() => match entry {
                    Ok(entry) => {
                        self.hear(&entry);
                        if session::may_end(&entry.act) && !self.lives().await {
                            return None;
                        }
                    }
                    Err(RecvError::Lagged(_)) => self.behind = true,
                    Err(RecvError::Closed) => return None,
                },
            }
        }
    }

    fn disk_changed(&mut self) -> Event {
        let disk = self.disk.borrow_and_update().code();
        Event::default().event("disk").id(self.last.to_string()).data(serde_json::json!({"disk": disk}).to_string())
    }

    async fn lives(&self) -> bool {
        match &self.session {
            Some(token) => session::lives(&self.platform, token).await,
            None => true,
        }
    }

    /// Reads a page of the store after `last`; when none is left, what the tail hands on is next.
    async fn catch_up(&mut self) -> Result<(), StoreError> {
        let sealed = *self.platform.store.sealed().borrow();
        if sealed.saturating_sub(self.last) > MISSED_MAX {
            self.last = sealed;
            self.waiting.push_back(resync(sealed));
            return Ok(());
        }
        let page = self.platform.store.entries(self.last, PAGE).await?;
        for entry in &page {
            self.hear(entry);
        }
        // Entries after the page, if any, lie in the subscription: it is older than this read.
        self.behind = page.len() == PAGE;
        Ok(())
    }

    /// Considers an entry once.
    fn hear(&mut self, entry: &Entry) {
        if entry.number <= self.last {
            return;
        }
        debug_assert_eq!(entry.number, self.last + 1, "a gap in the stream of {}", self.person);
        self.last = entry.number;
        let act = &entry.act;
        if !act.audience.iter().any(|subject| self.subjects.contains(subject)) {
            if self.figures && self.changes_figures(entry) {
                self.figures_changed = true;
            }
            return;
        }
        let by = match (&act.person, &act.hospital) {
            (Some(person), Some(hospital)) => self.platform.directory.person_ref_at(person, hospital),
            (Some(person), None) => self.platform.directory.person_ref(person),
            (None, _) => None,
        };
        let heard = Heard {
            number: entry.number,
            at: entry.at,
            what: &act.what,
            by,
            role: act.role.map(Role::code),
            why: act.why.as_deref(),
            params: &act.params,
            case: act.case.as_ref().map(|c| &c.id),
            about: act.about.iter().map(ToString::to_string).collect(),
        };
        match Event::default().event("act").id(entry.number.to_string()).json_data(&heard) {
            Ok(event) => self.waiting.push_back(event),
            Err(error) => tracing::error!(ledger.number = entry.number, "cannot write an event: {error}"),
        }
    }

    /// Whether the network's figures may be others after this entry: a case moved, or a hospital that was silent is there.
    fn changes_figures(&mut self, entry: &Entry) -> bool {
        let silent = entry.act.hospital.as_ref().is_some_and(|hospital| {
            let before = self.heard.insert(hospital.clone(), entry.at);
            before.is_none_or(|at| entry.at > at + SILENT_AFTER)
        });
        silent || (entry.act.case.is_some() && !entry.versions.is_empty())
    }
}
