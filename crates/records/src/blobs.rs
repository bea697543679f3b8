//! Files by their SHA-256: `blobs/ab/cd/abcd…`, durable before anything names them.

use crate::intact::{self, Intact};
use crate::{StoreError, folder};
use bytes::Bytes;
use kernel::{Clock, Time};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

/// What nothing has named for so long is collected.
const KEPT_UNNAMED_MS: i64 = 24 * 3_600_000;
/// Most that one read answers.
const LARGEST_READ: u64 = 256 << 20;

pub(crate) struct Blobs {
    dir: PathBuf,
    clock: Arc<dyn Clock>,
    unique: AtomicU64,
    intact: Intact,
    /// Folders (by their first two bytes) whose names this process has made durable. Another may have made them and been
    /// killed before it came to that.
    durable: Mutex<HashSet<[u8; 2]>>,
    #[cfg(any(test, feature = "faults"))]
    fault: Option<crate::sqlite::Fault>,
}

impl Blobs {
    pub(crate) fn open(dir: PathBuf, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let tmp = dir.join("tmp");
        folder::make(&tmp).map_err(|e| io("make the folder of blobs", &e))?;
        // What a crash left half written names nothing.
        for left in fs::read_dir(&tmp).map_err(|e| io("read the folder of blobs", &e))?.flatten() {
            let _gone = fs::remove_file(left.path());
        }
        Ok(Self {
            dir,
            clock,
            unique: AtomicU64::new(0),
            intact: Intact::default(),
            durable: Mutex::default(),
            #[cfg(any(test, feature = "faults"))]
            fault: None,
        })
    }

    /// Makes it a worse one, to show that tests notice.
    #[cfg(any(test, feature = "faults"))]
    pub(crate) fn plant(&mut self, fault: Option<crate::sqlite::Fault>) {
        self.fault = fault;
    }

    /// Where they lie.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Writes something small and takes it away again.
    pub(crate) fn prove(&self) -> Result<(), StoreError> {
        let scratch = self.scratch();
        let written = File::create_new(&scratch).and_then(|mut file| {
            file.write_all(b"takes")?;
            file.sync_all()
        });
        let _gone = fs::remove_file(&scratch);
        written.map_err(|e| io("try the folder of blobs", &e))
    }

    fn path(&self, sha256: &[u8; 32]) -> PathBuf {
        place(&self.dir, &hex::encode(sha256))
    }

    fn scratch(&self) -> PathBuf {
        self.dir.join("tmp").join(format!("{}-{}", std::process::id(), self.unique.fetch_add(1, Ordering::Relaxed)))
    }

    /// Their sizes; an error names the first that was not put.
    pub(crate) fn sizes(&self, blobs: &[[u8; 32]]) -> Result<Vec<([u8; 32], u64)>, StoreError> {
        let size = |sha256: &[u8; 32]| match fs::metadata(self.path(sha256)) {
            Ok(file) => Ok((*sha256, file.len())),
            Err(_) => Err(StoreError::Engine(format!("blob {} was not put before it was named", hex::encode(sha256)))),
        };
        blobs.iter().map(size).collect()
    }

    pub(crate) fn put(&self, bytes: &[u8]) -> Result<[u8; 32], StoreError> {
        let sha256 = Sha256::digest(bytes).into();
        if !self.seen_again(&sha256)? {
            let scratch = self.scratch();
            let written = File::create_new(&scratch).and_then(|mut file| {
                file.write_all(bytes)?;
                Ok(file)
            });
            let kept = written.map_err(|e| io("write a blob", &e)).and_then(|file| self.keep(&file, &scratch, &sha256));
            if kept.is_err() {
                let _gone = fs::remove_file(&scratch);
            }
            kept?;
        }
        Ok(sha256)
    }

    pub(crate) fn put_file(&self, path: &Path) -> Result<([u8; 32], u64), StoreError> {
        let mut file = File::open(path).map_err(|e| io("open an upload", &e))?;
        let size = file.metadata().map_err(|e| io("read an upload", &e))?.len();
        let sha256 = intact::hash(&mut file).map_err(|e| io("read an upload", &e))?;
        if self.seen_again(&sha256)? {
            let _gone = fs::remove_file(path);
            return Ok((sha256, size));
        }
        // Opened for writing once more: only such a handle can set the time.
        let own = match File::options().write(true).open(path) {
            Ok(file) if self.keep(&file, path, &sha256).is_ok() => return Ok((sha256, size)),
            _ => self.scratch(),
        };
        // Another file system: copied.
        let kept = fs::copy(path, &own)
            .and_then(|_| File::options().write(true).open(&own))
            .map_err(|e| io("copy an upload", &e))
            .and_then(|copy| self.keep(&copy, &own, &sha256));
        if kept.is_err() {
            let _gone = fs::remove_file(&own);
        }
        kept?;
        let _gone = fs::remove_file(path);
        Ok((sha256, size))
    }

    /// Makes the file durable under its name, and the name durable too.
    fn keep(&self, file: &File, from: &Path, sha256: &[u8; 32]) -> Result<(), StoreError> {
        let path = self.path(sha256);
        let keep = || {
            file.set_modified(self.system_now())?;
            self.sync_bytes(file)?;
            let folder = path.parent().unwrap_or(&self.dir);
            fs::create_dir_all(folder)?;
            fs::rename(from, &path)?;
            self.sync_name(sha256, folder)
        };
        keep().map_err(|e| io("keep a blob", &e))
    }

