//! `attachment.handover.put`: a photo from the phone.

use super::cookie;
use super::row::{PHOTO_MAX, Refusal};
use super::table::Handing;
use crate::attachment::put::receive;
use crate::attachment::taking::{self, Output, blocking};
use crate::imaging::Imaging;
use crate::imaging::ingest::read::Incoming;
use crate::imaging::ingest::{FileKind, FileResult};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::{Extension, Json};
use platform::{Lang, Op, Problem, Shared};
use records::{Change, Subject};
use std::io::Read;
use std::sync::Arc;
use wire::Kind;

/// Sends a photo into the case that was handed over, as the person who did it. The same again changes nothing.
#[utoipa::path(put, path = "/api/handover/photos/{upload}", operation_id = "attachment.handover.put", tag = "attachment",
    params(("upload" = String, Path, description = "made by the phone")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = Output), (status = 409, description = "handover.enough"), (status = 410, description = "handover.over"),
        (status = 413, description = "handover.too_large"), (status = 422, description = "handover.photos_only, attachment.unreadable")))]
pub async fn put(
    State(platform): State<Shared>,
    Extension(imaging): Extension<Arc<Imaging>>,
    Path(upload): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Output>, Problem> {
    taking::check_upload(&upload)?;
    let handover = cookie::handover(&platform, &headers).await?;
    handover.usable(platform.clock.now())?;
    let actor = handover.actor();
    // Who has lost the role meanwhile hands nothing over any more.
    let role = platform.directory.role(&actor.practitioner_role);
    if !role.is_some_and(|r| r.person == actor.person && r.hospital == actor.hospital && r.role == actor.role) {
        return Err(Refusal::Over.into());
    }
    let op = Op::new(platform.clone(), actor, Lang::of(&headers));
    let into = taking::into(&op, "attachment.put", &handover.case, handover.patient.as_deref()).await?;
    let name = format!("photo-{}.jpg", handover.photos + 1);
    let file = {
        let _line = imaging.lines.acquire().await.map_err(Problem::internal)?;
        let received = receive(&platform, name, body, PHOTO_MAX).await;
        received.map_err(|p| if p.code == "attachment.too_large" { Refusal::TooLarge.into() } else { p })?
    };
    let Some(file) = blocking(move || photo(file)).await? else { return Err(Refusal::PhotosOnly.into()) };
    // It may have ended while the photo was on its way.
    let again = cookie::handover(&platform, &headers).await?;
    again.usable(platform.clock.now())?;
    let outcome = taking::take(&op, &imaging, &into, &upload, file).await?;
    if let [FileResult { kind: FileKind::Document, document, duplicate: false, .. }] = outcome.files.as_slice() {
        let mut act = op.act("attachment.handover.put");
        act.about = vec![into.0.at.clone()];
        act.patient = into.0.patient.clone();
        act.case = Some(into.0.at.clone());
        act.params.insert("document".to_owned(), document.clone().into());
        act.audience = vec![Subject::Person(handover.person.clone())];
        let mut change = Change::of(act);
        change.bulk = vec![Arc::new(Handing::Photo { token: handover.token })];
        op.commit(change).await?;
    }
    taking::answer(upload, outcome)
}

/// The file, if it is a photo, named after what it is.
fn photo(file: Incoming) -> Option<Incoming> {
    let mut head = Vec::with_capacity(Kind::WANTS);
    std::fs::File::open(&file.path)
        .and_then(|mut f| f.by_ref().take(Kind::WANTS as u64).read_to_end(&mut head))
        .ok()?;
    match wire::sniff(&head)? {
        Kind::Jpeg => Some(file),
        Kind::Png => Some(Incoming { name: file.name.replace(".jpg", ".png"), path: file.path }),
        _ => None,
    }
}
