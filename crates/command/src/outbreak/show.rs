//! `GET /api/outbreak/cases/{id}`: a case report, to the hospital that reported it and to the outbreak officer.

use super::loading;
use super::resources;
use super::view::CaseView;
use axum::Json;
use axum::extract::Path;
use kernel::Id;
use platform::{Op, Problem};

/// Shows a case.
#[utoipa::path(get, path = "/api/outbreak/cases/{id}", operation_id = "outbreak.show", tag = "outbreak",
    params(("id" = String, Path)), responses((status = 200, body = CaseView)))]
pub async fn show(op: Op, Path(id): Path<Id>) -> Result<Json<CaseView>, Problem> {
    let report = loading::case(&op, "outbreak.show", &id).await?;
    op.note_read("outbreak.show", Some(report.patient.clone()), None, Some(resources::at(&id))).await?;
    Ok(Json(CaseView::of(&op, &report).await?))
}