    fn sync_bytes(&self, file: &File) -> std::io::Result<()> {
        #[cfg(any(test, feature = "faults"))]
        if self.fault == Some(crate::sqlite::Fault::BlobBytesUnsynced) {
            return Ok(());
        }
        file.sync_all()
    }

    fn sync_name(&self, sha256: &[u8; 32], folder: &Path) -> std::io::Result<()> {
        #[cfg(any(test, feature = "faults"))]
        if self.fault == Some(crate::sqlite::Fault::BlobNameUnsynced) {
            return Ok(());
        }
        folder::sync(folder)?;
        let [first, second, ..] = *sha256;
        if !self.lock_durable().contains(&[first, second]) {
            folder.parent().map_or(Ok(()), folder::sync)?;
            folder::sync(&self.dir)?;
            self.lock_durable().insert([first, second]);
        }
        Ok(())
    }

    fn lock_durable(&self) -> MutexGuard<'_, HashSet<[u8; 2]>> {
        self.durable.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it is there already, whole; then its day begins anew. Who put it may be about to make its name durable, or
    /// have been killed before: nothing is taken for kept that is not.
    fn seen_again(&self, sha256: &[u8; 32]) -> Result<bool, StoreError> {
        let path = self.path(sha256);
        let Ok(mut file) = File::options().read(true).write(true).open(&path) else { return Ok(false) };
        let mut again = || {
            let is_whole = self.intact.was_seen(sha256, &file.metadata()?) || intact::hash(&mut file)? == *sha256;
            if is_whole {
                file.set_modified(self.system_now())?;
                self.intact.saw(*sha256, &file.metadata()?);
                self.sync_name(sha256, path.parent().unwrap_or(&self.dir))?;
            } else {
                tracing::error!("{}: it is written anew", intact::broken(sha256));
            }
            Ok(is_whole)
        };
        again().map_err(|e| io("look at a blob that is there", &e))
    }

    fn system_now(&self) -> SystemTime {
        let ms = u64::try_from(self.clock.now().as_millisecond()).unwrap_or(0);
        SystemTime::UNIX_EPOCH + Duration::from_millis(ms)
    }

    pub(crate) fn read(&self, sha256: &[u8; 32], range: Option<Range<u64>>) -> Result<Option<Bytes>, StoreError> {
        let mut file = match File::open(self.path(sha256)) {
            Ok(file) => file,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(io("open a blob", &e)),
        };
        let about = file.metadata().map_err(|e| io("look at a blob", &e))?;
        let size = about.len();
        if !self.intact.is_known(sha256, &about) {
            if intact::hash(&mut file).map_err(|e| io("read a blob", &e))? != *sha256 {
                let broken = intact::broken(sha256);
                tracing::error!("{broken}");
                return Err(broken);
            }
            self.intact.saw(*sha256, &about);
        }
        let range = range.unwrap_or(0..size);
        let (from, to) = (range.start.min(size), range.end.min(size));
        let length = to.saturating_sub(from);
        if length > LARGEST_READ {
            return Err(StoreError::Engine(format!("a read of {length} bytes: ask for at most {LARGEST_READ}")));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
        file.seek(SeekFrom::Start(from))
            .and_then(|_| file.take(length).read_to_end(&mut bytes))
            .map_err(|e| io("read a blob", &e))?;
        Ok(Some(bytes.into()))
    }

    /// Files older than a day, by their last put.
    pub(crate) fn old(&self, now: Time) -> Result<Vec<[u8; 32]>, StoreError> {
        let mut found = vec![];
        let mut folders = vec![(self.dir.clone(), 0)];
        while let Some((folder, depth)) = folders.pop() {
            for entry in fs::read_dir(&folder).map_err(|e| io("read the folder of blobs", &e))?.flatten() {
                let name = entry.file_name();
                let Some(name) = name.to_str() else { continue };
                if depth < 2 && name.len() == 2 {
                    folders.push((entry.path(), depth + 1));
                } else if let (2, Ok(sha256)) = (depth, <[u8; 32]>::try_from(hex::decode(name).unwrap_or_default()))
                    && self.is_old(&sha256, now)
                {
                    found.push(sha256);
                }
            }
        }
        Ok(found)
    }

    fn is_old(&self, sha256: &[u8; 32], now: Time) -> bool {
        let modified = fs::metadata(self.path(sha256)).and_then(|m| m.modified());
        let since = modified.ok().and_then(|at| at.duration_since(SystemTime::UNIX_EPOCH).ok());
        since.is_some_and(|d| now.as_millisecond() - (d.as_millis() as i64) >= KEPT_UNNAMED_MS)
    }

    /// Removes those of which nobody wants any and which are still old. The engine calls it where no change can name one
    /// meanwhile.
    pub(crate) fn sweep(&self, unwanted: &[[u8; 32]], now: Time) -> u64 {
        let old = unwanted.iter().filter(|sha256| self.is_old(sha256, now));
        old.filter(|sha256| fs::remove_file(self.path(sha256)).is_ok()).count() as u64
    }
}

/// Where the file of this name, the SHA-256 in hexadecimal, lies.
pub(crate) fn place(dir: &Path, name: &str) -> PathBuf {
    dir.join(&name[..2]).join(&name[2..4]).join(name)
}

/// What the file system said, in the store's words.
pub(crate) fn io(what: &str, error: &std::io::Error) -> StoreError {
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => StoreError::DiskFull,
        std::io::ErrorKind::ReadOnlyFilesystem => StoreError::ReadOnly,
        _ => StoreError::Engine(format!("{what}: {error}")),
    }
}
