//! `GET /api/consults/{case}/documents/{id}`: the bytes of a document.

use crate::imaging::{case, resources};
use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fhir::{Reference, ResourceType};
use kernel::Id;
use platform::{Op, Problem};
use records::Viewer;

/// Opens a document.
#[utoipa::path(get, path = "/api/consults/{case}/documents/{id}", operation_id = "attachment.open", tag = "attachment",
    params(("case" = String, Path), ("id" = String, Path)),
    responses((status = 200, description = "the document", content_type = "application/octet-stream")))]
pub async fn open(op: Op, Path((case, id)): Path<(Id, Id)>, headers: HeaderMap) -> Result<Response, Problem> {
    let case = case::open(&op, "attachment.open", &case).await?;
    let at = Reference::new(ResourceType::DOCUMENT_REFERENCE, id);
    let found = op.store().read(&Viewer::System, &at).await?.filter(|d| d.case.as_ref() == Some(&case.at));
    let Some(found) = found else { return Err(Problem::not_found()) };
    let Some(document) = resources::document(&at.id, &found.value()?) else { return Err(Problem::not_found()) };
    op.note_read("attachment.open", case.patient.clone(), Some(case.at.clone()), Some(at)).await?;
    let etag = format!("\"{}\"", hex::encode(document.sha256));
    if headers.get(header::IF_NONE_MATCH).is_some_and(|tag| tag.as_bytes() == etag.as_bytes()) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response());
    }
    let Some(bytes) = op.store().blob(&document.sha256, None).await? else {
        return Err(Problem::internal(format!("the blob of document {} is not there", document.id)));
    };
    let name = header_name(&document.name);
    let answer = [
        (header::CONTENT_TYPE, document.media_type),
        (header::CONTENT_DISPOSITION, format!("inline; filename*=UTF-8''{name}")),
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
        (header::ETAG, etag),
    ];
    Ok((answer, Body::from(bytes)).into_response())
}

/// A name for a header (RFC 8187): every byte that is not a plain letter or digit is written as `%XX`.
fn header_name(name: &str) -> String {
    name.bytes()
        .map(|b| match b {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'.' | b'-' | b'_' => char::from(b).to_string(),
            _ => format!("%{b:02X}"),
        })
        .collect()
}
