//! Signing in: a name and a password open a session; a role is chosen; the session ends.
//!
//! The token is 256 bits of chance in a cookie that scripts cannot read; the store holds its SHA-256 alone. A session ends
//! twelve hours after it was opened or an hour after its last request, whichever comes first (settings). It must never
//! tell whether a name exists, nor log a name, a password or a token.

pub mod choose;
pub mod close;
mod cookie;
pub mod idle;
pub mod limit;
mod me;
pub mod open;
pub mod password;
pub mod show;

pub use me::{Me, MyRole};

use crate::{Problem, Shared};
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use kernel::{Actor, Id, Time};
use records::Session;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

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
        let session = platform.store.session(&token, now).await?.ok_or_else(Problem::not_signed_in)?;
        if !platform.idle.touch(&session.token_sha256, now) {
            return Err(Problem::not_signed_in());
        }
        Ok(Self { session, now })
    }
}

/// Whether the session of this token's hash still lives; asking does not prolong it.
pub async fn lives(platform: &Shared, token_sha256: &[u8; 32]) -> bool {
    let now = platform.clock.now();
    let idle = platform.idle.ends(token_sha256).is_some_and(|end| now >= end);
    !idle && matches!(platform.store.session(token_sha256, now).await, Ok(Some(_)))
}

/// Whether `password` is the person's own, for acts that ask for it again; counted like signing in.
pub async fn confirm_password(platform: &Shared, person: &Id, password: &str) -> Result<bool, Problem> {
    let now = platform.clock.now();
    let key = format!("confirm:{person}");
    platform.attempts.attempt(&key, platform.settings.session.attempts_per_name, now)?;
    let account = platform.store.account_of(person).await?.filter(|a| a.enabled);
    let hash = account.as_ref().map(|a| a.password_hash.as_str());
    let right = platform.passwords.verify(password, hash).await?;
    if right {
        platform.attempts.forgive(&key);
    }
    Ok(right)
}

/// The routes of this slice.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(open::open, show::show, close::close)).routes(routes!(choose::choose))
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
