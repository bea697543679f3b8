//! `session.recent`: where I am signed in, and who tried to be me.

use super::SignedIn;
use crate::{Problem, Shared};
use axum::Json;
use axum::extract::State;
use kernel::{Id, Time};
use serde::Serialize;
use utoipa::ToSchema;

/// So many tries are shown.
const SHOWN: usize = 50;

/// Sessions that are open, and the latest tries to sign in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SessionRecent)]
pub struct Recent {
    /// Open ones, newest first.
    open: Vec<OpenSession>,
    /// Tries, newest first.
    tries: Vec<Try>,
}

/// A session that is open.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SessionOpenOne)]
pub struct OpenSession {
    /// When it was opened.
    #[schema(value_type = String)]
    opened_at: Time,
    /// When it ends at the latest.
    #[schema(value_type = String)]
    until: Time,
    /// From which address.
    address: String,
    /// What the browser said it is.
    device: String,
    /// Whether it is the one that asks.
    this: bool,
}

/// A try to sign in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SessionTry)]
pub struct Try {
    /// When.
    #[schema(value_type = String)]
    at: Time,
    /// `opened`, `password-refused`, `factor-refused`, `disabled` or `locked`.
    outcome: String,
    /// From which address.
    address: String,
    /// What the browser said it is.
    device: String,
}

/// Where I am signed in, and the latest tries to sign in as me.
#[utoipa::path(get, path = "/api/session/recent", operation_id = "session.recent", tag = "session",
    responses((status = 200, body = Recent)))]
pub async fn recent(
    State(platform): State<Shared>,
    SignedIn { session, .. }: SignedIn,
) -> Result<Json<Recent>, Problem> {
    Ok(Json(of(&platform, &session.person, Some(&session.token_sha256)).await?))
}

/// What is shown of a person's sessions; `this` is the one that asks.
pub async fn of(platform: &Shared, person: &Id, this: Option<&[u8; 32]>) -> Result<Recent, Problem> {
    let now = platform.clock.now();
    let sessions = platform.store.sessions_of(person, now).await?;
    let lives = sessions.into_iter().filter(|s| platform.idle.ends(&s.token_sha256).is_none_or(|end| now < end));
    let open = lives
        .map(|s| OpenSession {
            opened_at: s.opened_at,
            until: s.until,
            this: this == Some(&s.token_sha256),
            address: s.address,
            device: s.device,
        })
        .collect();
    let tries = platform.store.sign_ins(person, SHOWN).await?;
    let tries =
        tries.into_iter().map(|t| Try { at: t.at, outcome: t.outcome, address: t.address, device: t.device }).collect();
    Ok(Recent { open, tries })
}
