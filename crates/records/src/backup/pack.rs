//! What an object holds: rows of tables, pieces of files, one after the other, compressed together.
//!
//! Before compression: eight bytes of magic, then blocks. A block of rows is `1`, the table's name (length in one byte), how many
//! rows (four bytes), how many cells a row (one), then the cells: kind, and eight bytes of a number or four of a length and
//! the bytes. A piece of a file is `2` (an attachment) or `3` (a file of the installation), its name, its whole size, where the
//! piece begins, its mode, and the bytes. Numbers are little-endian.

use crate::StoreError;
use crate::copy::Cell;
use std::collections::BTreeMap;

const MAGIC: &[u8; 8] = b"CONSBAK1";
/// An object is closed when its contents have so many bytes.
const FULL: usize = 16 << 20;
/// No object has more: a row has at most a resource's 8 MiB, or the entry of a large transaction.
pub(super) const LARGEST: u64 = 128 << 20;
/// Pieces of files have at most so many bytes.
pub(super) const PIECE: usize = 4 << 20;

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// An attachment, by its SHA-256.
    Blob,
    /// A file of the installation, by its path.
    File,
}

/// One block as it is read.
#[derive(Debug)]
pub(super) enum Block {
    Rows { table: String, rows: Vec<Vec<Cell>> },
    Piece { what: What, name: String, size: u64, from: u64, mode: u32, bytes: Vec<u8> },
}

/// Gathers what becomes an object.
pub(super) struct Packer {
    raw: Vec<u8>,
    /// The open block of rows: whose, and where its count stands.
    open: Option<(&'static str, usize, u32)>,
    holds: BTreeMap<String, u64>,
}

impl Packer {
    pub(super) fn new() -> Self {
        Self { raw: MAGIC.to_vec(), open: None, holds: BTreeMap::new() }
    }

    pub(super) fn is_full(&self) -> bool {
        self.raw.len() >= FULL
    }

    pub(super) fn row(&mut self, table: &'static str, row: &[Cell]) {
        match &mut self.open {
            Some((name, at, count)) if *name == table => {
                *count += 1;
                self.raw[*at..*at + 4].copy_from_slice(&count.to_le_bytes());
            }
            _ => {
                self.raw.push(1);
                self.name(table);
                self.open = Some((table, self.raw.len(), 1));
                self.raw.extend_from_slice(&1u32.to_le_bytes());
                self.raw.push(u8::try_from(row.len()).unwrap_or(u8::MAX));
            }
        }
        for cell in row {
            match cell {
                Cell::Null => self.raw.push(0),
                Cell::Integer(n) => {
                    self.raw.push(1);
                    self.raw.extend_from_slice(&n.to_le_bytes());
                }
                Cell::Text(text) => self.long(2, text.as_bytes()),
                Cell::Bytes(bytes) => self.long(3, bytes),
            }
        }
        *self.holds.entry(table.to_owned()).or_default() += 1;
    }

    pub(super) fn piece(&mut self, what: What, name: &str, (size, from, mode): (u64, u64, u32), bytes: &[u8]) {
        self.open = None;
        let (tag, holds) = if what == What::Blob { (2, "bytes of attachments") } else { (3, "bytes of files") };
        self.raw.push(tag);
        self.name(name);
        self.raw.extend_from_slice(&size.to_le_bytes());
        self.raw.extend_from_slice(&from.to_le_bytes());
        self.raw.extend_from_slice(&mode.to_le_bytes());
        self.raw.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
        self.raw.extend_from_slice(bytes);
        *self.holds.entry(holds.to_owned()).or_default() += bytes.len() as u64;
    }

    fn name(&mut self, name: &str) {
        let bytes = &name.as_bytes()[..name.len().min(255)];
        self.raw.push(bytes.len() as u8);
        self.raw.extend_from_slice(bytes);
    }

    fn long(&mut self, kind: u8, bytes: &[u8]) {
        self.raw.push(kind);
        self.raw.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
        self.raw.extend_from_slice(bytes);
    }

    /// What was gathered, and how much of what it is; none when nothing was.
    pub(super) fn take(&mut self) -> Option<(Vec<u8>, BTreeMap<String, u64>)> {
        if self.raw.len() == MAGIC.len() {
            return None;
        }
        self.open = None;
        let raw = std::mem::replace(&mut self.raw, MAGIC.to_vec());
        Some((raw, std::mem::take(&mut self.holds)))
    }
}

pub(super) fn compress(raw: &[u8]) -> Result<Vec<u8>, StoreError> {
    zstd::bulk::compress(raw, 3).map_err(|e| StoreError::Engine(format!("compress: {e}")))
}

/// The contents of an object that says to have `size` bytes of them.
pub(super) fn open(object: &str, bytes: &[u8], size: u64) -> Result<Blocks, StoreError> {
    let broken = |why: &str| StoreError::Corrupt(format!("object {object}: {why}"));
    if size > LARGEST {
        return Err(broken("says to be larger than any"));
    }
    let raw = zstd::bulk::decompress(bytes, size as usize).map_err(|_| broken("does not decompress"))?;
    if raw.len() as u64 != size || !raw.starts_with(MAGIC) {
        return Err(broken("is not what its manifest says"));
    }
    Ok(Blocks { object: object.to_owned(), raw, at: MAGIC.len() })
}

/// The blocks of an object, one after the other.
pub(super) struct Blocks {
    object: String,
    raw: Vec<u8>,
    at: usize,
}

impl Blocks {
    /// The next one; none at the end.
    pub(super) fn next(&mut self) -> Result<Option<Block>, StoreError> {
        if self.at == self.raw.len() {
            return Ok(None);
        }
        let read = self.block();
        let cut = || StoreError::Corrupt(format!("object {}: is cut short at byte {}", self.object, self.at));
        read.ok_or_else(cut).map(Some)
    }

