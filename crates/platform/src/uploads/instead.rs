//! `uploads.instead`: PATCH, DELETE and HEAD for lines on which only POST passes.

use super::{append, end, offset};
use crate::{Op, Problem};
use axum::body::Body;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use kernel::Id;
use kernel::decide::Facts;

/// Does what `X-HTTP-Method-Override` says (tus 1.0, core): some proxies of hospitals let no PATCH through.
#[utoipa::path(post, path = "/api/uploads/{id}", operation_id = "uploads.instead", tag = "uploads",
    params(("id" = String, Path), ("X-HTTP-Method-Override" = String, Header), ("Tus-Resumable" = String, Header)),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    responses((status = 204), (status = 404)))]
pub async fn instead(op: Op, Path(id): Path<Id>, headers: HeaderMap, body: Body) -> Result<Response, Problem> {
    op.may("uploads.instead", &Facts::default(), None).await?;
    match headers.get("x-http-method-override").map(|method| method.as_bytes()) {
        Some(b"PATCH") => append::append(op, Path(id), headers, body).await,
        Some(b"HEAD") => offset::offset(op, Path(id), headers).await,
        Some(b"DELETE") => end::end(op, Path(id), headers).await.map(IntoResponse::into_response),
        _ => Err(super::refusal::Refusal::Header("X-HTTP-Method-Override").into()),
    }
}
