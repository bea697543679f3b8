//! `consult.access`: who looked at a case, who was refused, and when.

use super::loading::enter;
use crate::access::archives::{self, Archived};
use axum::Json;
use axum::extract::Path;
use kernel::{Id, Time};
use platform::directory::PersonRef;
use platform::{Op, Problem};
use records::Entry;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Who looked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConsultAccess)]
pub struct Output {
    /// Newest first.
    looks: Vec<Look>,
    /// What was archived since the case began, the newest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    archives: Vec<Archived>,
}

/// A look.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConsultLook)]
pub struct Look {
    /// When (looks of the same person at the same thing within a minute are one).
    #[schema(value_type = String, format = DateTime)]
    at: Time,
    /// Who.
    person: PersonRef,
    /// In which role.
    role: String,
    /// The operation.
    what: String,
    /// False when it was refused.
    allowed: bool,
}

/// Who looked at a case.
#[utoipa::path(get, path = "/api/consults/{id}/access", operation_id = "consult.access", tag = "consult",
    params(("id" = String, Path)), responses((status = 200, body = Output)))]
pub async fn access(op: Op, Path(id): Path<Id>) -> Result<Json<Output>, Problem> {
    let (case, _) = enter(&op, "consult.access", &id).await?;
    let entries = op.store().entries_of_case(&case.at.case).await?;
    let looks = entries.iter().rev().filter_map(|entry| look(&op, entry)).collect();
    let archives = archives::since(&op, entries.first().map(|entry| entry.at)).await?;
    op.note_read("consult.access", Some(case.patient.clone()), Some(case.at.case.clone()), None).await?;
    Ok(Json(Output { looks, archives }))
}

fn look(op: &Op, entry: &Entry) -> Option<Look> {
    let act = &entry.act;
    if act.params.get("read") != Some(&Value::Bool(true)) {
        return None;
    }
    let (person, hospital) = (act.person.as_ref()?, act.hospital.as_ref()?);
    Some(Look {
        at: entry.at,
        person: op.platform().directory.person_ref_at(person, hospital)?,
        role: act.role.map(|r| r.code().to_owned()).unwrap_or_default(),
        what: act.what.clone(),
        allowed: act.params.get("allowed") == Some(&Value::Bool(true)),
    })
}
