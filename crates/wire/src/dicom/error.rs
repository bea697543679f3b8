//! Why a file is not taken, in words that somebody at a ward can act on.

/// A DICOM file that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DicomError {
    /// The bytes are something else.
    #[error("not a DICOM file")]
    NotDicom,
    /// DICOMDIR: the list of what is on a disc, itself not an image. To be passed over.
    #[error("a DICOMDIR lists the files of a disc and is no image itself")]
    Directory,
    /// The file ends too early.
    #[error("cut short inside {within}: {wanted} bytes are promised at byte {at}, {there} are there")]
    Truncated {
        /// What was being read, for example `(7FE0,0010)`.
        within: String,
        /// Where the promised bytes begin.
        at: u64,
        /// How many are promised.
        wanted: u64,
        /// How many there are.
        there: u64,
    },
    /// Past a bound of ours.
    #[error("{what} is larger than {limit}")]
    TooLarge {
        /// What.
        what: &'static str,
        /// The bound.
        limit: u64,
    },
    /// The bytes contradict the format.
    #[error("damaged at byte {at}: {why}")]
    Malformed {
        /// Where.
        at: u64,
        /// How.
        why: &'static str,
    },
    /// Something without which an instance cannot be filed.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// The bytes could not be read.
    #[error("cannot be read: {0}")]
    Source(std::io::ErrorKind),
}

impl DicomError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotDicom => "not-dicom",
            Self::Directory => "dicom-directory",
            Self::Truncated { .. } => "dicom-truncated",
            Self::TooLarge { .. } => "dicom-too-large",
            Self::Malformed { .. } => "dicom-damaged",
            Self::Missing(_) => "dicom-incomplete",
            Self::Source(_) => "unreadable",
        }
    }
}
