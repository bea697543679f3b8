//! `consult.convert`: a live consultation goes on by record alone: no room, no waiting for a line.

use super::resources::Next;
use super::state::Step;
use super::step::{Now, Reasoned, Rests, reason, take};
use axum::Json;
use axum::extract::Path;
use kernel::Id;
use platform::{Op, Problem};

/// Goes on by record.
#[utoipa::path(post, path = "/api/consults/{id}/convert", operation_id = "consult.convert", tag = "consult",
    params(("id" = String, Path)), request_body = Reasoned, responses((status = 200, body = Now)))]
pub async fn convert(op: Op, Path(id): Path<Id>, Json(input): Json<Reasoned>) -> Result<Json<Now>, Problem> {
    take(&op, "consult.convert", &id, Step::Convert, Rests::On(input.version), |case| {
        let why = reason(&input.reason)?;
        Ok(Next::to(case.consult.clone().convert(op.now())?).because(why).into())
    })
    .await
}
