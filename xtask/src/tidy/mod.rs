//! `cargo xtask tidy`: the rules of the house that no other tool checks.
//!
//! Called by a person, by `check` and by `test`. Each rule is a file, reads the tree and adds findings; it never edits.

mod edges;
mod licences;
pub mod openapi;
mod operations;
mod schemas;
mod sources;
mod words;

use anyhow::{Result, bail};

/// What the rules found.
#[derive(Default)]
pub struct Findings {
    errors: Vec<String>,
    warnings: Vec<String>,
}

impl Findings {
    fn error(&mut self, text: impl Into<String>) {
        self.errors.push(text.into());
    }

    fn warn(&mut self, text: impl Into<String>) {
        self.warnings.push(text.into());
    }
}

pub fn main(args: &[&str]) -> Result<bool> {
    match args {
        [] => {
            let rules = check();
            let described = openapi::check(false);
            rules.and(described).map(|()| true)
        }
        ["--write"] => check().and(openapi::check(true)).map(|()| true),
        _ => bail!("tidy takes no argument but --write"),
    }
}

/// Every rule that needs only the sources.
pub fn check() -> Result<()> {
    let mut findings = Findings::default();
    edges::check(&mut findings)?;
    licences::check(&mut findings)?;
    operations::check(&mut findings)?;
    schemas::check(&mut findings)?;
    sources::check(&mut findings)?;
    words::check(&mut findings)?;
    for warning in &findings.warnings {
        println!("    note: {warning}");
    }
    for error in &findings.errors {
        println!("    tidy: {error}");
    }
    if findings.errors.is_empty() {
        println!("    tidy: clean");
        return Ok(());
    }
    bail!("{} house rules are broken", findings.errors.len())
}
