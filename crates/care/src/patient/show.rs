//! `GET /api/patients/{id}`: the card of a patient of the own hospital.

use super::{PatientCard, card, hospital_ref, today};
use axum::Json;
use axum::extract::Path;
use fhir::{Reference, ResourceType};
use kernel::Id;
use kernel::decide::Facts;
use platform::{Op, Problem};

/// Shows one patient.
#[utoipa::path(get, path = "/api/patients/{id}", operation_id = "patient.show", tag = "patient",
    params(("id" = String, Path)), responses((status = 200, body = PatientCard)))]
pub async fn show(op: Op, Path(id): Path<Id>) -> Result<Json<PatientCard>, Problem> {
    let at = Reference::new(ResourceType::PATIENT, id);
    let found = op.store().read(op.viewer(), &at).await?;
    let custodian = found.as_ref().map(|p| p.custodian.clone());
    op.may("patient.show", &Facts { custodian, ..Facts::default() }, Some(&at)).await?;
    let patient = found.ok_or_else(Problem::not_found)?;
    op.note_read("patient.show", Some(at), None, None).await?;
    Ok(Json(card(&patient.value()?, hospital_ref(&op, &patient.custodian)?, today(&op))))
}
