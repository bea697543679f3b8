//! `consult.follow_up`: what became of the patient; the expert learns it.

use super::resources::Next;
use super::state::Step;
use super::step::{Now, Plan, Rests, reason, take};
use axum::Json;
use axum::extract::Path;
use kernel::Id;
use platform::{Op, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Better.
    Improved,
    /// As before.
    Unchanged,
    /// Worse.
    Worse,
    /// Moved to a higher hospital.
    Transferred,
    /// Left hospital.
    Discharged,
    /// Died.
    Died,
}

/// The outcome.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ConsultFollowUp)]
pub struct Input {
    /// The version of the case on the screen.
    version: u64,
    /// How it went.
    outcome: Outcome,
    /// In words.
    #[serde(default)]
    note: Option<String>,
}

/// Records the outcome.
#[utoipa::path(post, path = "/api/consults/{id}/follow-up", operation_id = "consult.follow_up", tag = "consult",
    params(("id" = String, Path)), request_body = Input, responses((status = 200, body = Now)))]
pub async fn follow_up(op: Op, Path(id): Path<Id>, Json(input): Json<Input>) -> Result<Json<Now>, Problem> {
    take(&op, "consult.follow_up", &id, Step::FollowUp, Rests::On(input.version), |case| {
        let mut next = Next::to(case.consult.clone().follow_up(op.now())?);
        if let Some(note) = input.note.as_deref().filter(|n| !n.trim().is_empty()) {
            next = next.because(reason(note)?);
        }
        let outcome = serde_json::to_value(input.outcome).map_err(Problem::internal)?;
        next.outputs.push(("outcome", outcome.as_str().unwrap_or_default().to_owned()));
        let mut plan = Plan::from(next);
        plan.params.insert("outcome".into(), outcome);
        Ok(plan)
    })
    .await
}
