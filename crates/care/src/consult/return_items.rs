//! `consult.return_items`: back to the asking doctor with an itemised list; once, and never an emergency.

use super::resources::{Next, Note, NoteKind, write_note};
use super::state::Step;
use super::step::{Now, Plan, Rests, items, take};
use axum::Json;
use axum::extract::Path;
use fhir::{Reference, ResourceType};
use kernel::Id;
use platform::case::Who;
use platform::{Op, Problem};
use records::Write;
use serde::Deserialize;
use utoipa::ToSchema;

/// What is missing.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ConsultReturn)]
pub struct Input {
    /// The version of the case on the screen.
    version: u64,
    /// One thing each.
    items: Vec<String>,
}

/// Returns the case with a list.
#[utoipa::path(post, path = "/api/consults/{id}/return", operation_id = "consult.return_items", tag = "consult",
    params(("id" = String, Path)), request_body = Input, responses((status = 200, body = Now)))]
pub async fn return_items(op: Op, Path(id): Path<Id>, Json(input): Json<Input>) -> Result<Json<Now>, Problem> {
    take(&op, "consult.return_items", &id, Step::Return, Rests::On(input.version), |case| {
        let next = case.consult.clone().return_items(op.now())?;
        let note = Note {
            at: Reference::new(ResourceType::COMMUNICATION, op.new_id()),
            kind: NoteKind::Return,
            by: Who::from(op.actor()),
            sent: op.now(),
            lines: items(&input.items)?,
            answers: None,
        };
        let body = write_note(&note, &case.at.case, &case.patient);
        let mut plan = Plan::from(Next { inputs: vec![("returned", note.at.clone())], ..Next::to(next) });
        plan.writes.push(Write::new(note.at, body, case.custodian.clone()).in_case(case.at.case.clone()));
        plan.params.insert("items".into(), note.lines.len().into());
        Ok(plan)
    })
    .await
}
