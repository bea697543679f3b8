//! `consult.close`: the asking doctor is done; access ends as the rules say.

use super::resources::Next;
use super::state::Step;
use super::step::{Now, Rests, Seen, take};
use axum::Json;
use axum::extract::Path;
use kernel::Id;
use platform::{Op, Problem};

/// Closes the case.
#[utoipa::path(post, path = "/api/consults/{id}/close", operation_id = "consult.close", tag = "consult",
    params(("id" = String, Path)), request_body = Seen, responses((status = 200, body = Now)))]
pub async fn close(op: Op, Path(id): Path<Id>, Json(input): Json<Seen>) -> Result<Json<Now>, Problem> {
    take(&op, "consult.close", &id, Step::Close, Rests::On(input.version), |case| {
        Ok(Next::to(case.consult.clone().close(op.now())?).into())
    })
    .await
}
