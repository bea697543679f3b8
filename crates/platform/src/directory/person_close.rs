//! `directory.person_close`: end all sessions of a person.

use super::area::Managed;
use crate::{Op, Problem};
use axum::extract::Path;
use axum::http::StatusCode;
use records::{Change, SessionChange};

/// End all sessions of a person, wherever they are.
#[utoipa::path(delete, path = "/api/admin/people/{id}/sessions", operation_id = "directory.person_close", tag = "directory",
    params(("id" = String, Path)), responses((status = 204), (status = 403, description = "directory.shared-person")))]
pub async fn person_close(op: Op, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    let managed = Managed::find(&op, "directory.person_close", &id).await?;
    managed.must_be_wholly()?;
    // Named as a session's act, so that open event streams look whether they still may.
    let mut change = Change::of(op.act("session.closed_by_administrator"));
    change.act.about.push(managed.at());
    change.sessions.push(SessionChange::CloseAll(managed.profile.id.clone()));
    op.commit(change).await?;
    Ok(StatusCode::NO_CONTENT)
}
