//! The questions by which each official example must be found, as a foreign FHIRPath has them: `tests/e2e/questions.mjs`.

use crate::run::Cmd;
use crate::{paths, web};
use anyhow::{Context, Result};
use std::path::Path;

/// What the questions are made of, beside the examples, whose version is pinned.
const SOURCES: [&str; 3] = ["questions.mjs", "lib/asked.mjs", "package-lock.json"];

/// Makes them, unless they are of these very sources. It takes a minute. The packages of `tests/e2e` are there.
pub fn ensure(examples: &Path) -> Result<()> {
    let folder = paths::root().join("tests/e2e");
    let read = |name: &&str| std::fs::read(folder.join(name)).with_context(|| format!("read tests/e2e/{name}"));
    let sources = SOURCES.iter().map(read).collect::<Result<Vec<_>>>()?;
    let out = paths::target().join("judged/examples.jsonl");
    let (want, stamp) = (web::digest(|h| std::hash::Hash::hash(&sources, h)), out.with_extension("stamp"));
    if out.exists() && std::fs::read_to_string(&stamp).is_ok_and(|have| have == want) {
        println!("    questions about the examples: unchanged");
        return Ok(());
    }
    Cmd::new("node").arg("questions.mjs").arg(examples).arg(&out).dir(folder).run()?;
    std::fs::write(&stamp, want).with_context(|| format!("write {}", stamp.display()))
}
