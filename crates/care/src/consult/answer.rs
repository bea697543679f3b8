//! `consult.answer`: the asking doctor says whether the opinion was adopted; it goes back to the expert.

use super::resources::Next;
use super::state::{Step, Verdict};
use super::step::{Now, Plan, Rests, Stop, reason, take};
use axum::Json;
use axum::extract::Path;
use kernel::Id;
use platform::{Op, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

/// Adopted, partly, not.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ConsultAnswer)]
pub struct Input {
    /// The version of the case on the screen.
    version: u64,
    /// What was done with the opinion.
    answer: Verdict,
    /// Why; needed unless it was adopted.
    #[serde(default)]
    reason: Option<String>,
}

/// Answers the opinion.
#[utoipa::path(post, path = "/api/consults/{id}/answer", operation_id = "consult.answer", tag = "consult",
    params(("id" = String, Path)), request_body = Input, responses((status = 200, body = Now)))]
pub async fn answer(op: Op, Path(id): Path<Id>, Json(input): Json<Input>) -> Result<Json<Now>, Problem> {
    take(&op, "consult.answer", &id, Step::Answer, Rests::On(input.version), |case| {
        let typed = input.reason.as_deref().filter(|r| !r.trim().is_empty());
        let why = typed.map(reason).transpose().map_err(Stop::Problem)?;
        let by = &op.actor().person;
        let mut next = Next::to(case.consult.clone().answer(input.answer, why.clone(), by, op.now())?);
        next.why = why;
        let mut plan = Plan::from(next);
        plan.params.insert("answer".into(), input.answer.code().into());
        Ok(plan)
    })
    .await
}
