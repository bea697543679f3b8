//! What an installation is made of beside its records: files at the top of its folder, and its keys.

use records::backup::InstallationFile;
use std::fs;
use std::io::{Error, Result};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Nothing of the kind is larger.
const LARGEST: u64 = 1 << 20;
/// Nobody has more.
const MOST: usize = 20_000;
/// Keys, and what opens a door.
const SECRETS: &str = "secrets";
const SETUP_LINK: &str = "setup-link";

/// Reads them; those that are secret only with `keys`. Uploads under way are nobody's yet and stay where they are.
pub(super) fn read(data: &Path, keys: bool) -> Result<Vec<InstallationFile>> {
    let mut all = vec![];
    for entry in fs::read_dir(data)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_file() && (keys || name != SETUP_LINK) {
            one(&entry.path(), name, &mut all)?;
        }
    }
    if keys && data.join(SECRETS).is_dir() {
        below(&data.join(SECRETS), SECRETS, &mut all)?;
    }
    all.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(all)
}

fn below(dir: &Path, name: &str, all: &mut Vec<InstallationFile>) -> Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let name = format!("{name}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            below(&entry.path(), &name, all)?;
        } else {
            one(&entry.path(), name, all)?;
        }
    }
    Ok(())
}

fn one(path: &Path, name: String, all: &mut Vec<InstallationFile>) -> Result<()> {
    let about = fs::metadata(path)?;
    if about.len() > LARGEST || all.len() >= MOST {
        return Err(Error::other(format!("{name}: larger, or more, than an installation has")));
    }
    all.push(InstallationFile { path: name, mode: about.permissions().mode() & 0o777, bytes: fs::read(path)? });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_go_along_or_stay() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("secrets/pki")).unwrap();
        fs::create_dir_all(dir.path().join("records")).unwrap();
        for name in
            ["authority.pem", "setup-link", "secrets/pages.key", "secrets/pki/root.pem", "records/records.sqlite"]
        {
            fs::write(dir.path().join(name), name).unwrap();
        }
        let names = |keys| read(dir.path(), keys).unwrap().into_iter().map(|f| f.path).collect::<Vec<_>>();
        assert_eq!(names(true), ["authority.pem", "secrets/pages.key", "secrets/pki/root.pem", "setup-link"]);
        assert_eq!(names(false), ["authority.pem"]);
    }
}
