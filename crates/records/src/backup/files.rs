//! The files of a run: the installation's own, and attachments.

use super::manifest::Manifest;
use super::out::Out;
use super::pack::{self, Block, PIECE, What};
use super::proof::{EXTRA, is_sha};
use super::{Shelf, Source};
use crate::StoreError;
use crate::blobs::{io, place};
use crate::copy::{Cell, Side, TABLES};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{ErrorKind, Read};

/// What became of the attachments.
pub(super) struct Kept {
    pub(super) blobs: u64,
    pub(super) bytes: u64,
    pub(super) held: Vec<String>,
    pub(super) missing: Vec<String>,
}

pub(super) async fn installation(out: &mut Out<'_>, source: &Source<'_>) -> Result<(), StoreError> {
    let files = (source.files)().map_err(|e| io("read the files of the installation", &e))?;
    for file in files {
        if file.bytes.len() > PIECE || file.path.len() > 255 {
            return Err(StoreError::Engine(format!("{}: too large for a file of the installation", file.path)));
        }
        let size = file.bytes.len() as u64;
        out.piece(What::File, &file.path, (size, 0, file.mode), &file.bytes).await?;
    }
    Ok(())
}

/// The attachments that this run's rows name, those that are held and not kept yet, and those that were missing.
pub(super) async fn blobs(
    out: &mut Out<'_>,
    source: &Source<'_>,
    before: Option<&Manifest>,
    held: &BTreeSet<String>,
    told: &mut (dyn FnMut(&str) + Send),
) -> Result<Kept, StoreError> {
    let mut kept = Kept { blobs: 0, bytes: 0, held: vec![], missing: vec![] };
    let mut tried = BTreeSet::new();
    // The rows are read back from where they were just put: there may be more of them than memory.
    let of_rows: Vec<_> = out.objects.iter().filter(|o| o.holds.contains_key("blob")).cloned().collect();
    for object in of_rows {
        let mut blocks = read_object(out.shelf, &object).await?;
        while let Some(block) = blocks.next()? {
            let Block::Rows { table, rows } = block else { continue };
            if table != "blob" {
                continue;
            }
            for row in rows {
                let Some(Cell::Bytes(sha)) = row.first() else { continue };
                one(out, source, &hex::encode(sha), 0, &mut kept).await?;
                told(&format!("attachments: {}, {} MB", kept.blobs, kept.bytes >> 20));
            }
        }
    }
    let was_held = |sha: &String| before.is_some_and(|b| b.held.contains(sha));
    for sha in before.iter().flat_map(|b| &b.missing).chain(held) {
        if !tried.insert(sha.clone()) || kept.missing.contains(sha) {
            continue;
        }
        if held.contains(sha) && was_held(sha) {
            kept.held.push(sha.clone());
            continue;
        }
        let missing = kept.missing.len();
        one(out, source, sha, EXTRA, &mut kept).await?;
        if kept.missing.len() > missing && held.contains(sha) && !is_wanted(source, sha).await? {
            // It was let go meanwhile, and collected.
            kept.missing.pop();
        } else if held.contains(sha) && kept.missing.len() == missing {
            kept.held.push(sha.clone());
        }
    }
    Ok(kept)
}

/// Whether something names or holds it now.
async fn is_wanted(source: &Source<'_>, sha: &str) -> Result<bool, StoreError> {
    let side = Side::snapshot(source.place).await?;
    let key = [vec![Cell::Bytes(hex::decode(sha).unwrap_or_default())]];
    for table in TABLES.iter().filter(|t| matches!(t.name, "blob" | "blob_hold")) {
        if !side.matching(table, &["sha"], &key).await?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn one(out: &mut Out<'_>, source: &Source<'_>, sha: &str, extra: u32, kept: &mut Kept) -> Result<(), StoreError> {
    if !is_sha(sha) {
        return Err(StoreError::Corrupt(format!("{sha} names no attachment")));
    }
    let path = place(source.blob_dir, sha);
    let mut file = match File::open(&path) {
        Err(e) if e.kind() == ErrorKind::NotFound => {
            kept.missing.push(sha.to_owned());
            return Ok(());
        }
        file => file.map_err(|e| io("open an attachment", &e))?,
    };
    let size = file.metadata().map_err(|e| io("look at an attachment", &e))?.len();
    let (mut from, mut hash, mut piece) = (0, Sha256::new(), vec![0; PIECE.min(size.max(1) as usize)]);
    loop {
        let n = fill(&mut file, &mut piece).map_err(|e| io("read an attachment", &e))?;
        hash.update(&piece[..n]);
        out.piece(What::Blob, sha, (size, from, extra), &piece[..n]).await?;
        from += n as u64;
        if from >= size {
            break;
        }
        if n == 0 {
            return Err(StoreError::Engine(format!("attachment {sha} was cut short while it was read")));
        }
    }
    if hex::encode(hash.finalize()) == sha {
        kept.blobs += 1;
        kept.bytes += size;
    } else {
        kept.missing.push(sha.to_owned());
    }
    Ok(())
}

/// As much as there is room for.
fn fill(file: &mut File, piece: &mut [u8]) -> std::io::Result<usize> {
    let mut n = 0;
    while n < piece.len() {
        match file.read(&mut piece[n..]) {
            Ok(0) => break,
            Ok(more) => n += more,
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(n)
}

/// An object, as it was put.
pub(super) async fn read_object(
    shelf: &dyn Shelf,
    object: &super::manifest::Object,
) -> Result<pack::Blocks, StoreError> {
    let broken = |why: &str| {
        let holds: Vec<String> = object.holds.iter().map(|(what, n)| format!("{n} {what}")).collect();
        StoreError::Corrupt(format!("object {}: {why} (it has: {})", object.name, holds.join(", ")))
    };
    let bytes = shelf.get(&object.name, pack::LARGEST).await?.ok_or_else(|| broken("is missing"))?;
    let (size, sha256, name) = (object.size, object.sha256.clone(), object.name.clone());
    let opened = tokio::task::spawn_blocking(move || {
        if hex::encode(Sha256::digest(&bytes)) != sha256 {
            return Ok(None);
        }
        pack::open(&name, &bytes, size).map(Some)
    });
    let opened = opened.await.map_err(|_| StoreError::Engine("reading an object panicked".into()))??;
    opened.ok_or_else(|| broken("was changed"))
}
