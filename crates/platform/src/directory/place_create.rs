//! `directory.place_create`: a new department, room, ward or bed.

use super::fields::{self, Fault};
use super::profile::{Place, PlaceKind};
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

/// A department, a room, a ward or a bed as typed.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = DirectoryPlaceCreate)]
pub struct Input {
    /// `department`, `room`, `virtual`, `ward`, `icu` or `bed`.
    kind: String,
    /// Its name in Chinese.
    name: String,
    /// Its name in English.
    name_en: String,
    /// The ward or intensive care unit of a bed.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    ward: Option<Id>,
}

/// Make a department or a room of a hospital I manage.
#[utoipa::path(post, path = "/api/admin/hospitals/{id}/places", operation_id = "directory.place_create", tag = "directory",
    request_body = Input, params(("id" = String, Path)), responses((status = 201, body = Made),
        (status = 422, description = "directory.unfit")))]
pub async fn place_create(
    op: Op,
    Path(hospital): Path<Id>,
    Json(input): Json<Input>,
) -> Result<(StatusCode, Json<Made>), Problem> {
    op.may("directory.place_create", &area::facts(&op, &hospital), None).await?;
    op.platform().directory.site(&hospital).ok_or_else(Problem::not_found)?;
    let (name, name_en) = (input.name.trim().to_owned(), input.name_en.trim().to_owned());
    let mut faults = fields::of_names(&name, &name_en);
    let kind = PlaceKind::from_code(&input.kind);
    if kind.is_none() {
        faults.push(Fault::new("kind", "unknown", &input.kind));
    }
    let ward = input.ward.filter(|_| kind == Some(PlaceKind::Bed));
    if kind == Some(PlaceKind::Bed) {
        let found = ward.as_ref().and_then(|ward| op.platform().directory.place(ward));
        if !found.is_some_and(|w| w.active && w.kind.has_beds() && w.hospital == hospital) {
            faults.push(Fault::new("ward", "unknown", ward.as_ref().map_or("", Id::as_str)));
        }
    }
    faults.extend(kind.and_then(|kind| same_name(&op, &hospital, None, (kind, ward.as_ref()), &name)));
    fields::refuse(&faults)?;
    let kind = kind.ok_or_else(|| Problem::internal("a place without a kind"))?;
    let place = Place { id: op.new_id(), kind, active: true, name, name_en, hospital, ward, taken: false };
    let mut change = Change::of(op.act("directory.place_create"));
    write::place(&op, &mut change, &place).await?;
    op.commit(change).await?;
    Ok((StatusCode::CREATED, Json(Made { id: place.id })))
}

/// A hospital has no two open departments, rooms or wards, and a ward no two open beds, of one name.
pub(super) fn same_name(
    op: &Op,
    hospital: &Id,
    own: Option<&Id>,
    (kind, ward): (PlaceKind, Option<&Id>),
    name: &str,
) -> Option<Fault> {
    let places = op.platform().directory.places();
    let other = places.iter().any(|p| {
        p.active
            && p.hospital == *hospital
            && own != Some(&p.id)
            && p.name == name
            && p.kind.sort() == kind.sort()
            && p.ward.as_ref() == ward
    });
    other.then(|| Fault::new("name", "taken", name))
}
