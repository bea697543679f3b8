//! `consilium export`: every current resource as NDJSON, for conformance tests of others.

use crate::database;
use crate::tell::tell;
use anyhow::{Context, Result};
use fhir::ResourceType;
use kernel::SystemClock;
use platform::settings::Database;
use records::{Query, Viewer};
use std::path::Path;
use std::sync::Arc;

/// Prints one resource a line.
pub async fn export(data_dir: &Path, kept: &Database) -> Result<()> {
    let here = data_dir.join("records").is_dir();
    anyhow::ensure!(here || !kept.is_sqlite(), "{} holds no records", data_dir.display());
    let store = database::open(kept, data_dir, Arc::new(SystemClock)).await?;
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
