//! The house commands: `cargo xtask demo | test | check | tidy | bench`.
//!
//! Called by people and by `.ci/run`. It starts other programs and tells what they did; it must never hold a rule of the
//! domain, and never answer yes when a step it started said no.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "talking to the terminal is what this program is for")]

mod bench;
mod check;
mod count;
mod definitions;
mod demo;
mod needs;
mod node;
mod paths;
mod python;
mod questions;
mod run;
mod steps;
mod test;
mod tidy;
mod web;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask: the house commands of Consilium

  cargo xtask demo  [--listen ADDR] [--data DIR]   build everything and serve a demonstration
                                                   (127.0.0.1:8080 and ./data/demo unless told otherwise)
  cargo xtask test  [STEP...]                      every check and every test; ends with 'N passed, N failed'
  cargo xtask check                                the fast yes or no: format, lints, house rules, web lint and types
  cargo xtask tidy  [--write]                      only the house rules: crate edges, operation addresses, licences,
                                                   module comments; --write renews docs/openapi.json
  cargo xtask definitions [--check]                renews what crates/fhir knows of FHIR from HL7's npm packages; --check
                                                   only compares
  cargo xtask bench start                          start to serving, idle memory, first frame, first load; release build
  cargo xtask bench room                           six people in one room: first frame, CPU per person; release build
  cargo xtask bench soak [MINUTES]                 the command page's wall for 30 minutes: what page and browser hold
  cargo xtask bench upload                         a 2 GiB file in pieces beside a plain write, memory, slices a second
  cargo xtask bench fuzz [SECONDS [TARGET ...]]    libFuzzer at all that reads what strangers send, 60 seconds each

What each installs when it is missing: Debian packages by apt when you are root (otherwise the exact line to run is
printed and nothing more happens), Node from Debian or PyPI, npm and PyPI packages at the versions pinned in the tree.

  cargo xtask test                  everything, in the order in which it fails soonest
  cargo xtask test list             the names of the steps
  cargo xtask test journey fhir     only these steps (what they need is built first)

Every step prints its name and its time. Nothing here needs the network except to install.
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match words.split_first() {
        Some((&"demo", rest)) => demo::main(rest),
        Some((&"test", rest)) => test::main(rest),
        Some((&"check", [])) => check::main(),
        Some((&"tidy", rest)) => tidy::main(rest),
        Some((&"bench", rest)) => bench::main(rest),
        Some((&"definitions", rest)) => definitions::main(rest),
        None | Some((&("help" | "-h" | "--help"), _)) => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Some(_) => Err(anyhow::anyhow!("`cargo xtask {}` is not a house command\n\n{HELP}", words.join(" "))),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
