//! `consult.cancel`: the asking hospital withdraws; everything taken for it is given back.

use super::resources::Next;
use super::state::Step;
use super::step::{Now, Reasoned, Rests, reason, take};
use axum::Json;
use axum::extract::Path;
use kernel::Id;
use platform::{Op, Problem};

/// Withdraws the request.
#[utoipa::path(post, path = "/api/consults/{id}/cancel", operation_id = "consult.cancel", tag = "consult",
    params(("id" = String, Path)), request_body = Reasoned, responses((status = 200, body = Now)))]
pub async fn cancel(op: Op, Path(id): Path<Id>, Json(input): Json<Reasoned>) -> Result<Json<Now>, Problem> {
    take(&op, "consult.cancel", &id, Step::Cancel, Rests::On(input.version), |case| {
        let why = reason(&input.reason)?;
        Ok(Next::to(case.consult.clone().cancel(op.now())?).because(why).into())
    })
    .await
}
