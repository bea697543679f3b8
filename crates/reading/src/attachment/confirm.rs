//! `POST /api/consults/{case}/files/{upload}/confirm`: say, with a reason, that a file with another patient's name is the
//! case's all the same.

use crate::imaging::Imaging;
use crate::imaging::case;
use crate::imaging::ingest::FileResult;
use crate::imaging::ingest::keep::{Keeping, confirmed_as, identity};
use crate::imaging::store::Archive;
use crate::imaging::store::rows::{HeldRow, Holding};
use axum::extract::Path;
use axum::{Extension, Json};
use kernel::Id;
use platform::{Op, Problem};
use records::{BlobHold, Change};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// Longest reason, in characters.
const REASON_MAX: usize = 500;

/// Why it is the same person.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ConfirmInput)]
pub struct Input {
    reason: String,
}

/// What was filed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConfirmOutput)]
pub struct Output {
    files: Vec<FileResult>,
}

#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("say in 1 to {REASON_MAX} characters why this is the same person")]
    Reason,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::unfit("attachment.reason", refusal.to_string())
    }
}

/// Confirms a file, and with it all files of this case that name the same person: those held now and those to come.
#[utoipa::path(post, path = "/api/consults/{case}/files/{upload}/confirm", operation_id = "attachment.confirm", tag = "attachment",
    params(("case" = String, Path), ("upload" = String, Path)), request_body = Input,
    responses((status = 200, body = Output), (status = 422, description = "attachment.reason")))]
pub async fn confirm(
    op: Op,
    Extension(imaging): Extension<Arc<Imaging>>,
    Path((case, upload)): Path<(Id, String)>,
    Json(input): Json<Input>,
) -> Result<Json<Output>, Problem> {
    let case = case::open(&op, "attachment.confirm", &case).await?;
    let reason = input.reason.trim();
    if reason.is_empty() || reason.chars().count() > REASON_MAX {
        return Err(Refusal::Reason.into());
    }
    let lock = imaging.of_case(&case.at.id);
    let _alone = lock.lock().await;
    let held = held(&op, &case.at.id).await?;
    let Some(of) = held.iter().find(|row| row.upload == upload).map(|row| identity(&row.ready)) else {
        return Err(Problem::not_found());
    };
    let (same, _others): (Vec<HeldRow>, Vec<HeldRow>) = held.into_iter().partition(|row| identity(&row.ready) == of);
    let mut act = op.act("attachment.confirm");
    act.about = vec![case.at.clone()];
    act.case = Some(case.at.clone());
    act.patient = case.patient.clone();
    act.why = Some(reason.to_owned());
    act.audience = case.audience.clone();
    act.params.insert("files".to_owned(), same.len().into());
    let mut change = Change::of(act);
    let key = confirmed_as(&of, case.patient.as_ref().map(|at| &at.id));
    change.bulk = vec![Arc::new(Holding::Confirm { case: case.at.id.clone(), identity: key })];
    op.commit(change).await?;
    // Filed before they are released: a crash between leaves a file held that is filed already, and releasing it is harmless.
    let keeping = Keeping { op: &op, case: &case, upload: &upload, person: None, seq: 0 };
    let released: Vec<(String, u32, BlobHold)> = same.iter().map(waiting).collect();
    let files = keeping.file(same.into_iter().map(|row| row.ready).collect()).await?;
    release(&op, &case.at.id, "attachment.release", released).await?;
    Ok(Json(Output { files }))
}

/// What names a row that waits, and keeps its bytes.
pub(super) fn waiting(row: &HeldRow) -> (String, u32, BlobHold) {
    (row.upload.clone(), row.seq, row.hold())
}

/// What waits in a case.
pub(super) async fn held(op: &Op, case: &Id) -> Result<Vec<HeldRow>, Problem> {
    Ok(Archive::of(op.store()).held(case).await?)
}

/// Ends the waiting of some. Bytes that no case names by now are collected after a day.
pub(super) async fn release(
    op: &Op,
    case: &Id,
    what: &'static str,
    rows: Vec<(String, u32, BlobHold)>,
) -> Result<(), Problem> {
    let mut act = op.act(what);
    act.about = vec![crate::imaging::resources::case_reference(case)];
    let mut change = Change::of(act);
    for (upload, seq, hold) in rows {
        change.blob_frees.push(hold);
        change.bulk.push(Arc::new(Holding::Release { case: case.clone(), upload, seq }));
    }
    op.commit(change).await?;
    Ok(())
}
