//! `cargo xtask demo`: from a fresh clone to a page in the browser.

use crate::run::Cmd;
use crate::steps::Steps;
use crate::{needs, node, paths, web};
use anyhow::{Context, Result, bail};
use std::os::unix::process::CommandExt;

const HELP: &str = "\
cargo xtask demo [--listen ADDR] [--data DIR] [--expose]

Builds the web app and the program, then serves a demonstration with made-up hospitals, people and cases.
  --listen ADDR   where to listen (127.0.0.1:8080)
  --data DIR      where the demonstration is kept (./data/demo); delete the folder to begin anew
  --expose        allow an address other than loopback (then over HTTPS)
";

pub fn main(args: &[&str]) -> Result<bool> {
    let Some(told) = arguments(args)? else {
        print!("{HELP}");
        return Ok(true);
    };
    let mut steps = Steps::new();
    let ready = steps.work("what the machine needs", || needs::build().and_then(|()| node::ensure()))
        && steps.work("web packages", || web::install("web"))
        && steps.work("web app", web::build)
        && steps.work("program", || Cmd::cargo().args(["build", "--package", "consilium"]).run());
    if !ready {
        bail!("the demonstration was not started: the step above failed");
    }
    // The server takes our place, so that Ctrl-C and SIGTERM reach it and nothing stands between.
    let server = Cmd::new(paths::binary()).arg("demo").args(told);
    println!("▶ {}", server.line());
    Err(server.command().exec()).with_context(|| format!("start {}", paths::binary().display()))
}

/// The words for `consilium demo`; `None` when help was asked for.
fn arguments(args: &[&str]) -> Result<Option<Vec<String>>> {
    let (mut data, mut listen, mut more) = ("./data/demo".to_owned(), "127.0.0.1:8080".to_owned(), Vec::new());
    let mut rest = args.iter();
    while let Some(&word) = rest.next() {
        let (name, inline) = word.split_once('=').map_or((word, None), |(n, v)| (n, Some(v)));
        let mut value =
            || inline.or_else(|| rest.next().copied()).with_context(|| format!("{name} wants a value\n\n{HELP}"));
        match name {
            "--data" => data = value()?.to_owned(),
            "--listen" => listen = value()?.to_owned(),
            "--expose" => more.push("--expose".to_owned()),
            "-h" | "--help" | "help" => return Ok(None),
            _ => bail!("`{word}` is not an argument of demo\n\n{HELP}"),
        }
    }
    let mut told = vec!["--data".to_owned(), data, "--listen".to_owned(), listen];
    told.extend(more);
    Ok(Some(told))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_have_defaults_and_both_spellings() {
        let told = |args: &[&str]| arguments(args).unwrap().unwrap().join(" ");
        assert_eq!(told(&[]), "--data ./data/demo --listen 127.0.0.1:8080");
        assert_eq!(told(&["--listen=127.0.0.1:9", "--data", "x"]), "--data x --listen 127.0.0.1:9");
        assert!(arguments(&["--data"]).is_err());
        assert!(arguments(&["--port"]).is_err());
    }
}
