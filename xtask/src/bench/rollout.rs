//! `cargo xtask bench rollout`: so many hospitals joined and accepted, by the real commands of both sides.

use super::prepared;
use crate::count::count;
use crate::paths;
use crate::run::Cmd;
use crate::steps::Steps;
use anyhow::{Result, ensure};

/// A province connected in 82 seconds instead of 82 hours.
const GOAL_SECONDS: f64 = 82.0;
const TEST: &str = "rollout::a_province_is_joined_and_accepted";

pub fn main(hospitals: u32) -> Result<bool> {
    let mut steps = Steps::new();
    let mut well = false;
    if prepared(&mut steps, true) {
        steps.work(&format!("{hospitals} hospitals join"), || {
            let test = ["--", "--ignored", "--exact", "--nocapture", TEST];
            let cmd = Cmd::cargo().args(["test", "--workspace", "--test", "all"]).args(test);
            let cmd = cmd.env("E2E_BIN", paths::release_binary()).env("ROLLOUT_HOSPITALS", hospitals.to_string());
            println!("    $ {}", cmd.line());
            let said = cmd.tee()?;
            ensure!(said.ok && count(&said.text).passed > 0, "it failed");
            let seconds = said.text.lines().find_map(seconds);
            ensure!(seconds.is_some(), "it did not say how long it took");
            well = hospitals != 126 || seconds.is_some_and(|s| s <= GOAL_SECONDS);
            ensure!(well, "more than {GOAL_SECONDS} s");
            Ok(())
        });
    }
    Ok(steps.close() && well)
}

/// The time of all, from the line that says it.
fn seconds(line: &str) -> Option<f64> {
    let (_, rest) = line.split_once("rollout: ")?.1.split_once(" in ")?;
    rest.split(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn the_time_is_read() {
        let line =
            "test x ... rollout: 126 hospitals joined and accepted in 61.4 s (goal 82 s for 126); one: p50 900 ms";
        assert_eq!(seconds(line), Some(61.4));
        assert_eq!(seconds("test result: ok. 1 passed"), None);
    }
}
