//! All parts: a folder, and an index of it in memory. Bounded by person, by hospital and in total.

use super::part::{Info, Part, data, disk, durable, unverified};
use super::refusal::Refusal;
use super::tus;
use crate::settings::UploadBounds;
use crate::{Op, Platform, Problem};
use jiff::SignedDuration;
use kernel::{Id, Time};
use records::{Engine, StoreError};
use serde_json::Value;
use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use tokio::sync::{OwnedMutexGuard, Semaphore};
use tokio_util::sync::CancellationToken;

/// Largest file.
pub(super) const FILE_MAX: u64 = 4 << 30;
/// Parts of one person.
const PARTS_MAX: usize = 500;
/// Pieces received at the same time, by all together.
const AT_ONCE: usize = 64;
/// How often what is over is looked for.
const HOUSEKEEPING: Duration = Duration::from_secs(600);
/// Of so many rounds one looks through the blobs as well.
const COLLECT_EVERY: u32 = 36;

/// The parts of an installation.
pub struct Uploads {
    folder: PathBuf,
    bounds: UploadBounds,
    parts: Mutex<HashMap<Id, Arc<Part>>>,
    pub(super) places: Semaphore,
}

/// A part whose every byte is here, held by one taker.
pub struct Finished {
    /// Its name, as its sender wrote it.
    pub name: String,
    /// Where its bytes are; they may be linked or read, not changed.
    pub path: PathBuf,
    /// What came of it, if it was taken before: the answer to a question asked twice.
    pub taken: Option<Value>,
    part: Arc<Part>,
    _alone: OwnedMutexGuard<()>,
}

impl Uploads {
    /// Opens the folder; what a crash left unproven or half made is put right.
    pub fn open(data_dir: &Path, bounds: UploadBounds) -> io::Result<Self> {
        let folder = data_dir.join("uploads");
        let scratch = folder.join("scratch");
        // What was being worked on when the program ended is begun anew.
        match fs::remove_dir_all(&scratch) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => records::make_folder(&scratch)?,
        }
        let mut parts = HashMap::new();
        let mut seen: Vec<PathBuf> = fs::read_dir(&folder)?.flatten().map(|entry| entry.path()).collect();
        seen.sort();
        for path in seen.iter().filter(|path| path.extension().is_some_and(|e| e == "json")) {
            match load(&folder, path) {
                Ok(part) => {
                    parts.insert(part.info().id, Arc::new(part));
                }
                Err(error) => tracing::warn!("an upload that cannot be read is thrown away: {error}"),
            }
        }
        for path in seen.into_iter().filter(|path| path.is_file()) {
            let id = path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| Id::new(stem).ok());
            if id.is_none_or(|id| !parts.contains_key(&id)) {
                let _gone = fs::remove_file(path);
            }
        }
        Ok(Self { folder, bounds, parts: Mutex::new(parts), places: Semaphore::new(AT_ONCE) })
    }

    /// Where files lie while a slice works on them; emptied at start. On the file system of the blobs unless somebody has
    /// mounted another, so that keeping one is a rename.
    pub fn scratch(&self) -> PathBuf {
        self.folder.join("scratch")
    }

    fn index(&self) -> std::sync::MutexGuard<'_, HashMap<Id, Arc<Part>>> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a part, if there is room for all of it.
    pub(super) async fn begin(&self, op: &Op, length: u64, metadata: String) -> Result<Arc<Part>, Problem> {
        if length > FILE_MAX {
            return Err(Refusal::TooLarge(FILE_MAX).into());
        }
        let info = Info {
            id: op.new_id(),
            owner: op.actor().person.clone(),
            hospital: op.actor().hospital.clone(),
            length,
            metadata,
            expires_at: op.now() + SignedDuration::from_hours(self.bounds.keep_hours.into()),
            taken: None,
        };
        let part = Arc::new(Part::new(self.folder.clone(), info.clone(), 0));
        {
            let mut parts = self.index();
            self.room(&parts, &info)?;
            parts.insert(info.id.clone(), part.clone());
        }
        let folder = self.folder.clone();
        let (id, kept) = (info.id.clone(), tokio::task::spawn_blocking(move || make(&folder, &info)).await);
        if let Err(problem) = kept.map_err(Problem::internal).and_then(|made| made.map_err(disk)) {
            self.index().remove(&id);
            return Err(problem);
        }
        Ok(part)
    }

    fn room(&self, parts: &HashMap<Id, Arc<Part>>, new: &Info) -> Result<(), Refusal> {
        let (mut count, mut person, mut hospital, mut total) = (0, new.length, new.length, new.length);
        for info in parts.values().map(|part| part.info()).filter(|info| info.taken.is_none()) {
            total += info.length;
            if info.hospital == new.hospital {
                hospital += info.length;
            }
            if info.owner == new.owner {
                (count, person) = (count + 1, person + info.length);
            }
        }
        let gb = |n: u32| u64::from(n) << 30;
        if count >= PARTS_MAX {
            return Err(Refusal::NoRoom { what: "upload", most: PARTS_MAX as u64 });
        }
        for (what, taken, most) in [
            ("upload of yours", person, gb(self.bounds.person_gb)),
            ("upload of your hospital", hospital, gb(self.bounds.hospital_gb)),
            ("upload on this server", total, gb(self.bounds.total_gb)),
        ] {
            if taken > most {
                return Err(Refusal::NoRoom { what, most });
            }
        }
        Ok(())
    }

    /// A part of the actor's own; anybody else's is not there.
    pub(super) fn own(&self, op: &Op, id: &Id) -> Result<Arc<Part>, Problem> {
        let part = self.index().get(id).cloned().ok_or_else(Problem::not_found)?;
        let info = part.info();
        if info.owner != op.actor().person {
            return Err(Problem::not_found());
        }
        if info.expires_at <= op.now() {
            return Err(Refusal::Expired.into());
        }
        Ok(part)
    }

    /// Throws a part away.
    pub(super) async fn remove(&self, part: &Arc<Part>) -> Result<(), Problem> {
        part.interrupt();
        let _alone = part.alone.lock().await;
        let id = part.info().id;
        self.index().remove(&id);
        let folder = self.folder.clone();
        tokio::task::spawn_blocking(move || unmake(&folder, &id)).await.map_err(Problem::internal)?.map_err(disk)
    }

    /// Throws away what is over at `now`; how many.
    pub async fn sweep(&self, now: Time) -> usize {
        let over: Vec<_> = self.index().values().filter(|part| part.info().expires_at <= now).cloned().collect();
        let mut swept = 0;
        for part in over {
            match self.remove(&part).await {
                Ok(()) => swept += 1,
                Err(problem) => {
                    tracing::warn!("an upload that is over stays: {}", problem.cause().unwrap_or(problem.code));
                }
            }
        }
        swept
    }

    /// A part of the actor's own that is complete, for a slice that takes it.
    pub async fn finished(&self, op: &Op, id: &Id) -> Result<Finished, Problem> {
        let part = self.own(op, id)?;
        let alone = part.alone.clone().lock_owned().await;
        let info = part.info();
        let at = part.offset();
        if info.taken.is_none() && at != info.length {
            return Err(Refusal::Incomplete { at, length: info.length }.into());
        }
        let name = tus::of_metadata(&info.metadata, "filename").unwrap_or_default();
        Ok(Finished { name, path: part.data(), taken: info.taken, part, _alone: alone })
    }

    /// Says what came of a part. Its bytes go; the answer stays until the part's time is over.
    pub async fn taken(&self, finished: Finished, result: Value) -> Result<(), Problem> {
        let info = finished.part.set_taken(result);
        let folder = self.folder.clone();
        let kept = move || {
            keep(&folder, &info)?;
            fs::remove_file(data(&folder, &info.id))
        };
        tokio::task::spawn_blocking(kept).await.map_err(Problem::internal)?.map_err(disk)
    }
}

