//! `cargo xtask check`: the fast yes or no.

use crate::run::Cmd;
use crate::steps::{Judge, Steps};
use crate::{needs, node, tidy, web};
use anyhow::Result;

pub fn main() -> Result<bool> {
    let mut steps = Steps::new();
    if steps.work("what the machine needs", || needs::build().and_then(|()| node::ensure()))
        && steps.work("web packages", || web::install("web"))
    {
        format(&mut steps);
        steps.work("house rules", tidy::check);
        web_lint(&mut steps);
        clippy(&mut steps);
        steps.work("API description", || tidy::openapi::check(false));
    }
    Ok(steps.close())
}

pub fn format(steps: &mut Steps) {
    steps.program("format", Judge::Code, &Cmd::cargo().args(["fmt", "--all", "--check"]));
}

pub fn clippy(steps: &mut Steps) {
    let cmd = Cmd::cargo().args(["clippy", "--quiet", "--workspace", "--all-targets", "--", "--deny", "warnings"]);
    steps.program("clippy", Judge::Code, &cmd);
}

pub fn web_lint(steps: &mut Steps) {
    let dir = crate::paths::root().join("web");
    for (name, script) in [("web lint", "lint"), ("web types", "typecheck")] {
        steps.program(name, Judge::Code, &web::npm(&["run", "--silent", script]).dir(&dir));
    }
}
