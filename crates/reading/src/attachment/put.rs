//! `PUT /api/consults/{case}/files/{upload}`: put a file, or an archive of files, into a case.

use super::taking::{self, FILE_MAX, Output, Refusal, blocking, disk};
use crate::imaging::Imaging;
use crate::imaging::ingest::read::Incoming;
use axum::body::Body;
use axum::extract::{Path, Query as UrlQuery};
use axum::{Extension, Json};
use futures::StreamExt;
use kernel::Id;
use platform::{Op, Platform, Problem};
use serde::Deserialize;
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt;

/// About the file.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
pub struct About {
    /// Its name, for people.
    #[serde(default)]
    name: String,
    /// The patient chosen on the form, while the case is a draft.
    patient: Option<String>,
}

/// Puts a file into a case. The same again changes nothing. Large files are better sent to `/api/uploads`, where a line that
/// breaks loses nothing, and then taken (`attachment.take`).
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
    let into = taking::into(&op, "attachment.put", &case, about.patient.as_deref()).await?;
    taking::check_upload(&upload)?;
    op.platform().disk_takes()?;
    let file = {
        let _line = imaging.lines.acquire().await.map_err(Problem::internal)?;
        receive(op.platform(), taking::name(&about.name), body, FILE_MAX).await?
    };
    let outcome = taking::take(&op, &imaging, &into, &upload, file).await?;
    taking::answer(upload, outcome)
}

/// Writes the body to disk as it comes: memory holds one piece of it. Ends with a refusal when the disk is full meanwhile.
pub(super) async fn receive(platform: &Platform, name: String, body: Body, most: u64) -> Result<Incoming, Problem> {
    tokio::select! {
        received = write(platform.uploads.scratch(), name, body, most) => received,
        full = platform.disk_stops() => Err(full),
    }
}

async fn write(folder: PathBuf, name: String, body: Body, most: u64) -> Result<Incoming, Problem> {
    let file = blocking(move || NamedTempFile::new_in(folder)).await?.map_err(disk)?;
    let (file, path) = file.into_parts();
    let mut file = tokio::fs::File::from_std(file);
    let mut pieces = body.into_data_stream();
    let mut received = 0;
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| Refusal::BrokenOff)?;
        received += piece.len() as u64;
        if received > most {
            return Err(Refusal::TooLarge.into());
        }
        file.write_all(&piece).await.map_err(disk)?;
    }
    file.flush().await.map_err(disk)?;
    Ok(Incoming { name, path })
}
