//! What the archive keeps, row by row, and the batches in which rows are written.

use kernel::{Id, Time};
use records::BlobHold;
use serde::{Deserialize, Serialize};
use wire::dicom::{Frames, Series, Study, Subject};

/// A study of a case; its id is that of its ImagingStudy.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct StudyRow {
    pub id: Id,
    pub case: Id,
    pub custodian: Id,
    /// The Patient it was filed under.
    pub patient: Option<Id>,
    pub study: Study,
    /// Whose the first file said it is.
    pub subject: Subject,
    /// Attributes for an answer to a query: members of a DICOM JSON object.
    pub attributes: String,
}

/// A series of a study.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct SeriesRow {
    pub series: Series,
    pub attributes: String,
    /// The first instance's metadata: the others' are compressed against it.
    pub base: String,
}

/// An instance of a series.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct InstanceRow {
    pub series: String,
    pub uid: String,
    pub number: i64,
    pub sha256: [u8; 32],
    pub bytes: u64,
    /// Transfer syntax in the file, and as frames leave us.
    pub syntax: String,
    pub served_syntax: String,
    /// Code of the reason why it is not shown.
    pub not_shown: Option<String>,
    pub frames: Frames,
    pub pixels: Pixels,
    pub attributes: String,
    /// All attributes, members of a DICOM JSON object.
    pub metadata: String,
}

/// What a thumbnail needs to know.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Pixels {
    pub rows: u32,
    pub columns: u32,
    pub samples: u16,
    pub bits: u16,
    pub stored: u16,
    pub signed: bool,
    pub inverted: bool,
    pub planar: bool,
    pub rescale: Option<(f64, f64)>,
    pub window: Option<(f64, f64)>,
}

/// An instance that has been read and whose bytes are kept, but which is not yet in a study of a case.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Ready {
    /// The file's name, for the person who sent it.
    pub name: String,
    pub subject: Subject,
    pub study: Study,
    pub study_attributes: String,
    pub series: SeriesRow,
    pub instance: InstanceRow,
}

/// A file that waits for a human to say that its patient is the case's.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct HeldRow {
    pub case: Id,
    /// The browser's name for the upload.
    pub upload: String,
    /// Its place in the upload: an archive holds many.
    pub seq: u32,
    pub ready: Ready,
    pub at: Time,
}

impl HeldRow {
    /// Keeps the bytes as long as the row waits, and no longer.
    pub(crate) fn hold(&self) -> BlobHold {
        let holder = format!("held/{}/{}/{}", self.case, self.upload, self.seq);
        BlobHold { sha256: self.ready.instance.sha256, holder }
    }
}

/// Instances of one study that are written together. The study's row is written when it is new.
#[derive(Clone, Serialize)]
pub(crate) struct Instances {
    pub study: StudyRow,
    pub series: Vec<SeriesRow>,
    pub instances: Vec<InstanceRow>,
    /// Everybody whom their files name.
    pub subjects: Vec<Subject>,
}

/// A change of what is held.
#[derive(Clone, Serialize)]
pub(crate) enum Holding {
    /// It waits.
    Hold(Box<HeldRow>),
    /// A human decided: files of this identity may come into this case, as long as it is this patient's.
    Confirm { case: Id, identity: [u8; 32] },
    /// It waits no more.
    Release { case: Id, upload: String, seq: u32 },
}

/// A series with what is counted of its instances.
#[derive(Clone)]
pub(crate) struct SeriesFound {
    pub id: i64,
    pub series: wire::dicom::Series,
    pub attributes: String,
    pub instances: u64,
    pub bytes: u64,
    /// How many can be shown.
    pub shown: u64,
    /// Why one of the others cannot.
    pub why_not: Option<String>,
}
