//! `session.close_all`: end all my sessions, wherever they are.

use super::{SignedIn, cookie};
use crate::{Problem, Shared};
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use records::{Change, SessionChange};
use serde::Deserialize;
use utoipa::ToSchema;

/// All, or all others.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = SessionCloseAll)]
pub struct Input {
    /// Keep the one that asks.
    keep_this: bool,
}

/// End my sessions; their event streams and rooms end with them.
#[utoipa::path(post, path = "/api/session/close-all", operation_id = "session.close_all", tag = "session",
    request_body = Input, responses((status = 204)))]
pub async fn close_all(
    State(platform): State<Shared>,
    SignedIn { session, .. }: SignedIn,
    Json(input): Json<Input>,
) -> Result<Response, Problem> {
    let mut change = Change::of(super::act(&platform, &session, "session.close_all"));
    change.sessions.push(SessionChange::CloseAll(session.person.clone()));
    let keep = input.keep_this;
    if keep {
        change.sessions.push(SessionChange::Put(session));
    }
    platform.store.commit(change).await?;
    Ok(if keep {
        StatusCode::NO_CONTENT.into_response()
    } else {
        (StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie::clear(platform.secure))]).into_response()
    })
}
