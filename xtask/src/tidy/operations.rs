//! Operation `consult.assign` lives in `crates/*/src/consult/assign.rs`: the name is the address.

use super::Findings;
use crate::paths;
use anyhow::{Context, Result};
use serde_json::Value;
use std::path::{Path, PathBuf};

pub fn check(findings: &mut Findings) -> Result<()> {
    let Ok(text) = std::fs::read_to_string(paths::root().join("docs/openapi.json")) else {
        findings.error("docs/openapi.json is missing: run `cargo xtask tidy --write`");
        return Ok(());
    };
    let api: Value = serde_json::from_str(&text).context("read docs/openapi.json")?;
    let files = paths::tracked("crates")?;
    for id in ids(&api) {
        if !addressed(&id, &files) {
            findings.error(format!("operation {id} has no file crates/*/src/{}.rs", id.replace('.', "/")));
        }
    }
    Ok(())
}

/// The operation ids of an OpenAPI description; an operation without one shows as its method and path.
fn ids(api: &Value) -> Vec<String> {
    let mut ids = Vec::new();
    for (path, item) in api["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            if ["get", "put", "post", "delete", "patch", "head", "options"].contains(&method.as_str()) {
                let unnamed = || format!("{method} {path} (without operationId)");
                ids.push(operation["operationId"].as_str().map_or_else(unnamed, str::to_owned));
            }
        }
    }
    ids
}

fn addressed(id: &str, files: &[PathBuf]) -> bool {
    let tail = format!("{}.rs", id.replace('.', "/"));
    files.iter().any(|file| {
        let inside = file.components().skip(2).collect::<PathBuf>();
        file.starts_with("crates") && inside.strip_prefix("src").is_ok_and(|path| path == Path::new(&tail))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_without_its_file_is_found() {
        let api = serde_json::json!({"paths": {"/api/consults": {
            "post": {"operationId": "consult.request"}, "get": {"operationId": "consult.inbox"}, "parameters": [],
        }, "/x": {"get": {}}}});
        let files = [PathBuf::from("crates/care/src/consult/request.rs"), PathBuf::from("crates/care/src/inbox.rs")];
        let lost: Vec<String> = ids(&api).into_iter().filter(|id| !addressed(id, &files)).collect();
        assert_eq!(lost, ["consult.inbox", "get /x (without operationId)"]);
    }
}
