//! `cargo xtask bench`: what a newcomer feels, what a full room costs, how a large file arrives, a wall screen that hangs for hours.

use crate::run::Cmd;
use crate::steps::{Judge, Steps};
use crate::{needs, node, paths, web};
use anyhow::{Result, bail};

const HELP: &str = "\
cargo xtask bench start
cargo xtask bench soak [MINUTES]
cargo xtask bench upload [MEGABYTES]
cargo xtask bench room

start builds the release program and prints start to serving, idle memory, join to first frame, submit to the dispatcher's
screen and the size of the inbox's first load, each beside its goal and with the machine's load.
soak shows the command page's wall to a browser for MINUTES (30) while the province goes on, and prints each minute what
page, browser and server hold. CI does not run it.

upload builds the release program and prints how fast a file of 2 GiB (or so many megabytes) arrives in pieces beside a plain
write of the same bytes, the memory it takes, that a server killed at half loses nothing, and how many slices of a CT arrive a
second.

room takes the same build with six people in one room: join to first frame (p50, p95) and the server's CPU per person.
";

pub fn main(args: &[&str]) -> Result<bool> {
    match args {
        ["start"] => measure("start"),
        ["room"] => measure("room"),
        ["soak"] => soak("30"),
        ["soak", minutes] if minutes.parse::<u32>().is_ok_and(|m| m > 0) => soak(minutes),
        ["upload"] => upload("2048"),
        ["upload", megabytes] if megabytes.parse::<u32>().is_ok() => upload(megabytes),
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
