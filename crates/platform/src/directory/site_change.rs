//! `directory.site_change`: another name, level or place in the tree; closed, or open again.

use super::site_create::{Fields, check};
use super::{area, fields, write};
use crate::{Op, Problem};
use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use kernel::Id;
use records::Change;
use serde::Deserialize;
use utoipa::ToSchema;

/// The hospital as it is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = DirectorySiteChange)]
pub struct Input {
    /// Its name in Chinese.
    name: String,
    /// Its name in English.
    name_en: String,
    /// The code of its level.
    level: String,
    /// The hospital above; none at the root.
    #[schema(value_type = Option<String>)]
    parent: Option<Id>,
    /// Not closed. Nobody works in a closed hospital; what was done there stays readable.
    active: bool,
}

/// Change a hospital.
#[utoipa::path(put, path = "/api/admin/hospitals/{id}", operation_id = "directory.site_change", tag = "directory",
    request_body = Input, params(("id" = String, Path)), responses((status = 204),
        (status = 409, description = "directory.yourself, directory.last-administrator"),
        (status = 422, description = "directory.unfit")))]
pub async fn site_change(op: Op, Path(id): Path<Id>, Json(input): Json<Input>) -> Result<StatusCode, Problem> {
    let at = fhir::Reference::new(fhir::ResourceType::ORGANIZATION, id.clone());
    op.may("directory.site_change", &area::facts(&op, &id), Some(&at)).await?;
    let directory = &op.platform().directory;
    let before = directory.site(&id).ok_or_else(Problem::not_found)?;
    let Input { name, name_en, level, parent, active } = input;
    let mut faults = vec![];
    // Where the own hospital hangs is for those above to say.
    let moved = parent != before.hospital.parent;
    if moved && !parent.as_ref().map_or(area::runs_all(&op), |p| area::holds(&op, p)) {
        faults.push(fields::Fault::new("parent", "outside", parent.as_ref().map_or("", Id::as_str)));
    }
    let site = check(&op, &id, active, &Fields { name, name_en, level, parent }, &mut faults);
    fields::refuse(&faults)?;
    let site = site.ok_or_else(|| Problem::internal("a hospital without a level"))?;
    if before.active && !active {
        let gone: Vec<Id> = directory.posts().iter().filter(|p| p.hospital == id).map(|p| p.id.clone()).collect();
        area::must_leave_one(&op, &gone)?;
    }
    let mut change = Change::of(op.act("directory.site_change"));
    if before.active != active {
        change.act.params.insert("active".into(), active.into());
    }
    write::site(&op, &mut change, &site).await?;
    op.commit(change).await?;
    Ok(StatusCode::NO_CONTENT)
}
