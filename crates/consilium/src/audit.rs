//! `consilium audit verify`: proves the ledger of a store that nobody serves.

use anyhow::{Context, Result};
use records::Store;
use records::sqlite::{Options, Sqlite};
use std::path::Path;

/// Verifies; the answer is a line for people.
pub async fn verify(data_dir: &Path) -> Result<String> {
    let dir = data_dir.join("records");
    anyhow::ensure!(dir.is_dir(), "{} holds no records", data_dir.display());
    let store = Sqlite::open(&dir, Options::default()).with_context(|| format!("open {}", dir.display()))?;
    let verified = store.verify().await;
    store.close().await;
    let verified = verified?;
    let head: String = verified.head.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("whole: {} entries, {} versions, head {head}…", verified.entries, verified.versions))
}
