//! A clock that can stand in the past while the demonstration is filled.

use jiff::SignedDuration;
use kernel::{Clock, SystemClock, Time};
use std::sync::atomic::{AtomicI64, Ordering};

/// The machine's clock, shifted.
#[derive(Debug, Default)]
pub struct ShiftedClock(AtomicI64);

impl ShiftedClock {
    /// From now on the time goes on from `at`, but never past the machine's.
    pub fn go_on_from(&self, at: Time) {
        let by = at.duration_since(SystemClock.now()).min(SignedDuration::ZERO);
        self.0.store(i64::try_from(by.as_millis()).unwrap_or(0), Ordering::SeqCst);
    }

    /// From now on the time is the machine's.
    pub fn follow_the_machine(&self) {
        self.0.store(0, Ordering::SeqCst);
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
    fn it_stands_in_the_past_and_never_in_the_future() {
        let clock = ShiftedClock::default();
        let hour = SignedDuration::from_hours(1);
        clock.go_on_from(SystemClock.now() - hour);
        let behind = SystemClock.now().duration_since(clock.now());
        assert!((behind - hour).abs() < SignedDuration::from_secs(5), "{behind}");
        clock.go_on_from(SystemClock.now() + hour);
        assert!(clock.now() <= SystemClock.now());
        clock.follow_the_machine();
        assert!(SystemClock.now().duration_since(clock.now()) < SignedDuration::from_secs(5));
    }
}
