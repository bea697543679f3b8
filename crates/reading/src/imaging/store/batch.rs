//! The batches as the store takes them, on either engine.

use super::rows::{Holding, Instances};
use async_trait::async_trait;
use records::BulkBatch;
use records::postgres::{BulkError, Db};
use sha2::{Digest, Sha256};
use std::fmt;

impl fmt::Debug for Instances {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} instances of {}", self.instances.len(), self.study.id)
    }
}

impl fmt::Debug for Holding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hold(_) => "hold",
            Self::Confirm { .. } => "confirm",
            Self::Release { .. } => "release",
        })
    }
}

fn digest(rows: &impl serde::Serialize) -> [u8; 32] {
    // Rows are made of texts and numbers: they always serialise.
    Sha256::digest(serde_json::to_vec(rows).unwrap_or_default()).into()
}

#[async_trait]
impl BulkBatch for Instances {
    fn kind(&self) -> &'static str {
        "dicom-instance"
    }

    fn rows(&self) -> usize {
        self.instances.len()
    }

    fn digest(&self) -> [u8; 32] {
        digest(self)
    }

    fn insert_sqlite(&self, tx: &rusqlite::Connection) -> rusqlite::Result<()> {
        self.write_sqlite(tx)
    }

    async fn insert_postgres(&self, tx: &Db) -> Result<(), BulkError> {
        self.write_postgres(tx).await
    }
}

#[async_trait]
impl BulkBatch for Holding {
    fn kind(&self) -> &'static str {
        "attachment-held"
    }

    fn rows(&self) -> usize {
        1
    }

    fn digest(&self) -> [u8; 32] {
        digest(self)
    }

    fn insert_sqlite(&self, tx: &rusqlite::Connection) -> rusqlite::Result<()> {
        self.write_sqlite(tx)
    }

    async fn insert_postgres(&self, tx: &Db) -> Result<(), BulkError> {
        self.write_postgres(tx).await
    }
}
