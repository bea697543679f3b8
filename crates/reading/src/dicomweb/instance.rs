//! WADO-RS: `GET /dicom-web/studies/{study}/series/{series}/instances/{instance}`: the file, byte for byte as it came.

use super::multipart::{related, wants_bare};
use super::{FOREVER, Of, first, seen, unchanged};
use crate::imaging::store::rows::InstanceRow;
use axum::body::Body;
use axum::extract::{Path, Query};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use platform::{Op, Problem, Shared};

/// Bytes read at a time.
const PIECE: u64 = 4 << 20;
/// A file larger than this goes out bare and in pieces, whatever was asked for.
const WHOLE_MAX: u64 = 128 << 20;

/// An instance: as a part, or bare as a download.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/series/{series}/instances/{instance}", operation_id = "dicomweb.instance",
    tag = "dicomweb", params(("study" = String, Path), ("series" = String, Path), ("instance" = String, Path), Of),
    responses((status = 200, description = "the file", content((Vec<u8> = "application/dicom"), (Vec<u8> = "multipart/related")))))]
pub async fn instance(
    op: Op,
    Path((study, series, instance)): Path<(String, String, String)>,
    Query(of): Query<Of>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let mut copies = seen(&op, "dicomweb.instance", &study, &of).await?;
    // The name stands in the file.
    copies.retain(|copy| !copy.masked);
    let found = first(&op, copies, |archive, id| {
        let (instance, series) = (instance.clone(), series.clone());
        Box::pin(async move { Ok(archive.instance(id, &instance).await?.filter(|found| found.series == series)) })
    });
    let (copy, found) = found.await?;
    copy.note(&op, "dicomweb.instance").await?;
    let etag = format!("\"{}\"", hex::encode(found.sha256));
    if let Some(answer) = unchanged(&headers, &etag) {
        return Ok(answer);
    }
    let bare = of.download || found.bytes > WHOLE_MAX || wants_bare(&headers, "application/dicom");
    let mut answer = if bare { pieces(op.platform().clone(), &found) } else { whole(&op, &found).await? };
    let out = answer.headers_mut();
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(FOREVER));
    out.insert(header::VARY, HeaderValue::from_static("Cookie, Accept"));
    out.insert(header::ETAG, HeaderValue::from_str(&etag).map_err(Problem::internal)?);
    Ok(answer)
}

async fn whole(op: &Op, found: &InstanceRow) -> Result<Response, Problem> {
    let bytes = op.store().blob(&found.sha256, None).await?;
    let bytes = bytes.ok_or_else(|| Problem::internal(format!("the blob of {} is not there", found.uid)))?;
    Ok(related("application/dicom", &found.syntax, vec![bytes]))
}

fn pieces(platform: Shared, found: &InstanceRow) -> Response {
    let (sha256, len) = (found.sha256, found.bytes);
    let stream = futures::stream::try_unfold(0, move |at: u64| {
        let platform = platform.clone();
        async move {
            if at >= len {
                return Ok(None);
            }
            let end = (at + PIECE).min(len);
            let read = platform.store.blob(&sha256, Some(at..end)).await.map_err(std::io::Error::other)?;
            let bytes = read.ok_or(std::io::ErrorKind::NotFound)?;
            Ok::<_, std::io::Error>(Some((bytes, end)))
        }
    });
    let headers = [
        (header::CONTENT_TYPE, "application/dicom".to_owned()),
        (header::CONTENT_LENGTH, len.to_string()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}.dcm\"", found.uid)),
    ];
    (headers, Body::from_stream(stream)).into_response()
}
