//! WADO-RS: `GET /dicom-web/studies/{study}/metadata`.

use super::series_metadata::answer;
use super::{Of, first, seen};
use axum::extract::{Path, Query};
use axum::http::HeaderMap;
use axum::response::Response;
use platform::{Op, Problem};

/// All attributes of all instances of a study, without pixels.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/metadata", operation_id = "dicomweb.study_metadata",
    tag = "dicomweb", params(("study" = String, Path), Of),
    responses((status = 200, description = "DICOM JSON", content_type = "application/dicom+json")))]
pub async fn study_metadata(
    op: Op,
    Path(study): Path<String>,
    Query(of): Query<Of>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let copies = seen(&op, "dicomweb.study_metadata", &study, &of).await?;
    let (copy, series) =
        first(&op, copies, |archive, id| Box::pin(async move { Ok(Some(archive.series_of(id).await?)) })).await?;
    copy.note(&op, "dicomweb.study_metadata").await?;
    answer(&op, &copy, series, &headers).await
}
