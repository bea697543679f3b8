//! Secret files: mode 0600, written whole or not at all.

use super::PkiError;
use std::fs;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

fn failed(path: &Path) -> impl FnOnce(std::io::Error) -> PkiError {
    let path = path.to_owned();
    move |why| PkiError::File { path, why }
}

/// Makes `path` and what is missing above it, for this user alone; a power cut does not take it away again.
pub fn make_private_dir(path: &Path) -> Result<(), PkiError> {
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.and_then(|()| records::make_folder(path)).map_err(failed(path))
}

/// Reads a secret, or none when it is not there yet.
pub fn read(path: &Path) -> Result<Option<String>, PkiError> {
    let mode = match path.metadata() {
        Ok(metadata) => metadata.permissions().mode() & 0o777,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(failed(path)(e)),
    };
    if mode & 0o077 != 0 {
        return Err(PkiError::Readable { path: path.to_owned(), mode });
    }
    fs::read_to_string(path).map(Some).map_err(failed(path))
}

/// Writes a secret so that after a crash it is there whole or not there.
pub fn write(path: &Path, text: &str) -> Result<(), PkiError> {
    let whole = || -> std::io::Result<()> {
        let beside = path.with_extension("new");
        let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, path)?;
        if let Some(dir) = path.parent() {
            fs::File::open(dir)?.sync_all()?;
        }
        Ok(())
    };
    whole().map_err(failed(path))
}

/// The text of a secret file; made by `make` when it is not there yet.
pub(crate) fn secret(path: &Path, make: impl FnOnce() -> String) -> Result<String, PkiError> {
    if let Some(text) = read(path)? {
        return Ok(text);
    }
    if let Some(dir) = path.parent() {
        make_private_dir(dir)?;
    }
    let text = make();
    write(path, &text)?;
    Ok(text)
}
