//! Which crate may know which. The picture in docs/ARCHITECTURE.md shows the same table.

use super::Findings;
use crate::run::Cmd;
use anyhow::{Context, Result};

const STORE: &[&str] = &["fhir", "kernel", "platform", "records"];

/// A crate, and what it may depend on beside [`STORE`] when it is a domain crate.
const TABLE: &[(&str, &[&str])] = &[
    ("care", &["fhir", "kernel", "media", "planner", "platform", "records"]),
    ("command", STORE),
    (
        "consilium",
        &["care", "command", "exchange", "federation", "fhir", "kernel", "media", "platform", "reading", "records"],
    ),
    ("exchange", &["care", "fhir", "kernel", "platform", "reading", "records", "wire"]),
    ("federation", &["fhir", "kernel", "media", "platform", "records"]),
    ("fhir", &["kernel"]),
    ("kernel", &[]),
    ("media", &["kernel"]),
    ("planner", &[]),
    ("platform", &["fhir", "kernel", "records"]),
    ("reading", &["fhir", "kernel", "platform", "records", "wire"]),
    ("powercut", &[]),
    ("records", &["fhir", "kernel"]),
    ("testkit", &["care", "command", "consilium", "fhir", "kernel", "media", "platform", "reading", "records"]),
    (
        "tests",
        &[
            "care",
            "command",
            "consilium",
            "exchange",
            "federation",
            "fhir",
            "kernel",
            "media",
            "platform",
            "powercut",
            "reading",
            "records",
            "testkit",
            "wire",
        ],
    ),
    ("wire", &["kernel"]),
    ("xtask", &[]),
];

pub fn check(findings: &mut Findings) -> Result<()> {
    let text = Cmd::cargo().args(["metadata", "--no-deps", "--offline", "--format-version", "1"]).stdout()?;
    let meta: serde_json::Value = serde_json::from_str(&text).context("read `cargo metadata`")?;
    for package in meta["packages"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default();
        let Some((_, may)) = TABLE.iter().find(|(known, _)| *known == name) else {
            findings.error(format!("crate {name} is not in the table of crates (xtask/src/tidy/edges.rs)"));
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let to = dependency["name"].as_str().unwrap_or_default();
            let ours = TABLE.iter().any(|(known, _)| *known == to);
            let for_tests = dependency["kind"] == "dev" && (["powercut", "testkit"].contains(&to) || to == name);
            if ours && !for_tests && !may.contains(&to) {
                findings.error(format!("{name} may not depend on {to}: tail the ledger or pass an id instead"));
            }
        }
    }
    Ok(())
}
