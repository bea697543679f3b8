//! `consult.resubmit`: a returned case, amended, goes back to the centre; its clocks start again.

use super::form::RequestForm;
use super::handing_in::{consent_stands, whole};
use super::loading::form_of;
use super::resources::{CONSENT_DUE_WITHIN, Next, consent_due, write_form};
use super::state::Step;
use super::step::{ATTEMPTS, Now, Plan, Rests, keep, overtaken, refused, seen};
use axum::Json;
use axum::extract::Path;
use kernel::Id;
use platform::case::Who;
use platform::{Op, Problem, draft};
use serde::Deserialize;
use utoipa::ToSchema;

/// The amended form.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ConsultResubmit)]
pub struct Input {
    /// The version of the case on the screen.
    version: u64,
    /// The form. Patient, kind and the form's own kind stay what they were.
    form: RequestForm,
}

/// Hands a returned case in again.
#[utoipa::path(post, path = "/api/consults/{id}/resubmit", operation_id = "consult.resubmit", tag = "consult",
    params(("id" = String, Path)), request_body = Input, responses((status = 200, body = Now)))]
pub async fn resubmit(op: Op, Path(id): Path<Id>, Json(input): Json<Input>) -> Result<Json<Now>, Problem> {
    for _ in 0..ATTEMPTS {
        let case = seen(&op, "consult.resubmit", &id, Step::Resubmit, Rests::On(input.version)).await?;
        let mut form = input.form.clone();
        form.form = case.consult.ask.form;
        form.kind = case.consult.ask.kind;
        form.patient = Some(case.patient.id.clone());
        form.tidy();
        let next = case.consult.clone().resubmit(form.urgency, op.now());
        let next = next.map_err(|why| refused(&op, &case, Step::Resubmit, &why))?;
        whole(&op, &form)?;
        consent_stands(&op, &form, &case.at.case).await?;
        let before = form_of(op.store(), &case).await?;
        // An emergency's day for the consent runs from when it first went without one.
        let due = before.consent.as_ref().and_then(consent_due);
        let first_given = due.map_or(op.now(), |due| due - CONSENT_DUE_WITHIN);
        let written = write_form(
            &case.at,
            &form,
            &Who::from(op.actor()),
            &case.patient,
            &case.custodian,
            first_given,
            op.now(),
            &before.observations,
            || op.new_id(),
        );
        let mut plan = Plan::from(Next { form: Some((form, written.cited)), ..Next::to(next) });
        plan.writes = written.writes;
        plan.drafts_done.push(draft::of(&op, "resubmit", id.clone()));
        if let Some(now) = keep(&op, "consult.resubmit", &case, plan).await? {
            return Ok(now);
        }
    }
    Err(overtaken(&op, &id, Step::Resubmit).await)
}
