//! ZIP archives from outside, opened with every bound that an attacker would like to miss.
//!
//! Names lead nowhere: entries are read one by one into what the caller gives, never unpacked by name. All the same a name
//! with `../` or from a root is refused, since whoever made it meant harm or made a mistake.

use std::io::{Read, Seek, SeekFrom, Write};

/// The bounds of an archive.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Entries, folders included.
    pub entries: u64,
    /// Bytes of all entries once inflated.
    pub total: u64,
    /// Bytes of one entry once inflated.
    pub entry: u64,
    /// How many times larger than deflated an entry may come out, past its first megabyte.
    pub ratio: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { entries: 20_000, total: 16 << 30, entry: 4 << 30, ratio: 200 }
    }
}

/// Why an archive, or one entry of it, is not taken.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// Not a ZIP, damaged, encrypted, or of a method we do not have.
    #[error("the archive cannot be read: {0}")]
    Damaged(String),
    /// `../`, an absolute name, a drive letter.
    #[error("the archive holds a name that leads outside: {0}")]
    UnsafeName(String),
    /// Past a bound.
    #[error("{what} of the archive are more than {limit}")]
    TooLarge {
        /// What.
        what: &'static str,
        /// The bound.
        limit: u64,
    },
    /// An archive in the archive.
    #[error("{0} is an archive inside the archive: unpack it first")]
    Nested(String),
    /// The bytes could not be written where the caller wants them.
    #[error("cannot be unpacked: {0}")]
    Target(std::io::ErrorKind),
}

impl ArchiveError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Damaged(_) => "archive-damaged",
            Self::UnsafeName(_) => "archive-unsafe-name",
            Self::TooLarge { .. } => "archive-too-large",
            Self::Nested(_) => "archive-nested",
            Self::Target(_) => "unreadable",
        }
    }
}

/// A file in an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the archive.
    pub index: usize,
    /// Its name, as text.
    pub name: String,
}

/// An archive whose directory has been read and found harmless.
pub struct Archive<R> {
    zip: zip::ZipArchive<R>,
    limits: Limits,
    spent: u64,
    files: Vec<Entry>,
}

fn damaged(error: impl std::fmt::Display) -> ArchiveError {
    ArchiveError::Damaged(error.to_string())
}

impl<R: Read + Seek> Archive<R> {
    /// Reads the directory, after its size has been found bearable.
    pub fn open(mut reader: R, limits: Limits) -> Result<Self, ArchiveError> {
        let entries = count_entries(&mut reader)?;
        if entries > limits.entries {
            return Err(ArchiveError::TooLarge { what: "entries", limit: limits.entries });
        }
        let zip = zip::ZipArchive::new(reader).map_err(damaged)?;
        if zip.len() as u64 > limits.entries {
            return Err(ArchiveError::TooLarge { what: "entries", limit: limits.entries });
        }
        let mut files = Vec::new();
        for (index, raw) in zip.file_names_raw().enumerate() {
            let name = name_of(raw);
            if leads_outside(&name) {
                return Err(ArchiveError::UnsafeName(name));
            }
            if !name.ends_with('/') && !is_litter(&name) {
                files.push(Entry { index, name });
            }
        }
        Ok(Self { zip, limits, spent: 0, files })
    }

    /// The files, without folders and the litter of operating systems.
    pub fn files(&self) -> &[Entry] {
        &self.files
    }

    /// Writes one file's bytes to `target`; answers how many.
    pub fn extract(&mut self, entry: &Entry, target: &mut impl Write) -> Result<u64, ArchiveError> {
        let mut file = self.zip.by_index(entry.index).map_err(damaged)?;
        let by_ratio = (1 << 20) + file.compressed_size().saturating_mul(self.limits.ratio);
        let (limit, what) = [
            (self.limits.entry, "bytes of one entry"),
            (self.limits.total - self.spent, "bytes"),
            (by_ratio, "times the size on unpacking"),
        ]
        .into_iter()
        .min_by_key(|(limit, _)| *limit)
        .unwrap_or((0, "bytes"));
        let mut buffer = vec![0; 64 << 10];
        let mut written = 0;
        loop {
            let got = file.read(&mut buffer).map_err(damaged)?;
            if got == 0 {
                break;
            }
            if written == 0 && (buffer.starts_with(b"PK\x03\x04") || buffer.starts_with(b"PK\x05\x06")) {
                return Err(ArchiveError::Nested(entry.name.clone()));
            }
            written += got as u64;
            self.spent += got as u64;
            if written > limit {
                let limit = if what.starts_with("times") { self.limits.ratio } else { limit };
                return Err(ArchiveError::TooLarge { what, limit });
            }
            target.write_all(&buffer[..got]).map_err(|e| ArchiveError::Target(e.kind()))?;
        }
        Ok(written)
    }
}

/// Windows in China writes names in GBK and does not say so.
fn name_of(raw: &[u8]) -> String {
    match std::str::from_utf8(raw) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::GB18030.decode_without_bom_handling(raw).0.into_owned(),
    }
}

