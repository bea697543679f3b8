//! `POST /api/outbreak/cases/{id}/confirm`: a suspected case is a clinical or a confirmed one. Confirmed rests on a positive
//! result of the laboratory, which brings an excluded case back, too.

use super::loading::{self, open_key};
use super::model::{self, Class};
use super::resources;
use super::view::CaseView;
use super::watching;
use axum::Json;
use axum::extract::Path;
use kernel::{Id, Time};
use platform::{Op, Problem};
use records::{Change, Claim};
use serde::Deserialize;
use utoipa::ToSchema;

/// What it is now.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = OutbreakConfirm)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The version on the screen.
    version: u64,
    /// `clinical` or `confirmed`.
    class: Class,
    /// Since when; now when absent. The day's figures count it there.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(default)]
    at: Option<Time>,
    /// On what it rests.
    reason: String,
}

/// Confirms a case.
#[utoipa::path(post, path = "/api/outbreak/cases/{id}/confirm", operation_id = "outbreak.confirm", tag = "outbreak",
    params(("id" = String, Path)), request_body = Input,
    responses((status = 200, body = CaseView), (status = 409, description = "outbreak.changed, outbreak.wrong_class, outbreak.reported"),
        (status = 422, description = "outbreak.class, outbreak.no_evidence, outbreak.when, outbreak.text")))]
pub async fn confirm(op: Op, Path(id): Path<Id>, Json(input): Json<Input>) -> Result<Json<CaseView>, Problem> {
    let before = loading::seen(&op, "outbreak.confirm", &id, input.version).await?;
    if input.class == Class::Excluded || input.class == Class::Suspected {
        return Err(Problem::unfit("outbreak.class", "Confirmed is confirmed, or clinical."));
    }
    let reason = model::text("reason", &input.reason)?;
    let came_back = before.class == Class::Excluded;
    let mut report = before.become_class(input.class, input.at.unwrap_or(op.now()), op.now())?;
    let mut change = Change::of(loading::act(&op, "outbreak.confirm", &report));
    change.act.why = Some(reason);
    if came_back && report.outcome.is_none() {
        change.claims.push(Claim { key: open_key(&report), by: resources::at(&report.id), until: None });
    }
    change.jobs.push(watching::job(&op, &report));
    loading::keep(&op, change, &mut report).await?;
    Ok(Json(CaseView::of(&op, &report).await?))
}
