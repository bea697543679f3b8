//! `consilium audit archive`: old looks taken out of the ledger into a file, and the file read again years later.

use crate::audit;
use crate::backup::progress::Progress;
use crate::cli::Where;
use crate::database;
use crate::tell::tell;
use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use jiff::civil::Date;
use kernel::{Clock, SystemClock};
use platform::glass;
use platform::settings::Database;
use records::archive::{self, Contents, Taken, Wish};
use records::copy::Place;
use records::{Act, StoreError};
use std::collections::HashSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// What is archived, or which archive is read.
#[derive(Debug, Args)]
pub struct Archive {
    /// The folder of the installation; it must not be served meanwhile
    #[arg(long, value_name = "DIR", required_unless_present = "read")]
    data: Option<PathBuf>,
    /// The database, where the records are not a file of the folder
    #[command(flatten)]
    at: Where,
    /// Looks before this day go, where the site is; not later than half a year ago
    #[arg(long, value_name = "DATE", required_unless_present = "read", requires = "to")]
    before: Option<Date>,
    /// The file they go into. Keep it, and a copy of it, as long as the records
    #[arg(long, value_name = "FILE", requires = "before")]
    to: Option<PathBuf>,
    /// Archive nothing: prove the file of an archive and print its entries, a line of JSON each
    #[arg(long, value_name = "FILE", conflicts_with_all = ["before", "to"])]
    read: Option<PathBuf>,
    /// A checkpoint, made after the archiving, that must name the file; needs the installation's keys
    #[arg(long, value_name = "FILE", requires_all = ["read", "data"])]
    checkpoint: Option<PathBuf>,
}

impl Archive {
    /// Archives, or reads.
    pub async fn run(self) -> Result<()> {
        match (&self.read, &self.data, &self.before, &self.to) {
            (Some(file), ..) => self.read(file),
            (None, Some(data), Some(before), Some(to)) => self.take(data, *before, to).await,
            _ => bail!("name --data, --before and --to, or --read"),
        }
    }

    async fn take(&self, data: &Path, before: Date, to: &Path) -> Result<()> {
        let settings = self.at.all()?;
        let here = data.join("records").is_dir();
        ensure!(here || !settings.database.is_sqlite(), "{} holds no records", data.display());
        if std::path::absolute(to)?.starts_with(std::path::absolute(data)?) {
            bail!("{} lies in the folder of the installation: what is lost with it is no archive", to.display());
        }
        let before = before.to_zoned(settings.time_zone()).context("--before")?.timestamp();
        let in_question = in_question(&settings.database, data).await?;
        // Who is in a room, and since when, is told by who entered; what an open review judges stays to be seen.
        let stays = |act: &Act| {
            care::consult::escalation::RESTS_ON.contains(&&*act.what)
                || act.patient.as_ref().is_some_and(|patient| in_question.contains(patient))
        };
        let wish = Wish { before, to, stays: &stays, now: SystemClock.now() };
        let mut progress = Progress::start();
        let taken = alone(&database::place(&settings.database, data)?, &wish, &mut progress).await;
        let Some(Taken { archive, finished, .. }) = taken.context("archive old looks")? else {
            tell(format_args!("nothing to archive: no look is older than {before}"));
            return Ok(());
        };
        let how = if finished { "finished what had broken off" } else { "archived" };
        tell(format_args!(
            "{how}: {} looks before {}, entries {} to {}, by entry {} of the ledger, into {}, {} bytes, SHA-256 {}, in {}",
            archive.count,
            archive.before,
            archive.from,
            archive.to,
            archive.act,
            to.display(),
            archive.file_bytes,
            archive.file_sha256,
            progress.so_far()
        ));
        tell("copy it to where it is kept, and make a checkpoint (`consilium audit checkpoint`), which names it");
        Ok(())
    }

    fn read(&self, file: &Path) -> Result<()> {
        // All of it is proven before a word of it is printed.
        let found = archive::read(file, |_| Ok(()))?;
        let named = match (&self.checkpoint, &self.data) {
            (Some(checkpoint), Some(data)) => {
                let act = audit::named(data, checkpoint, &found.file_sha256, SystemClock.now())?;
                format!("the checkpoint names it as what entry {act} archived")
            }
            _ => "whole in itself; that it is the one that was archived, the ledger or a checkpoint says".to_owned(),
        };
        let mut out = std::io::BufWriter::new(std::io::stdout().lock());
        archive::read(file, |entry| {
            write!(out, "{{\"number\":{},\"hash\":\"{}\",\"entry\":", entry.number, hex::encode(entry.hash))?;
            out.write_all(&entry.entry)?;
            out.write_all(b"}\n")
        })?;
        out.flush()?;
        said(&found, &named);
        Ok(())
    }
}

#[expect(clippy::print_stderr, reason = "stdout has the entries and nothing else")]
fn said(found: &Contents, named: &str) {
    let Contents { before, count, from, to, file_sha256, .. } = found;
    eprintln!("{count} looks before {before}, entries {from} to {to}, SHA-256 {file_sha256}: {named}");
}

/// Patients whose record was opened in need and where nobody has judged that yet.
async fn in_question(database: &Database, data: &Path) -> Result<HashSet<fhir::Reference>> {
    let store = database::open(database, data, Arc::new(SystemClock)).await?;
    let all = glass::all(&*store, None).await;
    store.close().await;
    let all = all.map_err(|problem| anyhow::anyhow!("read what was opened in need: {problem:?}"))?;
    Ok(all.into_iter().filter(|glass| glass.review.is_none()).map(|glass| glass.patient).collect())
}

/// Archives. PostgreSQL hears a moment later that our own connection, which sealed, is gone.
async fn alone(place: &Place, wish: &Wish<'_>, progress: &mut Progress) -> Result<Option<Taken>, StoreError> {
    let mut tries = 0;
    loop {
        let taken = archive::take(place, wish, &mut |line| progress.tell(line)).await;
        match taken {
            Err(StoreError::Engine(why)) if why == records::postgres::SERVED && tries < 30 => {
                tries += 1;
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            taken => return taken,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_the_command_are_taken() {
        #[derive(Debug, clap::Parser)]
        struct Only {
            #[command(flatten)]
            archive: Archive,
        }
        let parsed = |words: &str| <Only as clap::Parser>::try_parse_from(words.split(' '));
        assert!(parsed("x --data d --before 2026-05-01 --to f").is_ok());
        assert!(parsed("x --read f").is_ok());
        assert!(parsed("x --read f --checkpoint c --data d").is_ok());
        for unfit in [
            "x --data d",
            "x --data d --before 2026-05-01",
            "x --data d --to f",
            "x --before 2026-05-01 --to f",
            "x --data d --before yesterday --to f",
            "x --read f --to g --before 2026-05-01",
            "x --read f --checkpoint c",
        ] {
            assert!(parsed(unfit).is_err(), "{unfit}");
        }
    }
}
