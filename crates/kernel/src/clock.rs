//! Time and chance come in as arguments: the process has one [`Clock`] and one [`Ids`], tests have their own.

use crate::{Id, Time};
use jiff::SignedDuration;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Time;
}

/// The machine's clock.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn now(&self) -> Time {
        Time::now()
    }
}

/// A clock that only moves when told.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// Starts at `at`, whole milliseconds.
    pub fn at(at: Time) -> Self {
        Self(AtomicI64::new(at.as_millisecond()))
    }

    /// Moves on (or back, when negative).
    pub fn advance(&self, by: SignedDuration) {
        self.0.fetch_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Time {
        Time::from_millisecond(self.0.load(Ordering::SeqCst)).unwrap_or(Time::MAX)
    }
}

/// Makes ids and secrets.
pub trait Ids: Send + Sync {
    /// Fills `bytes` with chance. Secrets (tokens, keys) come only from [`RandomIds`].
    fn fill(&self, bytes: &mut [u8]);

    /// A new UUIDv7 (RFC 9562, 5.7), ordered by `now`.
    fn new_id(&self, now: Time) -> Id {
        let mut chance = [0; 10];
        self.fill(&mut chance);
        let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
        let uuid = uuid::Builder::from_unix_timestamp_millis(millis, &chance).into_uuid();
        Id::new(uuid.to_string()).unwrap_or_else(|_| unreachable!("a UUID is an id"))
    }
}

/// Chance from the operating system.
#[derive(Debug, Default, Clone, Copy)]
pub struct RandomIds;

impl Ids for RandomIds {
    fn fill(&self, bytes: &mut [u8]) {
        // Without a source of chance no session may be opened and no key made: nothing to fall back on.
        getrandom::fill(bytes).unwrap_or_else(|e| panic!("the operating system gives no random bytes: {e}"));
    }
}

/// Chance from a seed (SplitMix64): the same run again.
#[derive(Debug)]
pub struct SeededIds(AtomicU64, Mutex<()>);

impl SeededIds {
    /// A source that repeats itself for the same seed.
    pub fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed), Mutex::new(()))
    }
}

impl Ids for SeededIds {
    fn fill(&self, bytes: &mut [u8]) {
        let _whole = self.1.lock();
        for chunk in bytes.chunks_mut(8) {
            let mut z = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed).wrapping_add(0x9E37_79B9_7F4A_7C15);
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..chunk.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_follow_the_clock_and_the_seed() {
        let clock = ManualClock::at(Time::UNIX_EPOCH);
        let (a, b) = (SeededIds::new(1), SeededIds::new(1));
        let first = a.new_id(clock.now());
        assert_eq!(first, b.new_id(clock.now()));
        clock.advance(SignedDuration::from_millis(1));
        assert!(a.new_id(clock.now()) > first);
    }
}
