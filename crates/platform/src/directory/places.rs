//! `directory.places`: the departments, rooms, wards and beds of a hospital, closed ones too.

use super::area;
use crate::{Op, Problem};
use axum::Json;
use axum::extract::Path;
use kernel::Id;
use serde::Serialize;
use utoipa::ToSchema;

/// Departments and rooms.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DirectoryPlaces)]
pub struct Output {
    /// By name.
    places: Vec<PlaceRow>,
}

/// A department or a room.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DirectoryPlace)]
pub struct PlaceRow {
    /// Its id.
    #[schema(value_type = String)]
    id: Id,
    /// `department`, `room`, `virtual`, `ward`, `icu` or `bed`.
    kind: &'static str,
    /// Its name in Chinese.
    name: String,
    /// Its name in English.
    name_en: String,
    /// The ward of a bed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    ward: Option<Id>,
    /// Not closed.
    active: bool,
}

/// The departments and rooms of a hospital I manage.
#[utoipa::path(get, path = "/api/admin/hospitals/{id}/places", operation_id = "directory.places", tag = "directory",
    params(("id" = String, Path)), responses((status = 200, body = Output)))]
pub async fn places(op: Op, Path(id): Path<Id>) -> Result<Json<Output>, Problem> {
    op.may("directory.places", &area::facts(&op, &id), None).await?;
    let directory = &op.platform().directory;
    directory.site(&id).ok_or_else(Problem::not_found)?;
    let mut places: Vec<_> = directory.places().into_iter().filter(|p| p.hospital == id).collect();
    places.sort_by(|a, b| (a.kind.code(), &a.name).cmp(&(b.kind.code(), &b.name)));
    let rows = places.iter().map(|p| PlaceRow {
        id: p.id.clone(),
        kind: p.kind.code(),
        name: p.name.clone(),
        name_en: p.name_en.clone(),
        ward: p.ward.clone(),
        active: p.active,
    });
    Ok(Json(Output { places: rows.collect() }))
}
