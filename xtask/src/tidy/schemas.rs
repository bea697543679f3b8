//! No two types of one name in the API's description: it keeps one of them, and what is answered by the other is described wrongly.

use super::Findings;
use crate::paths;
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::path::PathBuf;

pub fn check(findings: &mut Findings) -> Result<()> {
    let mut files = paths::tracked("crates")?;
    files.retain(|f| f.extension().is_some_and(|x| x == "rs"));
    let mut told: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for file in files {
        let text = std::fs::read_to_string(paths::root().join(&file));
        for name in names(&text.with_context(|| format!("read {}", file.display()))?) {
            told.entry(name).or_default().push(file.clone());
        }
    }
    for (name, files) in told.iter().filter(|(_, files)| files.len() > 1) {
        let files: Vec<String> = files.iter().map(|f| f.display().to_string()).collect();
        findings.error(format!(
            "{} are both {name} in the API's description; #[schema(as = …)] gives one another name",
            files.join(" and ")
        ));
    }
    Ok(())
}

/// The names of a file's types in the description.
fn names(text: &str) -> Vec<String> {
    let (mut attributes, mut found) = (String::new(), vec![]);
    for line in text.lines() {
        let line = line.trim_start();
        let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|w| !w.is_empty());
        let declares = ["pub ", "pub(", "struct ", "enum "].iter().any(|begin| line.starts_with(begin));
        let name =
            declares.then(|| words.find(|w| ["struct", "enum"].contains(w))).flatten().and_then(|_| words.next());
        match name {
            Some(name) => {
                if attributes.contains("ToSchema") {
                    let other = attributes.split("schema(as = ").nth(1).and_then(|rest| rest.split([')', ',']).next());
                    found.push(other.unwrap_or(name).to_owned());
                }
                attributes.clear();
            }
            None if line.starts_with("//") || line.starts_with("#[") || !attributes.is_empty() => attributes += line,
            None => {}
        }
        // Attributes end where an item begins that is no type.
        if ["fn ", "impl", "use ", "mod ", "const ", "static ", "}"].iter().any(|begin| line.starts_with(begin)) {
            attributes.clear();
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_told_by_the_name_that_it_has_in_the_description() {
        let text = "use utoipa::ToSchema;\n\n/// A day.\n#[derive(Debug, ToSchema)]\n#[schema(as = WeekDay)]\npub enum Day {\n    Monday,\n}\n\n\
                    #[derive(\n    Serialize,\n    ToSchema,\n)]\npub(crate) struct Row {\n    a: u8,\n}\n\nimpl Row {}\n\n#[derive(Debug)]\nstruct Plain;\n";
        assert_eq!(names(text), ["WeekDay", "Row"]);
    }
}
