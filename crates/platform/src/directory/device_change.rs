//! `directory.device_change`: a terminal or device that is called otherwise, stands elsewhere, is out of use, or in use again.

use super::device_create::{DeviceFields, faults};
use super::{area, fields, write};
use crate::{Op, Problem};
use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use kernel::Id;
use records::Change;

/// Change a terminal or a device.
#[utoipa::path(put, path = "/api/admin/devices/{id}", operation_id = "directory.device_change", tag = "directory",
    request_body = DeviceFields, params(("id" = String, Path)), responses((status = 204),
        (status = 422, description = "directory.unfit")))]
pub async fn device_change(op: Op, Path(id): Path<Id>, Json(input): Json<DeviceFields>) -> Result<StatusCode, Problem> {
    let before = op.platform().directory.device(&id);
    let facts = before.as_ref().map(|d| area::facts(&op, &d.hospital)).unwrap_or_default();
    op.may("directory.device_change", &facts, None).await?;
    let before = before.ok_or_else(Problem::not_found)?;
    let device = input.device(id, before.hospital.clone());
    let mut faults = faults(&op, &device);
    if !device.active {
        // Where it stood may be closed by now.
        faults.retain(|fault| fault.field != "place");
    }
    fields::refuse(&faults)?;
    let mut change = Change::of(op.act("directory.device_change"));
    write::device(&op, &mut change, &device).await?;
    op.commit(change).await?;
    Ok(StatusCode::NO_CONTENT)
}
