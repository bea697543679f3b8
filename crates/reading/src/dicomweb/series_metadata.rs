//! WADO-RS: `GET /dicom-web/studies/{study}/series/{series}/metadata`.

use super::masking::masked;
use super::{CHECK, JSON, Of, Seen, first, seen, unchanged};
use crate::imaging::store::Archive;
use crate::imaging::store::rows::SeriesFound;
use axum::body::Body;
use axum::extract::{Path, Query};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::stream;
use platform::{Op, Problem};

/// All attributes of the instances of a series, without pixels.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/series/{series}/metadata", operation_id = "dicomweb.series_metadata",
    tag = "dicomweb", params(("study" = String, Path), ("series" = String, Path), Of),
    responses((status = 200, description = "DICOM JSON", content_type = "application/dicom+json")))]
pub async fn series_metadata(
    op: Op,
    Path((study, series)): Path<(String, String)>,
    Query(of): Query<Of>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let copies = seen(&op, "dicomweb.series_metadata", &study, &of).await?;
    let (copy, found) = first(&op, copies, |archive, id| {
        let series = series.clone();
        Box::pin(async move { archive.series_with_uid(id, &series).await })
    })
    .await?;
    copy.note(&op, "dicomweb.series_metadata").await?;
    answer(&op, &copy, vec![found], &headers).await
}

/// The metadata of some series of a copy, a series at a time: memory holds one.
pub(super) async fn answer(
    op: &Op,
    copy: &Seen,
    series: Vec<SeriesFound>,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    // Instances are never changed nor taken away: how many there are says which there are.
    let counts: Vec<String> = series.iter().map(|s| format!("{}.{}", s.id, s.instances)).collect();
    let etag = format!("\"{}{}\"", if copy.masked { "m-" } else { "" }, counts.join("-"));
    if let Some(answer) = unchanged(headers, &etag) {
        return Ok(answer);
    }
    let platform = op.platform().clone();
    let mask = copy.masked;
    let pieces = stream::try_unfold((series.into_iter(), false), move |(mut left, begun)| {
        let platform = platform.clone();
        async move {
            let Some(next) = left.next() else { return Ok::<_, std::io::Error>(None) };
            let read = Archive::of(&*platform.store).metadata_of(next.id).await;
            let mut objects = read.map_err(std::io::Error::other)?;
            if mask {
                objects.iter_mut().for_each(|members| *members = masked(members));
            }
            let text = if objects.is_empty() { String::new() } else { format!("{{{}}}", objects.join("},{")) };
            let between = if begun && !text.is_empty() { "," } else { "" };
            let begun = begun || !text.is_empty();
            Ok(Some((Bytes::from(format!("{between}{text}")), (left, begun))))
        }
    });
    let edge =
        |text: &'static str| stream::once(async move { Ok::<_, std::io::Error>(Bytes::from_static(text.as_bytes())) });
    use futures::StreamExt as _;
    let body = Body::from_stream(edge("[").chain(pieces).chain(edge("]")));
    let headers = [
        (header::CONTENT_TYPE, JSON.to_owned()),
        (header::CACHE_CONTROL, CHECK.to_owned()),
        (header::VARY, "Cookie, Accept".to_owned()),
        (header::ETAG, etag),
    ];
    Ok((headers, body).into_response())
}
