//! `consilium export`: every current resource as NDJSON, for conformance tests of others.

use crate::tell::tell;
use anyhow::{Context, Result};
use fhir::ResourceType;
use records::sqlite::{Options, Sqlite};
use records::{Query, Store, Viewer};
use std::path::Path;

/// Prints one resource a line.
pub async fn export(data_dir: &Path) -> Result<()> {
    let dir = data_dir.join("records");
    anyhow::ensure!(dir.is_dir(), "{} holds no records", data_dir.display());
    let store = Sqlite::open(&dir, Options::default()).with_context(|| format!("open {}", dir.display()))?;
    for ty in ResourceType::all() {
        let mut query = Query::of(ty).count(1000);
        loop {
            let page = store.search(&Viewer::System, &query).await?;
            for resource in &page.matches {
                tell(std::str::from_utf8(&resource.json).with_context(|| resource.at.to_string())?);
            }
            match page.next {
                Some(next) => query.after = Some(next),
                None => break,
            }
        }
    }
    store.close().await;
    Ok(())
}
