//! `cargo xtask bench dispatch`: made-up days of the planner, beside a bound from HiGHS.

use crate::run::Cmd;
use crate::steps::{Judge, Steps};
use crate::{paths, python};
use anyhow::{Context, Result};

/// `seconds`: how long the bound of one day may take.
pub fn main(seconds: u32) -> Result<bool> {
    let folder = paths::target().join("dispatch");
    std::fs::create_dir_all(&folder).with_context(|| format!("make {}", folder.display()))?;
    let bounds = folder.join("bounds.txt");
    let _ = std::fs::remove_file(&bounds);
    let example = |what: &str| {
        let run = ["run", "--release", "--package", "planner", "--example", "dispatch", "--", what];
        Cmd::cargo().args(run).arg(&folder)
    };
    let mut steps = Steps::new();
    if !steps.program("days", Judge::Code, &example("days")) {
        return Ok(steps.close());
    }
    let bound = || {
        python::ensure()?;
        let script = Cmd::new(python::interpreter()).arg("tests/planner/bound.py").arg(&folder);
        let said = script.arg(seconds.to_string()).tee()?;
        anyhow::ensure!(said.ok, "the script of the bound failed");
        std::fs::write(&bounds, said.text).with_context(|| format!("write {}", bounds.display()))
    };
    // A machine without PyPI still measures all else.
    println!("▶ bound");
    if let Err(why) = bound() {
        println!("    notice: no bound, so no gap: {why:#}");
    }
    steps.program("plans", Judge::Code, &example("plans"));
    Ok(steps.close())
}
