//! Signing in: a name and a password open a session; a role is chosen; the session ends.
//!
//! The token is 256 bits of chance in a cookie that scripts cannot read; the store holds its SHA-256 alone. A session ends
//! twelve hours after it was opened or an hour after its last request, whichever comes first (settings). It must never
//! tell whether a name exists, nor log a name, a password or a token.

mod cookie;

use crate::{Problem, Shared};
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use kernel::{Actor, Time};
use records::Session;

/// Somebody with a session, perhaps still without a role.
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// The instant of the request.
    pub now: Time,
}

impl FromRequestParts<Shared> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, platform: &Shared) -> Result<Self, Problem> {
        let now = platform.clock.now();
        let token = cookie::token(&parts.headers, platform.secure).ok_or_else(Problem::not_signed_in)?;
        let found = platform.store.session(&token, now).await?;
        Ok(Self { session: found.ok_or_else(Problem::not_signed_in)?, now })
    }
}

/// The actor of a session: its person in the role chosen. 403 while none is chosen.
pub fn actor(platform: &Shared, session: &Session) -> Result<Actor, Problem> {
    let chosen = session.practitioner_role.as_ref().ok_or_else(|| {
        Problem::new(StatusCode::FORBIDDEN, "session.no-role", "Choose first in which role you work.")
    })?;
    // A role that was taken away ends what it allowed at once.
    let role = platform.directory.role(chosen).filter(|r| r.person == session.person);
    let role = role.ok_or_else(Problem::not_signed_in)?;
    Ok(Actor {
        person: role.person.clone(),
        role: role.role,
        hospital: role.hospital.clone(),
        practitioner_role: role.id.clone(),
    })
}
