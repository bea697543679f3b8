//! `consult.escalate`: one more urgent, to be dispatched anew with clocks that start now.

use super::resources::Next;
use super::state::Step;
use super::step::{Now, Reasoned, Rests, reason, take};
use axum::Json;
use axum::extract::Path;
use kernel::Id;
use platform::{Op, Problem};

/// Raises the urgency.
#[utoipa::path(post, path = "/api/consults/{id}/escalate", operation_id = "consult.escalate", tag = "consult",
    params(("id" = String, Path)), request_body = Reasoned, responses((status = 200, body = Now)))]
pub async fn escalate(op: Op, Path(id): Path<Id>, Json(input): Json<Reasoned>) -> Result<Json<Now>, Problem> {
    take(&op, "consult.escalate", &id, Step::Escalate, Rests::On(input.version), |case| {
        let why = reason(&input.reason)?;
        Ok(Next::to(case.consult.clone().escalate(op.now())?).because(why).into())
    })
    .await
}
