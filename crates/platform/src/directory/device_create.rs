//! `directory.device_create`: a new terminal or device.

use super::device::Device;
use super::fields::{self, Fault};
use super::site_create::Made;
use super::{area, write};
use crate::{Op, Problem};
use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use kernel::Id;
use records::Change;
use serde::Deserialize;
use utoipa::ToSchema;

/// A terminal or a device as typed.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = DirectoryDeviceFields)]
pub struct DeviceFields {
    /// A code of `urn:consilium:device`.
    kind: String,
    /// As the hospital calls it.
    name: String,
    /// The room, ward or bed of the hospital where it stands.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    place: Option<Id>,
    /// Who made it.
    #[serde(default)]
    manufacturer: Option<String>,
    /// Its model.
    #[serde(default)]
    model: Option<String>,
    /// The number of this one.
    #[serde(default)]
    serial: Option<String>,
    /// In use; true when absent.
    #[serde(default = "in_use")]
    active: bool,
}

fn in_use() -> bool {
    true
}

impl DeviceFields {
    /// The device of these fields, blanks around them taken away.
    pub(super) fn device(self, id: Id, hospital: Id) -> Device {
        let tidy = |text: Option<String>| text.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty());
        Device {
            id,
            kind: self.kind,
            active: self.active,
            name: self.name.trim().to_owned(),
            hospital,
            place: self.place,
            manufacturer: tidy(self.manufacturer),
            model: tidy(self.model),
            serial: tidy(self.serial),
        }
    }
}

/// Add a terminal or a device of a hospital I manage.
#[utoipa::path(post, path = "/api/admin/hospitals/{id}/devices", operation_id = "directory.device_create", tag = "directory",
    request_body = DeviceFields, params(("id" = String, Path)), responses((status = 201, body = Made),
        (status = 422, description = "directory.unfit")))]
pub async fn device_create(
    op: Op,
    Path(hospital): Path<Id>,
    Json(input): Json<DeviceFields>,
) -> Result<(StatusCode, Json<Made>), Problem> {
    op.may("directory.device_create", &area::facts(&op, &hospital), None).await?;
    op.platform().directory.site(&hospital).ok_or_else(Problem::not_found)?;
    let device = input.device(op.new_id(), hospital);
    fields::refuse(&faults(&op, &device))?;
    let mut change = Change::of(op.act("directory.device_create"));
    write::device(&op, &mut change, &device).await?;
    op.commit(change).await?;
    Ok((StatusCode::CREATED, Json(Made { id: device.id })))
}

/// What is wrong with a device: its fields, where it stands, and that another in use has its name.
pub(super) fn faults(op: &Op, device: &Device) -> Vec<Fault> {
    let directory = &op.platform().directory;
    let mut faults = fields::of_device(device);
    if let Some(place) = &device.place {
        let stands = directory.place(place);
        if !stands.is_some_and(|p| p.active && p.kind.holds_devices() && p.hospital == device.hospital) {
            faults.push(Fault::new("place", "unknown", place.as_str()));
        }
    }
    let same = |other: &Device| {
        other.active && other.id != device.id && other.hospital == device.hospital && other.name == device.name
    };
    if device.active && directory.devices().iter().any(|other| same(other)) {
        faults.push(Fault::new("name", "taken", &device.name));
    }
    faults
}
