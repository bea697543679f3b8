//! What an upload's bytes become, however they came: read, compared with the case's patient, filed or held.

use crate::imaging::Imaging;
use crate::imaging::case::{self, Case};
use crate::imaging::compare::{self, Person};
use crate::imaging::ingest::keep::Keeping;
use crate::imaging::ingest::read::{self, Incoming, Item, Opened};
use crate::imaging::ingest::{FileKind, FileResult, Outcome};
use axum::Json;
use axum::http::StatusCode;
use fhir::{Reference, ResourceType};
use kernel::Id;
use platform::{Op, Problem};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use utoipa::ToSchema;

/// Largest file.
pub(super) const FILE_MAX: u64 = 4 << 30;
/// Instances of an archive that are committed together.
const TOGETHER: usize = 64;
/// Longest file name kept, in characters.
const NAME_MAX: usize = 200;

/// What became of it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = AttachmentPut)]
pub struct Output {
    /// One for each file; an archive holds many.
    pub files: Vec<FileResult>,
}

/// Why nothing, or not everything, was kept.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("the file cannot be used: {}", .0.detail.as_deref().unwrap_or_default())]
    Unreadable(Box<FileResult>),
    #[error("the patient in the file is not the patient of the case: confirm with a reason, or drop the file")]
    Mismatch { upload: String, in_file: Box<Person>, in_case: Box<Person>, files: Vec<FileResult> },
    #[error("a file has at most {FILE_MAX} bytes")]
    TooLarge,
    #[error("the name of an upload is 1 to 64 letters, digits and dashes")]
    UploadName,
    #[error("the file broke off while it was being sent: send it again")]
    BrokenOff,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let text = refusal.to_string();
        match refusal {
            Refusal::Unreadable(file) => Self::unfit("attachment.unreadable", text)
                .with("name", file.name)
                .with("why", file.why.unwrap_or_else(|| "unreadable".to_owned()))
                .with("detail", file.detail.unwrap_or_default()),
            Refusal::Mismatch { upload, in_file, in_case, files } => {
                let differs = compare::differences(&in_file, &in_case);
                Self::conflict("attachment.patient_mismatch", text)
                    .with("upload", upload)
                    .with("in_file", serde_json::json!(in_file))
                    .with("in_case", serde_json::json!(in_case))
                    .with("differs", differs)
                    .with("files", serde_json::json!(files))
            }
            Refusal::TooLarge => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "attachment.too_large", text).with("most", FILE_MAX)
            }
            Refusal::UploadName => Self::new(StatusCode::BAD_REQUEST, "attachment.upload_name", text),
            Refusal::BrokenOff => Self::new(StatusCode::BAD_REQUEST, "attachment.broken_off", text),
        }
    }
}

/// The case to put a file into; on a draft that has not been saved since, with the patient chosen on the form.
pub(super) async fn into(
    op: &Op,
    operation: &'static str,
    id: &Id,
    chosen: Option<&str>,
) -> Result<(Case, Option<Person>), Problem> {
    let mut case = case::open(op, operation, id).await?;
    if case.patient.is_none() {
        let chosen = chosen.and_then(|id| Id::new(id).ok());
        case.patient = chosen.map(|id| Reference::new(ResourceType::PATIENT, id));
    }
    let patient = case::patient(op, &case).await?;
    if patient.is_none() {
        case.patient = None;
    }
    Ok((case, patient.as_ref().map(compare::in_case)))
}

/// Takes a file that is here.
pub(super) async fn take(
    op: &Op,
    imaging: &Imaging,
    (case, person): &(Case, Option<Person>),
    upload: &str,
    file: Incoming,
) -> Result<Outcome, Problem> {
    let _place = imaging.places.acquire().await.map_err(Problem::internal)?;
    let folder = op.platform().uploads.scratch();
    let item = blocking(move || read::item(file, false)).await?;
    let mut keeping = Keeping { op, case, upload, person: person.clone(), seq: 0 };
    match item {
        Item::Archive(opened) => from_archive(imaging, &mut keeping, opened, folder).await,
        item => {
            let lock = imaging.of_case(&case.at.id);
            let _alone = lock.lock().await;
            one(&mut keeping, item).await
        }
    }
}

