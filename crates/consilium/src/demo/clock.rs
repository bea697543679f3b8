//! A clock that can stand in the past while the demonstration is filled.

use jiff::SignedDuration;
use kernel::{Clock, SystemClock, Time};
use std::sync::atomic::{AtomicI64, Ordering};

/// The machine's clock, shifted.
#[derive(Debug, Default)]
pub struct ShiftedClock(AtomicI64);

impl ShiftedClock {
    /// From now on the time is the machine's plus `by`.
    pub fn shift(&self, by: SignedDuration) {
        self.0.store(i64::try_from(by.as_millis()).unwrap_or(0), Ordering::SeqCst);
    }

    /// Moves on by `by`, but never past the machine's time.
    pub fn pass(&self, by: SignedDuration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(0);
        let _ = self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |at| Some((at + by).min(0)));
    }
}

impl Clock for ShiftedClock {
    fn now(&self) -> Time {
        SystemClock.now() + SignedDuration::from_millis(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_never_passes_the_present() {
        let clock = ShiftedClock::default();
        clock.shift(-SignedDuration::from_hours(1));
        assert!(clock.now() < SystemClock.now() - SignedDuration::from_mins(59));
        clock.pass(SignedDuration::from_hours(5));
        assert!(clock.now() <= SystemClock.now());
        assert!(clock.now() > SystemClock.now() - SignedDuration::from_mins(1));
    }
}
