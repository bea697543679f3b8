//! `POST /api/outbreak/cases/{id}/contacts`: somebody who was near the patient.

use super::loading;
use super::resources::{self, Contact};
use super::view::CaseView;
use axum::Json;
use axum::extract::Path;
use fhir::ResourceType;
use kernel::Id;
use platform::{Op, Problem};
use records::Change;
use serde::Deserialize;
use utoipa::ToSchema;

/// Who.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = OutbreakContactAdd)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The case's version on the screen.
    version: u64,
    /// The contact.
    contact: Contact,
}

/// Adds a contact.
#[utoipa::path(post, path = "/api/outbreak/cases/{id}/contacts", operation_id = "outbreak.contact", tag = "outbreak",
    params(("id" = String, Path)), request_body = Input,
    responses((status = 200, body = CaseView), (status = 409, description = "outbreak.changed, outbreak.wrong_class"),
        (status = 422, description = "outbreak.when, outbreak.text, outbreak.too_many")))]
pub async fn contact(op: Op, Path(id): Path<Id>, Json(input): Json<Input>) -> Result<Json<CaseView>, Problem> {
    let before = loading::seen(&op, "outbreak.contact", &id, input.version).await?.in_force()?;
    let contact = input.contact.checked(loading::today(&op))?;
    let body = contact.write(&resources::at(&before.id), &before.patient);
    let (at, write) = loading::part(&op, ResourceType::RELATED_PERSON, body, &before);
    let mut report = before.met(at)?;
    let change = Change::of(loading::act(&op, "outbreak.contact", &report)).write(write);
    loading::keep(&op, change, &mut report).await?;
    Ok(Json(CaseView::of(&op, &report).await?))
}
