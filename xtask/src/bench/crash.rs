//! `cargo xtask bench crash`: the long forms of every test that kills, cuts the power and counts what is gone.

use super::prepared;
use crate::count::count;
use crate::needs;
use crate::paths;
use crate::run::Cmd;
use crate::steps::{Steps, seconds};
use anyhow::{Context, Result, ensure};
use std::time::{Duration, Instant};

/// What is done, by which test, and how often at 100 percent.
struct Form {
    what: &'static str,
    test: &'static str,
    cycles: u32,
}

const FORMS: &[Form] = &[
    Form {
        what: "power cuts under the store",
        test: "power_loss::cuts::nothing_acknowledged_is_lost_in_many_power_cuts",
        cycles: 200,
    },
    Form { what: "power cuts under the server", test: "power_cut::many_power_cuts_of_the_machine", cycles: 20 },
    Form {
        what: "kill -9, 16 HTTP writers, SQLite",
        test: "crash_http::nothing_acknowledged_is_lost_in_many_kills",
        cycles: 500,
    },
    Form {
        what: "kill -9, 16 HTTP writers, PostgreSQL",
        test: "crash_http::nothing_acknowledged_is_lost_in_many_kills_on_postgres",
        cycles: 100,
    },
    Form { what: "kill -9 in uploads", test: "bad_days::killed_upload::many_kills_in_uploads", cycles: 100 },
    Form { what: "kill -9 in signing", test: "bad_days::killed_signing::many_kills_in_signing", cycles: 100 },
];

/// A line of the table.
struct Row {
    what: &'static str,
    cycles: u64,
    acknowledged: u64,
    lost: u64,
    time: Duration,
}

pub fn main(percent: u32) -> Result<bool> {
    let mut steps = Steps::new();
    let ready = prepared(&mut steps, true);
    let mut rows = vec![];
    for form in FORMS.iter().filter(|_| ready) {
        let cycles = (form.cycles * percent / 100).max(1);
        steps.work(&format!("{cycles} {}", form.what), || {
            rows.extend(form.run(cycles)?);
            Ok(())
        });
    }
    println!("\n{:<40} {:>8} {:>14} {:>6} {:>14}", "", "cycles", "acknowledged", "lost", "time");
    for Row { what, cycles, acknowledged, lost, time } in &rows {
        println!("{what:<40} {cycles:>8} {acknowledged:>14} {lost:>6} {:>14}", seconds(*time));
    }
    let well = steps.close();
    Ok(well && rows.iter().all(|row| row.lost == 0))
}

impl Form {
    /// Runs it; none where it says that it was passed over.
    fn run(&self, cycles: u32) -> Result<Option<Row>> {
        let begun = Instant::now();
        let test = ["--", "--ignored", "--exact", "--nocapture"];
        let cmd = Cmd::cargo().args(["test", "--workspace", "--test", "all"]).args(test).arg(self.test);
        let cmd = needs::told(cmd.env("E2E_BIN", paths::release_binary()).env("CRASH_CYCLES", cycles.to_string()));
        println!("    $ {}", cmd.line());
        let said = cmd.tee()?;
        ensure!(said.ok, "it failed");
        ensure!(count(&said.text).passed > 0, "it ran no test");
        let Some(line) = said.text.lines().find_map(|line| line.split_once("crash: ")) else { return Ok(None) };
        let numbers = numbers(line.1).with_context(|| format!("`{}` is not what such a test says", line.1))?;
        let (cycles, acknowledged, lost) = numbers;
        Ok(Some(Row { what: self.what, cycles, acknowledged, lost, time: begun.elapsed() }))
    }
}

/// `200 cycles, 90123 acknowledged, 0 lost; …`
fn numbers(said: &str) -> Option<(u64, u64, u64)> {
    let mut parts = said.split(';').next()?.split(", ");
    let mut next = |unit: &str| parts.next()?.strip_suffix(unit)?.trim().parse().ok();
    Some((next("cycles")?, next("acknowledged")?, next("lost")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_a_test_is_read() {
        assert_eq!(numbers("200 cycles, 90123 acknowledged, 0 lost; and more, too"), Some((200, 90_123, 0)));
        assert_eq!(numbers("200 kills"), None);
    }
}
