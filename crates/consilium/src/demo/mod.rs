//! The demonstration: six hospitals of four levels, twelve people in all roles, ten patients, six cases in different states.
//!
//! Hospitals and people are written at once; patients and cases come about through the very operations that doctors use, at
//! the hours when they would have happened. Everything carries the tag `demonstration`. It must never be mixed with an
//! installation that treats people: a folder is one or the other for ever.

pub mod accounts;
mod caller;
mod cases;
mod clock;
mod files;
mod forms;
mod patients;
mod world;

pub use caller::Caller;
pub use clock::ShiftedClock;
pub use world::{ACCOUNTS, Account, HOSPITALS, PASSWORD, found};

use crate::app::{App, make_private};
use anyhow::{Context, Result, bail};
use jiff::SignedDuration;
use std::path::{Path, PathBuf};

/// Says that a folder is a demonstration, and how much of it is there.
fn mark(data_dir: &Path) -> PathBuf {
    data_dir.join("demonstration")
}

/// Whether a folder is a demonstration.
pub fn is_one(data_dir: &Path) -> bool {
    mark(data_dir).exists()
}

/// Makes a new folder a demonstration; refuses one that is an installation.
pub fn claim(data_dir: &Path) -> Result<()> {
    if is_one(data_dir) {
        return Ok(());
    }
    if data_dir.join("records").exists() {
        bail!("{} holds an installation; a demonstration wants a folder of its own", data_dir.display());
    }
    make_private(data_dir).with_context(|| format!("make the folder {}", data_dir.display()))?;
    keep(data_dir, 0)
}

fn done(data_dir: &Path) -> usize {
    std::fs::read_to_string(mark(data_dir)).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(0)
}

fn keep(data_dir: &Path, steps: usize) -> Result<()> {
    std::fs::write(mark(data_dir), steps.to_string()).context("keep how far the demonstration is")
}

/// Fills what is missing; a started filling that was cut short goes on where it was.
pub async fn fill(app: &App, clock: &ShiftedClock, say: &mut dyn FnMut(&str)) -> Result<()> {
    let dir = app.platform.data_dir.clone();
    let stories = cases::stories();
    let steps = 2 + stories.len();
    let already = done(&dir);
    if already >= steps {
        return Ok(());
    }
    say("filling the demonstration (first start only)");
    clock.shift(-SignedDuration::from_hours(30));
    if already < 1 {
        if app.platform.directory.hospitals().is_empty() {
            found(&app.platform).await.context("hospitals and people")?;
        }
        keep(&dir, 1)?;
        say(&format!("  {} hospitals, {} accounts", HOSPITALS.len(), ACCOUNTS.len()));
    }
    if already < 2 {
        let made = patients::record(app).await.context("patients")?;
        keep(&dir, 2)?;
        say(&format!("  {made} patients"));
    }
    for (number, story) in stories.iter().enumerate().skip(already.saturating_sub(2)) {
        clock.shift(-story.ago);
        cases::tell(app, clock, story).await.with_context(|| format!("the case {}", story.title))?;
        keep(&dir, 3 + number)?;
        say(&format!("  case {} of {}: {}", number + 1, stories.len(), story.title));
    }
    clock.shift(SignedDuration::ZERO);
    Ok(())
}

/// The accounts, for the terminal.
pub fn table(url: &str) -> String {
    let mut text = format!("\nConsilium demonstration: {url}\n\n  every account has the password {PASSWORD}\n\n");
    for account in ACCOUNTS {
        let roles = account.roles.iter().map(|r| format!("{} ({})", r.role.code(), r.hospital));
        let roles = roles.collect::<Vec<_>>().join(", ");
        text.push_str(&format!("  {:<11} {:<12} {roles}\n", account.name, account.english));
    }
    text.push_str("\nMade-up hospitals, people and cases. Stop with Ctrl-C.");
    text
}
