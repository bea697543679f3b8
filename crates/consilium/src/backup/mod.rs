//! `consilium backup` and `consilium restore`: an installation, its records and files, kept in a folder or in S3 and made again.
//!
//! What is kept and how it is proven stands in `records::backup`; here is what an installation is made of beside its records, the
//! places, and what is said to the person at the terminal: numbers and names of objects, never of patients.

mod files;
pub(crate) mod progress;
mod s3;

use crate::cli::Where;
use crate::database;
use crate::tell::tell;
use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use kernel::{RandomIds, SystemClock};
use progress::Progress;
use records::backup::{self, Folder, Shelf, Source, Target, Wish};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is kept, and where.
#[derive(Debug, Args)]
pub struct Backup {
    /// The folder of the installation
    #[arg(long, value_name = "DIR", required_unless_present = "verify")]
    data: Option<PathBuf>,
    /// The database, where the records are not a file of the folder
    #[command(flatten)]
    at: Where,
    /// Where the backup goes: a folder, best on another disk, or a place in S3 (AWS_* variables say who asks, and
    /// AWS_ENDPOINT_URL where it is not Amazon's). What is there already is followed: only what came since is kept
    #[arg(long, value_name = "DIR|s3://BUCKET/PREFIX", required_unless_present = "verify")]
    to: Option<String>,
    /// Keep everything again, though there is a chain of runs that could be followed
    #[arg(long)]
    full: bool,
    /// How many chains of runs stay; older ones are removed after this run is whole
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    keep: Option<u32>,
    /// Leave out the folder `secrets`: who restores needs the keys from elsewhere
    #[arg(long)]
    without_keys: bool,
    /// Keep nothing: read a backup back, prove all of it, and name what is wrong
    #[arg(long, requires = "from", conflicts_with_all = ["data", "to", "full", "keep", "without_keys"])]
    verify: bool,
    /// The backup to be proven
    #[arg(long, value_name = "DIR|s3://BUCKET/PREFIX", requires = "verify")]
    from: Option<String>,
}

/// What is made again, and where.
#[derive(Debug, Args)]
pub struct Restore {
    /// The backup
    #[arg(long, value_name = "DIR|s3://BUCKET/PREFIX")]
    from: String,
    /// The folder of the installation: empty, or not there
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The database, where the records shall not be a file of the folder; empty
    #[command(flatten)]
    into: Where,
    /// Up to this number of the ledger: the last run not after it
    #[arg(long, value_name = "NUMBER")]
    at: Option<u64>,
}

impl Backup {
    /// Keeps what is there, or proves what was kept.
    pub async fn run(self) -> Result<()> {
        match (&self.data, &self.to, &self.from) {
            (_, _, Some(from)) => verify(from).await,
            (Some(data), Some(to), None) => self.take(data, to).await,
            _ => bail!("name --data and --to, or --verify and --from"),
        }
    }

    async fn take(&self, data: &Path, to: &str) -> Result<()> {
        let (shelf, database) = (shelf(to)?, self.at.settings()?);
        ensure!(data.join("records").is_dir(), "{} holds no installation", data.display());
        if !s3::is_one(to) && std::path::absolute(to)?.starts_with(std::path::absolute(data)?) {
            bail!("{to} lies in the folder that is kept: what is lost with it is no backup");
        }
        let place = database::place(&database, data)?;
        let keys = !self.without_keys;
        let source = Source {
            place: &place,
            slices: &reading::TABLES,
            blob_dir: &data.join("records").join("blobs"),
            files: &|| files::read(data, keys),
            keys,
        };
        let program = env!("CARGO_PKG_VERSION");
        let wish = Wish { full: self.full, keep: self.keep, program, clock: &SystemClock, ids: &RandomIds };
        let mut progress = Progress::start();
        let taken = backup::take(&*shelf, &source, &wish, &mut |line| progress.tell(line)).await;
        let taken = taken.with_context(|| format!("keep {} in {to}", data.display()))?;
        if let Some(why) = &taken.anew {
            tell(format_args!("a chain was begun anew: {why}"));
        }
        tell(format_args!(
            "kept: run {} of chain {}, at number {} of the ledger; {} entries, {} versions, {} attachments ({}) came; \
             {} objects, {}, in {}",
            taken.run,
            taken.chain,
            taken.number,
            taken.entries,
            taken.versions,
            taken.blobs.0,
            megabytes(taken.blobs.1),
            taken.objects.0,
            megabytes(taken.objects.1),
            progress.so_far()
        ));
        if taken.run == 1 && keys {
            tell("it holds the installation's keys: who reads it can sign in its name");
        }
        absent(&taken.missing)
    }
}