    fn block(&mut self) -> Option<Block> {
        let tag = self.bytes(1)?[0];
        let name = self.bytes(1)?[0];
        let name = String::from_utf8(self.bytes(name.into())?.to_vec()).ok()?;
        match tag {
            1 => {
                let (count, cells) = (self.short()?, self.bytes(1)?[0]);
                // Each has a byte at least: a count that lies is not believed.
                let mut rows = Vec::with_capacity((count as usize).min(self.raw.len() - self.at));
                for _ in 0..count {
                    rows.push((0..cells).map(|_| self.cell()).collect::<Option<Vec<Cell>>>()?);
                }
                Some(Block::Rows { table: name, rows })
            }
            2 | 3 => {
                let what = if tag == 2 { What::Blob } else { What::File };
                let (size, from, mode) = (self.long()?, self.long()?, self.short()?);
                let length = self.short()? as usize;
                Some(Block::Piece { what, name, size, from, mode, bytes: self.bytes(length)?.to_vec() })
            }
            _ => None,
        }
    }

    fn cell(&mut self) -> Option<Cell> {
        Some(match self.bytes(1)?[0] {
            0 => Cell::Null,
            1 => Cell::Integer(self.long()?.cast_signed()),
            2 => {
                let length = self.short()? as usize;
                Cell::Text(String::from_utf8(self.bytes(length)?.to_vec()).ok()?)
            }
            3 => {
                let length = self.short()? as usize;
                Cell::Bytes(self.bytes(length)?.to_vec())
            }
            _ => return None,
        })
    }

    fn bytes(&mut self, length: usize) -> Option<&[u8]> {
        let bytes = self.raw.get(self.at..self.at.checked_add(length)?)?;
        self.at += length;
        Some(bytes)
    }

    fn short(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.bytes(4)?.try_into().ok()?))
    }

    fn long(&mut self) -> Option<u64> {
        Some(u64::from_le_bytes(self.bytes(8)?.try_into().ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_out_again_and_nothing_else_does() {
        let row = vec![Cell::Integer(-7), Cell::Null, Cell::Text("第一".into()), Cell::Bytes(vec![0, 255])];
        let mut packer = Packer::new();
        assert!(packer.take().is_none());
        packer.row("scope", &row);
        packer.row("scope", &row);
        packer.piece(What::File, "secrets/a", (3, 1, 0o600), b"bc");
        packer.row("scope", &row);
        let (raw, holds) = packer.take().unwrap();
        assert_eq!((holds["scope"], holds["bytes of files"]), (3, 2));
        let packed = compress(&raw).unwrap();
        let mut blocks = open("o", &packed, raw.len() as u64).unwrap();
        let two = |block| matches!(block, Some(Block::Rows { table, rows }) if table == "scope" && rows == [row.clone(), row.clone()]);
        assert!(two(blocks.next().unwrap()));
        let piece = blocks.next().unwrap().unwrap();
        assert!(
            matches!(&piece, Block::Piece { what: What::File, name, size: 3, from: 1, mode: 0o600, bytes } if name == "secrets/a" && bytes == b"bc"),
            "{piece:?}"
        );
        assert!(matches!(blocks.next().unwrap(), Some(Block::Rows { rows, .. }) if rows == [row]));
        assert!(blocks.next().unwrap().is_none());
        assert!(open("o", &packed, raw.len() as u64 + 1).is_err());
        assert!(open("o", &packed[..packed.len() - 3], raw.len() as u64).is_err());
        assert!(open("o", &packed, u64::MAX).is_err());
        // Cut anywhere, or changed anywhere: an error or other contents, never a panic.
        for cut in MAGIC.len() + 1..raw.len() {
            let mut blocks = Blocks { object: "o".into(), raw: raw[..cut].to_vec(), at: MAGIC.len() };
            while let Ok(Some(_)) = blocks.next() {}
            let mut changed = raw.clone();
            changed[cut] ^= 0x80;
            let mut blocks = Blocks { object: "o".into(), raw: changed, at: MAGIC.len() };
            while let Ok(Some(_)) = blocks.next() {}
        }
    }
}
