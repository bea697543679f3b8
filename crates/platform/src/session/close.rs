//! `session.close`: sign out.

use super::{SignedIn, cookie};
use crate::{Problem, Shared};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use records::{Act, Change, SessionChange};

/// Sign out: the session is over everywhere, its event streams end.
#[utoipa::path(delete, path = "/api/session", operation_id = "session.close", tag = "session",
    responses((status = 204)))]
pub async fn close(
    State(platform): State<Shared>,
    SignedIn { session, .. }: SignedIn,
) -> Result<impl IntoResponse, Problem> {
    let act = match super::actor(&platform, &session) {
        Ok(actor) => Act::of(&actor, "session.close"),
        Err(_) => Act { person: Some(session.person.clone()), ..Act::system("session.close") },
    };
    let mut change = Change::of(act);
    change.sessions.push(SessionChange::Close(session.token_sha256));
    platform.store.commit(change).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie::clear(platform.secure))]))
}
