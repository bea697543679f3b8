//! Validation held against the 5,306 official examples of R4, against what is broken in them, and against chance.
//!
//! The examples come from npm (`cargo xtask test` fetches them, and so does `cargo xtask definitions --check`); without them
//! these tests say that they were skipped.
#![expect(clippy::print_stderr, reason = "a test that was skipped must say so")]

mod examples;
mod fhirpath_suite;
mod fuzz;
mod mutations;

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// One of them.
struct Example {
    /// Of its file.
    name: String,
    bytes: usize,
    value: Value,
}

/// All examples, read once; none where they were not fetched.
fn all() -> Option<&'static [Example]> {
    static ALL: LazyLock<Option<Vec<Example>>> = LazyLock::new(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).parent()?.join("fhir/hl7.fhir.r4.examples-4.0.1/package");
        let list = folder.read_dir().ok()?;
        let mut files: Vec<PathBuf> = list.filter_map(|entry| Some(entry.ok()?.path())).collect();
        files.sort();
        let read = |file: &PathBuf| {
            let name = file.file_name()?.to_str()?.to_owned();
            let text = std::fs::read(file).ok()?;
            let value = serde_json::from_slice(&text).ok()?;
            (name != "package.json").then_some(Example { name, bytes: text.len(), value })
        };
        Some(files.iter().filter_map(read).collect())
    });
    if ALL.is_none() {
        eprintln!("skipped: the official examples are not here; `cargo xtask definitions --check` fetches them");
    }
    ALL.as_deref()
}

/// The example of this name, ours to change.
fn one(name: &str) -> Option<Value> {
    let all = all()?;
    let at = all.binary_search_by(|have| have.name.as_str().cmp(name));
    Some(all[at.unwrap_or_else(|_| panic!("no example {name}"))].value.clone())
}
