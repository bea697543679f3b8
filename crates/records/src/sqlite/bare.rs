//! The figure to compare commits with: the same rows, prepared beforehand, in the same batches, written by one loop
//! without a queue.

use super::apply::Apply;
use super::{ledger, schema};
use crate::{Change, CommitError, prepare};
use std::path::Path;
use std::time::{Duration, Instant};

/// Writes `changes` into a new store in `dir`, `batch` a COMMIT; how long the loop took.
pub fn bare(dir: &Path, changes: Vec<Change>, batch: usize) -> Result<Duration, CommitError> {
    let db = schema::open_writer(&dir.join("records.sqlite"), &[])?;
    let prepared = changes.into_iter().map(prepare::prepare).collect::<Result<Vec<_>, _>>()?;
    let mut apply = Apply::new(&db, ledger::head(&db)?, 1);
    let begun = Instant::now();
    for group in prepared.chunks(batch) {
        let before = apply.head;
        db.execute_batch("BEGIN IMMEDIATE")?;
        for change in group {
            apply.change(change)?;
        }
        apply.write_words()?;
        apply.seal_head(before)?;
        db.execute_batch("COMMIT")?;
    }
    Ok(begun.elapsed())
}
