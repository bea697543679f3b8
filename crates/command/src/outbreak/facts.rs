//! `POST /api/outbreak/cases/{id}/facts`: first day of illness, an exposure, a laboratory result, how it ended. Each is told
//! when it is known.

use super::loading::{self, open_key};
use super::model::{self, Evidence, Exposure, Outcome, Refusal};
use super::resources::{self, Laboratory, write_laboratory};
use super::view::CaseView;
use axum::Json;
use axum::extract::Path;
use fhir::ResourceType;
use jiff::civil::Date;
use kernel::Id;
use platform::{Op, Problem};
use records::Change;
use serde::Deserialize;
use utoipa::ToSchema;

/// What is known now.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = OutbreakFacts)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The version on the screen.
    version: u64,
    /// First day of illness; replaces the one told before.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    onset: Option<Date>,
    /// One more exposure.
    #[serde(default)]
    exposure: Option<Exposure>,
    /// One more laboratory result.
    #[serde(default)]
    laboratory: Option<Laboratory>,
    /// How it ended; replaces what was told before.
    #[serde(default)]
    outcome: Option<Outcome>,
}

/// Adds to a case.
#[utoipa::path(post, path = "/api/outbreak/cases/{id}/facts", operation_id = "outbreak.facts", tag = "outbreak",
    params(("id" = String, Path)), request_body = Input,
    responses((status = 200, body = CaseView), (status = 409, description = "outbreak.changed"),
        (status = 422, description = "outbreak.nothing, outbreak.when, outbreak.text, outbreak.too_many")))]
pub async fn facts(op: Op, Path(id): Path<Id>, Json(input): Json<Input>) -> Result<Json<CaseView>, Problem> {
    let mut report = loading::seen(&op, "outbreak.facts", &id, input.version).await?;
    let (now, today) = (op.now(), loading::today(&op));
    let Input { onset, exposure, laboratory, outcome, .. } = input;
    let told = [
        ("onset", onset.is_some()),
        ("exposure", exposure.is_some()),
        ("laboratory", laboratory.is_some()),
        ("outcome", outcome.is_some()),
    ];
    let told: Vec<&str> = told.into_iter().filter_map(|(name, is)| is.then_some(name)).collect();
    if told.is_empty() {
        return Err(Refusal::Nothing.into());
    }
    let mut change = Change::of(loading::act(&op, "outbreak.facts", &report));
    change.act.params.insert("told".into(), told.into());
    if let Some(day) = onset {
        report.onset = Some(model::past_day("onset", day, today)?);
    }
    if let Some(exposure) = exposure {
        report = report.exposed(exposure, today)?;
    }
    if let Some(result) = laboratory {
        let result = result.checked(now)?;
        let body = write_laboratory(&result, &resources::at(&report.id), &report.patient);
        let (at, write) = loading::part(&op, ResourceType::OBSERVATION, body, &report);
        change.writes.push(write);
        report = report.tested(Evidence { at, name: result.name, positive: result.positive })?;
    }
    if let Some(outcome) = outcome {
        report = report.ended(outcome, now)?;
        change.releases.push((open_key(&report), resources::at(&report.id)));
    }
    loading::keep(&op, change, &mut report).await?;
    Ok(Json(CaseView::of(&op, &report).await?))
}
