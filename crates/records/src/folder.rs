//! Folders that outlive a power cut.
//!
//! The fsync of a file keeps its bytes, not its name; a name is kept by the fsync of its folder, and that folder's name by the one
//! above it.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// Makes a folder and those above it, and makes the names of all of them durable, up to the root of the file system: a process that
/// was killed may have made them and not have come to that. For whatever is kept beside the store, too.
pub fn make(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)?;
    let path = path.canonicalize()?;
    let device = fs::metadata(&path)?.dev();
    for folder in path.ancestors() {
        if fs::metadata(folder)?.dev() != device {
            break;
        }
        match File::open(folder) {
            Ok(folder) => folder.sync_all()?,
            // Whoever may not look into a folder has made nothing in it.
            Err(e) if e.kind() == io::ErrorKind::PermissionDenied => break,
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

/// Makes the names in a folder durable.
pub(crate) fn sync(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}
