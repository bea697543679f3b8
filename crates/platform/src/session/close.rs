//! `session.close`: sign out.

use super::{Begun, cookie};
use crate::{Problem, Shared};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use records::{Change, SessionChange};

/// Sign out: the session is over everywhere, its event streams end.
#[utoipa::path(delete, path = "/api/session", operation_id = "session.close", tag = "session",
    responses((status = 204)))]
pub async fn close(State(platform): State<Shared>, Begun { session, .. }: Begun) -> Result<impl IntoResponse, Problem> {
    let mut change = Change::of(super::act(&platform, &session, "session.close"));
    change.sessions.push(SessionChange::Close(session.token_sha256));
    platform.store.commit(change).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie::clear(platform.secure))]))
}
