//! QIDO-RS: `GET /dicom-web/studies/{study}/series/{series}/instances`.

use super::{Of, first, json_array, seen};
use axum::extract::{Path, Query};
use axum::response::Response;
use platform::{Op, Problem};

/// Lists the instances of a series.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/series/{series}/instances", operation_id = "dicomweb.instances",
    tag = "dicomweb", params(("study" = String, Path), ("series" = String, Path), Of),
    responses((status = 200, description = "DICOM JSON", content_type = "application/dicom+json")))]
pub async fn instances(
    op: Op,
    Path((study, series)): Path<(String, String)>,
    Query(of): Query<Of>,
) -> Result<Response, Problem> {
    let copies = seen(&op, "dicomweb.instances", &study, &of).await?;
    let found = first(&op, copies, |archive, id| {
        let wanted = series.clone();
        Box::pin(async move {
            match archive.series_with_uid(id, &wanted).await? {
                Some(series) => Ok(Some(archive.attributes_of(series.id).await?)),
                None => Ok(None),
            }
        })
    });
    let (copy, attributes) = found.await?;
    copy.note(&op, "dicomweb.instances").await?;
    let study = &copy.row.study.uid;
    let objects: Vec<String> = attributes
        .into_iter()
        .map(|a| {
            format!(r#"{a},"0020000D":{{"vr":"UI","Value":["{study}"]}},"0020000E":{{"vr":"UI","Value":["{series}"]}}"#)
        })
        .collect();
    Ok(json_array(&objects))
}
