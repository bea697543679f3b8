//! The image as a file system that the kernel mounts: each request is one look at it or one step in it.
//!
//! Nothing is written back late (no write-back cache): what a program wrote is in the image when the call returns, and pending
//! there. Shared maps (the index of SQLite's log) are the kernel's pages; it hands them over when they are let go.

use super::Meter;
use super::image::{Node, Refused};
use fuser::{
    BsdFileFlags, Errno, FileAttr, FileHandle, FileType, Filesystem, FopenFlags, Generation, INodeNo, LockOwner,
    OpenFlags, RenameFlags, ReplyAttr, ReplyCreate, ReplyData, ReplyDirectory, ReplyEmpty, ReplyEntry, ReplyOpen,
    ReplyStatfs, ReplyWrite, Request, TimeOrNow, WriteFlags,
};
use std::ffi::OsStr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// Nobody but the kernel changes it.
const KNOWN_FOR: Duration = Duration::from_secs(3600);
const BLOCK: u64 = 4096;
/// What it says is free: 16 GiB.
const BLOCKS_FREE: u64 = 4 << 20;

impl From<Refused> for Errno {
    fn from(why: Refused) -> Self {
        match why {
            Refused::Absent => Self::ENOENT,
            Refused::Exists => Self::EEXIST,
            Refused::NoFolder => Self::ENOTDIR,
            Refused::IsFolder => Self::EISDIR,
            Refused::NotEmpty => Self::ENOTEMPTY,
        }
    }
}

/// What the kernel talks to.
pub(super) struct Served(pub(super) Arc<Meter>);

#[expect(clippy::disallowed_methods, reason = "a file system tells its own time of change; no rule depends on it")]
fn now() -> SystemTime {
    SystemTime::now()
}

fn attributes(number: u64, node: &Node) -> FileAttr {
    let (kind, size, modified, perm) = match node {
        Node::File(file) => (FileType::RegularFile, file.bytes.len() as u64, file.modified, 0o600),
        Node::Folder(_) => (FileType::Directory, 0, SystemTime::UNIX_EPOCH, 0o700),
    };
    FileAttr {
        ino: INodeNo(number),
        size,
        blocks: size.div_ceil(512),
        atime: modified,
        mtime: modified,
        ctime: modified,
        crtime: modified,
        kind,
        perm,
        nlink: 1,
        uid: 0,
        gid: 0,
        rdev: 0,
        blksize: 4096,
        flags: 0,
    }
}

impl Served {
    fn attributes(&self, number: u64) -> Result<FileAttr, Errno> {
        Ok(attributes(number, self.0.look()?.image.node(number)?))
    }

    fn lookup_in(&self, parent: u64, name: &OsStr) -> Result<FileAttr, Errno> {
        let power = self.0.look()?;
        let number = power.image.lookup(parent, name)?;
        Ok(attributes(number, power.image.node(number)?))
    }

    fn make(&self, parent: u64, name: &OsStr, is_folder: bool) -> Result<FileAttr, Errno> {
        let mut power = self.0.step()?;
        let number = power.image.make(parent, name, is_folder, now())?;
        Ok(attributes(number, power.image.node(number)?))
    }

    fn sync(&self, number: u64) -> Result<(), Errno> {
        Ok(self.0.step()?.image.sync(number)?)
    }

    fn read_at(&self, number: u64, offset: u64, size: u32) -> Result<Vec<u8>, Errno> {
        let mut power = self.0.look()?;
        let bytes = &power.image.file(number)?.bytes;
        let from = usize::try_from(offset).map_or(bytes.len(), |at| at.min(bytes.len()));
        Ok(bytes[from..bytes.len().min(from + size as usize)].to_vec())
    }

    fn set(&self, number: u64, size: Option<u64>, modified: Option<TimeOrNow>) -> Result<FileAttr, Errno> {
        if size.is_some() || modified.is_some() {
            let mut power = self.0.step()?;
            if let Some(size) = size {
                power.image.file(number)?.set_length(usize::try_from(size).map_err(|_| Errno::EFBIG)?);
            }
            if let (Some(modified), Ok(file)) = (modified, power.image.file(number)) {
                file.modified = match modified {
                    TimeOrNow::SpecificTime(at) => at,
                    TimeOrNow::Now => now(),
                };
            }
        }
        self.attributes(number)
    }

    fn names(&self, number: u64) -> Result<Vec<(u64, FileType, std::ffi::OsString)>, Errno> {
        let power = self.0.look()?;
        let own = [".", ".."].map(|name| (number, FileType::Directory, name.into()));
        let inner = power.image.folder(number)?.names.iter().filter_map(|(name, at)| {
            let kind = match power.image.node(*at).ok()? {
                Node::File(_) => FileType::RegularFile,
                Node::Folder(_) => FileType::Directory,
            };
            Some((*at, kind, name.clone()))
        });
        Ok(own.into_iter().chain(inner).collect())
    }
}

fn entry(found: Result<FileAttr, Errno>, reply: ReplyEntry) {
    match found {
        Ok(attributes) => reply.entry(&KNOWN_FOR, &attributes, Generation(0)),
        Err(e) => reply.error(e),
    }
}

