//! The official search parameters, reduced to what the index needs.
//!
//! One array per parameter, ordered by url: `[code, [base], type, expression, [target], url, [[definition, expression]]]`.
//! A parameter's number in every store on disk is its place in this order, so the order must stay.

use super::{list, load, text};
use anyhow::Result;
use serde_json::{Value, json};
use std::path::Path;

pub fn read(file: &Path) -> Result<Value> {
    let bundle = load(file)?;
    let mut rows = Vec::new();
    for entry in list(&bundle, "entry") {
        let parameter = &entry["resource"];
        let parts: Vec<Value> =
            list(parameter, "component").iter().map(|part| json!([part["definition"], part["expression"]])).collect();
        let url = text(parameter, "url")?;
        let row = json!([
            text(parameter, "code")?,
            list(parameter, "base"),
            text(parameter, "type")?,
            parameter["expression"],
            list(parameter, "target"),
            url,
            parts
        ]);
        rows.push((url.to_owned(), row));
    }
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}
