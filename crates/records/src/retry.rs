//! How often a job is tried, and how long it waits in between.

/// After so many attempts a job is a dead letter: three hours after the first one, longer than a mail server's restart or
/// a disk's change takes.
pub(crate) const ATTEMPTS: u32 = 16;
const PAUSE_MAX_S: i64 = 30 * 60;

/// How long a job waits after its `attempt`th failure: 2, 4, 8 … seconds, then half an hour.
pub(crate) fn pause_ms(attempt: u32) -> i64 {
    (1 << attempt.min(ATTEMPTS)).min(PAUSE_MAX_S) * 1_000
}
