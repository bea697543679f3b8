//! `access.looks`: who looked at our patients, and at what our people looked.

use super::archives::{self, Archived};
use super::reviews::facts;
use super::scan::{Filter, Look, Scan};
use axum::Json;
use axum::extract::Query as UrlQuery;
use fhir::{Reference, ResourceType};
use platform::{Op, Problem};
use records::Viewer;
use serde::Serialize;
use utoipa::ToSchema;

/// Looks on a page.
const PAGE: usize = 50;
/// Characters of a name to look for.
const PERSON_MAX: usize = 100;

/// The looks.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccessLooks)]
pub struct Output {
    /// Newest first.
    looks: Vec<Look>,
    /// To be sent as `before` for the next page, which there may be even when this one is short.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<u64>,
    /// With the last page: what was archived and may have been asked for, the newest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    archives: Vec<Archived>,
}

/// Who looked. Without a case or a patient: at everything of the own hospital and those below, for administrators.
#[utoipa::path(get, path = "/api/access/looks", operation_id = "access.looks", tag = "access",
    params(Filter), responses((status = 200, body = Output)))]
pub async fn looks(op: Op, UrlQuery(filter): UrlQuery<Filter>) -> Result<Json<Output>, Problem> {
    let (patient, case) = may(&op, "access.looks", &filter).await?;
    let (looks, next) = Scan::new(&op, &filter).page(PAGE).await?;
    op.note_read("access.looks", patient, case, None).await?;
    let archives = if next.is_none() { archives::since_day(&op, filter.day).await? } else { vec![] };
    Ok(Json(Output { looks, next, archives }))
}

/// Asks whether this person may see these looks; gives the patient and the case asked for.
pub async fn may(
    op: &Op,
    operation: &'static str,
    filter: &Filter,
) -> Result<(Option<Reference>, Option<Reference>), Problem> {
    if filter.person.as_ref().is_some_and(|p| p.chars().count() > PERSON_MAX) {
        return Err(Problem::unfit("access.too_long", "That name is too long.").with("max", PERSON_MAX));
    }
    if let Some(id) = &filter.case {
        let (case, _) = crate::consult::enter(op, operation, id).await?;
        return Ok((Some(case.patient.clone()), Some(case.at.case)));
    }
    if let Some(id) = &filter.patient {
        let at = Reference::new(ResourceType::PATIENT, id.clone());
        let found = op.store().read(&Viewer::System, &at).await?;
        let about = found.as_ref().map(|p| facts(op, &p.custodian)).unwrap_or_default();
        op.may(operation, &about, Some(&at)).await?;
        found.ok_or_else(Problem::not_found)?;
        return Ok((Some(at), None));
    }
    let mut about = facts(op, &op.actor().hospital);
    // Everything of a hospital is for who answers for it; who treats asks for a patient or a case.
    if op.actor().role != kernel::Role::HospitalAdministrator {
        about.custodian = None;
    }
    op.may(operation, &about, None).await?;
    Ok((None, None))
}
