//! `POST /api/patients`: record a patient of the own hospital.

use super::identifier::{IdentifierKind, PASSPORT, RESIDENT};
use super::model::{FieldError, NewPatient, PatientInput, check};
use super::resources::write;
use super::{PatientCard, card, hospital_ref, today};
use axum::Json;
use axum::http::StatusCode;
use fhir::{Reference, ResourceType};
use kernel::Id;
use kernel::decide::Facts;
use platform::{Op, Problem};
use records::{Change, Claim, Query, Viewer, Write};

/// Why a patient was not recorded.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    #[error("some fields cannot be right: {}", .0.iter().map(|e| e.code).collect::<Vec<_>>().join(", "))]
    Invalid(Vec<FieldError>),
    #[error("this hospital already has a patient with this number")]
    Exists(Id),
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let text = refusal.to_string();
        match refusal {
            Refusal::Invalid(fields) => Self::unfit("patient.invalid", text).with("fields", serde_json::json!(fields)),
            Refusal::Exists(patient) => Self::conflict("patient.exists", text).with("patient", patient.as_str()),
        }
    }
}

/// Records a patient.
#[utoipa::path(post, path = "/api/patients", operation_id = "patient.create", tag = "patient", request_body = PatientInput,
    responses((status = 201, body = PatientCard), (status = 409, description = "patient.exists"), (status = 422, description = "patient.invalid")))]
pub async fn create(op: Op, Json(input): Json<PatientInput>) -> Result<(StatusCode, Json<PatientCard>), Problem> {
    let hospital = op.actor().hospital.clone();
    op.may("patient.create", &Facts { custodian: Some(hospital.clone()), ..Facts::default() }, None).await?;
    let today = today(&op);
    let patient = check(input, today).map_err(Refusal::Invalid)?;
    let token = token(&patient);
    let at = Reference::new(ResourceType::PATIENT, op.new_id());
    let body = write(&at.id, &patient, &hospital);
    let mut change = Change::of(op.act("patient.create")).write(Write::new(at.clone(), body.clone(), hospital.clone()));
    change.act.about = vec![at.clone()];
    change.act.patient = Some(at.clone());
    if let Some(token) = &token {
        if let Some(known) = known(&op, &hospital, token).await? {
            return Err(Refusal::Exists(known).into());
        }
        // Two desks typing the same card at once: the second is told of the first.
        change.claims.push(claim(&hospital, token, &at));
    }
    match op.try_commit(change).await {
        Ok(_) => {}
        Err(records::CommitError::Taken(held)) => return Err(Refusal::Exists(held.by.id).into()),
        Err(other) => return Err(other.into()),
    }
    let mut stored = body;
    stored["id"] = at.id.as_str().into();
    Ok((StatusCode::CREATED, Json(card(&stored, hospital_ref(&op, &hospital)?, today))))
}

/// The number as it is searched for.
pub(super) fn token(patient: &NewPatient) -> Option<String> {
    let system = match patient.identifier.0 {
        IdentifierKind::Resident => Some(RESIDENT),
        IdentifierKind::Passport => Some(PASSPORT),
        IdentifierKind::Unknown | IdentifierKind::Drill => None,
    };
    system.zip(patient.identifier.1.as_deref()).map(|(system, value)| format!("{system}|{value}"))
}

/// One record of a hospital has a number.
pub(super) fn claim(hospital: &Id, token: &str, by: &Reference) -> Claim {
    Claim { key: format!("patient-identifier/{hospital}/{token}"), by: by.clone(), until: None }
}

pub(super) async fn known(op: &Op, hospital: &Id, token: &str) -> Result<Option<Id>, Problem> {
    let query = Query::of(ResourceType::PATIENT)
        .with("organization", format!("Organization/{hospital}"))
        .with("identifier", token)
        .count(1);
    Ok(op.store().search(&Viewer::System, &query).await?.matches.into_iter().next().map(|p| p.at.id))
}
