//! `directory.place_change`: another name of a department, room, ward or bed; closed, or open again.

use super::profile::Place;
use super::{area, fields, place_create, write};
use crate::{Op, Problem};
use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use kernel::Id;
use records::Change;
use serde::Deserialize;
use utoipa::ToSchema;

/// The department or room as it is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = DirectoryPlaceChange)]
pub struct Input {
    /// Its name in Chinese.
    name: String,
    /// Its name in English.
    name_en: String,
    /// Not closed.
    active: bool,
}

/// Change a department or a room.
#[utoipa::path(put, path = "/api/admin/places/{id}", operation_id = "directory.place_change", tag = "directory",
    request_body = Input, params(("id" = String, Path)), responses((status = 204),
        (status = 422, description = "directory.unfit")))]
pub async fn place_change(op: Op, Path(id): Path<Id>, Json(input): Json<Input>) -> Result<StatusCode, Problem> {
    let place = op.platform().directory.place(&id);
    let facts = place.as_ref().map(|p| area::facts(&op, &p.hospital)).unwrap_or_default();
    op.may("directory.place_change", &facts, None).await?;
    let before = place.ok_or_else(Problem::not_found)?;
    let (name, name_en) = (input.name.trim().to_owned(), input.name_en.trim().to_owned());
    let mut faults = fields::of_names(&name, &name_en);
    if input.active {
        let kind = (before.kind, before.ward.as_ref());
        faults.extend(place_create::same_name(&op, &before.hospital, Some(&id), kind, &name));
    }
    fields::refuse(&faults)?;
    let place = Place { name, name_en, active: input.active, ..Place::clone(&before) };
    let mut change = Change::of(op.act("directory.place_change"));
    write::place(&op, &mut change, &place).await?;
    op.commit(change).await?;
    Ok(StatusCode::NO_CONTENT)
}
