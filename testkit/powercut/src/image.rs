//! What a disk holds, and what of it a power cut leaves.
//!
//! Of a file the bytes of its last fsync are durable, and what was written since is pending. Of a folder the names of its own last
//! fsync are durable, and each name made, moved or removed since is pending: neither the fsync of a file nor that of another folder
//! keeps a name. That is all that POSIX promises; that file systems often do better (ext4 writes a file out before it
//! is renamed over another) is not counted on. Sans-IO: no clock, no chance but what is handed in.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::time::SystemTime;

/// The root's number.
pub const ROOT: u64 = 1;

/// Why something cannot be done, in the words of errno.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// There is nothing of this name.
    Absent,
    /// There is something of this name.
    Exists,
    /// It is no folder.
    NoFolder,
    /// It is a folder.
    IsFolder,
    /// The folder is not empty.
    NotEmpty,
}

/// A write that no fsync has made durable.
#[derive(Debug, Clone)]
enum Pending {
    Bytes(usize, Vec<u8>),
    Length(usize),
}

/// A file: as programs see it, and as it lies on the platter.
#[derive(Debug, Clone)]
pub struct File {
    /// Its bytes as programs see them.
    pub bytes: Vec<u8>,
    /// When it was changed last.
    pub modified: SystemTime,
    platter: Vec<u8>,
    platter_modified: SystemTime,
    pending: Vec<Pending>,
}

impl File {
    fn new(now: SystemTime) -> Self {
        Self { bytes: vec![], modified: now, platter: vec![], platter_modified: now, pending: vec![] }
    }

    /// Writes into the cache.
    pub fn write(&mut self, at: usize, bytes: &[u8], now: SystemTime) {
        put(&mut self.bytes, at, bytes);
        self.pending.push(Pending::Bytes(at, bytes.to_vec()));
        self.modified = now;
    }

    /// Cuts or lengthens it in the cache.
    pub fn set_length(&mut self, length: usize) {
        self.bytes.resize(length, 0);
        self.pending.push(Pending::Length(length));
    }

    fn sync(&mut self) {
        for pending in std::mem::take(&mut self.pending) {
            match pending {
                Pending::Bytes(at, bytes) => put(&mut self.platter, at, &bytes),
                Pending::Length(length) => self.platter.resize(length, 0),
            }
        }
        self.platter_modified = self.modified;
    }

    /// What is left: the platter, and of what was pending the sectors that chance lets through, in their order.
    fn left(&self, chance: Option<&mut Chance>) -> Self {
        let mut bytes = self.platter.clone();
        if let Some(chance) = chance {
            for pending in &self.pending {
                match pending {
                    Pending::Length(length) if chance.yes() => bytes.resize(*length, 0),
                    Pending::Length(_) => {}
                    Pending::Bytes(at, written) => {
                        for (from, piece) in sectors(*at, written, chance.sector) {
                            if chance.yes() {
                                put(&mut bytes, from, piece);
                            }
                        }
                    }
                }
            }
        }
        let modified = self.platter_modified;
        Self { platter: bytes.clone(), bytes, modified, platter_modified: modified, pending: vec![] }
    }
}

/// The pieces of a write that a disk keeps or loses as one.
fn sectors(at: usize, bytes: &[u8], sector: usize) -> impl Iterator<Item = (usize, &[u8])> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let end = bytes.len().min(((at + from) / sector + 1) * sector - at);
        let piece = (from < bytes.len()).then(|| (at + from, &bytes[from..end]));
        from = end;
        piece
    })
}

fn put(into: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    if into.len() < at + bytes.len() {
        into.resize(at + bytes.len(), 0);
    }
    into[at..at + bytes.len()].copy_from_slice(bytes);
}

/// A folder: names as programs see them, and as they lie on the platter.
#[derive(Debug, Clone, Default)]
pub struct Folder {
    /// Its names as programs see them.
    pub names: BTreeMap<OsString, u64>,
    platter: BTreeMap<OsString, u64>,
    pending: Vec<(OsString, Option<u64>)>,
}

impl Folder {
    fn set(&mut self, name: &OsStr, to: Option<u64>) {
        self.pending.push((name.to_owned(), to));
        apply(&mut self.names, name, to);
    }

    fn sync(&mut self) {
        self.pending.clear();
        self.platter.clone_from(&self.names);
    }

    /// The platter, and of what was pending the first few: a journal keeps the order within a folder.
    fn left(&self, chance: Option<&mut Chance>) -> BTreeMap<OsString, u64> {
        let mut names = self.platter.clone();
        let kept = chance.map_or(0, |chance| chance.below(self.pending.len() + 1));
        for (name, to) in &self.pending[..kept] {
            apply(&mut names, name, *to);
        }
        names
    }
}

fn apply(names: &mut BTreeMap<OsString, u64>, name: &OsStr, to: Option<u64>) {
    match to {
        Some(node) => names.insert(name.to_owned(), node),
        None => names.remove(name),
    };
}