/// The answer to who sent it.
pub(super) fn answer(upload: String, outcome: Outcome) -> Result<Json<Output>, Problem> {
    let Outcome { files, mismatch } = outcome;
    if let Some((in_file, in_case)) = mismatch {
        return Err(Refusal::Mismatch { upload, in_file: Box::new(in_file), in_case: Box::new(in_case), files }.into());
    }
    match <[FileResult; 1]>::try_from(files) {
        Ok([only]) if only.kind == FileKind::Refused => Err(Refusal::Unreadable(Box::new(only)).into()),
        Ok([only]) => Ok(Json(Output { files: vec![only] })),
        Err(files) => Ok(Json(Output { files })),
    }
}

/// Refuses a name of an upload that no browser of ours makes.
pub(super) fn check_upload(upload: &str) -> Result<(), Refusal> {
    let fits = (1..=64).contains(&upload.len()) && upload.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if fits { Ok(()) } else { Err(Refusal::UploadName) }
}

/// A name as people see it: no folders of the sender, nothing that writes over the line.
pub(super) fn name(text: &str) -> String {
    let text: String = text.chars().filter(|c| !c.is_control()).take(NAME_MAX).collect();
    if text.trim().is_empty() { "file".to_owned() } else { text }
}

pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.map_err(Problem::internal)
}

pub(super) fn disk(error: std::io::Error) -> Problem {
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => records::StoreError::DiskFull.into(),
        std::io::ErrorKind::ReadOnlyFilesystem => records::StoreError::ReadOnly.into(),
        _ => Problem::internal(format!("an upload cannot be written: {error}")),
    }
}

async fn one(keeping: &mut Keeping<'_>, item: Item) -> Result<Outcome, Problem> {
    match item {
        Item::Dicom { file, ready } => keeping.instances(vec![(file, ready)]).await,
        Item::Document { file, kind } => {
            Ok(Outcome { files: vec![keeping.document(file, kind).await?], mismatch: None })
        }
        Item::Refused { name, why, detail } => {
            Ok(Outcome { files: vec![FileResult::refused(name, why, detail)], mismatch: None })
        }
        Item::Archive(_) => Err(Problem::internal("an archive where a file was expected")),
    }
}

/// Takes an archive file by file, and commits its instances some at a time.
async fn from_archive(
    imaging: &Imaging,
    keeping: &mut Keeping<'_>,
    mut opened: Box<Opened>,
    folder: PathBuf,
) -> Result<Outcome, Problem> {
    let lock = imaging.of_case(&keeping.case.at.id);
    let mut outcome = Outcome::default();
    loop {
        let into = folder.clone();
        let (items, back) = blocking(move || {
            let items: Vec<Item> = (0..TOGETHER).map_while(|_| opened.next(&into)).collect();
            (items, opened)
        })
        .await?;
        opened = back;
        if items.is_empty() {
            break;
        }
        let _alone = lock.lock().await;
        let mut instances = Vec::new();
        for item in items {
            match item {
                Item::Dicom { file, ready } => instances.push((file, ready)),
                other => add(&mut outcome, one(keeping, other).await?),
            }
        }
        add(&mut outcome, keeping.instances(instances).await?);
    }
    if outcome.files.is_empty() {
        let words = "the archive holds no file".to_owned();
        outcome.files.push(FileResult::refused("archive".to_owned(), "archive-empty", words));
    }
    Ok(outcome)
}

fn add(all: &mut Outcome, more: Outcome) {
    all.files.extend(more.files);
    all.mismatch = all.mismatch.take().or(more.mismatch);
}