fn keep(folder: &Path, info: &Info) -> io::Result<()> {
    durable(&folder.join(format!("{}.json", info.id)), &serde_json::to_vec(info)?)
}

/// The bytes first: an `Info` without them would be a part that cannot be written.
fn make(folder: &Path, info: &Info) -> io::Result<()> {
    File::create_new(data(folder, &info.id))?;
    keep(folder, info)
}

fn unmake(folder: &Path, id: &Id) -> io::Result<()> {
    for path in [folder.join(format!("{id}.json")), data(folder, id), unverified(folder, id)] {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

fn load(folder: &Path, path: &Path) -> io::Result<Part> {
    let info: Info = serde_json::from_slice(&fs::read(path)?)?;
    if info.taken.is_some() {
        // A crash may have come between the answer and the end of the bytes.
        let _gone = fs::remove_file(data(folder, &info.id));
        let length = info.length;
        return Ok(Part::new(folder.to_owned(), info, length));
    }
    let file = File::options().write(true).open(data(folder, &info.id))?;
    let marker = unverified(folder, &info.id);
    if let Some(proven) = fs::read_to_string(&marker).ok().and_then(|text| text.parse::<u64>().ok()) {
        file.set_len(proven.min(file.metadata()?.len()))?;
        file.sync_all()?;
        fs::remove_file(marker)?;
    }
    // What a killed program had written lies in the system's cache: it counts once it is on the disk.
    file.sync_all()?;
    let offset = file.metadata()?.len();
    Ok(Part::new(folder.to_owned(), info, offset))
}

/// Until the platform stops, throws away parts that are over and, more seldom, blobs that nothing names.
pub async fn keep_house(platform: Weak<Platform>, stopping: CancellationToken) {
    let mut round = 0_u32;
    loop {
        tokio::select! {
            () = stopping.cancelled() => return,
            () = tokio::time::sleep(HOUSEKEEPING) => {}
        }
        let Some(platform) = platform.upgrade() else { return };
        let now = platform.clock.now();
        let swept = platform.uploads.sweep(now).await;
        if swept > 0 {
            tracing::info!(uploads = swept, "{swept} uploads were not completed in time and are gone");
        }
        if round.is_multiple_of(COLLECT_EVERY) {
            let collected = match platform.store.engine() {
                Engine::Sqlite(store) => store.collect(now).await,
                Engine::Postgres(store) => store.collect(now).await,
            };
            match collected {
                Ok(0) => {}
                Ok(blobs) => tracing::info!(blobs, "{blobs} blobs that nothing names are gone"),
                Err(StoreError::Closed) => return,
                Err(error) => tracing::warn!("old blobs cannot be collected: {error}"),
            }
        }
        round = round.wrapping_add(1);
    }
}
