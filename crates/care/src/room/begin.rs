//! Both sides of a case are in its room: the session begins, as if one of them had said so.

use super::Rooms;
use super::pass::Pass;
use crate::consult::state::State;
use crate::consult::{self, Seen};
use axum::Json;
use axum::extract::Path;
use platform::{Lang, Op, Problem};

/// Begins the session of a case that waits for it. Somebody else may have begun it meanwhile: then it has begun.
pub(super) async fn begin(rooms: &Rooms, pass: &Pass) -> Result<(), Problem> {
    if pass.device || !rooms.is_complete(&pass.case) {
        return Ok(());
    }
    let op = Op::new(rooms.platform().clone(), pass.actor.clone(), Lang::default());
    let Some(case) = consult::find(op.store(), &pass.case).await? else { return Ok(()) };
    if case.consult.state() != State::Waiting {
        return Ok(());
    }
    match consult::start(op, Path(pass.case.clone()), Json(Seen { version: case.version })).await {
        Ok(_) => Ok(()),
        Err(problem) if problem.status == axum::http::StatusCode::CONFLICT => Ok(()),
        Err(problem) => Err(problem),
    }
}
