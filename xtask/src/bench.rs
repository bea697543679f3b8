//! `cargo xtask bench`: what a newcomer feels, and what a full room costs, measured on the release build.

use crate::run::Cmd;
use crate::steps::{Judge, Steps};
use crate::{needs, node, paths, web};
use anyhow::{Result, bail};

const HELP: &str = "\
cargo xtask bench start

Builds the release program and prints start to serving, idle memory, join to first frame, submit to the dispatcher's
screen and the size of the inbox's first load, each beside its goal and with the machine's load.

cargo xtask bench room

The same build with six people in one room: join to first frame (p50, p95) and the server's CPU per person.
";

pub fn main(args: &[&str]) -> Result<bool> {
    match args {
        ["start"] => measure("start"),
        ["room"] => measure("room"),
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
