//! The ledger as each person may hear it: a server-sent event stream (`events.listen`) and, for slices that keep something
//! in memory, a subscription.
//!
//! One task tails the ledger by number and hands each entry to all listeners; a listener that falls behind reads the store
//! from its own last number. There is no second event system. An entry reaches those alone whom its audience names.

pub mod listen;
mod listener;
mod tail;

use crate::Shared;
use kernel::{Actor, Id};
use records::Entry;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{broadcast, watch};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) use tail::follow;

/// Entries that wait for slow listeners; who needs older ones reads the store.
const BUFFER: usize = 2048;
/// Streams of one person at a time.
const STREAMS_MAX: usize = 32;

/// Hands sealed entries to whoever listens.
pub struct Hub {
    entries: broadcast::Sender<Arc<Entry>>,
    /// By person and hospital.
    streams: Mutex<HashMap<(Id, Id), usize>>,
    /// Grows whenever a hospital's first stream opens or its last one ends.
    presence: watch::Sender<u64>,
}

impl Default for Hub {
    fn default() -> Self {
        Self { entries: broadcast::channel(BUFFER).0, streams: Mutex::default(), presence: watch::Sender::new(0) }
    }
}

impl Hub {
    /// All entries from now on, in order. Lagging loses the oldest: read the store then.
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Entry>> {
        self.entries.subscribe()
    }

    /// How many streams are open.
    pub fn open(&self) -> usize {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }

    /// The hospitals of which somebody listens now.
    pub fn listening(&self) -> HashSet<Id> {
        let streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        streams.keys().map(|(_, hospital)| hospital.clone()).collect()
    }
}

/// A person's place among the open streams, given back when dropped.
struct Place {
    platform: Shared,
    who: (Id, Id),
}

impl Place {
    fn take(platform: &Shared, actor: &Actor) -> Option<Self> {
        let who = (actor.person.clone(), actor.hospital.clone());
        let hub = &platform.events;
        let mut streams = hub.streams.lock().unwrap_or_else(PoisonError::into_inner);
        let mine: usize = streams.iter().filter(|((person, _), _)| *person == who.0).map(|(_, open)| open).sum();
        if mine >= STREAMS_MAX {
            return None;
        }
        let is_first = !streams.keys().any(|(_, hospital)| *hospital == who.1);
        *streams.entry(who.clone()).or_insert(0) += 1;
        drop(streams);
        if is_first {
            hub.presence.send_modify(|n| *n += 1);
        }
        Some(Self { platform: platform.clone(), who })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let hub = &self.platform.events;
        let mut streams = hub.streams.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = streams.get_mut(&self.who) {
            *open -= 1;
            if *open == 0 {
                streams.remove(&self.who);
            }
        }
        let was_last = !streams.keys().any(|(_, hospital)| *hospital == self.who.1);
        drop(streams);
        if was_last {
            hub.presence.send_modify(|n| *n += 1);
        }
    }
}

/// The routes of this slice.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(listen::listen))
}