/// A file or a folder.
#[derive(Debug, Clone)]
pub enum Node {
    /// Bytes.
    File(File),
    /// Names.
    Folder(Folder),
}

/// A seeded chance of what survives.
#[derive(Debug, Clone)]
pub struct Chance {
    state: u64,
    /// Of 256 pending pieces about so many survive.
    odds: u8,
    /// What the disk writes as one: 512 or 4,096 bytes.
    sector: usize,
}

impl Chance {
    /// The same seed, the same cut.
    pub fn seeded(seed: u64) -> Self {
        let mut chance = Self { state: seed ^ 0x9e37_79b9_7f4a_7c15, odds: 0, sector: 512 };
        chance.odds = [16, 128, 240][chance.below(3)];
        chance.sector = [512, 4096][chance.below(2)];
        chance
    }

    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        // SplitMix64.
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % (n as u64)).unwrap_or(0)
    }

    fn yes(&mut self) -> bool {
        self.below(256) < usize::from(self.odds)
    }
}

/// All of a disk.
#[derive(Debug, Clone)]
pub struct Image {
    nodes: BTreeMap<u64, Node>,
    next: u64,
}

impl Default for Image {
    fn default() -> Self {
        Self { nodes: BTreeMap::from([(ROOT, Node::Folder(Folder::default()))]), next: ROOT + 1 }
    }
}

impl Image {
    /// What is at a number.
    pub fn node(&self, number: u64) -> Result<&Node, Refused> {
        self.nodes.get(&number).ok_or(Refused::Absent)
    }

    /// A file, to be written to.
    pub fn file(&mut self, number: u64) -> Result<&mut File, Refused> {
        match self.nodes.get_mut(&number) {
            Some(Node::File(file)) => Ok(file),
            Some(Node::Folder(_)) => Err(Refused::IsFolder),
            None => Err(Refused::Absent),
        }
    }

    /// A folder's names.
    pub fn folder(&self, number: u64) -> Result<&Folder, Refused> {
        match self.nodes.get(&number) {
            Some(Node::Folder(folder)) => Ok(folder),
            Some(Node::File(_)) => Err(Refused::NoFolder),
            None => Err(Refused::Absent),
        }
    }

    fn folder_mut(&mut self, number: u64) -> Result<&mut Folder, Refused> {
        match self.nodes.get_mut(&number) {
            Some(Node::Folder(folder)) => Ok(folder),
            Some(Node::File(_)) => Err(Refused::NoFolder),
            None => Err(Refused::Absent),
        }
    }

    /// The number of a name.
    pub fn lookup(&self, folder: u64, name: &OsStr) -> Result<u64, Refused> {
        self.folder(folder)?.names.get(name).copied().ok_or(Refused::Absent)
    }

    /// Makes an empty file or folder; its number.
    pub fn make(&mut self, folder: u64, name: &OsStr, is_folder: bool, now: SystemTime) -> Result<u64, Refused> {
        if self.lookup(folder, name).is_ok() {
            return Err(Refused::Exists);
        }
        let number = self.next;
        self.folder_mut(folder)?.set(name, Some(number));
        self.next += 1;
        let node = if is_folder { Node::Folder(Folder::default()) } else { Node::File(File::new(now)) };
        self.nodes.insert(number, node);
        Ok(number)
    }

    /// Takes a name away. The node stays for those who have it open.
    pub fn remove(&mut self, folder: u64, name: &OsStr) -> Result<(), Refused> {
        let number = self.lookup(folder, name)?;
        if let Node::Folder(inner) = self.node(number)?
            && !inner.names.is_empty()
        {
            return Err(Refused::NotEmpty);
        }
        self.folder_mut(folder)?.set(name, None);
        Ok(())
    }

    /// Moves a name, over another if there is one.
    pub fn rename(&mut self, from: (u64, &OsStr), to: (u64, &OsStr)) -> Result<(), Refused> {
        let number = self.lookup(from.0, from.1)?;
        self.folder(to.0)?;
        if let Ok(over) = self.lookup(to.0, to.1)
            && let Node::Folder(inner) = self.node(over)?
            && !inner.names.is_empty()
        {
            return Err(Refused::NotEmpty);
        }
        self.folder_mut(from.0)?.set(from.1, None);
        self.folder_mut(to.0)?.set(to.1, Some(number));
        Ok(())
    }

    /// Another name for the same file.
    pub fn link(&mut self, number: u64, to: (u64, &OsStr)) -> Result<(), Refused> {
        if self.lookup(to.0, to.1).is_ok() {
            return Err(Refused::Exists);
        }
        self.folder_mut(to.0)?.set(to.1, Some(number));
        Ok(())
    }

    /// Makes durable what stands at a number: a file's bytes, a folder's names.
    pub fn sync(&mut self, number: u64) -> Result<(), Refused> {
        match self.nodes.get_mut(&number).ok_or(Refused::Absent)? {
            Node::File(file) => file.sync(),
            Node::Folder(folder) => folder.sync(),
        }
        Ok(())
    }

