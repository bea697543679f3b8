//! `consult.conclude`: the session is over, or the record has been read: now the opinion is written.

use super::resources::Next;
use super::state::Step;
use super::step::{Now, Rests, Seen, take};
use axum::Json;
use axum::extract::Path;
use kernel::Id;
use platform::{Op, Problem};

/// Ends the session.
#[utoipa::path(post, path = "/api/consults/{id}/conclude", operation_id = "consult.conclude", tag = "consult",
    params(("id" = String, Path)), request_body = Seen, responses((status = 200, body = Now)))]
pub async fn conclude(op: Op, Path(id): Path<Id>, Json(input): Json<Seen>) -> Result<Json<Now>, Problem> {
    take(&op, "consult.conclude", &id, Step::Conclude, Rests::On(input.version), |case| {
        Ok(Next::to(case.consult.clone().conclude(&op.actor().person, op.now())?).into())
    })
    .await
}
