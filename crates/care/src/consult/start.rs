//! `consult.start`: the session begins; also taken by the room when two parties are in it.

use super::resources::Next;
use super::state::Step;
use super::step::{Now, Rests, Seen, take};
use axum::Json;
use axum::extract::Path;
use kernel::Id;
use platform::{Op, Problem};

/// Begins the session.
#[utoipa::path(post, path = "/api/consults/{id}/start", operation_id = "consult.start", tag = "consult",
    params(("id" = String, Path)), request_body = Seen, responses((status = 200, body = Now)))]
pub async fn start(op: Op, Path(id): Path<Id>, Json(input): Json<Seen>) -> Result<Json<Now>, Problem> {
    take(&op, "consult.start", &id, Step::Start, Rests::Since(input.version), |case| {
        Ok(Next::to(case.consult.clone().start(op.now())?).into())
    })
    .await
}
