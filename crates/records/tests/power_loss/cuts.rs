//! The store under cuts.

use super::child::{FAULTS, child};
use anyhow::{Context, Result, ensure};
use powercut::image::{Chance, Image};
use powercut::{Left, Machine};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

const CYCLES: u32 = 10;
/// A disk is used for so many cycles, then an empty one: the first cuts hit a store that is being made.
const CYCLES_OF_A_DISK: u32 = 25;
const PATIENCE: Duration = Duration::from_secs(120);

fn start(dir: &Path, cycle: u32, fault: Option<&str>) -> Result<Child> {
    let mut command = child("power_loss::child::writer");
    command.env("POWER_DIR", dir).env("POWER_CYCLE", cycle.to_string());
    if let Some(fault) = fault {
        command.env("POWER_FAULT", fault);
    }
    command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().context("the child")
}

/// Runs the child until the power fails at the `steps`th change to the disk; what it had acknowledged.
fn run(machine: &Machine, cycle: u32, steps: u64, fault: Option<&str>) -> Result<Vec<String>> {
    machine.fails_after(steps);
    let mut child = start(&machine.path().join("records"), cycle, fault)?;
    let out = BufReader::new(child.stdout.take().context("its output")?);
    let reader = std::thread::spawn(move || {
        let lines = out.lines().map_while(Result::ok);
        lines.filter_map(|line| Some(line.strip_prefix("ack ")?.strip_suffix('.')?.to_owned())).collect::<Vec<_>>()
    });
    let cut = machine.meter().waits_for_the_cut(PATIENCE);
    child.kill()?;
    child.wait()?;
    let acknowledged = reader.join().map_err(|_| anyhow::anyhow!("reading the child"))?;
    ensure!(cut, "the child made {} changes to its disk and ended, {steps} were wanted", machine.steps());
    Ok(acknowledged)
}

/// What was acknowledged and is not there, and what is named and is not whole; an error when the ledger does not hold. Looked at by
/// a process of its own (`looker.rs`).
fn lost(machine: &Machine, acknowledged: &BTreeSet<String>) -> Result<Vec<String>> {
    let mut command = child("power_loss::looker::looks");
    command.env("POWER_DIR", machine.path().join("records"));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let mut told = child.stdin.take().context("its input")?;
    let lines: String = acknowledged.iter().map(|what| format!("{what}\n")).collect();
    let writer = std::thread::spawn(move || told.write_all(lines.as_bytes()));
    let out = child.wait_with_output()?;
    writer.join().map_err(|_| anyhow::anyhow!("telling it"))??;
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    let said: Vec<&str> = said.lines().filter_map(|line| line.strip_prefix("look ")).collect();
    ensure!(said.last() == Some(&"ended"), "the look at what is left ended with {}: {said:?}", out.status);
    Ok(said[..said.len() - 1].iter().map(|line| (*line).to_owned()).collect())
}

/// What came of many cuts.
#[derive(Default)]
struct Told {
    acknowledged: usize,
    lost: Vec<String>,
    steps: u64,
}

/// So many cuts, until something is lost. Every cut is looked at on a copy: the next child recovers the store itself.
fn cuts(cycles: u32, fault: Option<&str>, seed: u64) -> Result<Option<Told>> {
    let Some(mut machine) = Machine::new()? else { return Ok(None) };
    let mut chance = Chance::seeded(seed);
    let (mut told, mut all) = (Told::default(), BTreeSet::new());
    for cycle in 0..cycles {
        if cycle > 0 && cycle % CYCLES_OF_A_DISK == 0 {
            machine.off()?;
            machine.on(Image::default())?;
            all.clear();
        }
        // Every fifth while it opens, or soon after.
        let steps = chance.below(if cycle % 5 == 1 { 150 } else { 3_000 }) as u64 + 1;
        let acknowledged: BTreeSet<String> = run(&machine, cycle, steps, fault)?.into_iter().collect();
        let left = if cycle % 2 == 0 { Left::Nothing } else { Left::Some(seed ^ u64::from(cycle)) };
        let image = left.of(&machine.off()?);
        machine.on(image.clone())?;
        let what = || format!("cycle {cycle}, seed {seed}, cut at {steps}, {left:?} is left");
        let mut lost = lost(&machine, &acknowledged).with_context(what);
        told.acknowledged += acknowledged.len();
        told.steps += steps;
        all.extend(acknowledged);
        let last = cycle + 1 == cycles || (cycle + 1) % CYCLES_OF_A_DISK == 0;
        if last && lost.as_ref().is_ok_and(Vec::is_empty) {
            lost = self::lost(&machine, &all).with_context(what);
        }
        told.lost = match lost {
            Ok(lost) => lost.into_iter().map(|lost| format!("{}: {lost}", what())).collect(),
            Err(e) => vec![format!("{e:#}")],
        };
        if !told.lost.is_empty() {
            break;
        }
        machine.off()?;
        machine.on(image)?;
    }
    Ok(Some(told))
}

fn nothing_is_lost(cycles: u32, seed: u64) -> Result<String> {
    let Some(told) = cuts(cycles, None, seed)? else { return Ok(String::new()) };
    assert_eq!(told.lost, Vec::<String>::new());
    assert!(
        told.acknowledged > cycles as usize * 20,
        "only {} acknowledgements: too few to prove anything",
        told.acknowledged
    );
    let Told { acknowledged, steps, .. } = told;
    Ok(format!("crash: {cycles} cycles, {acknowledged} acknowledged, 0 lost; power cuts, {steps} changes to the disk"))
}

#[test]
fn nothing_acknowledged_is_lost_in_ten_power_cuts() -> Result<()> {
    println!("{}", nothing_is_lost(CYCLES, 1)?);
    Ok(())
}

#[test]
#[ignore = "takes minutes: `cargo xtask bench crash`"]
fn nothing_acknowledged_is_lost_in_many_power_cuts() -> Result<()> {
    let told = std::env::var_os("CRASH_CYCLES").and_then(|text| text.into_string().ok()?.parse().ok());
    println!("{}", nothing_is_lost(told.unwrap_or(200), 2)?);
    Ok(())
}

#[test]
fn each_planted_fault_is_found() -> Result<()> {
    for (name, _) in FAULTS {
        let Some(told) = cuts(3 * CYCLES, Some(name), 3)? else { return Ok(()) };
        assert!(!told.lost.is_empty(), "{name}: {} acknowledged, and nobody noticed", told.acknowledged);
        println!("{name}: {}", told.lost[0]);
    }
    Ok(())
}
