//! `cargo xtask bench`: what a newcomer feels, what a full room costs, how a large file arrives, ten thousand open cases, figures of a million
//! resources, an hour of the main job, a wall screen that hangs for hours, a server that is killed a thousand times, the record beside other
//! servers, a day's plan beside the best there can be, the network of a province from two tables, a
//! province that joins.

mod crash;
mod dispatch;
mod fuzz;
mod rollout;

use crate::run::Cmd;
use crate::steps::{Judge, Steps};
use crate::{needs, node, paths, web};
use anyhow::{Context, Result, bail};

const HELP: &str = "\
cargo xtask bench start
cargo xtask bench soak [MINUTES]
cargo xtask bench upload [MEGABYTES]
cargo xtask bench import-network [PEOPLE]
cargo xtask bench room
cargo xtask bench inbox [CASES]
cargo xtask bench journey [MINUTES]
cargo xtask bench crash [PERCENT]
cargo xtask bench dispatch [SECONDS]
cargo xtask bench figures
cargo xtask bench fuzz [SECONDS [TARGET ...]]
cargo xtask bench records [PART ...]
cargo xtask bench rollout [HOSPITALS]

start builds the release program and prints start to serving, idle memory, join to first frame, submit to the dispatcher's
screen and the size of the inbox's first load, each beside its goal and with the machine's load.
soak shows the command page's wall to a browser for MINUTES (30) while the province goes on, and prints each minute what
page, browser and server hold. CI does not run it.

upload builds the release program and prints how fast a file of 2 GiB (or so many megabytes) arrives in pieces beside a plain
write of the same bytes, the memory it takes, that a server killed at half loses nothing, and how many slices of a CT arrive a
second.

import-network makes up 1,300 hospitals and PEOPLE (60000), has them looked at and applied, and prints how long that takes, what the server
says of how far it is, how long others wait meanwhile, and its memory.

room takes the same build with six people in one room: join to first frame (p50, p95) and the server's CPU per person.

inbox fills a store of the release program with CASES (10000) open cases through the API, which takes minutes, and prints: what the
dispatcher's page asks (p50, p99), first paint and first row in a browser, memory, start to serving, and how long an act takes to
those of 500 event streams that may hear it.

journey does the main job in a loop for MINUTES (60), with the same three browsers: request with a CT series, first look, assignment,
both in the room, opinion, answer. Prints each minute what the program and the pages hold, and fails when a journey fails.

crash counts what was acknowledged and is gone. The release program is killed (kill -9) under sixteen writers, 500 times with its
record in a file, 100 times in PostgreSQL, where the database is killed too; 100 times each in an upload and in a signature. The power
of its machine is cut (a file system on which only what was fsynced survives; as root, where there is /dev/fuse) 200 times under
the store and 20 times under the program. PERCENT (100) of all that; the ledger verifies each time. It takes about a second a cycle.

dispatch plans four made-up days of up to 400 requests and 24 rooms: first come first served, by priority, searched for 0.1, 1 and 5 s, beside
a bound from HiGHS (PyPI), for which it thinks SECONDS (120) a day; without it there is a notice and no gap. Then the same days as they come, one request
after the other: how long an emergency waits, how long a new plan takes, who is moved.

figures writes a million resources of 83,334 cases, counts them from zero, and prints how long that takes, what the book holds of a case,
how long each question takes (p50, p99 of 200), and how long one more step of a case takes to be counted.

fuzz throws made-up input at everything that reads what strangers send, SECONDS (60) a target, led by libFuzzer to what none reached before,
and prints executions and edges reached. A crash is kept in target/fuzz/crashes. CI runs the short form, seeded mutations without
eyes (tests/tests/hostile.rs).

records measures the FHIR face and the store beside others, medians of five alternating runs: create, read, import and search over HTTP beside
HFS (skipped with a notice where `cargo install helios-hfs --version 0.2.7 --locked` has not put it) and @medplum/fhir-router, how the import of a million
resources goes on (growth), then commits in process
beside a bare loop and on PostgreSQL (commit), and searches of a million resources by several viewers (viewers). It takes an hour; a PART is one of
these words.

rollout joins HOSPITALS (126) to the release program, each by a real `consilium gateway join` with every probe on loopback, as many at a
time as there are cores, and has both sides accept them: prints the time of all, and p50 and longest of one.
";

pub fn main(args: &[&str]) -> Result<bool> {
    match args {
        ["crash"] => crash::main(100),
        ["crash", percent] if percent.parse::<u32>().is_ok_and(|n| (1..=1_000).contains(&n)) => {
            crash::main(percent.parse()?)
        }
        ["-h" | "--help" | "help"] | [] => {
            print!("{HELP}");
            Ok(true)
        }
        ["dispatch"] => dispatch::main(120),
        ["dispatch", seconds] if seconds.parse::<u32>().is_ok_and(|n| n > 0) => dispatch::main(seconds.parse()?),
        ["figures"] => Ok(figures()),
        ["fuzz", rest @ ..] => fuzz::main(rest),
        ["rollout"] => rollout::main(126),
        ["rollout", hospitals] if hospitals.parse::<u32>().is_ok_and(|n| (1..=1_000).contains(&n)) => {
            rollout::main(hospitals.parse()?)
        }
        ["records", parts @ ..] if parts.iter().all(|part| RECORDS.contains(part)) => records(parts),
        [what] => measure(found(what)?, None),
        [what, count] if count.parse::<u32>().is_ok_and(|n| n > 0) => measure(found(what)?, Some(count)),
        _ => bail!("`{}` is not a bench\n\n{HELP}", args.join(" ")),
    }
}

