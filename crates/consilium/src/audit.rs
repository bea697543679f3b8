//! `consilium audit verify`: proves the ledger of a store: of a file that nobody serves, or of a database.

use crate::database;
use anyhow::{Context, Result};
use platform::settings::Database;
use records::Store;
use records::sqlite::{Options, Sqlite};
use std::path::Path;

/// Verifies; the answer is a line for people.
pub async fn verify(data_dir: &Path, database: &Database) -> Result<String> {
    if !database.is_sqlite() {
        return Ok(told(&database::verify(database).await?));
    }
    let dir = data_dir.join("records");
    anyhow::ensure!(dir.is_dir(), "{} holds no records", data_dir.display());
    let store = Sqlite::open(&dir, Options::default()).with_context(|| format!("open {}", dir.display()))?;
    let verified = store.verify().await;
    store.close().await;
    Ok(told(&verified?))
}

fn told(verified: &records::Verified) -> String {
    let head: String = verified.head.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("whole: {} entries, {} versions, head {head}…", verified.entries, verified.versions)
}
