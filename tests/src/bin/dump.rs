//! Prints every version of every resource of a data folder that nobody serves, a line each: what the FHIR validation reads.
//!
//! usage: dump DATA_DIR
#![expect(clippy::print_stdout, reason = "printing is what it does")]

use anyhow::{Context, Result};
use records::{Store, Viewer};

#[tokio::main]
async fn main() -> Result<()> {
    let data = std::env::args().nth(1).context("usage: dump DATA_DIR")?;
    let records = std::path::Path::new(&data).join("records");
    anyhow::ensure!(records.is_dir(), "{data} holds no records");
    let store = records::sqlite::Sqlite::open(&records, records::sqlite::Options::default())?;
    let mut after = 0;
    loop {
        let entries = store.entries(after, 500).await?;
        let Some(last) = entries.last() else { break };
        after = last.number;
        for written in entries.iter().flat_map(|e| &e.versions) {
            let version = store.read_version(&Viewer::System, &written.at, written.version).await?;
            let version = version.with_context(|| format!("{} version {} is gone", written.at, written.version))?;
            if !version.deleted {
                println!("{}", String::from_utf8_lossy(&version.json));
            }
        }
    }
    store.close().await;
    Ok(())
}