/// A script of `tests/e2e`, what its number is called there, and whether it measures the release program.
struct Bench {
    what: &'static str,
    count: Option<&'static str>,
    release: bool,
}

const BENCHES: &[Bench] = &[
    Bench { what: "import-network", count: Some("BENCH_PEOPLE"), release: true },
    Bench { what: "inbox", count: Some("BENCH_CASES"), release: true },
    Bench { what: "journey", count: Some("BENCH_MINUTES"), release: true },
    Bench { what: "room", count: None, release: true },
    Bench { what: "soak", count: Some("SOAK_MINUTES"), release: false },
    Bench { what: "start", count: None, release: true },
    Bench { what: "upload", count: Some("BENCH_UPLOAD_MB"), release: true },
];

fn found(what: &str) -> Result<&'static Bench> {
    let bench = BENCHES.iter().find(|bench| bench.what == what);
    bench.with_context(|| format!("`{what}` is not a bench\n\n{HELP}"))
}

/// Builds what a bench needs and runs its script; without a number it takes its own.
fn measure(bench: &Bench, number: Option<&str>) -> Result<bool> {
    let Bench { what, count, release } = *bench;
    let script = Cmd::new("node").arg(format!("bench-{what}.mjs")).dir(paths::root().join("tests/e2e"));
    let script = script.env("E2E_BIN", if release { paths::release_binary() } else { paths::binary() });
    let script = match (count, number) {
        (_, None) => script,
        (Some(count), Some(number)) => script.env(count, number),
        (None, Some(_)) => bail!("bench {what} takes no number\n\n{HELP}"),
    };
    let mut steps = Steps::new();
    if prepared(&mut steps, release) && steps.work("journey packages", || web::install("tests/e2e")) {
        steps.program(&format!("bench {what}"), Judge::Code, &script);
    }
    Ok(steps.close())
}

/// The web app and the program.
fn prepared(steps: &mut Steps, release: bool) -> bool {
    let profile: &[&str] = if release { &["--release"] } else { &[] };
    let build = Cmd::cargo().arg("build").args(profile).args(["--package", "consilium"]);
    steps.work("what the machine needs", || needs::tests().and_then(|()| node::ensure()))
        && steps.work("web packages", || web::install("web"))
        && steps.work("web app", web::build)
        && steps.program("program", Judge::Code, &build)
}

fn figures() -> bool {
    let mut steps = Steps::new();
    let run = ["nextest", "run", "--release", "--package", "command", "--lib", "--run-ignored", "only", "--no-capture"];
    let run = Cmd::cargo().args(run).args(["-E", "test(service::bench::a_million)"]);
    if steps.work("what the machine needs", needs::tests) {
        steps.program("figures of a million resources", Judge::Code, &run);
    }
    steps.close()
}

/// The parts of `bench records`: those over HTTP first.
const RECORDS: &[&str] = &["create", "read", "import", "search", "growth", "commit", "viewers"];
const OVER_HTTP: usize = 5;

fn records(parts: &[&str]) -> Result<bool> {
    let parts = if parts.is_empty() { RECORDS } else { parts };
    let mut steps = Steps::new();
    let http: Vec<&str> = parts.iter().copied().filter(|part| RECORDS[..OVER_HTTP].contains(part)).collect();
    if !http.is_empty() && prepared(&mut steps, true) {
        let script = Cmd::new("node").arg("bench-records.mjs").dir(paths::root().join("tests/e2e"));
        let script = script.env("E2E_BIN", paths::release_binary()).env("BENCH_PARTS", http.join(" "));
        let ready = steps.work("wrk", needs::load) && steps.work("packages of the peers", || web::install("tests/e2e"));
        if ready {
            steps.program("bench records over HTTP", Judge::Code, &script);
        }
    }
    let example = |name: &str, args: &[&str]| {
        let run =
            ["run", "--release", "--package", "records", "--features", "bench,conformance", "--example", name, "--"];
        Cmd::cargo().args(run).args(args)
    };
    if parts.contains(&"commit") {
        steps.program("commits beside a bare loop, and on PostgreSQL", Judge::Code, &example("commit", &[]));
    }
    if parts.contains(&"viewers") {
        steps.program("a million resources, several viewers", Judge::Code, &example("search", &["1000000"]));
        let there = example("search", &["1000000", "postgres"]);
        steps.program("the same on PostgreSQL", Judge::Code, &there);
    }
    Ok(steps.close())
}
