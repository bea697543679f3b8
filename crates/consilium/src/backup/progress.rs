//! What is being done, for work that takes more than a second: a line a second on stderr.

use std::time::{Duration, Instant};

const EVERY: Duration = Duration::from_secs(1);

pub(crate) struct Progress {
    began: Instant,
    told: Instant,
}

impl Progress {
    pub(crate) fn start() -> Self {
        let now = Instant::now();
        Self { began: now, told: now }
    }

    #[expect(clippy::print_stderr, reason = "somebody waits at the terminal")]
    pub(crate) fn tell(&mut self, line: &str) {
        if self.told.elapsed() >= EVERY {
            self.told = Instant::now();
            eprintln!("  {} s: {line}", self.began.elapsed().as_secs());
        }
    }

    pub(crate) fn so_far(&self) -> String {
        let time = self.began.elapsed();
        match time.as_secs() {
            0..10 => format!("{:.1} s", time.as_secs_f64()),
            10..180 => format!("{} s", time.as_secs()),
            s => format!("{} min {} s", s / 60, s % 60),
        }
    }
}
