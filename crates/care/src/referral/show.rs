//! `referral.show`: the page of a referral.

use super::loading::enter;
use super::resources::discharge::{self, Discharge};
use super::resources::stay::{HandoverRow, read_handover};
use super::view::{ReferralRow, patients, row};
use axum::Json;
use axum::extract::Path;
use kernel::{Duty, Id, Time};
use platform::directory::PersonRef;
use platform::{Op, Problem};
use records::{Entry, Viewer};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A referral, whole.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReferralDetail)]
pub struct Output {
    /// What the list shows.
    #[serde(flatten)]
    row: ReferralRow,
    /// Why the patient is referred.
    reason: String,
    /// Images and documents cited, as references; for who is asked and not chosen their kinds alone.
    cited: Vec<String>,
    /// Back home: the referral up.
    #[schema(value_type = Option<String>)]
    answers: Option<Id>,
    /// Back home: what goes with the patient.
    discharge: Option<Discharge>,
    /// The handover as it was answered.
    handover: Option<Vec<HandoverRow>>,
    /// What happened, oldest first; for who is asked and not chosen what they did themselves.
    timeline: Vec<ReferralAct>,
}

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReferralAct {
    /// The ledger's number.
    number: u64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Time,
    /// The operation.
    what: String,
    /// By whom; none for the system.
    by: Option<PersonRef>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    /// Codes for the translation.
    #[schema(value_type = Object)]
    params: Map<String, Value>,
}

/// Shows a referral.
#[utoipa::path(get, path = "/api/referrals/{id}", operation_id = "referral.show", tag = "referral",
    params(("id" = String, Path)), responses((status = 200, body = Output)))]
pub async fn show(op: Op, Path(id): Path<Id>) -> Result<Json<Output>, Problem> {
    let (of, decision) = enter(&op, "referral.show", &id).await?;
    let masked = decision.duties.contains(&Duty::MaskName);
    let patient = patients(&op, &[&of], masked).await?.remove(&of.words.patient.id);
    let entries = op.store().entries_of_case(&of.at.case).await?;
    let read = async |at: &fhir::Reference| match op.store().read(&Viewer::System, at).await? {
        Some(found) if !masked => found.value().map(Some).map_err(Problem::from),
        _ => Ok(None),
    };
    let (discharge, handover) = (read(&of.at.discharge).await?, read(&of.at.handover).await?);
    let own = &op.actor().hospital;
    let mine = |e: &&Entry| !masked || e.act.hospital.as_ref() == Some(own);
    let output = Output {
        row: row(&op, &of, patient, &decision)?,
        reason: of.words.reason.clone(),
        cited: of.words.cited.iter().map(|c| if masked { c.ty.name().to_owned() } else { c.to_string() }).collect(),
        answers: of.words.answers.clone().filter(|_| !masked),
        discharge: discharge.as_ref().map(discharge::read),
        handover: handover.as_ref().and_then(read_handover).map(|h| h.rows),
        timeline: entries.iter().filter(mine).filter_map(|e| happened(&op, e)).collect(),
    };
    op.note_read("referral.show", Some(of.words.patient.clone()), Some(of.at.case.clone()), None).await?;
    Ok(Json(output))
}

fn happened(op: &Op, entry: &Entry) -> Option<ReferralAct> {
    let act = &entry.act;
    if act.params.get("read") == Some(&Value::Bool(true)) {
        return None;
    }
    let by = act.person.as_ref().zip(act.hospital.as_ref());
    Some(ReferralAct {
        number: entry.number,
        at: entry.at,
        what: act.what.clone(),
        by: by.and_then(|(person, hospital)| op.platform().directory.person_ref_at(person, hospital)),
        why: act.why.clone(),
        params: act.params.clone(),
    })
}
