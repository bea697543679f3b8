//! `settings.history`: every change of a setting.

use super::catalogue::definition;
use super::list::{SettingChange, Whose, changed, place};
use crate::{Op, Problem};
use axum::Json;
use axum::extract::{Path, Query};
use serde::Serialize;
use utoipa::ToSchema;

/// The changes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SettingHistory)]
pub struct Output {
    /// Newest first.
    changes: Vec<SettingChange>,
}

/// Every change of a setting of the installation, or of a hospital.
#[utoipa::path(get, path = "/api/admin/settings/{key}", operation_id = "settings.history", tag = "settings",
    params(("key" = String, Path), Whose), responses((status = 200, body = Output)))]
pub async fn history(op: Op, Path(key): Path<String>, Query(whose): Query<Whose>) -> Result<Json<Output>, Problem> {
    let hospital = place(&op, "settings.history", whose.hospital.as_deref()).await?;
    let of = definition(&key).ok_or_else(Problem::not_found)?;
    let changes = op.store().setting_history(of.key, hospital.as_ref()).await?;
    Ok(Json(Output { changes: changes.into_iter().map(|c| changed(&op, c)).collect() }))
}
