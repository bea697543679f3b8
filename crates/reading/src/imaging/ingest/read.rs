//! What a received file is. Blocking: runs on a thread for it. Knows no store.

use crate::imaging::file::FileSource;
use crate::imaging::store::rows::{InstanceRow, Pixels, Ready, SeriesRow};
use serde_json::{Map, Value};
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use tempfile::TempPath;
use wire::Kind;
use wire::archive::{Archive, Entry, Limits};
use wire::dicom::{self, Description};

/// Largest PDF, JPEG or PNG.
const DOCUMENT_MAX: u64 = 200 << 20;

/// Most pixels of a picture, and of a frame that is shown: a browser needs four bytes for each.
const PIXELS_MAX: u64 = 128_000_000;

/// A file on its way in; removed when it is dropped.
pub(crate) struct Incoming {
    pub name: String,
    pub path: TempPath,
}

/// What it is.
pub(crate) enum Item {
    /// An instance; `sha256` in it is filled in when its bytes are kept.
    Dicom { file: Incoming, ready: Box<Ready> },
    /// A document.
    Document { file: Incoming, kind: Kind },
    /// An archive, opened.
    Archive(Box<Opened>),
    /// Not taken: code and words.
    Refused { name: String, why: &'static str, detail: String },
}

/// An archive that gives one file after another.
pub(crate) struct Opened {
    archive: Archive<File>,
    left: std::vec::IntoIter<Entry>,
    /// Holds the archive's own bytes.
    _file: Incoming,
}

fn refused(name: String, why: &'static str, detail: impl std::fmt::Display) -> Item {
    Item::Refused { name, why, detail: detail.to_string() }
}

/// Looks at a file. `nested`: it came out of an archive, and may be none itself.
pub(crate) fn item(file: Incoming, nested: bool) -> Item {
    let mut head = Vec::with_capacity(Kind::WANTS);
    let opened = File::open(&file.path).and_then(|mut f| f.by_ref().take(Kind::WANTS as u64).read_to_end(&mut head));
    if let Err(error) = opened {
        return refused(file.name, "unreadable", error.kind());
    }
    match wire::sniff(&head) {
        Some(Kind::Dicom) => instance(file),
        Some(Kind::Zip) if nested => refused(file.name, "archive-nested", "an archive inside the archive"),
        Some(Kind::Zip) => archive(file),
        Some(kind @ (Kind::Pdf | Kind::Jpeg | Kind::Png)) => match std::fs::metadata(&file.path) {
            Ok(meta) if meta.len() <= DOCUMENT_MAX => document(file, kind),
            Ok(_) => refused(file.name, "document-too-large", format!("a document has at most {DOCUMENT_MAX} bytes")),
            Err(error) => refused(file.name, "unreadable", error.kind()),
        },
        None if head.is_empty() => refused(file.name, "empty", "the file is empty"),
        None => refused(file.name, "not-dicom", "neither DICOM nor ZIP, PDF, JPEG or PNG"),
    }
}

/// A document, unless it is a picture that nobody could look at.
fn document(file: Incoming, kind: Kind) -> Item {
    if kind == Kind::Pdf {
        return Item::Document { file, kind };
    }
    let size = File::open(&file.path).ok().and_then(|f| wire::picture_size(kind, &mut std::io::BufReader::new(f)));
    match size {
        None => refused(file.name, "picture-damaged", "the picture does not say its size"),
        Some((width, height)) if u64::from(width) * u64::from(height) > PIXELS_MAX => {
            let words = format!("{width} x {height} pixels; at most {PIXELS_MAX}");
            refused(file.name, "picture-too-large", words)
        }
        Some(_) => Item::Document { file, kind },
    }
}

fn instance(file: Incoming) -> Item {
    let described = FileSource::open(&file.path)
        .map_err(|e| dicom::DicomError::Source(e.kind()))
        .and_then(|source| Ok((dicom::describe(&source)?, dicom::Source::len(&source))));
    match described {
        Ok((description, bytes)) => {
            let ready = Box::new(ready(file.name.clone(), description, bytes));
            Item::Dicom { file, ready }
        }
        Err(error) => refused(file.name, error.code(), error),
    }
}

fn archive(file: Incoming) -> Item {
    let opened = File::open(&file.path).map_err(|e| ("unreadable", e.kind().to_string()));
    let archive = opened.and_then(|f| Archive::open(f, Limits::default()).map_err(|e| (e.code(), e.to_string())));
    match archive {
        Ok(archive) => {
            let left = archive.files().to_vec().into_iter();
            Item::Archive(Box::new(Opened { archive, left, _file: file }))
        }
        Err((why, detail)) => refused(file.name, why, detail),
    }
}

impl Opened {
    /// The next file of the archive, unpacked into `folder`.
    pub(crate) fn next(&mut self, folder: &Path) -> Option<Item> {
        let entry = self.left.next()?;
        let unpacked = tempfile::NamedTempFile::new_in(folder)
            .map_err(|e| ("unreadable", e.kind().to_string()))
            .and_then(|mut target| match self.archive.extract(&entry, &mut target) {
                Ok(_) => Ok(target.into_temp_path()),
                Err(error) => Err((error.code(), error.to_string())),
            });
        Some(match unpacked {
            Ok(path) => item(Incoming { name: entry.name, path }, true),
            Err((why, detail)) => refused(entry.name, why, detail),
        })
    }
}

/// What a frame comes to once it is decoded; the file may be small all the same.
fn pixels_of(image: &dicom::Image) -> u64 {
    u64::from(image.rows) * u64::from(image.columns)
}

/// The members of an object, without its braces.
fn members(object: &Map<String, Value>) -> String {
    let text = Value::Object(object.clone()).to_string();
    text[1..text.len() - 1].to_owned()
}

fn ready(name: String, description: Description, bytes: u64) -> Ready {
    let image = &description.image;
    let pixels = Pixels {
        rows: image.rows,
        columns: image.columns,
        samples: image.samples,
        bits: image.bits_allocated,
        stored: image.bits_stored,
        signed: image.signed,
        inverted: image.photometric == "MONOCHROME1",
        planar: image.samples > 1 && description.metadata.get("00280006").is_some_and(|v| v["Value"][0] == 1),
        rescale: image.rescale,
        window: image.windows.first().copied(),
    };
    let metadata = members(&description.metadata);
    Ready {
        name,
        study_attributes: members(&description.study_json),
        series: SeriesRow {
            series: description.series.clone(),
            attributes: members(&description.series_json),
            base: metadata.clone(),
        },
        instance: InstanceRow {
            series: description.series.uid.clone(),
            uid: image.uid.clone(),
            number: image.number.unwrap_or(0),
            sha256: [0; 32],
            bytes,
            served_syntax: description.served_syntax().to_owned(),
            not_shown: description
                .not_shown
                .map(|why| why.code())
                .or((pixels_of(image) > PIXELS_MAX).then_some("too-many-pixels"))
                .map(str::to_owned),
            pixels,
            attributes: members(&description.instance_json),
            metadata,
            syntax: description.syntax,
            frames: description.frames,
        },
        subject: description.patient,
        study: description.study,
    }
}
