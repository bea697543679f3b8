//! Whether a blob's bytes are still those that its name says.
//!
//! A file of up to 64 MiB is hashed before anything of it is answered, once in a process for as long as its length and time
//! of change stay; a larger one only by [`verify`], since who turns a page of a slide would wait for gigabytes.

use crate::StoreError;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fs::{File, Metadata};
use std::io::Read;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

/// Larger files are not hashed when they are read.
const LARGEST: u64 = 64 << 20;
/// How many are remembered.
const REMEMBERED: usize = 100_000;

/// Those found intact, with length and time of change as they were then.
#[derive(Default)]
pub(crate) struct Intact(Mutex<HashMap<[u8; 32], (u64, SystemTime)>>);

/// What [`verify`] found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VerifiedBlobs {
    /// How many the record names.
    pub blobs: u64,
    /// Bytes in those that are whole.
    pub bytes: u64,
    /// Those that are not, each with its name and what is wrong with it.
    pub broken: Vec<String>,
}

impl Intact {
    /// Whether it need not be looked at: it was, or it is too large.
    pub(crate) fn is_known(&self, sha256: &[u8; 32], file: &Metadata) -> bool {
        file.len() > LARGEST || self.was_seen(sha256, file)
    }

    /// Whether it was looked at and has not changed since.
    pub(crate) fn was_seen(&self, sha256: &[u8; 32], file: &Metadata) -> bool {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        file.modified().is_ok_and(|at| known.get(sha256) == Some(&(file.len(), at)))
    }

    /// Remembers that it is intact.
    pub(crate) fn saw(&self, sha256: [u8; 32], file: &Metadata) {
        let Ok(modified) = file.modified() else { return };
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(sha256, (file.len(), modified));
    }
}

/// Nobody is shown what was stored as something else.
pub(crate) fn broken(sha256: &[u8; 32]) -> StoreError {
    StoreError::Corrupt(format!("blob {}: its bytes are not those that were put", hex::encode(sha256)))
}

/// The hash of what is left to read of a file, in small pieces.
pub(crate) fn hash(file: &mut File) -> std::io::Result<[u8; 32]> {
    let (mut hash, mut piece) = (Sha256::new(), vec![0; 1 << 18]);
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(hash.finalize().into()),
            n => hash.update(&piece[..n]),
        }
    }
}

/// Hashes every file that is named (with its length, where that is known).
pub(crate) fn verify(dir: &Path, named: &[([u8; 32], Option<u64>)]) -> VerifiedBlobs {
    let mut found = VerifiedBlobs::default();
    for (sha256, size) in named {
        found.blobs += 1;
        let name = hex::encode(sha256);
        match whole(&dir.join(&name[..2]).join(&name[2..4]).join(&name), sha256, *size) {
            Ok(bytes) => found.bytes += bytes,
            Err(why) => found.broken.push(format!("blob {name}: {why}")),
        }
    }
    found
}

fn whole(path: &Path, sha256: &[u8; 32], size: Option<u64>) -> Result<u64, String> {
    let mut file = File::open(path).map_err(|e| e.to_string())?;
    let length = file.metadata().map_err(|e| e.to_string())?.len();
    if size.is_some_and(|size| size != length) {
        return Err(format!("it has {length} bytes"));
    }
    match hash(&mut file) {
        Ok(found) if found == *sha256 => Ok(length),
        Ok(_) => Err("its bytes are not those that were put".into()),
        Err(e) => Err(e.to_string()),
    }
}
