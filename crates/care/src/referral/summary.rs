//! `referral.summary`: the patient summary that goes with a referral, a FHIR document; the name masked for who is asked and not
//! chosen.

use super::ips;
use super::loading::enter;
use super::view::patients;
use axum::extract::Path;
use axum::http::header;
use axum::response::IntoResponse;
use kernel::{Duty, Id};
use platform::{Op, Problem};
use records::Viewer;
use serde_json::Value;

/// The summary of a referral up.
#[utoipa::path(get, path = "/api/referrals/{id}/summary", operation_id = "referral.summary", tag = "referral",
    params(("id" = String, Path)), responses((status = 200, content_type = "application/fhir+json", body = Object)))]
pub async fn summary(op: Op, Path(id): Path<Id>) -> Result<impl IntoResponse, Problem> {
    let (of, decision) = enter(&op, "referral.summary", &id).await?;
    let found = op.store().read(&Viewer::System, &of.at.summary).await?.ok_or_else(Problem::not_found)?;
    let mut body: Value = found.value()?;
    if decision.duties.contains(&Duty::MaskName) {
        let shown = patients(&op, &[&of], true).await?.remove(&of.words.patient.id);
        body = ips::masked(body, &shown.map(|card| card.name).unwrap_or_default());
    }
    op.note_read("referral.summary", Some(of.words.patient.clone()), Some(of.at.case.clone()), Some(of.at.summary))
        .await?;
    Ok(([(header::CONTENT_TYPE, "application/fhir+json")], body.to_string()))
}
