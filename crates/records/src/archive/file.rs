//! The file of an archive: Zstandard over lines of JSON, so that it can be read when nobody has Consilium any more.
//!
//! The first line says what it is. Then a line an entry: its number, its hash, the hash of the entry before where that is not in the line
//! above, and the entry itself, byte for byte as it was hashed. The last line has the count, the first and last number, and the digest over numbers
//! and hashes. Each line proves itself: its hash is SHA-256 over the hash before, the number (eight bytes, little endian) and
//! the entry's bytes.

use super::Sequence;
use crate::StoreError;
use crate::blobs::io;
use crate::chain::{Head, decode, link};
use kernel::Time;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use zstd::stream::read::Decoder;
use zstd::stream::write::Encoder;

const FORM: &str = "Consilium ledger archive 1";
/// An entry of a look has some hundred bytes.
const LINE_MAX: u64 = 1 << 20;
/// Windows larger than 8 MB are none of ours.
const WINDOW_LOG_MAX: u32 = 23;
const LEVEL: i32 = 9;
const ENTRY: &str = ",\"entry\":";

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct First {
    form: String,
    before: Time,
}

/// What stands before the entry in its line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    number: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<String>,
    hash: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Last {
    count: u64,
    from: u64,
    to: u64,
    sha256: String,
}

/// Counts and hashes what goes through it.
struct Hashing<W> {
    into: W,
    hash: Sha256,
    bytes: u64,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let n = self.into.write(buf)?;
        self.hash.update(&buf[..n]);
        self.bytes += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.into.flush()
    }
}

/// A file being written.
pub(super) struct Out {
    out: Encoder<'static, Hashing<BufWriter<File>>>,
    sequence: Sequence,
    last: Option<Head>,
}

/// What was written.
pub(super) struct Written {
    pub(super) sequence: Sequence,
    pub(super) sha256: String,
    pub(super) bytes: u64,
}

impl Out {
    /// Begins a file that its owner alone reads, over what an earlier try left.
    pub(super) fn create(path: &Path, before: Time) -> io::Result<Self> {
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
        let hashing = Hashing { into: BufWriter::new(file), hash: Sha256::new(), bytes: 0 };
        let mut out = Encoder::new(hashing, LEVEL)?;
        out.include_checksum(true)?;
        let mut this = Self { out, sequence: Sequence::default(), last: None };
        this.line(&First { form: FORM.to_owned(), before })?;
        Ok(this)
    }

    fn line(&mut self, line: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, line)?;
        self.out.write_all(b"\n")
    }

    /// Adds an entry; `before` is the hash of the one before it in the ledger.
    pub(super) fn add(&mut self, before: [u8; 32], head: Head, entry: &[u8]) -> io::Result<()> {
        let follows = self.last.is_some_and(|last| last.number + 1 == head.number);
        let after = (!follows).then(|| hex::encode(before));
        let line = serde_json::to_string(&Line { number: head.number, after, hash: hex::encode(head.hash) })?;
        // The entry stays as it is, byte for byte.
        self.out.write_all(line.strip_suffix('}').unwrap_or(&line).as_bytes())?;
        self.out.write_all(ENTRY.as_bytes())?;
        self.out.write_all(entry)?;
        self.out.write_all(b"}\n")?;
        self.sequence.add(head.number, &head.hash);
        self.last = Some(head);
        Ok(())
    }

    /// Ends it, durably.
    pub(super) fn end(mut self) -> io::Result<Written> {
        let Sequence { count, from, to, .. } = self.sequence;
        let sha256 = self.sequence.sha256();
        self.line(&Last { count, from, to, sha256 })?;
        let Hashing { into, hash, bytes } = self.out.finish()?;
        into.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        Ok(Written { sequence: self.sequence, sha256: hex::encode(hash.finalize()), bytes })
    }
}

/// An entry as an archive has it, proven from its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archived {
    /// Its number.
    pub number: u64,
    /// Its hash.
    pub hash: [u8; 32],
    /// The entry as it was hashed: JSON.
    pub entry: Vec<u8>,
}

/// A file being read: each entry is proven from its bytes, the end from all of them.
pub(crate) struct Reader {
    path: PathBuf,
    lines: BufReader<Decoder<'static, BufReader<File>>>,
    before: Time,
    sequence: Sequence,
    last: Option<Head>,
    ended: bool,
}

