//! What is known of gateways from their heartbeats and is no part of the record: when each was heard of last, how its line is.
//! And the words that requests have used, so that none is taken twice. Bounded; gone with the process.

use super::signed::GOOD_FOR;
use kernel::{Id, Time};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

/// Gateways remembered.
const GATEWAYS_MAX: usize = 10_000;
/// Words remembered: 10,000 gateways with a heartbeat every 15 s for twice two minutes.
const WORDS_MAX: usize = 400_000;

/// A gateway, as its last heartbeat showed it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Heard {
    /// When.
    pub at: Time,
    /// Its clock is so much ahead of ours, milliseconds.
    pub clock_ms: i64,
    /// The round trip it measured, milliseconds.
    pub round_trip_ms: Option<f64>,
    /// Of its last heartbeats so many in a hundred were not answered.
    pub loss_percent: Option<f64>,
    /// Reports that wait at the hospital to be sent.
    pub queue: u32,
}

/// All of them.
#[derive(Debug, Default)]
pub struct Live(Mutex<Now>);

#[derive(Debug, Default)]
struct Now {
    heard: HashMap<Id, Heard>,
    used: HashSet<(Id, String)>,
    by_time: BTreeMap<Time, Vec<(Id, String)>>,
}

impl Live {
    fn now(&self) -> std::sync::MutexGuard<'_, Now> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a word; false when it was used before, or when so many were used that none can be taken.
    pub fn take_word(&self, gateway: &Id, word: &str, now: Time) -> bool {
        let mut held = self.now();
        // What is older is refused by its time.
        let open = held.by_time.split_off(&(now - GOOD_FOR - GOOD_FOR));
        for old in std::mem::replace(&mut held.by_time, open).into_values().flatten() {
            held.used.remove(&old);
        }
        let word = (gateway.clone(), word.to_owned());
        if held.used.len() >= WORDS_MAX || !held.used.insert(word.clone()) {
            return false;
        }
        held.by_time.entry(now).or_default().push(word);
        true
    }

    /// A heartbeat came.
    pub fn hear(&self, gateway: &Id, heard: Heard) {
        let mut held = self.now();
        if held.heard.len() < GATEWAYS_MAX || held.heard.contains_key(gateway) {
            held.heard.insert(gateway.clone(), heard);
        }
    }

    /// The last one.
    pub fn last(&self, gateway: &Id) -> Option<Heard> {
        self.now().heard.get(gateway).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    #[test]
    fn a_word_is_taken_once_and_forgotten_when_its_time_is_over() {
        let (live, id) = (Live::default(), |text: &str| Id::new(text).unwrap());
        let now: Time = "2026-11-21T04:00:00Z".parse().unwrap();
        assert!(live.take_word(&id("g"), "a", now));
        assert!(!live.take_word(&id("g"), "a", now));
        assert!(live.take_word(&id("h"), "a", now), "of another gateway");
        let end = now + GOOD_FOR + GOOD_FOR;
        assert!(!live.take_word(&id("g"), "a", end), "signed ahead of our clock it would be good still");
        assert!(live.take_word(&id("g"), "a", end + SignedDuration::from_millis(1)));
        assert_eq!(live.now().used.len(), 1);
    }
}
