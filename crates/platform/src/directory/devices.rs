//! `directory.devices`: the terminals and devices of a hospital, those out of use too.

use super::area;
use super::device::Device;
use crate::{Op, Problem};
use axum::Json;
use axum::extract::Path;
use kernel::Id;
use serde::Serialize;
use utoipa::ToSchema;

/// Terminals and devices.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DirectoryDevices)]
pub struct Output {
    /// By kind, then by name.
    devices: Vec<DeviceRow>,
}

/// A terminal or a device.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DirectoryDevice)]
pub struct DeviceRow {
    /// Its id.
    #[schema(value_type = String)]
    id: Id,
    /// `terminal`, `ct`, `monitor`, …: a code of `urn:consilium:device`.
    kind: String,
    /// As the hospital calls it.
    name: String,
    /// The room, ward or bed where it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    place: Option<Id>,
    /// Who made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    manufacturer: Option<String>,
    /// Its model.
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    /// The number of this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    serial: Option<String>,
    /// In use.
    active: bool,
}

impl From<&Device> for DeviceRow {
    fn from(device: &Device) -> Self {
        let Device { id, kind, active, name, hospital: _, place, manufacturer, model, serial } = device.clone();
        Self { id, kind, name, place, manufacturer, model, serial, active }
    }
}

/// The terminals and devices of a hospital I manage.
#[utoipa::path(get, path = "/api/admin/hospitals/{id}/devices", operation_id = "directory.devices", tag = "directory",
    params(("id" = String, Path)), responses((status = 200, body = Output)))]
pub async fn devices(op: Op, Path(id): Path<Id>) -> Result<Json<Output>, Problem> {
    op.may("directory.devices", &area::facts(&op, &id), None).await?;
    let directory = &op.platform().directory;
    directory.site(&id).ok_or_else(Problem::not_found)?;
    let mut devices = directory.devices();
    devices.retain(|device| device.hospital == id);
    devices.sort_by(|a, b| (&a.kind, &a.name, &a.id).cmp(&(&b.kind, &b.name, &b.id)));
    Ok(Json(Output { devices: devices.iter().map(|device| DeviceRow::from(&**device)).collect() }))
}
