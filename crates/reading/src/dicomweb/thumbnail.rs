//! `GET /dicom-web/studies/{study}/series/{series}/thumbnail`: a small picture of the middle slice.

use super::{FOREVER, Of, first, seen, unchanged};
use crate::imaging::{pixels, thumbnail};
use axum::extract::{Path, Query};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use platform::{Op, Problem};

/// JPEG Baseline: a frame of it is a picture already.
const JPEG_BASELINE: &str = "1.2.840.10008.1.2.4.50";

/// A small picture of a series: PNG, or the JPEG that the frame is. 404 where making one would mean decoding.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/series/{series}/thumbnail", operation_id = "dicomweb.thumbnail",
    tag = "dicomweb", params(("study" = String, Path), ("series" = String, Path), Of),
    responses((status = 200, description = "a picture", content_type = "image/png")))]
pub async fn thumbnail(
    op: Op,
    Path((study, series)): Path<(String, String)>,
    Query(of): Query<Of>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let copies = seen(&op, "dicomweb.thumbnail", &study, &of).await?;
    let series = &series;
    let found = first(&op, copies, |archive, id| {
        let series = series.clone();
        Box::pin(async move {
            match archive.series_with_uid(id, &series).await? {
                Some(series) => archive.middle(series.id).await,
                None => Ok(None),
            }
        })
    });
    let (copy, found) = found.await?;
    copy.note(&op, "dicomweb.thumbnail").await?;
    let etag = format!("\"t-{}\"", hex::encode(&found.sha256[..16]));
    if let Some(answer) = unchanged(&headers, &etag) {
        return Ok(answer);
    }
    let middle = found.frames.count() / 2 + 1;
    let Some(frame) = pixels::frame(op.store(), &found, middle).await? else { return Err(Problem::not_found()) };
    let (kind, picture) = if found.syntax == JPEG_BASELINE && found.pixels.bits == 8 {
        ("image/jpeg", frame)
    } else if found.served_syntax == wire::dicom::syntax::EXPLICIT_LE {
        let made = tokio::task::spawn_blocking(move || thumbnail::png(&frame, &found.pixels)).await;
        ("image/png", made.map_err(Problem::internal)?.ok_or_else(Problem::not_found)?.into())
    } else {
        return Err(Problem::not_found());
    };
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CACHE_CONTROL, FOREVER.replace(", immutable", "").replace("604800", "300")),
        (header::VARY, "Cookie".to_owned()),
        (header::ETAG, etag),
    ];
    Ok((headers, picture).into_response())
}
