//! `attachment.handover.end`: the phone may send nothing more.

use super::table::Handing;
use crate::imaging::case;
use axum::extract::Path;
use axum::http::StatusCode;
use kernel::Id;
use platform::{Op, Problem};
use records::Change;
use std::sync::Arc;

/// End my handover of this case at once. Photos that came stay.
#[utoipa::path(delete, path = "/api/consults/{case}/handover", operation_id = "attachment.handover.end", tag = "attachment",
    params(("case" = String, Path)), responses((status = 204)))]
pub async fn end(op: Op, Path(case): Path<Id>) -> Result<StatusCode, Problem> {
    let case = case::open(&op, "attachment.handover.end", &case).await?;
    let mut act = op.act("attachment.handover.end");
    act.about = vec![case.at.clone()];
    act.patient = case.patient.clone();
    act.case = Some(case.at.clone());
    let mut change = Change::of(act);
    change.bulk = vec![Arc::new(Handing::End { case: case.at.id, person: op.actor().person.clone() })];
    op.commit(change).await?;
    Ok(StatusCode::NO_CONTENT)
}
