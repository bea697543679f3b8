//! `PUT /api/consults/{case}/files/{upload}`: put a file, or an archive of files, into a case.

use crate::imaging::Imaging;
use crate::imaging::case;
use crate::imaging::compare::{self, Person};
use crate::imaging::ingest::keep::Keeping;
use crate::imaging::ingest::read::{self, Incoming, Item, Opened};
use crate::imaging::ingest::{FileKind, FileResult, Outcome};
use axum::body::Body;
use axum::extract::{Path, Query as UrlQuery};
use axum::http::StatusCode;
use axum::{Extension, Json};
use fhir::{Reference, ResourceType};
use futures::StreamExt;
use kernel::Id;
use platform::{Op, Problem};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt;
use utoipa::ToSchema;

/// Largest body.
const FILE_MAX: u64 = 4 << 30;
/// Instances of an archive that are committed together.
const TOGETHER: usize = 64;
/// Longest file name kept, in characters.
const NAME_MAX: usize = 200;

/// About the file.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
pub struct About {
    /// Its name, for people.
    #[serde(default)]
    name: String,
    /// The patient chosen on the form, while the case is a draft.
    patient: Option<String>,
}

/// What became of it.
#[derive(Debug, Serialize, ToSchema)]
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
                .with("why", file.why.unwrap_or("unreadable"))
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

/// Puts a file into a case. The same again changes nothing.
#[utoipa::path(put, path = "/api/consults/{case}/files/{upload}", operation_id = "attachment.put", tag = "attachment",
    params(("case" = String, Path), ("upload" = String, Path, description = "made by the browser"), About),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = Output), (status = 409, description = "attachment.patient_mismatch"), (status = 422, description = "attachment.unreadable")))]
pub async fn put(
    op: Op,
    Extension(imaging): Extension<Arc<Imaging>>,
    Path((case, upload)): Path<(Id, String)>,
    UrlQuery(about): UrlQuery<About>,
    body: Body,
) -> Result<Json<Output>, Problem> {
    let mut case = case::open(&op, "attachment.put", &case).await?;
    if case.patient.is_none() {
        // A draft that has not been saved since the patient was chosen.
        let chosen = about.patient.as_deref().and_then(|id| Id::new(id).ok());
        case.patient = chosen.map(|id| Reference::new(ResourceType::PATIENT, id));
    }
    check_upload(&upload)?;
    let patient = case::patient(&op, &case).await?;
    if patient.is_none() {
        case.patient = None;
    }
    let _place = imaging.places.acquire().await.map_err(Problem::internal)?;
    let folder = folder(&op).await?;
    let file = receive(&folder, name(&about.name), body).await?;
    let item = blocking(move || read::item(file, false)).await?;
    let person = patient.as_ref().map(compare::in_case);
    let mut keeping = Keeping { op: &op, case: &case, upload: &upload, person, seq: 0 };
    let outcome = match item {
        Item::Archive(opened) => from_archive(&imaging, &mut keeping, opened, folder).await?,
        item => {
            let lock = imaging.of_case(&case.at.id);
            let _alone = lock.lock().await;
            one(&mut keeping, item).await?
        }
    };
    answer(upload, outcome)
}

fn answer(upload: String, outcome: Outcome) -> Result<Json<Output>, Problem> {
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

pub(crate) fn check_upload(upload: &str) -> Result<(), Refusal> {
    let fits = (1..=64).contains(&upload.len()) && upload.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if fits { Ok(()) } else { Err(Refusal::UploadName) }
}

/// A name as people see it: no folders of the sender, nothing that writes over the line.
fn name(text: &str) -> String {
    let text: String = text.chars().filter(|c| !c.is_control()).take(NAME_MAX).collect();
    if text.trim().is_empty() { "file".to_owned() } else { text }
}

/// Where files lie while they come in: on the file system of the blobs, so that keeping one is a rename.
async fn folder(op: &Op) -> Result<PathBuf, Problem> {
    let folder = op.platform().data_dir.join("incoming");
    tokio::fs::create_dir_all(&folder).await.map_err(Problem::internal)?;
    Ok(folder)
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.map_err(Problem::internal)
}

/// Writes the body to disk as it comes: memory holds one piece of it.
async fn receive(folder: &std::path::Path, name: String, body: Body) -> Result<Incoming, Problem> {
    let folder = folder.to_owned();
    let file = blocking(move || NamedTempFile::new_in(folder)).await?.map_err(disk)?;
    let (file, path) = file.into_parts();
    let mut file = tokio::fs::File::from_std(file);
    let mut pieces = body.into_data_stream();
    let mut received = 0;
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| Refusal::BrokenOff)?;
        received += piece.len() as u64;
        if received > FILE_MAX {
            return Err(Refusal::TooLarge.into());
        }
        file.write_all(&piece).await.map_err(disk)?;
    }
    file.flush().await.map_err(disk)?;
    Ok(Incoming { name, path })
}

fn disk(error: std::io::Error) -> Problem {
    match error.kind() {
        std::io::ErrorKind::StorageFull => records::StoreError::DiskFull.into(),
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
