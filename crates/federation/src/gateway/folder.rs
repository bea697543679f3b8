//! The gateway's folder: one file while it joins (the key), one when it has (key, certificate, centre). Each is written whole or
//! not at all, with mode 0600.

use super::Trouble;
use kernel::{Id, Time};
use platform::pki::file;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// A key that waits for its certificate.
#[derive(Clone, Serialize, Deserialize)]
pub struct Joining {
    /// The hospital of the invitation.
    pub hospital: Id,
    /// SHA-256 of its secret: another invitation gets another key.
    pub secret_sha256: String,
    /// The key, PKCS #8 PEM.
    pub key_pem: String,
}

/// A gateway that has joined.
#[derive(Clone, Serialize, Deserialize)]
pub struct Joined {
    /// The gateway's id.
    pub gateway: Id,
    /// The hospital.
    pub hospital: Id,
    /// Its name.
    pub name: String,
    /// Where the centre is.
    pub endpoints: Vec<String>,
    /// The root of the centre's authority, PEM.
    pub authority_pem: String,
    /// The key, PKCS #8 PEM.
    pub key_pem: String,
    /// The certificate and the one above, PEM.
    pub certificate_pem: String,
    /// When it was made.
    pub from: Time,
    /// Its end.
    pub until: Time,
}

fn joining_at(dir: &Path) -> PathBuf {
    dir.join("joining.json")
}

fn joined_at(dir: &Path) -> PathBuf {
    dir.join("gateway.json")
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, Trouble> {
    let Some(text) = file::read(path)? else { return Ok(None) };
    let damaged = |e: serde_json::Error| Trouble::File { path: path.to_owned(), why: format!("damaged: {e}") };
    serde_json::from_str(&text).map(Some).map_err(damaged)
}

fn write<T: Serialize>(path: &Path, what: &T) -> Result<(), Trouble> {
    if let Some(dir) = path.parent() {
        file::make_private_dir(dir)?;
    }
    let text = serde_json::to_string_pretty(what).map_err(|e| Trouble::Crypto(e.to_string()))?;
    Ok(file::write(path, &text)?)
}

/// The gateway that has joined from here.
pub fn joined(dir: &Path) -> Result<Option<Joined>, Trouble> {
    read(&joined_at(dir))
}

/// Keeps it; the key that waited is then the gateway's.
pub fn keep_joined(dir: &Path, joined: &Joined) -> Result<(), Trouble> {
    write(&joined_at(dir), joined)?;
    forget_joining(dir)
}

/// A key that waits for its certificate.
pub fn joining(dir: &Path) -> Result<Option<Joining>, Trouble> {
    read(&joining_at(dir))
}

/// Keeps it before it is shown to anybody.
pub fn keep_joining(dir: &Path, joining: &Joining) -> Result<(), Trouble> {
    write(&joining_at(dir), joining)
}

/// Its invitation opens nothing: the key goes.
pub fn forget_joining(dir: &Path) -> Result<(), Trouble> {
    let path = joining_at(dir);
    match std::fs::remove_file(&path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Trouble::File { path, why: e.to_string() }),
        _ => Ok(()),
    }
}
