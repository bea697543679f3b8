//! `cargo xtask bench fuzz`: the targets of `tests/src/hostile` under libFuzzer (`fuzz/`).

use crate::definitions;
use crate::paths;
use crate::run::Cmd;
use crate::steps::{Judge, Steps};
use anyhow::{Context, Result, bail, ensure};
use std::path::{Path, PathBuf};

/// As `tests::hostile::TARGETS` has them.
const TARGETS: &[&str] =
    &["bundle", "date", "dicom", "json", "page", "patch", "request", "resource", "search", "sheet", "validate"];
/// Seconds a target.
const USUAL: u32 = 60;
/// Targets that begin with the official examples too, and how many of the small ones: each is run once before anything is looked for.
const EXAMPLES: &[(&str, usize)] = &[("json", 2_000), ("resource", 150), ("validate", 300)];
/// A small example, in bytes.
const SMALL: u64 = 4_096;

/// A line of the table.
struct Row {
    target: &'static str,
    executions: u64,
    edges: u64,
    inputs: u64,
}

pub fn main(args: &[&str]) -> Result<bool> {
    let (seconds, named) = match args {
        [] => (USUAL, &[][..]),
        [first, rest @ ..] => (first.parse().context("SECONDS is a number")?, rest),
    };
    if let Some(unknown) = named.iter().find(|n| !TARGETS.contains(n)) {
        bail!("`{unknown}` is not a target: {}", TARGETS.join(" "));
    }
    let mut steps = Steps::new();
    let mut rows = vec![];
    let wanted = TARGETS.iter().filter(|t| named.is_empty() || named.contains(t));
    let build = Cmd::cargo().args(["build", "--manifest-path", "fuzz/Cargo.toml", "--target-dir"]).arg(folder());
    let build = build.env("RUSTC_WRAPPER", paths::root().join("fuzz/rustc"));
    if steps.work("official examples", || definitions::examples().map(drop))
        && steps.program("fuzz", Judge::Code, &build)
    {
        for target in wanted {
            steps.work(&format!("{target} for {seconds} s"), || {
                rows.push(run(target, seconds)?);
                Ok(())
            });
        }
    }
    println!("\n{:<12} {:>12} {:>10} {:>10}", "target", "executions", "edges", "inputs");
    for Row { target, executions, edges, inputs } in &rows {
        println!("{target:<12} {executions:>12} {edges:>10} {inputs:>10}");
    }
    println!("{:<12} {:>12}", "in all", rows.iter().map(|r| r.executions).sum::<u64>());
    Ok(steps.close())
}

fn folder() -> PathBuf {
    paths::target().join("fuzz")
}

/// What was found before is where it goes on from.
fn run(target: &'static str, seconds: u32) -> Result<Row> {
    let corpus = folder().join("corpus").join(target);
    let crashes = folder().join("crashes");
    for dir in [&corpus, &crashes] {
        std::fs::create_dir_all(dir).with_context(|| format!("make {}", dir.display()))?;
    }
    if let Some((_, most)) = EXAMPLES.iter().find(|(name, _)| *name == target) {
        examples(&corpus, *most)?;
    }
    let fuzzer = Cmd::new(folder().join("debug/fuzz"))
        .args(["-print_final_stats=1", "-max_len=65536", "-timeout=30", "-rss_limit_mb=3000", "-malloc_limit_mb=2000"])
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-artifact_prefix={}/{target}-", crashes.display()))
        .arg(&corpus)
        .env("FUZZ_TARGET", target)
        .env("FUZZ_SEEDS", &corpus);
    // A commit waits for the disk: here nothing is to be kept.
    let fuzzer = if Path::new("/dev/shm").is_dir() { fuzzer.env("TMPDIR", "/dev/shm") } else { fuzzer };
    let said = fuzzer.tee()?;
    ensure!(said.ok, "{target}: an input that the program does not bear is in {}", crashes.display());
    let stat = |name: &str| {
        let line = said.text.lines().rev().find(|line| line.contains(name));
        line.and_then(|l| l.split(name).nth(1)?.split_whitespace().next()?.parse().ok()).unwrap_or(0)
    };
    Ok(Row {
        target,
        executions: stat("stat::number_of_executed_units:"),
        edges: stat(" cov:"),
        inputs: std::fs::read_dir(&corpus)?.count() as u64,
    })
}

/// Small ones of the official examples, as seeds.
fn examples(corpus: &Path, most: usize) -> Result<()> {
    let from = paths::target().join("fhir/hl7.fhir.r4.examples-4.0.1/package");
    let mut all: Vec<PathBuf> =
        std::fs::read_dir(&from)?.filter_map(|f| Some(f.ok()?.path())).filter(|p| is_small(p)).collect();
    all.sort();
    for path in all.into_iter().take(most) {
        let name = path.file_name().context("a name")?;
        std::fs::copy(&path, corpus.join(name))?;
    }
    Ok(())
}

fn is_small(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "json") && path.metadata().is_ok_and(|m| m.len() < SMALL)
}
