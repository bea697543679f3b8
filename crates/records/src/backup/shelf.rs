//! Where backups lie: objects by name, put whole and never changed. A folder here; the program brings S3.

use crate::StoreError;
use crate::blobs::io;
use async_trait::async_trait;
use bytes::Bytes;
use kernel::Time;
use rustix::fs::Mode;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// An object as a list names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its name, parts divided by `/`.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// When it was put, by the clock of the place.
    pub at: Time,
}

/// A place that is held, until this is dropped.
pub type Hold = Box<dyn std::any::Any + Send + Sync>;

/// A place for objects.
#[async_trait]
pub trait Shelf: Send + Sync {
    /// What the place is called in messages.
    fn name(&self) -> String;

    /// Keeps others from putting until what it answers is dropped; refused by name when somebody else does. None where the
    /// place cannot do that: there the first manifest of a number counts, and leftovers stay for a day.
    async fn hold(&self) -> Result<Option<Hold>, StoreError>;

    /// Puts an object; durable when it answers.
    async fn put(&self, name: &str, bytes: Bytes) -> Result<(), StoreError>;

    /// The same unless there is one of that name: then false.
    async fn put_new(&self, name: &str, bytes: Bytes) -> Result<bool, StoreError>;

    /// The object, if it is there. More than `most` bytes are refused before they are read.
    async fn get(&self, name: &str, most: u64) -> Result<Option<Bytes>, StoreError>;

    /// All objects whose names begin with this folder (`a/b/`), or all; in no order.
    async fn list(&self, folder: &str) -> Result<Vec<Listed>, StoreError>;

    /// Removes an object, if it is there.
    async fn remove(&self, name: &str) -> Result<(), StoreError>;
}

/// A folder of this machine. Files are its owner's alone: they hold patients' records and keys.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
}

const LOCK: &str = "lock";
const HALF: &str = ".half";

impl Folder {
    /// At this path; nothing is made before something is put.
    pub fn at(root: PathBuf) -> Self {
        Self { root }
    }

    fn path(&self, name: &str) -> Result<PathBuf, StoreError> {
        let plain = |part: &str| !part.is_empty() && part != "." && part != "..";
        if name.split('/').all(plain) && !name.contains('\\') {
            return Ok(self.root.join(name));
        }
        Err(StoreError::Corrupt(format!("{name} is no name of an object")))
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
        let folder = path.parent().unwrap_or(&self.root);
        make_durable(folder)?;
        let mut half = path.as_os_str().to_owned();
        half.push(HALF);
        let half = PathBuf::from(half);
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&half)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&half, path)?;
        File::open(folder)?.sync_all()
    }
}

/// Makes a folder and those above it, each durable in the one above it.
fn make_durable(folder: &Path) -> std::io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(above) = folder.parent().filter(|above| !above.as_os_str().is_empty()) {
        make_durable(above)?;
    }
    match fs::DirBuilder::new().mode(0o700).create(folder) {
        Err(e) if e.kind() != ErrorKind::AlreadyExists => return Err(e),
        _ => {}
    }
    File::open(folder.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")))?.sync_all()
}

#[async_trait]
impl Shelf for Folder {
    fn name(&self) -> String {
        self.root.display().to_string()
    }

    async fn hold(&self) -> Result<Option<Hold>, StoreError> {
        make_durable(&self.root).map_err(|e| io(&format!("make {}", self.root.display()), &e))?;
        let path = self.root.join(LOCK);
        let opened = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path);
        let file = opened.map_err(|e| io(&format!("open {}", path.display()), &e))?;
        file.try_lock().map_err(|_| {
            StoreError::Engine(format!("{} is held: another backup is under way there", path.display()))
        })?;
        Ok(Some(Box::new(file)))
    }

    async fn put(&self, name: &str, bytes: Bytes) -> Result<(), StoreError> {
        let path = self.path(name)?;
        self.write(&path, &bytes).map_err(|e| io(&format!("write {}", path.display()), &e))
    }

    async fn put_new(&self, name: &str, bytes: Bytes) -> Result<bool, StoreError> {
        // Nobody else puts: this folder is held.
        if self.path(name)?.exists() {
            return Ok(false);
        }
        self.put(name, bytes).await.map(|()| true)
    }

    async fn get(&self, name: &str, most: u64) -> Result<Option<Bytes>, StoreError> {
        let path = self.path(name)?;
        let failed = |e: &std::io::Error| io(&format!("read {}", path.display()), e);
        match fs::metadata(&path) {
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(failed(&e)),
            Ok(file) if file.len() > most => {
                return Err(StoreError::Corrupt(format!("{name} has {} bytes, more than {most}", file.len())));
            }
            Ok(_) => {}
        }
        Ok(Some(fs::read(&path).map_err(|e| failed(&e))?.into()))
    }

    async fn list(&self, folder: &str) -> Result<Vec<Listed>, StoreError> {
        let mut all = vec![];
        let mut folders = vec![match folder.trim_end_matches('/') {
            "" => self.root.clone(),
            below => self.path(below)?,
        }];
        while let Some(dir) = folders.pop() {
            let failed = |e: std::io::Error| io(&format!("read {}", dir.display()), &e);
            let entries = match fs::read_dir(&dir) {
                Err(e) if e.kind() == ErrorKind::NotFound => continue,
                entries => entries.map_err(failed)?,
            };
            for entry in entries {
                let path = entry.map_err(failed)?.path();
                let about = fs::metadata(&path).map_err(failed)?;
                if about.is_dir() {
                    folders.push(path);
                } else if let Ok(name) = path.strip_prefix(&self.root)
                    && name.as_os_str() != LOCK
                {
                    let at = about.modified().ok().and_then(|at| Time::try_from(at).ok());
                    let name = name.to_string_lossy().into_owned();
                    all.push(Listed { name, bytes: about.len(), at: at.unwrap_or(Time::UNIX_EPOCH) });
                }
            }
        }
        Ok(all)
    }

    async fn remove(&self, name: &str) -> Result<(), StoreError> {
        let path = self.path(name)?;
        match fs::remove_file(&path) {
            Err(e) if e.kind() != ErrorKind::NotFound => return Err(io(&format!("remove {}", path.display()), &e)),
            _ => {}
        }
        // Folders that are empty now; the first that is not ends it.
        let mut folder = path.parent();
        while let Some(empty) = folder.filter(|f| *f != self.root) {
            if fs::remove_dir(empty).is_err() {
                break;
            }
            folder = empty.parent();
        }
        Ok(())
    }
}

/// Writes a file that its owner alone reads, durably, into a folder made for its owner alone.
pub(super) fn write_private(path: &Path, mode: u32, bytes: &[u8]) -> Result<(), StoreError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let write = || -> std::io::Result<()> {
        make_durable(folder)?;
        let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?;
        rustix::fs::fchmod(&file, Mode::from_raw_mode(mode))?;
        file.write_all(bytes)?;
        file.sync_all()?;
        File::open(folder)?.sync_all()
    };
    write().map_err(|e| io(&format!("write {}", path.display()), &e))
}
