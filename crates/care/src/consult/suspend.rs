//! `consult.suspend`: the session is interrupted; the room stays.

use super::resources::Next;
use super::state::Step;
use super::step::{Now, Reasoned, Rests, reason, take};
use axum::Json;
use axum::extract::Path;
use kernel::Id;
use platform::{Op, Problem};

/// Interrupts the session.
#[utoipa::path(post, path = "/api/consults/{id}/suspend", operation_id = "consult.suspend", tag = "consult",
    params(("id" = String, Path)), request_body = Reasoned, responses((status = 200, body = Now)))]
pub async fn suspend(op: Op, Path(id): Path<Id>, Json(input): Json<Reasoned>) -> Result<Json<Now>, Problem> {
    take(&op, "consult.suspend", &id, Step::Suspend, Rests::On(input.version), |case| {
        let why = reason(&input.reason)?;
        Ok(Next::to(case.consult.clone().suspend(op.now())?).because(why).into())
    })
    .await
}
