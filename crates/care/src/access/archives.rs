//! What is no longer in the ledger of who looked, and where it is: nobody takes its absence for nobody having looked.

use jiff::civil::Date;
use kernel::Time;
use platform::{Op, Problem};
use serde::Serialize;
use utoipa::ToSchema;

/// Looks that were archived.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AccessArchive)]
pub struct Archived {
    /// Looks before this instant were taken out of the ledger.
    #[schema(value_type = String, format = DateTime)]
    pub before: Time,
    /// When that was done.
    #[schema(value_type = String, format = DateTime)]
    pub at: Time,
    /// What the file is called that they are in.
    pub file: String,
    /// Its SHA-256, hexadecimal.
    pub sha256: String,
}

/// Archives that may have looks from an instant on, the newest first; all when none is given.
pub async fn since(op: &Op, from: Option<Time>) -> Result<Vec<Archived>, Problem> {
    let mut all = op.store().archives().await?;
    all.retain(|archive| from.is_none_or(|from| from < archive.before));
    let archived = |a: records::Archive| Archived { before: a.before, at: a.at, file: a.file, sha256: a.file_sha256 };
    Ok(all.into_iter().rev().map(archived).collect())
}

/// The same from a day on, where the site is.
pub async fn since_day(op: &Op, day: Option<Date>) -> Result<Vec<Archived>, Problem> {
    let zone = op.platform().settings.time_zone();
    let midnight = day.map(|day| day.to_zoned(zone).map(|zoned| zoned.timestamp())).transpose();
    since(op, midnight.map_err(Problem::internal)?).await
}
