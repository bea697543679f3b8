//! How a source file must look: a head that says what it is, a size one can read, siblings only through their root.

use super::Findings;
use crate::paths;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

const LINES_ASK: usize = 400;
const LINES_MAX: usize = 600;

pub fn check(findings: &mut Findings) -> Result<()> {
    let root = paths::root();
    let mut files = Vec::new();
    for folder in ["crates", "testkit", "tests", "xtask", "web/src"] {
        files.extend(paths::tracked(folder)?);
    }
    files.retain(|f| f.extension().is_some_and(|x| ["rs", "ts", "tsx", "mjs", "py"].iter().any(|k| x == *k)));
    for file in &files {
        let text = std::fs::read_to_string(root.join(file)).with_context(|| format!("read {}", file.display()))?;
        if text.lines().take(3).any(|l| l.contains("Generated") || l.contains("auto-generated")) {
            continue;
        }
        size(findings, file, &text);
        if file.extension().is_some_and(|x| x == "rs") {
            head(findings, file, &text);
            allows(findings, file, &text);
            for (line, slice) in
                reaches(file, &text, |p| files.iter().any(|f| f == p), |root, inner| offers(&root_text(root), inner))
            {
                findings.error(format!("{}:{line}: reaches into slice {slice}; go through its mod.rs", file.display()));
            }
        }
    }
    Ok(())
}

/// Lines without the inline tests.
fn size(findings: &mut Findings, file: &Path, text: &str) {
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or(text);
    let lines = code.lines().count();
    let told = format!("{}: {lines} lines; which operation wants its own file?", file.display());
    match lines {
        0..=LINES_ASK => {}
        n if n <= LINES_MAX => findings.warn(told),
        _ => findings.error(told),
    }
}

/// A root must open with a comment; one of two words is no comment.
fn head(findings: &mut Findings, file: &Path, text: &str) {
    let root = ["mod.rs", "lib.rs", "main.rs"].iter().any(|n| file.ends_with(n));
    if !root {
        return;
    }
    let said: String = text.lines().take_while(|l| l.starts_with("//!")).map(|l| l.trim_start_matches("//!")).collect();
    if said.split_whitespace().count() < 4 {
        findings.error(format!("{}: open with //! what it is, who calls it, what it must never do", file.display()));
    }
}

/// `#[expect(…, reason)]` tells when it is no longer needed; `allow` never does.
fn allows(findings: &mut Findings, file: &Path, text: &str) {
    for (number, line) in text.lines().enumerate() {
        let line = line.trim_start();
        if line.starts_with("#[allow(") || line.starts_with("#![allow(") {
            findings.error(format!("{}:{}: use #[expect(…, reason = \"…\")]", file.display(), number + 1));
        }
    }
}

/// Lines of a slice (`crates/C/src/SLICE/…`) that name a file inside a sibling slice.
/// The text of a slice's root; empty when it cannot be read, which the size check has then said already.
fn root_text(root: &Path) -> String {
    std::fs::read_to_string(paths::root().join(root)).unwrap_or_default()
}

/// Whether a slice's root offers a module to its siblings by name.
fn offers(root: &str, inner: &str) -> bool {
    ["pub mod", "pub(crate) mod"].iter().any(|offer| root.contains(&format!("{offer} {inner};")))
}

fn reaches(
    file: &Path,
    text: &str,
    exists: impl Fn(&Path) -> bool,
    offers: impl Fn(&Path, &str) -> bool,
) -> Vec<(usize, String)> {
    let parts: Vec<_> = file.components().map(|c| c.as_os_str().to_string_lossy().into_owned()).collect();
    let ["crates", krate, "src", slice, _, ..] = &parts.iter().map(String::as_str).collect::<Vec<_>>()[..] else {
        return Vec::new();
    };
    let src = PathBuf::from("crates").join(krate).join("src");
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for rest in line.split("crate::").skip(1) {
            let mut names = rest.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|n| !n.is_empty());
            let (Some(sibling), Some(inner)) = (names.next(), names.next()) else { continue };
            let direct = rest.starts_with(&format!("{sibling}::{inner}"));
            let root = src.join(sibling).join("mod.rs");
            let is_slice = exists(&root) && !offers(&root, inner);
            let is_file = exists(&src.join(sibling).join(format!("{inner}.rs")));
            if direct && sibling != *slice && is_slice && is_file && !line.trim_start().starts_with("//") {
                found.push((number + 1, sibling.to_owned()));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reach_into_a_sibling_is_found_and_its_root_is_fine() {
        let tree = ["crates/care/src/consult/mod.rs", "crates/care/src/consult/model.rs", "crates/care/src/clock.rs"];
        let exists = |p: &Path| tree.iter().any(|t| Path::new(t) == p);
        let file = Path::new("crates/care/src/opinion/sign.rs");
        let text = "use crate::consult::load;\nuse crate::consult::model::State;\nuse crate::clock::now;\nlet x = crate::consult::model::A;";
        assert_eq!(reaches(file, text, exists, |_, _| false), [(2, "consult".to_owned()), (4, "consult".to_owned())]);
        assert!(reaches(file, text, exists, |_, inner| inner == "model").is_empty());
        assert!(offers("pub(crate) mod model;", "model") && !offers("mod model;", "model"));
        assert!(reaches(Path::new("crates/care/src/consult/sign.rs"), text, exists, |_, _| false).is_empty());
        assert!(reaches(Path::new("crates/care/src/lib.rs"), text, exists, |_, _| false).is_empty());
    }

    #[test]
    fn a_short_head_and_an_allow_are_found() {
        let mut findings = Findings::default();
        head(&mut findings, Path::new("crates/x/src/lib.rs"), "//! x\nmod a;");
        head(&mut findings, Path::new("crates/x/src/mod.rs"), "//! The store: commit, read, search.\nmod a;");
        allows(&mut findings, Path::new("crates/x/src/a.rs"), "  #[allow(dead_code)]\n");
        size(&mut findings, Path::new("crates/x/src/b.rs"), &"x\n".repeat(601));
        assert_eq!(findings.errors.len(), 3, "{:?}", findings.errors);
    }
}
