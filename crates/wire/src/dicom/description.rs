//! What a file says, typed. Patient data stands in [`kernel::Phi`], so that a log shows a mask.

use super::{Frames, PersonName, syntax};
use kernel::Phi;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One instance, described.
#[derive(Debug, Clone)]
pub struct Description {
    /// Whose image the file says it is.
    pub patient: Subject,
    /// The study.
    pub study: Study,
    /// The series.
    pub series: Series,
    /// The image itself, or the document.
    pub image: Image,
    /// Transfer syntax UID of the file.
    pub syntax: String,
    /// Why our viewer cannot show it; none: it can.
    pub not_shown: Option<NotShown>,
    /// Where the frames lie.
    pub frames: Frames,
    /// Attributes of the study as DICOM JSON, for an answer to a query.
    pub study_json: Map<String, Value>,
    /// Those of the series.
    pub series_json: Map<String, Value>,
    /// Those of the instance.
    pub instance_json: Map<String, Value>,
    /// All attributes as DICOM JSON, without large binary values.
    pub metadata: Map<String, Value>,
}

/// The patient as written in the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// (0010,0010)
    pub name: Phi<PersonName>,
    /// (0010,0020)
    pub id: Phi<String>,
    /// (0010,0040): `M`, `F`, `O`, or what the file says.
    pub sex: Phi<String>,
    /// (0010,0030): `YYYYMMDD`, or what the file says.
    pub birth_date: Phi<String>,
}

/// The study as written in the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Study {
    /// (0020,000D)
    pub uid: String,
    /// (0008,0020): `YYYYMMDD`.
    pub date: Option<String>,
    /// (0008,0030)
    pub time: Option<String>,
    /// (0008,0050)
    pub accession: Option<String>,
    /// (0008,1030)
    pub description: Option<String>,
}

/// The series as written in the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Series {
    /// (0020,000E)
    pub uid: String,
    /// (0008,0060)
    pub modality: String,
    /// (0020,0011)
    pub number: Option<i64>,
    /// (0008,103E)
    pub description: Option<String>,
    /// (0018,0015)
    pub body_part: Option<String>,
    /// (0008,0021)
    pub date: Option<String>,
}

/// The instance as written in the file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Image {
    /// (0008,0018)
    pub uid: String,
    /// (0008,0016)
    pub class: String,
    /// (0020,0013)
    pub number: Option<i64>,
    /// (0028,0010)
    pub rows: u32,
    /// (0028,0011)
    pub columns: u32,
    /// (0028,0008), 1 when not said.
    pub frames: u32,
    /// (0028,0002), 1 when not said.
    pub samples: u16,
    /// (0028,0100)
    pub bits_allocated: u16,
    /// (0028,0101)
    pub bits_stored: u16,
    /// (0028,0103): two's complement.
    pub signed: bool,
    /// (0028,0004)
    pub photometric: String,
    /// Slope and intercept, (0028,1053) and (0028,1052).
    pub rescale: Option<(f64, f64)>,
    /// Centre and width pairs, (0028,1050) and (0028,1051).
    pub windows: Vec<(f64, f64)>,
    /// Where the (first) slice lies in the patient.
    pub plane: Plane,
}

/// A slice in the patient's coordinates, millimetres.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Plane {
    /// (0020,0052)
    pub frame_of_reference: Option<String>,
    /// (0020,0032)
    pub position: Option<[f64; 3]>,
    /// (0020,0037)
    pub orientation: Option<[f64; 6]>,
    /// (0028,0030): between rows, between columns.
    pub spacing: Option<[f64; 2]>,
    /// (0018,0050)
    pub thickness: Option<f64>,
}

/// Why a file is kept and offered for download, and not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotShown {
    /// A report, a structure set, a presentation state: nothing to show.
    NoPixelData,
    /// JPEG Extended with 12 bits.
    Jpeg12Bit,
    /// Moving pictures.
    Video,
    /// A transfer syntax without a codec here.
    Syntax,
    /// One bit, 32 bits, or floating point samples.
    PixelLayout,
    /// Neither an offset table nor the fragments tell the frames apart.
    FramesUnclear,
    /// Less pixel data than rows, columns and frames promise.
    PixelsShort,
}

impl NotShown {
    /// The code, as in the API.
    pub fn code(self) -> &'static str {
        match self {
            Self::NoPixelData => "no-pixel-data",
            Self::Jpeg12Bit => "jpeg-12-bit",
            Self::Video => "video",
            Self::Syntax => "syntax",
            Self::PixelLayout => "pixel-layout",
            Self::FramesUnclear => "frames-unclear",
            Self::PixelsShort => "pixels-short",
        }
    }
}

impl Description {
    /// The transfer syntax in which frames leave us: what lies native in the file leaves as little endian.
    pub fn served_syntax(&self) -> &str {
        match self.frames {
            Frames::Native { .. } | Frames::Deflated { .. } => syntax::EXPLICIT_LE,
            Frames::Encapsulated(_) | Frames::None => &self.syntax,
        }
    }
}
