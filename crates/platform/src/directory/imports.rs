//! `directory.imports`: the files that were applied and can be undone.

use super::{area, import_undo};
use crate::{Op, Problem};
use axum::Json;
use kernel::{Id, Time};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Entries looked at for the first commit of an import: others commit meanwhile.
const LOOK: usize = 200;

/// A file that was applied.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DirectoryImported)]
pub struct Imported {
    /// Its id.
    #[schema(value_type = String)]
    id: Id,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Time,
    /// Until when it can be undone.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Time>,
    /// Who sent it.
    by: String,
    /// Lines that were new.
    new: u64,
    /// Lines that changed something.
    changed: u64,
}

/// The files of my hospital that can be undone, newest first.
#[utoipa::path(get, path = "/api/admin/imports", operation_id = "directory.imports", tag = "directory",
    responses((status = 200, body = Vec<Imported>)))]
pub async fn imports(op: Op) -> Result<Json<Vec<Imported>>, Problem> {
    op.may("directory.imports", &area::facts(&op, &op.actor().hospital), None).await?;
    let mut found = vec![];
    for import in import_undo::undoable(&op).await? {
        let entries = op.store().entries(import.after, LOOK).await?;
        let id = Value::from(import.id.as_str());
        let first = entries.iter().find(|entry| entry.act.params.get(import_undo::IMPORT) == Some(&id));
        let count = |name: &str| first.and_then(|e| e.act.params.get(name)).and_then(Value::as_u64).unwrap_or_default();
        let by = op.platform().directory.profile(&import.held.by.id);
        found.push(Imported {
            at: import.at,
            until: import.held.until,
            by: by.map(|profile| profile.name.clone()).unwrap_or_default(),
            new: count("of_new"),
            changed: count("of_changed"),
            id: import.id,
        });
    }
    Ok(Json(found))
}