fn attr(found: Result<FileAttr, Errno>, reply: ReplyAttr) {
    match found {
        Ok(attributes) => reply.attr(&KNOWN_FOR, &attributes),
        Err(e) => reply.error(e),
    }
}

fn empty(done: Result<(), Errno>, reply: ReplyEmpty) {
    match done {
        Ok(()) => reply.ok(),
        Err(e) => reply.error(e),
    }
}

impl Filesystem for Served {
    fn lookup(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        entry(self.lookup_in(parent.0, name), reply);
    }

    fn getattr(&self, _: &Request, ino: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        attr(self.attributes(ino.0), reply);
    }

    fn setattr(
        &self,
        _: &Request,
        ino: INodeNo,
        _mode: Option<u32>,
        _uid: Option<u32>,
        _gid: Option<u32>,
        size: Option<u64>,
        _atime: Option<TimeOrNow>,
        mtime: Option<TimeOrNow>,
        _ctime: Option<SystemTime>,
        _: Option<FileHandle>,
        _crtime: Option<SystemTime>,
        _chgtime: Option<SystemTime>,
        _bkuptime: Option<SystemTime>,
        _flags: Option<BsdFileFlags>,
        reply: ReplyAttr,
    ) {
        attr(self.set(ino.0, size, mtime), reply);
    }

    fn mknod(&self, _: &Request, parent: INodeNo, name: &OsStr, _: u32, _: u32, _: u32, reply: ReplyEntry) {
        entry(self.make(parent.0, name, false), reply);
    }

    fn mkdir(&self, _: &Request, parent: INodeNo, name: &OsStr, _: u32, _: u32, reply: ReplyEntry) {
        entry(self.make(parent.0, name, true), reply);
    }

    fn create(&self, _: &Request, parent: INodeNo, name: &OsStr, _: u32, _: u32, _: i32, reply: ReplyCreate) {
        match self.make(parent.0, name, false) {
            Ok(made) => reply.created(&KNOWN_FOR, &made, Generation(0), FileHandle(0), FopenFlags::empty()),
            Err(e) => reply.error(e),
        }
    }

    fn unlink(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        let done = self.0.step().and_then(|mut power| Ok(power.image.remove(parent.0, name)?));
        empty(done, reply);
    }

    fn rmdir(&self, request: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        self.unlink(request, parent, name, reply);
    }

    fn rename(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        newparent: INodeNo,
        newname: &OsStr,
        flags: RenameFlags,
        reply: ReplyEmpty,
    ) {
        if !flags.is_empty() {
            return reply.error(Errno::EINVAL);
        }
        let done =
            self.0.step().and_then(|mut power| Ok(power.image.rename((parent.0, name), (newparent.0, newname))?));
        empty(done, reply);
    }

    fn link(&self, _: &Request, ino: INodeNo, newparent: INodeNo, newname: &OsStr, reply: ReplyEntry) {
        let linked = self.0.step().and_then(|mut power| Ok(power.image.link(ino.0, (newparent.0, newname))?));
        entry(linked.and_then(|()| self.attributes(ino.0)), reply);
    }

    fn open(&self, _: &Request, _: INodeNo, _: OpenFlags, reply: ReplyOpen) {
        reply.opened(FileHandle(0), FopenFlags::FOPEN_KEEP_CACHE);
    }

    fn read(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        size: u32,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyData,
    ) {
        match self.read_at(ino.0, offset, size) {
            Ok(bytes) => reply.data(&bytes),
            Err(e) => reply.error(e),
        }
    }

    fn write(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        data: &[u8],
        _: WriteFlags,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyWrite,
    ) {
        let written = self.0.step().and_then(|mut power| {
            let at = usize::try_from(offset).map_err(|_| Errno::EFBIG)?;
            power.image.file(ino.0)?.write(at, data, now());
            Ok(u32::try_from(data.len()).unwrap_or(u32::MAX))
        });
        match written {
            Ok(size) => reply.written(size),
            Err(e) => reply.error(e),
        }
    }

    fn fsync(&self, _: &Request, ino: INodeNo, _: FileHandle, _datasync: bool, reply: ReplyEmpty) {
        empty(self.sync(ino.0), reply);
    }

    fn fsyncdir(&self, _: &Request, ino: INodeNo, _: FileHandle, _datasync: bool, reply: ReplyEmpty) {
        empty(self.sync(ino.0), reply);
    }

    fn readdir(&self, _: &Request, ino: INodeNo, _: FileHandle, offset: u64, mut reply: ReplyDirectory) {
        let names = match self.names(ino.0) {
            Ok(names) => names,
            Err(e) => return reply.error(e),
        };
        let from = usize::try_from(offset).unwrap_or(usize::MAX);
        for (next, (number, kind, name)) in (1_u64..).zip(names).skip(from) {
            if reply.add(INodeNo(number), next, kind, name) {
                break;
            }
        }
        reply.ok();
    }

    fn statfs(&self, _: &Request, _: INodeNo, reply: ReplyStatfs) {
        let block = u32::try_from(BLOCK).unwrap_or(4096);
        reply.statfs(BLOCKS_FREE, BLOCKS_FREE, BLOCKS_FREE, 1 << 20, 1 << 20, block, 255, block);
    }
}
