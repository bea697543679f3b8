//! `consult.accept`: an expert says yes; the waiting room opens when all have, or a quarter of an hour before.

use super::resources::Next;
use super::state::Step;
use super::step::{Now, Rests, Seen, take};
use axum::Json;
use axum::extract::Path;
use kernel::Id;
use platform::{Op, Problem};

/// Says yes.
#[utoipa::path(post, path = "/api/consults/{id}/accept", operation_id = "consult.accept", tag = "consult",
    params(("id" = String, Path)), request_body = Seen, responses((status = 200, body = Now)))]
pub async fn accept(op: Op, Path(id): Path<Id>, Json(input): Json<Seen>) -> Result<Json<Now>, Problem> {
    take(&op, "consult.accept", &id, Step::Accept, Rests::Since(input.version), |case| {
        Ok(Next::to(case.consult.clone().accept(&op.actor().person, op.now())?).into())
    })
    .await
}
