//! `schedule.accept`: proposals taken in one go, each by the very rule of `consult.assign`. What one case is refused, the others keep; nothing is half done
//! within a case.

use crate::consult::assign::{Assigned, Input as Assignment, assigned};
use axum::Json;
use kernel::Id;
use kernel::decide::Facts;
use platform::{Op, Problem};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// Proposals of one answer.
const MOST: usize = 200;

/// What is taken.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = PlanAccept)]
pub struct Input {
    /// In the order in which they are to be taken; 1 to 200, each case once.
    proposals: Vec<Accepted>,
}

/// A proposal that is taken, perhaps changed.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = PlanAccepted)]
pub struct Accepted {
    /// The case.
    #[schema(value_type = String)]
    case: Id,
    /// As `consult.assign` takes it.
    #[serde(flatten)]
    assignment: Assignment,
}

/// What became of each.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanTaken)]
pub struct Output {
    /// In the order asked.
    cases: Vec<Case>,
}

/// What became of one.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanTakenCase)]
pub struct Case {
    /// The case.
    #[schema(value_type = String)]
    case: Id,
    /// Where it stands now, when it was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    taken: Option<Assigned>,
    /// Why not, when it was refused: a problem as `consult.assign` answers it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    refused: Option<Value>,
}

/// Take proposals.
#[utoipa::path(post, path = "/api/schedule/accept", operation_id = "schedule.accept", tag = "schedule",
    request_body = Input, responses((status = 200, body = Output), (status = 422, description = "schedule.not_proposals")))]
pub async fn accept(op: Op, Json(input): Json<Input>) -> Result<Json<Output>, Problem> {
    op.may("schedule.accept", &Facts::default(), None).await?;
    let cases: BTreeSet<&Id> = input.proposals.iter().map(|p| &p.case).collect();
    if input.proposals.is_empty() || input.proposals.len() > MOST || cases.len() < input.proposals.len() {
        let detail = format!("1 to {MOST} proposals, each case once.");
        return Err(Problem::unfit("schedule.not_proposals", detail).with("max", MOST));
    }
    let mut done: Vec<Option<Result<Assigned, Problem>>> = input.proposals.iter().map(|_| None).collect();
    // Where one takes the time that another leaves, it is taken once the other has left: again as long as somebody moved.
    loop {
        let mut moved = false;
        for (proposal, done) in input.proposals.iter().zip(&mut done) {
            let waits = match done {
                None => true,
                Some(Err(problem)) => {
                    ["schedule.taken", "schedule.full", "schedule.no_terminal"].contains(&problem.code)
                }
                Some(Ok(_)) => false,
            };
            if !waits {
                continue;
            }
            let answer = assigned(&op, &proposal.case, &proposal.assignment).await;
            moved |= answer.is_ok();
            *done = Some(answer);
        }
        if !moved {
            break;
        }
    }
    let answered = input.proposals.into_iter().zip(done).map(|(proposal, done)| match done {
        Some(Ok(taken)) => Case { case: proposal.case, taken: Some(taken), refused: None },
        Some(Err(problem)) => Case { case: proposal.case, taken: None, refused: Some(told(&problem)) },
        None => Case { case: proposal.case, taken: None, refused: None },
    });
    Ok(Json(Output { cases: answered.collect() }))
}

/// A problem without what only the log learns.
fn told(problem: &Problem) -> Value {
    if let Some(cause) = problem.cause() {
        tracing::warn!("a proposal could not be taken: {}: {cause}", problem.code);
    }
    problem.value(None)
}