fn leads_outside(name: &str) -> bool {
    let drive = name.as_bytes().get(1) == Some(&b':');
    drive || name.starts_with(['/', '\\']) || name.contains('\0') || name.split(['/', '\\']).any(|part| part == "..")
}

fn is_litter(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    name.starts_with("__MACOSX/") || matches!(file, ".DS_Store" | "Thumbs.db" | "desktop.ini")
}

/// How many entries the end of the archive promises, read without reading the directory: a directory of millions would
/// fill the memory before anybody counted. Archives of more than 65,535 entries (ZIP64) are past every bound of ours.
fn count_entries<R: Read + Seek>(reader: &mut R) -> Result<u64, ArchiveError> {
    let len = reader.seek(SeekFrom::End(0)).map_err(damaged)?;
    let tail = len.min((64 << 10) + 22);
    reader.seek(SeekFrom::Start(len - tail)).map_err(damaged)?;
    let mut bytes = vec![0; tail as usize];
    reader.read_exact(&mut bytes).map_err(damaged)?;
    reader.seek(SeekFrom::Start(0)).map_err(damaged)?;
    let end = bytes.windows(4).rposition(|w| w == b"PK\x05\x06").ok_or_else(|| damaged("its end is missing"))?;
    let record = bytes.get(end..end + 22).ok_or_else(|| damaged("its end is cut short"))?;
    let directory = u64::from(u32::from_le_bytes([record[12], record[13], record[14], record[15]]));
    // 46 bytes and a name for each: the count may lie, the size is what will be read.
    let by_size = if directory == u64::from(u32::MAX) { 0 } else { directory / 512 };
    Ok(u64::from(u16::from_le_bytes([record[10], record[11]])).max(by_size))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;
    use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

    fn zip_of(files: &[(&str, &[u8])]) -> Cursor<Vec<u8>> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        for (name, bytes) in files {
            writer.start_file(*name, options).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap()
    }

    fn limits() -> Limits {
        Limits { entries: 5, total: 8 << 20, entry: 6 << 20, ratio: 200 }
    }

    #[test]
    fn gives_its_files_and_not_its_litter() {
        let zip =
            zip_of(&[("CT/1.dcm", b"one"), ("__MACOSX/._1.dcm", b"x"), ("CT/.DS_Store", b"x"), ("CT/2.dcm", b"two")]);
        let mut archive = Archive::open(zip, limits()).unwrap();
        let files = archive.files().to_vec();
        assert_eq!(files.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(), ["CT/1.dcm", "CT/2.dcm"]);
        let mut bytes = Vec::new();
        archive.extract(&files[1], &mut bytes).unwrap();
        assert_eq!(bytes, b"two");
    }

    #[test]
    fn refuses_names_that_lead_outside() {
        for name in ["../evil.dcm", "a/../../evil.dcm", "/etc/passwd", "C:\\evil.dcm", "a\\..\\b"] {
            let error = Archive::open(zip_of(&[("good.dcm", b"x"), (name, b"x")]), limits()).err().unwrap();
            assert!(matches!(&error, ArchiveError::UnsafeName(n) if n == name), "{name}: {error}");
        }
    }

    #[test]
    fn keeps_its_bounds() {
        let many: Vec<(String, &[u8])> = (0..6).map(|i| (format!("{i}"), b"x".as_slice())).collect();
        let many: Vec<(&str, &[u8])> = many.iter().map(|(n, b)| (n.as_str(), *b)).collect();
        assert!(matches!(Archive::open(zip_of(&many), limits()), Err(ArchiveError::TooLarge { what: "entries", .. })));

        let bomb = vec![0; 5 << 20];
        let mut archive = Archive::open(zip_of(&[("bomb", &bomb)]), limits()).unwrap();
        let entry = archive.files()[0].clone();
        let error = archive.extract(&entry, &mut Vec::new()).err().unwrap();
        assert!(matches!(error, ArchiveError::TooLarge { limit: 200, .. }), "{error}");

        let noise: Vec<u8> = (0..5_u32 << 20).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        let mut archive = Archive::open(zip_of(&[("a", &noise), ("b", &noise)]), limits()).unwrap();
        let files = archive.files().to_vec();
        archive.extract(&files[0], &mut Vec::new()).unwrap();
        let error = archive.extract(&files[1], &mut Vec::new()).err().unwrap();
        assert!(matches!(error, ArchiveError::TooLarge { what: "bytes", .. }), "{error}");

        let inner = zip_of(&[("x", b"x")]).into_inner();
        let mut archive = Archive::open(zip_of(&[("inner.zip", &inner)]), limits()).unwrap();
        let entry = archive.files()[0].clone();
        assert!(matches!(archive.extract(&entry, &mut Vec::new()), Err(ArchiveError::Nested(_))));

        assert!(matches!(Archive::open(Cursor::new(b"PK\x03\x04".to_vec()), limits()), Err(ArchiveError::Damaged(_))));
    }

    #[test]
    fn reads_names_in_gbk() {
        assert_eq!(name_of(b"\xD3\xB0\xCF\xF1/1.dcm"), "影像/1.dcm");
    }
}
