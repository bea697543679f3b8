//! `settings.change`: another value from now on, or an earlier one, or the default again; with a reason.

use super::catalogue::definition;
use super::list::{SettingRow, Whose, place, row};
use crate::{Op, Problem};
use axum::Json;
use axum::extract::{Path, Query};
use records::{Change, CommitError, Setting};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A reason has so many characters at most.
const WHY_MAX: usize = 300;

/// The value wanted.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = SettingsChange)]
pub struct Input {
    /// The value; null: the default again.
    #[schema(value_type = Option<Value>)]
    value: Option<Value>,
    /// How often it had been changed when it was looked at.
    number: u64,
    /// Why.
    why: String,
}

/// Change a setting of the installation, or of a hospital and those below. It counts at once.
#[utoipa::path(put, path = "/api/admin/settings/{key}", operation_id = "settings.change", tag = "settings",
    request_body = Input, params(("key" = String, Path), Whose), responses((status = 200, body = SettingRow),
        (status = 409, description = "settings.changed"), (status = 422, description = "settings.unfit, settings.no-reason")))]
pub async fn change(
    op: Op,
    Path(key): Path<String>,
    Query(whose): Query<Whose>,
    Json(input): Json<Input>,
) -> Result<Json<SettingRow>, Problem> {
    let hospital = place(&op, "settings.change", whose.hospital.as_deref()).await?;
    let of = definition(&key)
        .filter(|of| hospital.is_none() || of.per_hospital)
        .ok_or_else(|| Problem::unfit("settings.unknown", "There is no such setting here."))?;
    if input.value.as_ref().is_some_and(|value| !of.takes(value)) {
        return Err(
            Problem::unfit("settings.unfit", "This value is past the bounds of the setting.").with("key", of.key)
        );
    }
    let why: String = input.why.trim().chars().take(WHY_MAX).collect();
    if why.is_empty() {
        return Err(Problem::unfit("settings.no-reason", "Say in a few words why; others will read it."));
    }
    let setting = Setting {
        key: of.key.to_owned(),
        hospital: hospital.clone(),
        number: input.number + 1,
        value: input.value.clone(),
        at: op.now(),
        by: op.actor().person.clone(),
        why: why.clone(),
    };
    let mut change = Change::of(op.act("settings.change"));
    change.act.why = Some(why);
    change.act.params.insert("key".into(), of.key.into());
    change.act.params.insert("value".into(), input.value.unwrap_or_default());
    if let Some(hospital) = &hospital {
        change.act.params.insert("hospital".into(), hospital.as_str().into());
    }
    change.settings.push(setting);
    match op.try_commit(change).await {
        Ok(_) => {}
        Err(CommitError::Taken(held)) => {
            let by = op.platform().directory.person_ref(&held.by.id);
            let problem = Problem::conflict("settings.changed", "Somebody changed this in the meantime. Look again.");
            return Err(match by {
                Some(by) => problem.with("by", serde_json::to_value(by).map_err(Problem::internal)?),
                None => problem,
            });
        }
        Err(error) => return Err(error.into()),
    }
    op.platform().take_settings().await?;
    Ok(Json(row(&op, of, hospital.as_ref())))
}
