//! `POST /api/outbreak/cases/{id}/exclude`: it is not this disease after all. The report stays, and figures say from when on it
//! counts no more.

use super::loading::{self, open_key};
use super::model::{self, Class};
use super::resources;
use super::view::CaseView;
use axum::Json;
use axum::extract::Path;
use kernel::{Id, Time};
use platform::{Op, Problem};
use records::Change;
use serde::Deserialize;
use utoipa::ToSchema;

/// Why, and since when.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = OutbreakExclude)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The version on the screen.
    version: u64,
    /// Since when; now when absent.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(default)]
    at: Option<Time>,
    /// Why.
    reason: String,
}

/// Excludes a case.
#[utoipa::path(post, path = "/api/outbreak/cases/{id}/exclude", operation_id = "outbreak.exclude", tag = "outbreak",
    params(("id" = String, Path)), request_body = Input,
    responses((status = 200, body = CaseView), (status = 409, description = "outbreak.changed, outbreak.wrong_class"),
        (status = 422, description = "outbreak.when, outbreak.text")))]
pub async fn exclude(op: Op, Path(id): Path<Id>, Json(input): Json<Input>) -> Result<Json<CaseView>, Problem> {
    let before = loading::seen(&op, "outbreak.exclude", &id, input.version).await?;
    let reason = model::text("reason", &input.reason)?;
    let mut report = before.become_class(Class::Excluded, input.at.unwrap_or(op.now()), op.now())?;
    let mut change = Change::of(loading::act(&op, "outbreak.exclude", &report));
    change.act.why = Some(reason);
    change.releases.push((open_key(&report), resources::at(&report.id)));
    loading::keep(&op, change, &mut report).await?;
    Ok(Json(CaseView::of(&op, &report).await?))
}
