//! Signing in: a name and a password open a session; a role is chosen; the session ends.
//!
//! The token is 256 bits of chance in a cookie that scripts cannot read; the store holds its SHA-256 alone. A session ends
//! twelve hours after it was opened or an hour after its last request, whichever comes first (settings). It must never
//! tell whether a name exists, nor log a name, a password or a token.

mod came;
pub mod choose;
pub mod close;
pub mod close_all;
pub mod confirm;
mod cookie;
pub mod enrol;
pub mod factor;
pub mod idle;
pub mod limit;
mod me;
pub mod open;
pub mod password;
pub mod prove;
pub mod recent;
pub mod recover;
pub mod renew;
pub mod show;
pub mod unenrol;
pub mod vault;
pub mod welcome;

pub use came::Came;
pub use me::{Me, MyRole};
pub use prove::fresh_factor;

use crate::{Problem, Shared};
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use kernel::{Actor, Id, Time};
use records::{Act, Session, SignIn, SignInNote, SignInStep};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Somebody who has begun to sign in: with a session, though the second factor may still be to prove or to set up. Only for
/// operations that lead on from there.
pub struct Begun {
    /// The session.
    pub session: Session,
    /// The instant of the request.
    pub now: Time,
}

/// Somebody who has signed in all the way, perhaps still without a role.
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// The instant of the request.
    pub now: Time,
}

impl FromRequestParts<Shared> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, platform: &Shared) -> Result<Self, Problem> {
        let Begun { session, now } = Begun::from_request_parts(parts, platform).await?;
        match session.step {
            SignInStep::Done => Ok(Self { session, now }),
            SignInStep::Prove | SignInStep::Enrol => Err(Problem::not_signed_in()),
        }
    }
}

impl FromRequestParts<Shared> for Begun {
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

/// Whether after this act somebody may be here no longer: sessions were closed, or a person, a post, a hospital ended.
/// Streams and rooms then ask [`lives`].
pub fn may_end(act: &Act) -> bool {
    ["session.", "directory."].iter().any(|slice| act.what.starts_with(slice))
}

/// Whether the session of this token's hash still lives and its role still counts; asking does not prolong it.
pub async fn lives(platform: &Shared, token_sha256: &[u8; 32]) -> bool {
    let now = platform.clock.now();
    let idle = platform.idle.ends(token_sha256).is_some_and(|end| now >= end);
    let session = platform.store.session(token_sha256, now).await;
    let counts = |s: &Session| s.practitioner_role.is_none() || actor(platform, s).is_ok();
    !idle && matches!(session, Ok(Some(session)) if counts(&session))
}

/// Whether `password` is the person's own, for acts that ask for it again; counted like signing in.
pub async fn confirm_password(platform: &Shared, person: &Id, password: &str) -> Result<bool, Problem> {
    let now = platform.clock.now();
    let key = format!("confirm:{person}");
    platform.attempts.attempt(&key, platform.chosen.attempts_per_name(), now)?;
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
    OpenApiRouter::new()
        .routes(routes!(open::open, show::show, close::close))
        .routes(routes!(choose::choose))
        .routes(routes!(close_all::close_all))
        .routes(routes!(recent::recent))
        .routes(routes!(renew::renew))
        .routes(routes!(enrol::enrol))
        .routes(routes!(confirm::confirm))
        .routes(routes!(prove::prove))
        .routes(routes!(recover::recover))
        .routes(routes!(unenrol::unenrol))
        .routes(routes!(welcome::welcome))
}

/// Whether a hospital at which the person works demands a second factor.
pub fn factor_demanded(platform: &Shared, person: &Id) -> bool {
    let (roles, tree) = (platform.directory.roles_of(person), platform.directory.tree());
    roles.iter().any(|role| platform.chosen.second_factor_demanded(&role.hospital, &tree))
}

/// The person's role when there is no choice.
fn only_role(platform: &Shared, person: &Id) -> Option<Id> {
    let roles = platform.directory.roles_of(person);
    if let [role] = roles.as_slice() { Some(role.id.clone()) } else { None }
}

/// An act of a session, with or without a role yet.
fn act(platform: &Shared, session: &Session, what: &str) -> Act {
    match actor(platform, session) {
        Ok(actor) => Act::of(&actor, what),
        Err(_) => Act { person: Some(session.person.clone()), ..Act::system(what) },
    }
}

/// A try to sign in, as it is kept.
fn sign_in(platform: &Shared, session: &Session, outcome: &str, now: Time) -> SignInNote {
    let sign_in = SignIn {
        person: session.person.clone(),
        at: now,
        outcome: outcome.to_owned(),
        address: session.address.clone(),
        device: session.device.clone(),
    };
    SignInNote { sign_in, keep_from: now - platform.chosen.sign_ins_kept() }
}

/// Keeps a try that failed, after the answer: the time that takes must not tell whether the name exists. As many as the
/// limits let through.
fn tried(platform: &Shared, session: &Session, outcome: &str, now: Time) {
    let act = Act { person: None, ..Act::system("session.refused") };
    let about = fhir::Reference::new(fhir::ResourceType::PRACTITIONER, session.person.clone());
    let mut change = records::Change::of(Act { about: vec![about], ..act });
    change.act.params.insert("outcome".into(), outcome.into());
    change.sign_ins.push(sign_in(platform, session, outcome, now));
    let store = platform.store.clone();
    tokio::spawn(async move {
        if let Err(error) = store.commit(change).await {
            tracing::error!("a refused sign-in could not be kept: {error}");
        }
    });
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
