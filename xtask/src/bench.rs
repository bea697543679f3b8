//! `cargo xtask bench`: what a newcomer feels, what a full room costs, how a large file arrives, a wall screen that hangs for hours,
//! a server that is killed a thousand times.

use crate::run::Cmd;
use crate::steps::{Judge, Steps};
use crate::{needs, node, paths, web};
use anyhow::{Result, bail};

const HELP: &str = "\
cargo xtask bench start
cargo xtask bench soak [MINUTES]
cargo xtask bench upload [MEGABYTES]
cargo xtask bench room
cargo xtask bench crash [CYCLES]

start builds the release program and prints start to serving, idle memory, join to first frame, submit to the dispatcher's
screen and the size of the inbox's first load, each beside its goal and with the machine's load.
soak shows the command page's wall to a browser for MINUTES (30) while the province goes on, and prints each minute what
page, browser and server hold. CI does not run it.

upload builds the release program and prints how fast a file of 2 GiB (or so many megabytes) arrives in pieces beside a plain
write of the same bytes, the memory it takes, that a server killed at half loses nothing, and how many slices of a CT arrive a
second.

room takes the same build with six people in one room: join to first frame (p50, p95) and the server's CPU per person.

crash kills the release program (kill -9) CYCLES (1000) times while four people write, and a fifth as often each in an upload
and in a signature, starts it again each time, and counts what was acknowledged and is gone; the ledger verifies at the end.
It takes about a second a cycle.
";

pub fn main(args: &[&str]) -> Result<bool> {
    match args {
        ["start"] => measure("start"),
        ["room"] => measure("room"),
        ["soak"] => soak("30"),
        ["soak", minutes] if minutes.parse::<u32>().is_ok_and(|m| m > 0) => soak(minutes),
        ["upload"] => upload("2048"),
        ["upload", megabytes] if megabytes.parse::<u32>().is_ok() => upload(megabytes),
        ["crash"] => crash(1_000),
        ["crash", cycles] if cycles.parse::<u32>().is_ok_and(|n| (1..=1_000).contains(&n)) => crash(cycles.parse()?),
        ["-h" | "--help" | "help"] | [] => {
            print!("{HELP}");
            Ok(true)
        }
        _ => bail!("`{}` is not a bench\n\n{HELP}", args.join(" ")),
    }
}

fn measure(what: &str) -> Result<bool> {
    let mut steps = Steps::new();
    let ready = steps.work("what the machine needs", || needs::tests().and_then(|()| node::ensure()))
        && steps.work("web packages", || web::install("web"))
        && steps.work("web app", web::build)
        && steps.work("journey packages", || web::install("tests/e2e"))
        && steps.program("program", Judge::Code, &Cmd::cargo().args(["build", "--release", "--package", "consilium"]));
    if ready {
        let bench = Cmd::new("node").arg(format!("bench-{what}.mjs")).dir(paths::root().join("tests/e2e"));
        steps.program(&format!("bench {what}"), Judge::Code, &bench.env("E2E_BIN", paths::release_binary()));
    }
    Ok(steps.close())
}

fn soak(minutes: &str) -> Result<bool> {
    let mut steps = Steps::new();
    let ready = steps.work("what the machine needs", || needs::tests().and_then(|()| node::ensure()))
        && steps.work("web packages", || web::install("web"))
        && steps.work("web app", web::build)
        && steps.work("journey packages", || web::install("tests/e2e"))
        && steps.program("program", Judge::Code, &Cmd::cargo().args(["build", "--package", "consilium"]));
    if ready {
        let bench = Cmd::new("node").arg("bench-soak.mjs").dir(paths::root().join("tests/e2e"));
        let bench = bench.env("E2E_BIN", paths::binary()).env("SOAK_MINUTES", minutes);
        steps.program("bench soak", Judge::Code, &bench);
    }
    Ok(steps.close())
}

fn upload(megabytes: &str) -> Result<bool> {
    let mut steps = Steps::new();
    let ready = steps.work("what the machine needs", || needs::tests().and_then(|()| node::ensure()))
        && steps.work("web packages", || web::install("web"))
        && steps.work("web app", web::build)
        && steps.work("journey packages", || web::install("tests/e2e"))
        && steps.program("program", Judge::Code, &Cmd::cargo().args(["build", "--release", "--package", "consilium"]));
    if ready {
        let bench = Cmd::new("node").arg("bench-upload.mjs").dir(paths::root().join("tests/e2e"));
        let bench = bench.env("E2E_BIN", paths::release_binary()).env("BENCH_UPLOAD_MB", megabytes);
        steps.program("bench upload", Judge::Code, &bench);
    }
    Ok(steps.close())
}

fn crash(cycles: u32) -> Result<bool> {
    let mut steps = Steps::new();
    let ready = steps.work("what the machine needs", || needs::tests().and_then(|()| node::ensure()))
        && steps.work("web packages", || web::install("web"))
        && steps.work("web app", web::build)
        && steps.program("program", Judge::Code, &Cmd::cargo().args(["build", "--release", "--package", "consilium"]));
    let fifth = (cycles / 5).max(1);
    let tests = [
        ("kills while people write", "crash_http", "nothing_acknowledged_is_lost_in_many_kills", cycles),
        ("kills in uploads", "bad_days", "many_kills_in_uploads", fifth),
        ("kills in signing", "bad_days", "many_kills_in_signing", fifth),
    ];
    for (what, file, test, cycles) in tests.into_iter().filter(|_| ready) {
        let test = Cmd::cargo().args(["test", "--workspace", "--test", file, "--", "--ignored", "--nocapture", test]);
        let test = test.env("E2E_BIN", paths::release_binary()).env("CRASH_CYCLES", cycles.to_string());
        steps.program(&format!("{cycles} {what}"), Judge::Tests, &test);
    }
    Ok(steps.close())
}
