//! QIDO-RS: `GET /dicom-web/studies/{study}/series`.

use super::{Of, first, json_array, seen};
use axum::extract::{Path, Query};
use axum::response::Response;
use platform::{Op, Problem};

/// Lists the series of a study.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/series", operation_id = "dicomweb.series", tag = "dicomweb",
    params(("study" = String, Path), Of),
    responses((status = 200, description = "DICOM JSON", content_type = "application/dicom+json")))]
pub async fn series(op: Op, Path(study): Path<String>, Query(of): Query<Of>) -> Result<Response, Problem> {
    let copies = seen(&op, "dicomweb.series", &study, &of).await?;
    let (copy, series) =
        first(&op, copies, |archive, id| Box::pin(async move { Ok(Some(archive.series_of(id).await?)) })).await?;
    copy.note(&op, "dicomweb.series").await?;
    let uid = &copy.row.study.uid;
    let objects: Vec<String> = series
        .into_iter()
        .map(|s| {
            let attributes = s.attributes;
            format!(
                r#"{attributes},"0020000D":{{"vr":"UI","Value":["{uid}"]}},"00201209":{{"vr":"IS","Value":[{}]}}"#,
                s.instances
            )
        })
        .collect();
    Ok(json_array(&objects))
}
