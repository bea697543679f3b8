//! Validation held against the 5,306 official examples of R4, against mutations of them, and against another FHIRPath.
//!
//! The examples come from npm (`cargo xtask test` fetches them, and so does `cargo xtask definitions --check`); without them
//! these tests say that they were skipped.
#![expect(clippy::print_stderr, reason = "a test that was skipped must say so")]

mod examples;
mod fuzz;
mod mutations;
mod oracle;

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// File name and resource, in the order of the names.
type Examples = Vec<(String, Value)>;

/// All examples, read once; none where they were not fetched.
fn all() -> Option<&'static Examples> {
    static ALL: LazyLock<Option<Examples>> = LazyLock::new(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).parent()?.join("fhir/hl7.fhir.r4.examples-4.0.1/package");
        let list = folder.read_dir().ok()?;
        let mut files: Vec<PathBuf> = list.filter_map(|entry| Some(entry.ok()?.path())).collect();
        files.sort();
        let read = |file: &PathBuf| {
            let name = file.file_name()?.to_str()?.to_owned();
            let value = serde_json::from_slice(&std::fs::read(file).ok()?).ok()?;
            (name != "package.json").then_some((name, value))
        };
        Some(files.iter().filter_map(read).collect())
    });
    if ALL.is_none() {
        eprintln!("skipped: the official examples are not here; `cargo xtask definitions --check` fetches them");
    }
    ALL.as_ref()
}

/// The example of this name, ours to change.
fn one(name: &str) -> Option<Value> {
    let all = all()?;
    let at = all.binary_search_by(|(have, _)| have.as_str().cmp(name));
    Some(all[at.unwrap_or_else(|_| panic!("no example {name}"))].1.clone())
}
