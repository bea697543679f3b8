//! Where our dependencies come from, and under which licences: the allow list of `deny.toml`, also without cargo-deny.

use super::Findings;
use crate::paths;
use crate::run::Cmd;
use anyhow::{Context, Result};
use serde_json::Value;

/// What a library names among its own dependencies and never reaches the browser: build tools, and the parts of tus-js-client that only Node
/// loads. Their terms (CC-BY data, Python, BlueOak; a licence in an old form or in the Readme alone) do not matter there.
const TOOLS: &[&str] = &["argparse", "caniuse-lite", "combine-errors", "graceful-fs", "rechoir"];

pub fn check(findings: &mut Findings) -> Result<()> {
    let allowed = allow_list(&std::fs::read_to_string(paths::root().join("deny.toml")).context("read deny.toml")?);
    crates(findings, &allowed)?;
    for lock in ["web/package-lock.json"] {
        if let Ok(text) = std::fs::read_to_string(paths::root().join(lock)) {
            packages(findings, &allowed, lock, &serde_json::from_str(&text).with_context(|| format!("read {lock}"))?);
        }
    }
    Ok(())
}

fn crates(findings: &mut Findings, allowed: &[String]) -> Result<()> {
    let args = ["metadata", "--format-version", "1", "--filter-platform", "x86_64-unknown-linux-gnu"];
    let meta: Value = serde_json::from_str(&Cmd::cargo().args(args).stdout()?).context("read `cargo metadata`")?;
    for package in meta["packages"].as_array().into_iter().flatten() {
        let name =
            format!("{} {}", package["name"].as_str().unwrap_or("?"), package["version"].as_str().unwrap_or("?"));
        match package["source"].as_str() {
            None | Some("registry+https://github.com/rust-lang/crates.io-index") => {}
            Some(other) => findings.error(format!("{name} comes from {other}, not from crates.io")),
        }
        match package["license"].as_str() {
            Some(expression) if permits(expression, allowed) => {}
            Some(expression) => findings.error(format!("{name}: licence {expression} is not in deny.toml")),
            None => findings.error(format!("{name} names no licence")),
        }
    }
    Ok(())
}

/// What reaches the browser; tools of the build may be under other licences.
fn packages(findings: &mut Findings, allowed: &[String], lock: &str, tree: &Value) {
    for (path, package) in tree["packages"].as_object().into_iter().flatten() {
        let tool = ["dev", "optional", "devOptional"].iter().any(|kind| package[kind] == true)
            || TOOLS.iter().any(|name| path.ends_with(&format!("node_modules/{name}")));
        let shipped = !path.is_empty() && !tool;
        let expression = package["license"].as_str().unwrap_or("none");
        if shipped && !permits(expression, allowed) {
            findings.error(format!("{lock}: {path}: licence {expression} is not in deny.toml"));
        }
    }
}

/// The strings of `allow = [ … ]` under `[licenses]`.
fn allow_list(deny: &str) -> Vec<String> {
    let section = deny.split("[licenses]").nth(1).unwrap_or_default();
    let list = section.split("allow = [").nth(1).and_then(|rest| rest.split(']').next()).unwrap_or_default();
    let code = list.lines().map(|line| line.split('#').next().unwrap_or_default());
    code.flat_map(|line| line.split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// Whether an SPDX expression can be satisfied with the allowed licences. `/` is the old way to write OR.
fn permits(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    any(&words, &mut at, allowed) && at == words.len()
}

fn any(words: &[&str], at: &mut usize, allowed: &[String]) -> bool {
    let mut yes = all(words, at, allowed);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        yes |= all(words, at, allowed);
    }
    yes
}

fn all(words: &[&str], at: &mut usize, allowed: &[String]) -> bool {
    let mut yes = one(words, at, allowed);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        yes &= one(words, at, allowed);
    }
    yes
}

fn one(words: &[&str], at: &mut usize, allowed: &[String]) -> bool {
    let Some(&word) = words.get(*at) else { return false };
    *at += 1;
    if word == "(" {
        let yes = any(words, at, allowed);
        *at += 1;
        return yes;
    }
    let mut licence = word.to_owned();
    if words.get(*at) == Some(&"WITH") {
        licence = format!("{word} WITH {}", words.get(*at + 1).unwrap_or(&""));
        *at += 2;
    }
    allowed.contains(&licence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions() {
        let allowed = allow_list(
            "[licenses]\nallow = [\n \"MIT\", # ours\n \"Apache-2.0\", \"ISC\",\n]\n[bans]\nallow = [\"GPL-3.0\"]",
        );
        assert_eq!(allowed, ["MIT", "Apache-2.0", "ISC"]);
        for (expression, yes) in [
            ("MIT", true),
            ("MIT OR GPL-3.0", true),
            ("MIT AND GPL-3.0", false),
            ("MIT/Apache-2.0", true),
            ("(MIT OR GPL-3.0) AND ISC", true),
            ("(MIT OR ISC) AND (GPL-2.0 OR AGPL-3.0)", false),
            ("Apache-2.0 WITH LLVM-exception", false),
            ("AGPL-3.0-only", false),
            ("none", false),
            ("", false),
        ] {
            assert_eq!(permits(expression, &allowed), yes, "{expression}");
        }
    }
}
