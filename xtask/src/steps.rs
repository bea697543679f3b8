//! Named steps with their times, and the table at the end.

use crate::count::{Count, count};
use crate::paths;
use crate::run::Cmd;
use anyhow::{Result, bail};
use std::time::{Duration, Instant};

/// What one step came to.
struct Line {
    name: String,
    time: Duration,
    count: Count,
    why: String,
}

/// The steps so far.
pub struct Steps {
    started: Instant,
    lines: Vec<Line>,
}

/// How a step's success is judged.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Judge {
    /// By its exit code alone: it counts as one.
    Code,
    /// By its exit code and the tests its runner counted; a runner that ran no test has failed.
    Tests,
}

impl Steps {
    pub fn new() -> Self {
        Self { started: Instant::now(), lines: Vec::new() }
    }

    /// Runs a piece of our own work as a step. Its error is told and counted, and the next step follows.
    pub fn work(&mut self, name: &str, work: impl FnOnce() -> Result<()>) -> bool {
        self.step(name, || work().map(|()| Count { passed: 1, failed: 0 }))
    }

    /// Runs a program as a step.
    pub fn program(&mut self, name: &str, judge: Judge, cmd: &Cmd) -> bool {
        self.step(name, || {
            println!("    $ {}", cmd.line());
            let said = cmd.tee()?;
            let mut tests = if judge == Judge::Tests { count(&said.text) } else { Count::default() };
            match (judge, said.ok) {
                (Judge::Code, true) => tests.passed = 1,
                (_, false) => tests.failed = tests.failed.max(1),
                (Judge::Tests, true) if tests.passed + tests.failed == 0 => bail!("it ran no test"),
                (Judge::Tests, true) => {}
            }
            Ok(tests)
        })
    }

    fn step(&mut self, name: &str, work: impl FnOnce() -> Result<Count>) -> bool {
        println!("▶ {name}");
        let begun = Instant::now();
        let (count, why) = match work() {
            Ok(count) => (count, String::new()),
            Err(error) => (Count { passed: 0, failed: 1 }, format!("{error:#}")),
        };
        let time = begun.elapsed();
        let ok = count.failed == 0;
        // Who fails for want of space fails at anything.
        let free = paths::free_gb(&paths::root()).map(|gb| format!("  {gb} GB free")).unwrap_or_default();
        println!(
            "{} {name}  {}{free}{}",
            if ok { "✓" } else { "✗" },
            seconds(time),
            if ok { String::new() } else { format!("  {why}") }
        );
        self.lines.push(Line { name: name.into(), time, count, why });
        ok
    }

    /// Prints the table and the closing line; true when nothing failed.
    pub fn close(&self) -> bool {
        println!("\n{:<34} {:>9} {:>8} {:>8}", "step", "time", "passed", "failed");
        for line in &self.lines {
            let why = line.why.lines().next().unwrap_or_default();
            println!(
                "{:<34} {:>9} {:>8} {:>8}  {why}",
                line.name,
                seconds(line.time),
                line.count.passed,
                line.count.failed
            );
        }
        println!("{:<34} {:>9}\n", "in all", seconds(self.started.elapsed()));
        let passed: u32 = self.lines.iter().map(|l| l.count.passed).sum();
        let failed: u32 = self.lines.iter().map(|l| l.count.failed).sum();
        println!("{passed} passed, {failed} failed");
        failed == 0
    }
}

/// A time a person can read: `0.4 s`, `73 s`, `12 min 5 s`.
pub fn seconds(time: Duration) -> String {
    match time.as_secs() {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        10..180 => format!("{} s", time.as_secs()),
        s => format!("{} min {} s", s / 60, s % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_step_fails_the_whole() {
        let mut steps = Steps::new();
        assert!(steps.work("well", || Ok(())));
        assert!(!steps.work("ill", || bail!("because")));
        assert!(!steps.program("code", Judge::Code, &Cmd::new("false")));
        assert!(!steps.program("no test", Judge::Tests, &Cmd::new("true")));
        assert!(!steps.close());
    }

    #[test]
    fn times_read_well() {
        assert_eq!(seconds(Duration::from_millis(420)), "0.4 s");
        assert_eq!(seconds(Duration::from_secs(725)), "12 min 5 s");
    }
}