    /// What a power cut leaves: what is durable, and of the rest nothing, or what chance lets through.
    #[must_use]
    pub fn cut(&self, mut chance: Option<Chance>) -> Self {
        let mut left = Self { nodes: BTreeMap::new(), next: self.next };
        let mut open = vec![ROOT];
        while let Some(number) = open.pop() {
            let node = match self.nodes.get(&number) {
                None => continue,
                Some(Node::File(file)) => Node::File(file.left(chance.as_mut())),
                Some(Node::Folder(folder)) => {
                    let names = folder.left(chance.as_mut());
                    open.extend(names.values().filter(|inner| !left.nodes.contains_key(inner)));
                    Node::Folder(Folder { platter: names.clone(), names, pending: vec![] })
                }
            };
            left.nodes.insert(number, node);
        }
        left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: SystemTime = SystemTime::UNIX_EPOCH;

    fn name(text: &str) -> &OsStr {
        OsStr::new(text)
    }

    fn bytes(image: &Image, path: &[&str]) -> Option<Vec<u8>> {
        let number = path.iter().try_fold(ROOT, |at, part| image.lookup(at, name(part)).ok())?;
        match image.node(number).ok()? {
            Node::File(file) => Some(file.bytes.clone()),
            Node::Folder(_) => Some(vec![]),
        }
    }

    #[test]
    fn a_file_is_there_when_it_and_its_folder_were_synced() {
        for (of_file, of_folder, left) in
            [(false, false, None), (true, false, None), (false, true, Some(vec![])), (true, true, Some(vec![7; 3]))]
        {
            let mut image = Image::default();
            let file = image.make(ROOT, name("a"), false, NOW).unwrap();
            image.file(file).unwrap().write(0, &[7; 3], NOW);
            if of_file {
                image.sync(file).unwrap();
            }
            if of_folder {
                image.sync(ROOT).unwrap();
            }
            assert_eq!(bytes(&image, &["a"]), Some(vec![7; 3]), "as long as there is power");
            assert_eq!(bytes(&image.cut(None), &["a"]), left, "{of_file} {of_folder}");
        }
    }

    #[test]
    fn a_folder_that_its_own_folder_does_not_know_is_gone_with_all_in_it() {
        let mut image = Image::default();
        let folder = image.make(ROOT, name("f"), true, NOW).unwrap();
        let file = image.make(folder, name("a"), false, NOW).unwrap();
        image.sync(file).unwrap();
        image.sync(folder).unwrap();
        assert_eq!(bytes(&image.cut(None), &["f", "a"]), None);
        image.sync(ROOT).unwrap();
        assert_eq!(bytes(&image.cut(None), &["f", "a"]), Some(vec![]));
    }

    #[test]
    fn a_rename_that_was_not_synced_leaves_what_was_there() {
        let mut image = Image::default();
        for (what, byte) in [("old", 1), ("new", 2)] {
            let file = image.make(ROOT, name(what), false, NOW).unwrap();
            image.file(file).unwrap().write(0, &[byte], NOW);
            image.sync(file).unwrap();
        }
        image.sync(ROOT).unwrap();
        image.rename((ROOT, name("new")), (ROOT, name("old"))).unwrap();
        assert_eq!(bytes(&image.cut(None), &["old"]), Some(vec![1]));
        image.sync(ROOT).unwrap();
        assert_eq!(bytes(&image.cut(None), &["old"]), Some(vec![2]));
        assert_eq!(bytes(&image.cut(None), &["new"]), None);
    }

    #[test]
    fn pending_writes_are_torn_at_sectors_and_nowhere_else() {
        let pieces: Vec<_> = sectors(500, &[1; 1100], 512).map(|(at, piece)| (at, piece.len())).collect();
        assert_eq!(pieces, [(500, 12), (512, 512), (1024, 512), (1536, 64)]);
        let mut torn = 0;
        for seed in 0..50 {
            let mut image = Image::default();
            let file = image.make(ROOT, name("a"), false, NOW).unwrap();
            image.file(file).unwrap().write(0, &[1; 4096], NOW);
            image.sync(file).unwrap();
            image.sync(ROOT).unwrap();
            image.file(file).unwrap().write(0, &[2; 4096], NOW);
            let left = bytes(&image.cut(Some(Chance::seeded(seed))), &["a"]).unwrap();
            assert!(left.chunks(512).all(|sector| sector.iter().all(|byte| *byte == sector[0])));
            assert_eq!(
                left,
                bytes(&image.cut(Some(Chance::seeded(seed))), &["a"]).unwrap(),
                "the same seed, the same cut"
            );
            torn += usize::from(left.contains(&1) && left.contains(&2));
        }
        assert!(torn > 10, "{torn} of 50 were torn");
    }
}
