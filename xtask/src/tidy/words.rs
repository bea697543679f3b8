//! The tree speaks of Consilium alone: no paths of somebody's desk, no notes to oneself.

use super::Findings;
use crate::paths;
use anyhow::Result;

/// Written in two halves, so that this file is clean itself.
const NEVER: &[(&str, &str, &str)] = &[
    ("/wo", "rk/", "a path of somebody's machine"),
    ("../sh", "ared", "a path outside the tree"),
    ("proto", "types/", "a path outside the tree"),
    ("FIX", "ME", "a note to oneself: do it, or file it"),
    ("TO", "DO", "a note to oneself: do it, or file it"),
    ("XX", "X:", "a note to oneself: do it, or file it"),
    ("<<<<", "<<<", "a merge that was not finished"),
];

const TEXT: &[&str] = &["rs", "ts", "tsx", "mjs", "js", "css", "html", "md", "toml", "py", "sh", "sql", "json"];

pub fn check(findings: &mut Findings) -> Result<()> {
    for file in paths::tracked(".")? {
        let kind = file.extension().and_then(|x| x.to_str()).unwrap_or_default();
        let lock = file.ends_with("package-lock.json");
        if lock || !TEXT.contains(&kind) {
            continue;
        }
        let Ok(text) = std::fs::read_to_string(paths::root().join(&file)) else { continue };
        for (number, why) in found(&text) {
            findings.error(format!("{}:{number}: {why}", file.display()));
        }
    }
    Ok(())
}

fn found(text: &str) -> Vec<(usize, &'static str)> {
    let mut all = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for (head, tail, why) in NEVER {
            if line.contains(&format!("{head}{tail}")) {
                all.push((number + 1, *why));
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_do_not_belong() {
        let text = ["fine", concat!("see /wo", "rk/x"), concat!("// TO", "DO later"), "let todo = list();"].join("\n");
        assert_eq!(found(&text).iter().map(|(n, _)| *n).collect::<Vec<_>>(), [2, 3]);
    }
}
