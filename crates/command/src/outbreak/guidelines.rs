//! `GET /api/outbreak/guidelines`: the diseases that must be reported, and the guidelines that grade them, criterion by
//! criterion. Nobody's record.

use super::law;
use super::severity::{Guideline, guideline};
use super::view::{DiseaseShown, disease};
use axum::Json;
use kernel::decide::Facts;
use platform::{Op, Problem};
use serde::Serialize;
use utoipa::ToSchema;

/// What a form needs.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OutbreakGuidelines)]
pub struct Output {
    /// The diseases.
    diseases: Vec<DiseaseShown>,
    /// Every version of every guideline, oldest first.
    guidelines: &'static [Guideline],
}

/// Lists diseases and guidelines.
#[utoipa::path(get, path = "/api/outbreak/guidelines", operation_id = "outbreak.guidelines", tag = "outbreak",
    responses((status = 200, body = Output)))]
pub async fn guidelines(op: Op) -> Result<Json<Output>, Problem> {
    op.may("outbreak.guidelines", &Facts::default(), None).await?;
    let diseases = law::diseases().iter().map(|d| disease(&d.code)).collect::<Result<_, _>>()?;
    Ok(Json(Output { diseases, guidelines: guideline::all() }))
}
