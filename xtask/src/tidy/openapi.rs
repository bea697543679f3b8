//! `docs/openapi.json` is what the program says of itself, so that a change of the API shows in review.

use crate::paths;
use crate::run::Cmd;
use anyhow::{Context, Result, bail};
use serde_json::Value;

/// Compares the file with the program, or renews it.
pub fn check(write: bool) -> Result<()> {
    let said = Cmd::cargo().args(["run", "--quiet", "--package", "consilium", "--", "openapi"]).stdout()?;
    let now: Value = serde_json::from_str(&said).context("read what `consilium openapi` printed")?;
    let file = paths::root().join("docs/openapi.json");
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    if serde_json::from_str::<Value>(&kept).is_ok_and(|kept| kept == now) {
        println!("    docs/openapi.json is up to date");
        return Ok(());
    }
    if !write {
        bail!("docs/openapi.json is not what `consilium openapi` prints: run `cargo xtask tidy --write` and review it");
    }
    std::fs::write(&file, serde_json::to_string_pretty(&now)? + "\n").context("write docs/openapi.json")?;
    println!("    docs/openapi.json is renewed");
    Ok(())
}
