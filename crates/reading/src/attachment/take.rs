//! `POST /api/consults/{case}/files/{upload}/take`: put a file that was uploaded in pieces into a case.

use super::taking::{self, Output, blocking, disk};
use crate::imaging::Imaging;
use crate::imaging::ingest::read::Incoming;
use axum::extract::Path;
use axum::{Extension, Json};
use kernel::Id;
use platform::uploads::Finished;
use platform::{Op, Problem};
use serde::Deserialize;
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempPath;
use utoipa::ToSchema;

/// Which upload.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = AttachmentTake)]
pub struct Input {
    /// Its id at `/api/uploads`.
    #[schema(value_type = String)]
    part: Id,
    /// The patient chosen on the form, while the case is a draft.
    #[serde(default)]
    patient: Option<String>,
}

/// Puts a complete upload of one's own into a case. Asked again, it answers the same and changes nothing; what it does, it
/// does to its end, also when who asked has gone.
#[utoipa::path(post, path = "/api/consults/{case}/files/{upload}/take", operation_id = "attachment.take", tag = "attachment",
    params(("case" = String, Path), ("upload" = String, Path, description = "made by the browser")), request_body = Input,
    responses((status = 200, body = Output), (status = 404), (status = 409, description = "attachment.patient_mismatch, uploads.incomplete"),
        (status = 410, description = "uploads.expired"), (status = 422, description = "attachment.unreadable")))]
pub async fn take(
    op: Op,
    Extension(imaging): Extension<Arc<Imaging>>,
    Path((case, upload)): Path<(Id, String)>,
    Json(input): Json<Input>,
) -> Result<Json<Output>, Problem> {
    let into = taking::into(&op, "attachment.take", &case, input.patient.as_deref()).await?;
    taking::check_upload(&upload)?;
    let work = async move {
        let finished = op.platform().uploads.finished(&op, &input.part).await?;
        let outcome = match &finished.taken {
            Some(kept) => serde_json::from_value(kept.clone()).map_err(Problem::internal)?,
            None => {
                let file = linked(&op, &finished).await?;
                let outcome = taking::take(&op, &imaging, &into, &upload, file).await?;
                let kept = serde_json::to_value(&outcome).map_err(Problem::internal)?;
                op.platform().uploads.taken(finished, kept).await?;
                outcome
            }
        };
        taking::answer(upload, outcome)
    };
    tokio::spawn(work).await.map_err(Problem::internal)?
}

/// A second name for the bytes: the first stays until the case has them, so that a crash in between loses nothing.
async fn linked(op: &Op, finished: &Finished) -> Result<Incoming, Problem> {
    let place = op.platform().uploads.scratch().join(format!("{}.take", op.new_id()));
    let (from, name) = (finished.path.clone(), taking::name(&finished.name));
    let linked = move || -> std::io::Result<TempPath> {
        link(&from, &place)?;
        TempPath::try_from_path(place)
    };
    let path = blocking(linked).await?.map_err(disk)?;
    Ok(Incoming { name, path })
}

/// By link where the file system has them, else by copy.
fn link(from: &PathBuf, to: &PathBuf) -> std::io::Result<()> {
    std::fs::hard_link(from, to).or_else(|_| std::fs::copy(from, to).map(drop))
}
