//! `settings.list`: every setting with its value, its default, its bounds, and who changed it last.

use super::catalogue::{CATALOGUE, Definition, Kind};
use crate::directory::{PersonRef, area};
use crate::{Op, Problem};
use axum::Json;
use axum::extract::Query;
use kernel::{Id, Time};
use records::Setting;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

/// Whose settings.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Whose {
    /// The hospital; the whole installation when absent.
    pub hospital: Option<String>,
}

/// The settings.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Settings)]
pub struct Output {
    /// In the order shown.
    settings: Vec<SettingRow>,
}

/// A setting.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SettingRow)]
pub struct SettingRow {
    /// Its key: section and name, joined by dots.
    key: &'static str,
    /// `whole`, `switch`, `one-of` or `days`.
    kind: &'static str,
    /// Of a whole number, the smallest.
    #[serde(skip_serializing_if = "Option::is_none")]
    min: Option<u32>,
    /// Of a whole number, the largest; of days, how many at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<u32>,
    /// Of a whole number, its unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<&'static str>,
    /// The codes to choose from.
    #[serde(skip_serializing_if = "Option::is_none")]
    choices: Option<&'static [&'static str]>,
    /// The value in force here.
    #[schema(value_type = Value)]
    value: Value,
    /// The value in force when nobody has set one here: from above, from the machine's settings, or ours.
    #[schema(value_type = Value)]
    default: Value,
    /// Whether it was set at this very place.
    set_here: bool,
    /// How often it was changed here; a change names the next number.
    number: u64,
    /// The last change here.
    last: Option<SettingChange>,
}

/// A change of a setting.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SettingChanged)]
pub struct SettingChange {
    /// 1, 2, 3 …
    number: u64,
    /// The value from then on; null: the default again.
    #[schema(value_type = Option<Value>)]
    value: Option<Value>,
    /// When.
    #[schema(value_type = String)]
    at: Time,
    /// Who.
    by: Option<PersonRef>,
    /// Why.
    why: String,
}

/// The settings of the installation, or those a hospital may set for itself and those below.
#[utoipa::path(get, path = "/api/admin/settings", operation_id = "settings.list", tag = "settings", params(Whose),
    responses((status = 200, body = Output)))]
pub async fn list(op: Op, Query(whose): Query<Whose>) -> Result<Json<Output>, Problem> {
    let hospital = place(&op, "settings.list", whose.hospital.as_deref()).await?;
    let shown = CATALOGUE.iter().filter(|of| hospital.is_none() || of.per_hospital);
    Ok(Json(Output { settings: shown.map(|of| row(&op, of, hospital.as_ref())).collect() }))
}

/// The hospital meant, asked for the permission to manage it; none is the whole installation.
pub(super) async fn place(op: &Op, operation: &'static str, hospital: Option<&str>) -> Result<Option<Id>, Problem> {
    let hospital = match hospital.filter(|h| !h.is_empty()) {
        Some(text) => Some(Id::new(text).map_err(|_| Problem::not_found())?),
        None => None,
    };
    let facts = hospital.as_ref().map(|id| area::facts(op, id)).unwrap_or_default();
    op.may(operation, &facts, None).await?;
    if let Some(id) = &hospital {
        op.platform().directory.site(id).ok_or_else(Problem::not_found)?;
    }
    Ok(hospital)
}

/// A setting at a place.
pub(super) fn row(op: &Op, of: &Definition, hospital: Option<&Id>) -> SettingRow {
    let (chosen, directory) = (&op.platform().chosen, &op.platform().directory);
    let tree = directory.tree();
    let above = hospital.and_then(|h| tree.get(h)).and_then(|h| h.parent.clone());
    let default = match hospital {
        Some(_) => chosen.value(of, above.as_ref(), &tree),
        None => chosen.default(of),
    };
    let last = chosen.last(of.key, hospital);
    let (kind, min, max, unit, choices) = match of.kind {
        Kind::Whole { min, max, unit } => ("whole", Some(min), Some(max), Some(unit), None),
        Kind::Switch => ("switch", None, None, None, None),
        Kind::OneOf(codes) => ("one-of", None, None, None, Some(codes)),
        Kind::Days { most } => ("days", None, Some(most), None, None),
    };
    SettingRow {
        key: of.key,
        kind,
        min,
        max,
        unit,
        choices,
        value: chosen.value(of, hospital, &tree),
        default,
        set_here: last.as_ref().is_some_and(|l| l.value.is_some()),
        number: last.as_ref().map_or(0, |l| l.number),
        last: last.map(|l| changed(op, l)),
    }
}

/// A change as it is shown.
pub(super) fn changed(op: &Op, change: Setting) -> SettingChange {
    let Setting { number, value, at, by, why, .. } = change;
    SettingChange { number, value, at, by: op.platform().directory.person_ref(&by), why }
}