impl Reader {
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        let failed = |e: &io::Error| io(&format!("read {}", path.display()), e);
        let file = File::open(path).map_err(|e| failed(&e))?;
        let mut decoder = Decoder::new(file).map_err(|e| failed(&e))?;
        decoder.window_log_max(WINDOW_LOG_MAX).map_err(|e| failed(&e))?;
        let mut this = Self {
            path: path.to_owned(),
            lines: BufReader::new(decoder),
            before: Time::UNIX_EPOCH,
            sequence: Sequence::default(),
            last: None,
            ended: false,
        };
        let first = this.line()?.and_then(|line| serde_json::from_slice::<First>(&line).ok());
        let first = first.filter(|first| first.form == FORM);
        this.before = first.ok_or_else(|| this.broken("is no archive of a ledger"))?.before;
        Ok(this)
    }

    fn broken(&self, why: &str) -> StoreError {
        StoreError::Corrupt(format!("{}: {why}", self.path.display()))
    }

    fn line(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        let mut line = vec![];
        let read = (&mut self.lines).take(LINE_MAX).read_until(b'\n', &mut line);
        read.map_err(|e| self.broken(&format!("was cut or changed: {e}")))?;
        match line.pop() {
            None => Ok(None),
            Some(b'\n') => Ok(Some(line)),
            Some(_) => Err(self.broken("was cut or changed: a line has no end")),
        }
    }

    /// The next entry; none at the end, which is proven as well.
    pub(crate) fn next(&mut self) -> Result<Option<Archived>, StoreError> {
        if self.ended {
            return Ok(None);
        }
        let Some(line) = self.line()? else { return Err(self.broken("was cut: its last line is missing")) };
        let Some(at) = line.windows(ENTRY.len()).position(|part| part == ENTRY.as_bytes()) else {
            return self.end(&line).map(|()| None);
        };
        let mut start = line[..at].to_vec();
        start.push(b'}');
        let entry = line[at + ENTRY.len()..].strip_suffix(b"}").map(<[u8]>::to_vec);
        let (Ok(said), Some(entry)) = (serde_json::from_slice::<Line>(&start), entry) else {
            return Err(self.broken("was changed: a line cannot be read"));
        };
        let number = said.number;
        let broken = |this: &Self, why: &str| Err(this.broken(&format!("was changed: entry {number} {why}")));
        let before = match (&said.after, self.last) {
            (Some(after), last) if last.is_none_or(|last| last.number + 1 < number) && number > 0 => hash_of(after),
            (None, Some(last)) if last.number + 1 == number => Some(last.hash),
            _ => return broken(self, "does not follow"),
        };
        let (Some(before), Some(hash)) = (before, hash_of(&said.hash)) else {
            return broken(self, "has no hash");
        };
        let head = link(Head { number: number - 1, hash: before }, &entry);
        if head.hash != hash {
            return broken(self, "is not what its hash says");
        }
        self.sequence.add(number, &hash);
        self.last = Some(head);
        Ok(Some(Archived { number, hash, entry }))
    }

    fn end(&mut self, line: &[u8]) -> Result<(), StoreError> {
        let Ok(last) = serde_json::from_slice::<Last>(line) else {
            return Err(self.broken("was changed: its last line cannot be read"));
        };
        let Sequence { count, from, to, .. } = self.sequence;
        if (last.count, last.from, last.to, last.sha256) != (count, from, to, self.sequence.sha256()) {
            return Err(self.broken("was changed: its last line speaks of other entries"));
        }
        if self.line()?.is_some() {
            return Err(self.broken("was changed: it goes on after its end"));
        }
        self.ended = true;
        Ok(())
    }
}

fn hash_of(text: &str) -> Option<[u8; 32]> {
    let mut hash = [0; 32];
    hex::decode_to_slice(text, &mut hash).ok().map(|()| hash)
}

/// SHA-256 of a file, hexadecimal, and its bytes.
pub(super) fn sha256(path: &Path) -> Result<(String, u64), StoreError> {
    let failed = |e: &io::Error| io(&format!("read {}", path.display()), e);
    let mut file = File::open(path).map_err(|e| failed(&e))?;
    let hash = crate::intact::hash(&mut file).map_err(|e| failed(&e))?;
    let bytes = file.metadata().map_err(|e| failed(&e))?.len();
    Ok((hex::encode(hash), bytes))
}

/// What a file that was read through has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// Looks before this instant.
    pub before: Time,
    /// How many entries, from which to which.
    pub count: u64,
    /// The first.
    pub from: u64,
    /// The last.
    pub to: u64,
    /// SHA-256 over numbers and hashes, hexadecimal.
    pub sha256: String,
    /// SHA-256 of the file, hexadecimal.
    pub file_sha256: String,
    /// Its bytes.
    pub file_bytes: u64,
}

/// Reads an archive without the store: each entry is proven from its bytes before `take` gets it, the end from all of them. That the
/// file is the one that was archived, the ledger or a checkpoint says: by its SHA-256.
pub fn read(path: &Path, mut take: impl FnMut(Archived) -> io::Result<()>) -> Result<Contents, StoreError> {
    let (file_sha256, file_bytes) = sha256(path)?;
    let mut reader = Reader::open(path)?;
    while let Some(entry) = reader.next()? {
        if !decode(entry.number, &entry.entry)?.is_look() {
            return Err(reader.broken(&format!("entry {} is more than a look", entry.number)));
        }
        take(entry).map_err(|e| io("write the entries", &e))?;
    }
    let Sequence { count, from, to, .. } = reader.sequence;
    let sha256 = reader.sequence.sha256();
    Ok(Contents { before: reader.before, count, from, to, sha256, file_sha256, file_bytes })
}
