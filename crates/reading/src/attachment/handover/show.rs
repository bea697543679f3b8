//! `attachment.handover.show`: what the phone has done so far, for the PC that shows the code.

use super::table;
use crate::imaging::case;
use axum::Json;
use axum::extract::Path;
use kernel::{Id, Time};
use platform::{Op, Problem};
use serde::Serialize;
use utoipa::ToSchema;

/// A handover that is under way; all absent when there is none.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = HandoverShown)]
pub struct Output {
    /// Whether a phone may send photos, or read the code.
    open: bool,
    /// Whether a phone has read it.
    read: bool,
    /// Photos that came.
    photos: u32,
    /// Until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    until: Option<Time>,
}

/// My handover of this case.
#[utoipa::path(get, path = "/api/consults/{case}/handover", operation_id = "attachment.handover.show", tag = "attachment",
    params(("case" = String, Path)), responses((status = 200, body = Output)))]
pub async fn show(op: Op, Path(case): Path<Id>) -> Result<Json<Output>, Problem> {
    let case = case::open(&op, "attachment.handover.show", &case).await?;
    let found = table::newest(&op, &case.at.id, op.now()).await?;
    Ok(Json(found.map_or_else(Output::default, |handover| Output {
        open: handover.device.is_some() || op.now() < handover.read_by(),
        read: handover.device.is_some(),
        photos: handover.photos,
        until: Some(handover.until()),
    })))
}
