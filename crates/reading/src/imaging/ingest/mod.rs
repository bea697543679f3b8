//! From a received file to rows and resources: read, compared with the case's patient, kept or held.
//!
//! `read` says what the file is (blocking, no store), `keep` puts it where it belongs (one commit a study or document).

pub(crate) mod keep;
pub(crate) mod read;

use super::compare::Person;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What became of one file.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct FileResult {
    /// Its name; within an archive, its path there.
    pub name: String,
    /// What it is.
    pub kind: FileKind,
    /// The Study Instance UID it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub study: Option<String>,
    /// The document's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// Why it was refused: a stable code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The same, in English, with the place in the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// It was here already.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub duplicate: bool,
}

/// Kinds of outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FileKind {
    /// In a study.
    Dicom,
    /// A document.
    Document,
    /// Waits for a human.
    Held,
    /// Not taken.
    Refused,
}

impl FileResult {
    pub(crate) fn dicom(name: String, study: &str, duplicate: bool) -> Self {
        Self { study: Some(study.to_owned()), duplicate, ..Self::of(name, FileKind::Dicom) }
    }

    pub(crate) fn refused(name: String, why: &'static str, detail: String) -> Self {
        Self { why: Some(why.to_owned()), detail: Some(detail), ..Self::of(name, FileKind::Refused) }
    }

    pub(crate) fn of(name: String, kind: FileKind) -> Self {
        Self { name, kind, study: None, document: None, why: None, detail: None, duplicate: false }
    }
}

/// What became of an upload.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Outcome {
    pub files: Vec<FileResult>,
    /// The first person found who is not the case's, with the case's beside.
    pub mismatch: Option<(Person, Person)>,
}
