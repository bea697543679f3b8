//! `access.mine`: the records I have opened in need, while they are open.

use crate::patient::{PatientCard, card, hospital_ref, today};
use axum::Json;
use fhir::{Reference, ResourceType};
use kernel::decide::Facts;
use kernel::{Id, Time};
use platform::glass::{self, Glass};
use platform::{Op, Problem};
use records::{Query, Viewer};
use serde::Serialize;
use utoipa::ToSchema;

/// What is open to me.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccessOpened)]
pub struct Opened {
    /// Each patient, the one opened last first.
    open: Vec<Open>,
}

/// A patient opened in need.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccessOpen)]
pub struct Open {
    /// Who it is.
    patient: PatientCard,
    /// The patient's cases.
    cases: Vec<CaseOf>,
    /// Why, as typed.
    reason: String,
    /// It ends by itself.
    #[schema(value_type = String, format = DateTime)]
    until: Time,
}

/// A case of the patient.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccessCase)]
pub struct CaseOf {
    /// Its id.
    #[schema(value_type = String)]
    id: Id,
    /// Its number.
    number: String,
    /// What was asked.
    purpose: String,
    /// Where it stands.
    state: String,
    /// When it was handed in.
    #[schema(value_type = String, format = DateTime)]
    submitted_at: Time,
}

/// The records I have opened in need.
#[utoipa::path(get, path = "/api/access/mine", operation_id = "access.mine", tag = "access",
    responses((status = 200, body = Opened)))]
pub async fn mine(op: Op) -> Result<Json<Opened>, Problem> {
    op.may("access.mine", &Facts::default(), None).await?;
    let all = glass::open_of(op.store(), &op.actor().person, op.now()).await?;
    // Every page asks for this: gathered like any read, lest the review count pages instead of looks.
    for glass in &all {
        op.note_read("access.mine", Some(glass.patient.clone()), None, Some(glass.at())).await?;
    }
    Ok(Json(opened(&op, &all).await?))
}

/// What these let see.
pub async fn opened(op: &Op, broken: &[Glass]) -> Result<Opened, Problem> {
    let mut open: Vec<Open> = vec![];
    for glass in broken {
        let Some(found) = op.store().read(&Viewer::System, &glass.patient).await? else { continue };
        let patient = card(&found.value()?, hospital_ref(op, &found.custodian)?, today(op));
        // The same patient opened twice is one line, with the later end.
        if let Some(before) = open.iter_mut().find(|o| o.patient.id == patient.id) {
            before.until = before.until.max(glass.until);
            continue;
        }
        let cases = cases_of(op, &glass.patient).await?;
        open.push(Open { patient, cases, reason: glass.reason.clone(), until: glass.until });
    }
    Ok(Opened { open })
}

async fn cases_of(op: &Op, patient: &Reference) -> Result<Vec<CaseOf>, Problem> {
    let query = Query::of(ResourceType::SERVICE_REQUEST).with("subject", patient.to_string()).count(100);
    let mut cases = vec![];
    for found in op.store().search(&Viewer::System, &query).await?.matches {
        if let Some(case) = crate::consult::find(op.store(), &found.at.id).await? {
            cases.push(CaseOf {
                purpose: case.purpose(),
                state: case.consult.state().code().to_owned(),
                submitted_at: case.submitted_at,
                number: case.number,
                id: case.id,
            });
        }
    }
    cases.sort_by_key(|case| std::cmp::Reverse(case.submitted_at));
    Ok(cases)
}
