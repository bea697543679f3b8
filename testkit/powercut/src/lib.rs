//! A machine whose power fails: a file system of which only what was fsynced outlives the cut.
//!
//! Mounted by FUSE, which root alone may, where there is `/dev/fuse`. A test starts a program on it, says after how many
//! changes to the disk the power fails, and mounts what is left. From the cut on nothing more reaches the disk: every request
//! fails, so that a program that goes on can make nothing durable any more.

pub mod image;
mod serve;

use anyhow::{Context, Result, ensure};
use fuser::{BackgroundSession, Config, Errno, MountOption};
use image::{Chance, Image};
use serve::Served;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tempfile::TempDir;

/// Set by `cargo xtask test` where there is `/dev/fuse`: a test that cannot mount fails then, instead of saying that it was
/// passed over.
const NEEDED: &str = "NEEDS_FUSE";

/// Counts the changes to a disk, and cuts the power when it was told to.
#[derive(Default)]
pub struct Meter {
    power: Mutex<Power>,
    told: Condvar,
}

#[derive(Default)]
struct Power {
    image: Image,
    /// Changes made so far.
    steps: u64,
    /// At which of them the power fails.
    until: Option<u64>,
    out: bool,
}

impl Meter {
    fn lock(&self) -> MutexGuard<'_, Power> {
        self.power.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn look(&self) -> Result<MutexGuard<'_, Power>, Errno> {
        let power = self.lock();
        if power.out { Err(Errno::EIO) } else { Ok(power) }
    }

    /// Waits until the power fails; whether it did.
    pub fn waits_for_the_cut(&self, patience: Duration) -> bool {
        let wait = self.told.wait_timeout_while(self.lock(), patience, |power| !power.out);
        wait.unwrap_or_else(PoisonError::into_inner).0.out
    }

    /// Before each change to the disk: this may be the one that does not happen.
    fn step(&self) -> Result<MutexGuard<'_, Power>, Errno> {
        let mut power = self.look()?;
        power.steps += 1;
        if power.until.is_some_and(|until| power.steps >= until) {
            power.out = true;
            self.told.notify_all();
            return Err(Errno::EIO);
        }
        Ok(power)
    }
}

/// What is left of the requests that were under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// Nothing that was not fsynced.
    Nothing,
    /// What a chance of this seed lets through: whole, torn, or not.
    Some(u64),
}

/// A mounted disk. Gone with the value.
pub struct Machine {
    folder: TempDir,
    meter: Arc<Meter>,
    session: Option<BackgroundSession>,
}

impl Machine {
    /// A machine with an empty disk; none, and a word on the terminal, where FUSE is not to be had.
    pub fn new() -> Result<Option<Self>> {
        Self::with(Image::default())
    }

    /// A machine with this disk.
    pub fn with(image: Image) -> Result<Option<Self>> {
        let folder = tempfile::Builder::new().prefix("power").tempdir()?;
        let mut machine = Self { folder, meter: Arc::default(), session: None };
        match machine.mount(image) {
            Ok(()) => Ok(Some(machine)),
            Err(e) => passed_over(e),
        }
    }

    fn mount(&mut self, image: Image) -> Result<()> {
        let path = self.folder.path().join("disk");
        std::fs::create_dir_all(&path)?;
        self.meter = Arc::new(Meter { power: Mutex::new(Power { image, ..Power::default() }), told: Condvar::new() });
        let mut config = Config::default();
        config.mount_options = vec![MountOption::FSName("power".into()), MountOption::NoAtime];
        let session = fuser::spawn_mount(Served(self.meter.clone()), &path, &config);
        self.session = Some(session.context("mount a file system of FUSE")?);
        Ok(())
    }

    /// Where the disk is mounted.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("disk")
    }

    /// The power fails in the midst of the `steps`th change to the disk from now on: a write, an fsync, a name.
    pub fn fails_after(&self, steps: u64) {
        let mut power = self.meter.lock();
        power.until = Some(power.steps + steps.max(1));
    }

    /// How many changes were made to the disk.
    pub fn steps(&self) -> u64 {
        self.meter.lock().steps
    }

    /// What counts until the cut.
    pub fn meter(&self) -> Arc<Meter> {
        self.meter.clone()
    }

    /// Cuts the power now, if it has not failed before; what is on the disk, cache and all. Nobody may have a file of it open.
    pub fn off(&mut self) -> Result<Image> {
        self.meter.lock().out = true;
        let session = self.session.take().context("it is mounted")?;
        unmount(&self.path())?;
        session.join().ok();
        Ok(std::mem::take(&mut self.meter.lock().image))
    }

    /// Cuts the power and mounts what is left.
    pub fn again(&mut self, left: Left) -> Result<()> {
        let image = self.off()?;
        self.on(left.of(&image))
    }

    /// Mounts a disk.
    pub fn on(&mut self, image: Image) -> Result<()> {
        ensure!(self.session.is_none(), "it is mounted");
        self.mount(image)
    }
}

impl Left {
    /// What of a disk is left.
    pub fn of(self, image: &Image) -> Image {
        match self {
            Self::Nothing => image.cut(None),
            Self::Some(seed) => image.cut(Some(Chance::seeded(seed))),
        }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        if self.session.is_some() {
            self.meter.lock().out = true;
            let _ = std::process::Command::new("umount").arg("-l").arg(self.path()).status();
        }
    }
}

/// A process that was just killed may hold the last file for a moment.
fn unmount(path: &Path) -> Result<()> {
    let mut said = String::new();
    for _ in 0..500 {
        let out = std::process::Command::new("umount").arg(path).output()?;
        if out.status.success() {
            return Ok(());
        }
        said = String::from_utf8_lossy(&out.stderr).into_owned();
        std::thread::sleep(Duration::from_millis(10));
    }
    anyhow::bail!("umount: {said}")
}

#[expect(clippy::print_stderr, reason = "a test that proves nothing must say so")]
fn passed_over<T>(why: anyhow::Error) -> Result<Option<T>> {
    if std::env::var_os(NEEDED).is_some() {
        return Err(why);
    }
    eprintln!("passed over: {why:#}");
    Ok(None)
}
