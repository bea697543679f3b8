//! How many wrong passwords are taken: so many for a name and so many from an address, in ten minutes.

use crate::Problem;
use axum::http::StatusCode;
use jiff::SignedDuration;
use kernel::Time;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// The window.
const WINDOW: SignedDuration = SignedDuration::from_mins(10);
/// A request's time is that of its beginning, and its body may come later by the patience for one (30 s).
const BEGUN_BEFORE: SignedDuration = SignedDuration::from_mins(1);
/// Never more keys than this; the oldest windows go first.
const KEYS_MAX: usize = 50_000;

/// Attempts by key in their windows.
#[derive(Debug, Default)]
pub struct Limiter(Mutex<HashMap<String, (Time, u32)>>);

impl Limiter {
    /// Counts an attempt under `key`, or says how long to wait. Counted before the password is checked, so that
    /// attempts side by side count too; [`Limiter::forgive`] takes back the one that was right.
    pub fn attempt(&self, key: &str, most: u32, now: Time) -> Result<(), Problem> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= KEYS_MAX && !held.contains_key(key) {
            held.retain(|_, (start, _)| is_open(*start, now));
            if held.len() >= KEYS_MAX {
                return Err(too_many(SignedDuration::from_secs(60)));
            }
        }
        let (start, count) = held.entry(key.to_owned()).or_insert((now, 0));
        if !is_open(*start, now) {
            (*start, *count) = (now, 0);
        }
        if *count >= most {
            return Err(too_many(now.duration_until(*start + WINDOW)));
        }
        *count += 1;
        Ok(())
    }

    /// Takes an attempt back.
    pub fn forgive(&self, key: &str) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, count)) = held.get_mut(key) {
            *count = count.saturating_sub(1);
        }
    }
}

/// Whether a window that began at `start` counts now. One that begins much later than now is of a clock that was set back
/// since; by less than [`BEGUN_BEFORE`] it is of a request that began earlier and whose body was held back.
fn is_open(start: Time, now: Time) -> bool {
    (start - BEGUN_BEFORE..start + WINDOW).contains(&now)
}

fn too_many(wait: SignedDuration) -> Problem {
    let seconds = u64::try_from(wait.as_secs()).unwrap_or(0).max(1);
    let mut problem = Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "session.too-many",
        format!("Too many attempts. Try again in {seconds} seconds."),
    )
    .with("retry_after_s", seconds);
    problem.retry_after_s = Some(seconds);
    problem
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_counts_wrong_ones_and_passes() {
        let limiter = Limiter::default();
        let start = Time::UNIX_EPOCH;
        for _ in 0..3 {
            limiter.attempt("name:a", 3, start).unwrap();
        }
        let refused = limiter.attempt("name:a", 3, start + SignedDuration::from_secs(1)).unwrap_err();
        assert_eq!((refused.status.as_u16(), refused.retry_after_s), (429, Some(599)));
        limiter.attempt("name:b", 3, start).unwrap();
        limiter.forgive("name:a");
        limiter.attempt("name:a", 3, start).unwrap();
        limiter.attempt("name:a", 3, start + WINDOW).unwrap();
    }

    #[test]
    fn a_clock_set_back_makes_nobody_wait_longer_than_a_window() {
        let limiter = Limiter::default();
        let start = Time::UNIX_EPOCH + SignedDuration::from_hours(2);
        limiter.attempt("name:a", 1, start).unwrap();
        limiter.attempt("name:a", 1, Time::UNIX_EPOCH).unwrap();
        let refused = limiter.attempt("name:a", 1, Time::UNIX_EPOCH).unwrap_err();
        assert_eq!(refused.retry_after_s, Some(600));
    }

    #[test]
    fn requests_that_began_earlier_and_end_later_count() {
        let limiter = Limiter::default();
        let start = Time::UNIX_EPOCH + SignedDuration::from_hours(2);
        for n in 0..3 {
            limiter.attempt("name:a", 3, start - SignedDuration::from_secs(10 * n)).unwrap();
        }
        assert!(limiter.attempt("name:a", 3, start - SignedDuration::from_secs(30)).is_err());
        assert!(limiter.attempt("name:a", 3, start).is_err());
    }

    #[test]
    fn names_beyond_the_bound_do_not_grow_it() {
        let limiter = Limiter::default();
        for n in 0..KEYS_MAX {
            limiter.attempt(&n.to_string(), 3, Time::UNIX_EPOCH).unwrap();
        }
        assert!(limiter.attempt("one more", 3, Time::UNIX_EPOCH).is_err());
        assert!(limiter.attempt("one more", 3, Time::UNIX_EPOCH + WINDOW).is_ok());
    }
}
