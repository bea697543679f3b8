//! `consult.resume`: the session goes on.

use super::resources::Next;
use super::state::Step;
use super::step::{Now, Rests, Seen, take};
use axum::Json;
use axum::extract::Path;
use kernel::Id;
use platform::{Op, Problem};

/// Resumes the session.
#[utoipa::path(post, path = "/api/consults/{id}/resume", operation_id = "consult.resume", tag = "consult",
    params(("id" = String, Path)), request_body = Seen, responses((status = 200, body = Now)))]
pub async fn resume(op: Op, Path(id): Path<Id>, Json(input): Json<Seen>) -> Result<Json<Now>, Problem> {
    take(&op, "consult.resume", &id, Step::Resume, Rests::On(input.version), |case| {
        Ok(Next::to(case.consult.clone().resume(op.now())?).into())
    })
    .await
}