/// Named attachments whose files are not there: the rest is kept, and the command fails.
fn absent(missing: &[String]) -> Result<()> {
    for name in missing.iter().take(100) {
        tell(format_args!("attachment {name} is named by the records; its file is not there, or not whole"));
    }
    ensure!(missing.is_empty(), "{} attachments are not in the backup; all else is", missing.len());
    Ok(())
}

async fn verify(from: &str) -> Result<()> {
    let mut progress = Progress::start();
    let checked = backup::verify(&*shelf(from)?, &mut |line| progress.tell(line)).await;
    let checked = checked.with_context(|| format!("prove {from}"))?;
    checked.faults.iter().for_each(tell);
    ensure!(checked.faults.is_empty(), "{from} is damaged: {} faults", checked.faults.len());
    tell(format_args!(
        "whole: {} chains, {} runs, {} objects, {}, read back in {}; the newest stands at number {} of the ledger, with {} \
         versions and {} attachments",
        checked.chains,
        checked.runs,
        checked.objects.0,
        megabytes(checked.objects.1),
        progress.so_far(),
        checked.number,
        checked.versions,
        checked.blobs
    ));
    absent(&checked.missing)
}

impl Restore {
    /// Makes the installation again.
    pub async fn run(self) -> Result<()> {
        let (shelf, database) = (shelf(&self.from)?, self.into.settings()?);
        let place = database::place(&database, &self.data)?;
        let blob_dir = self.data.join("records").join("blobs");
        let target = Target {
            place: &place,
            slices: &reading::TABLES,
            sqlite_schemas: &reading::SCHEMAS,
            data_dir: &self.data,
            blob_dir: &blob_dir,
            at: self.at,
        };
        let mut progress = Progress::start();
        let restored = backup::restore(&*shelf, &target, &mut |line| progress.tell(line)).await;
        let restored = restored.with_context(|| format!("restore {} from {}", self.data.display(), self.from))?;
        progress.tell("making the index");
        let store = database::open(&database, &self.data, Arc::new(SystemClock)).await.context("make the index")?;
        store.close().await;
        let verified = restored.verified;
        tell(format_args!(
            "restored: run {} of chain {}: {} entries, {} versions, {} attachments ({}), {} files of the installation, in {}; \
             the ledger is whole, head {}…",
            restored.run,
            restored.chain,
            verified.entries,
            verified.versions,
            restored.blobs.0,
            megabytes(restored.blobs.1),
            restored.files,
            progress.so_far(),
            hex::encode(&verified.head[..8])
        ));
        for name in restored.missing.iter().take(100) {
            tell(format_args!("attachment {name} was never in the backup"));
        }
        if !restored.keys {
            tell(format_args!(
                "the backup is without keys: put {} back before serving, or new ones are made and second factors open no more",
                self.data.join("secrets").display()
            ));
        }
        Ok(())
    }
}

fn shelf(place: &str) -> Result<Box<dyn Shelf>> {
    if s3::is_one(place) { Ok(Box::new(s3::S3::at(place)?)) } else { Ok(Box::new(Folder::at(PathBuf::from(place)))) }
}

fn megabytes(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        bytes => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
