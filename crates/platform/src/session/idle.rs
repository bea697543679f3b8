//! When each session was used last. In memory: writing a row with every request would cost more than it protects; after a
//! restart the hour of idleness counts anew, the twelve hours do not.

use jiff::SignedDuration;
use kernel::Time;
use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Above this, entries of sessions that are over by age are dropped.
const SWEEP_AT: usize = 20_000;

/// Last uses by token hash.
pub struct Idle {
    idle_s: AtomicI64,
    absolute_s: AtomicI64,
    seen: Mutex<HashMap<[u8; 32], Time>>,
}

impl Idle {
    /// Ends sessions after `idle` without a request; `absolute` is the longest any lives.
    pub fn new(idle: SignedDuration, absolute: SignedDuration) -> Self {
        let of = |span: SignedDuration| AtomicI64::new(span.as_secs());
        Self { idle_s: of(idle), absolute_s: of(absolute), seen: Mutex::default() }
    }

    /// From now on these count, for sessions that are open too.
    pub fn set(&self, idle: SignedDuration, absolute: SignedDuration) {
        self.idle_s.store(idle.as_secs(), Ordering::Relaxed);
        self.absolute_s.store(absolute.as_secs(), Ordering::Relaxed);
    }

    /// Notes a use. False when the session has been idle for too long.
    pub fn touch(&self, token: &[u8; 32], now: Time) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() > SWEEP_AT {
            seen.retain(|_, last| now < *last + self.absolute());
        }
        let last = seen.entry(*token).or_insert(now);
        if now >= *last + self.idle() {
            return false;
        }
        // A clock that was set back must not make those who are here look idle when it is set right.
        *last = now.max(*last);
        true
    }

    /// When a session ends if it is not used again; none when it was not used since the start.
    pub fn ends(&self, token: &[u8; 32]) -> Option<Time> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.get(token).map(|last| *last + self.idle())
    }

    /// How long a session lives without use.
    pub fn idle(&self) -> SignedDuration {
        SignedDuration::from_secs(self.idle_s.load(Ordering::Relaxed))
    }

    /// How long a session lives at most.
    pub fn absolute(&self) -> SignedDuration {
        SignedDuration::from_secs(self.absolute_s.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_set_back_and_right_again_ends_nothing() {
        let idle = Idle::new(SignedDuration::from_mins(60), SignedDuration::from_hours(12));
        let at = |minutes| Time::UNIX_EPOCH + SignedDuration::from_mins(minutes);
        assert!(idle.touch(&[1; 32], at(130)));
        assert!(idle.touch(&[1; 32], at(10)));
        assert!(idle.touch(&[1; 32], at(135)), "two hours later by the clock, five minutes in truth");
        assert!(!idle.touch(&[1; 32], at(195)));
    }

    #[test]
    fn use_prolongs_and_idleness_ends() {
        let idle = Idle::new(SignedDuration::from_mins(60), SignedDuration::from_hours(12));
        let at = |minutes| Time::UNIX_EPOCH + SignedDuration::from_mins(minutes);
        assert!(idle.touch(&[1; 32], at(0)));
        assert!(idle.touch(&[1; 32], at(59)));
        assert!(idle.touch(&[1; 32], at(118)));
        assert_eq!(idle.ends(&[1; 32]), Some(at(178)));
        assert!(!idle.touch(&[1; 32], at(178)));
        idle.set(SignedDuration::from_mins(30), SignedDuration::from_hours(12));
        assert!(!idle.touch(&[1; 32], at(150)), "a shorter time counts at once");
        idle.set(SignedDuration::from_mins(60), SignedDuration::from_hours(12));
        assert!(!idle.touch(&[1; 32], at(179)), "a refused request does not revive it");
    }
}
