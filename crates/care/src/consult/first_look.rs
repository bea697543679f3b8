//! `consult.first_look`: a dispatcher has looked at a request; its next clock starts.

use super::resources::Next;
use super::state::Step;
use super::step::{Now, Rests, Seen, take};
use axum::Json;
use axum::extract::Path;
use kernel::Id;
use platform::{Op, Problem};

/// A dispatcher has looked.
#[utoipa::path(post, path = "/api/consults/{id}/first-look", operation_id = "consult.first_look", tag = "consult",
    params(("id" = String, Path)), request_body = Seen, responses((status = 200, body = Now)))]
pub async fn first_look(op: Op, Path(id): Path<Id>, Json(input): Json<Seen>) -> Result<Json<Now>, Problem> {
    take(&op, "consult.first_look", &id, Step::FirstLook, Rests::On(input.version), |case| {
        Ok(Next::to(case.consult.clone().first_look(op.now())?).into())
    })
    .await
}
