//! `consult.hand_back`: an expert gives the case back; without any expert left the dispatcher has it again.

use super::resources::Next;
use super::state::Step;
use super::step::{Now, Reasoned, Rests, reason, take};
use axum::Json;
use axum::extract::Path;
use kernel::Id;
use platform::{Op, Problem};

/// Gives the case back.
#[utoipa::path(post, path = "/api/consults/{id}/hand-back", operation_id = "consult.hand_back", tag = "consult",
    params(("id" = String, Path)), request_body = Reasoned, responses((status = 200, body = Now)))]
pub async fn hand_back(op: Op, Path(id): Path<Id>, Json(input): Json<Reasoned>) -> Result<Json<Now>, Problem> {
    take(&op, "consult.hand_back", &id, Step::HandBack, Rests::Since(input.version), |case| {
        let why = reason(&input.reason)?;
        Ok(Next::to(case.consult.clone().hand_back(&op.actor().person, op.now())?).because(why).into())
    })
    .await
}
