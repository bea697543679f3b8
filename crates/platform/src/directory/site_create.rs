//! `directory.site_create`: a new hospital.

use super::fields::{self, Fault};
use super::profile::Site;
use super::{Hospital, area, write};
use crate::{Op, Problem};
use axum::Json;
use axum::http::StatusCode;
use kernel::{Id, Level};
use records::Change;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A hospital as typed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = DirectorySiteFields)]
pub struct Fields {
    /// Its name in Chinese.
    pub name: String,
    /// Its name in English.
    pub name_en: String,
    /// The code of its level.
    pub level: String,
    /// The hospital above; none at the root.
    #[schema(value_type = Option<String>)]
    pub parent: Option<Id>,
}

/// A new hospital, and its id where it is known elsewhere already.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = DirectorySiteCreate)]
pub struct Input {
    /// The id wanted; one of ours when absent.
    #[serde(default)]
    id: Option<String>,
    /// Its name in Chinese.
    name: String,
    /// Its name in English.
    name_en: String,
    /// The code of its level.
    level: String,
    /// The hospital above; none at the root.
    #[schema(value_type = Option<String>)]
    parent: Option<Id>,
}

/// What was made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DirectoryMade)]
pub struct Made {
    /// Its id.
    #[schema(value_type = String)]
    pub id: Id,
}

/// Make a hospital below one that I manage.
#[utoipa::path(post, path = "/api/admin/hospitals", operation_id = "directory.site_create", tag = "directory",
    request_body = Input, responses((status = 201, body = Made), (status = 409, description = "exists"),
        (status = 422, description = "directory.unfit")))]
pub async fn site_create(op: Op, Json(input): Json<Input>) -> Result<(StatusCode, Json<Made>), Problem> {
    let facts = input.parent.as_ref().map(|parent| area::facts(&op, parent)).unwrap_or_default();
    op.may("directory.site_create", &facts, None).await?;
    let Input { id, name, name_en, level, parent } = input;
    let id = id.map(|id| id.trim().to_owned()).filter(|id| !id.is_empty());
    let wanted = id.as_ref().map(|id| Id::new(id.clone()));
    let mut faults = vec![];
    if let (Some(Err(_)), Some(id)) = (&wanted, &id) {
        faults.push(Fault::new("id", "not-allowed", id));
    }
    let new = match wanted {
        Some(Ok(id)) => id,
        _ => op.new_id(),
    };
    if op.platform().directory.site(&new).is_some() || op.platform().directory.place(&new).is_some() {
        faults.push(Fault::new("id", "taken", new.as_str()));
    }
    let site = check(&op, &new, true, &Fields { name, name_en, level, parent }, &mut faults);
    fields::refuse(&faults)?;
    let site = site.ok_or_else(|| Problem::internal("a hospital without a level"))?;
    let mut change = Change::of(op.act("directory.site_create"));
    write::site(&op, &mut change, &site).await?;
    op.commit(change).await?;
    Ok((StatusCode::CREATED, Json(Made { id: new })))
}

/// The hospital of these fields; what is wrong with them is added to `faults`.
pub(super) fn check(op: &Op, id: &Id, active: bool, fields: &Fields, faults: &mut Vec<Fault>) -> Option<Site> {
    let (name, name_en) = (fields.name.trim().to_owned(), fields.name_en.trim().to_owned());
    faults.extend(fields::of_names(&name, &name_en));
    let Some(level) = Level::from_code(&fields.level) else {
        faults.push(Fault::new("level", "unknown", &fields.level));
        return None;
    };
    if let Some(parent) = &fields.parent {
        let directory = &op.platform().directory;
        match directory.site(parent) {
            None => faults.push(Fault::new("parent", "unknown", parent.as_str())),
            Some(above) if above.level() > level => faults.push(Fault::new("level", "level", &fields.level)),
            // A hospital below itself would be below nobody.
            Some(_) if directory.tree().is_within(parent, id) => {
                faults.push(Fault::new("parent", "not-allowed", parent.as_str()));
            }
            Some(_) => {}
        }
    }
    let hospital = Hospital { id: id.clone(), name, name_en, level, parent: fields.parent.clone() };
    Some(Site { hospital, active })
}
