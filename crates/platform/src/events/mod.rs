//! The ledger as each person may hear it: a server-sent event stream (`events.listen`) and, for slices that keep something
//! in memory, a subscription.
//!
//! One task tails the ledger by number and hands each entry to all listeners; a listener that falls behind reads the store
//! from its own last number. There is no second event system. An entry reaches those alone whom its audience names.

pub mod listen;
mod listener;
mod tail;

use crate::Shared;
use kernel::Id;
use records::Entry;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::broadcast;
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
    streams: Mutex<HashMap<Id, usize>>,
}

impl Default for Hub {
    fn default() -> Self {
        Self { entries: broadcast::channel(BUFFER).0, streams: Mutex::default() }
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
}

/// A person's place among the open streams, given back when dropped.
struct Place {
    platform: Shared,
    person: Id,
}

impl Place {
    fn take(platform: &Shared, person: &Id) -> Option<Self> {
        let mut streams = platform.events.streams.lock().unwrap_or_else(PoisonError::into_inner);
        let open = streams.entry(person.clone()).or_insert(0);
        if *open >= STREAMS_MAX {
            return None;
        }
        *open += 1;
        Some(Self { platform: platform.clone(), person: person.clone() })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut streams = self.platform.events.streams.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = streams.get_mut(&self.person) {
            *open -= 1;
            if *open == 0 {
                streams.remove(&self.person);
            }
        }
    }
}

/// The routes of this slice.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(listen::listen))
}
