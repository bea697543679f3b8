//! `GET /api/outbreak/guidelines`: the diseases that must be reported, and the guidelines that grade them, criterion by
//! criterion. Nobody's record.

use super::law::{self, Deadline};
use super::severity::{Guideline, Text, guideline};
use axum::Json;
use kernel::decide::Facts;
use platform::{Op, Problem};
use serde::Serialize;
use utoipa::ToSchema;

/// A disease that must be reported.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OutbreakNotifiable)]
pub struct Notifiable {
    /// Ours.
    code: String,
    /// ICD-10.
    icd10: String,
    /// Its name.
    name: Text,
    /// The law's clock of a case that is found this very moment: how long one has is `due` less `from`.
    #[serde(skip_serializing_if = "Option::is_none")]
    clock: Option<Deadline>,
}

/// What a form needs.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OutbreakGuidelines)]
pub struct Output {
    /// The diseases.
    diseases: Vec<Notifiable>,
    /// Every version of every guideline, oldest first.
    guidelines: &'static [Guideline],
}

/// Lists diseases and guidelines.
#[utoipa::path(get, path = "/api/outbreak/guidelines", operation_id = "outbreak.guidelines", tag = "outbreak",
    responses((status = 200, body = Output)))]
pub async fn guidelines(op: Op) -> Result<Json<Output>, Problem> {
    op.may("outbreak.guidelines", &Facts::default(), None).await?;
    let shown = |d: &law::Disease| Notifiable {
        code: d.code.clone(),
        icd10: d.icd10.clone(),
        name: d.name.clone(),
        clock: law::deadline(d, op.now(), op.now()),
    };
    let diseases = law::diseases().iter().map(shown).collect();
    Ok(Json(Output { diseases, guidelines: guideline::all() }))
}
