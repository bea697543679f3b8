//! `session.prove`: the second factor, as the second step of signing in or anew for an act that asks for it.

use super::{Begun, Me, cookie, factor, me};
use crate::{Op, Problem, Shared};
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use jiff::SignedDuration;
use kernel::Phi;
use records::{Act, Change, CommitError, Session, SessionChange, SignInStep};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// How long a proof counts as fresh.
pub const FRESH: SignedDuration = SignedDuration::from_mins(5);

/// A code.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = SessionProve)]
pub struct Input {
    /// The six digits of the authenticator, or a recovery code.
    #[schema(value_type = String)]
    code: Phi<String>,
}

/// Prove the second factor. The session gets a new token. A code counts once.
#[utoipa::path(post, path = "/api/session/factor/proof", operation_id = "session.prove", tag = "session",
    request_body = Input, responses((status = 200, body = Me),
        (status = 403, description = "session.factor-wrong, session.factor-used, session.factor-none"),
        (status = 429, description = "session.too-many")))]
pub async fn prove(
    State(platform): State<Shared>,
    Begun { session, now }: Begun,
    Json(input): Json<Input>,
) -> Result<impl IntoResponse, Problem> {
    let proof = factor::check(&platform, &session.person, input.code.reveal(), now).await;
    let proof = match proof {
        Ok(proof) => proof,
        Err(problem) => {
            if session.step == SignInStep::Prove {
                super::tried(&platform, &session, "factor-refused", now);
            }
            return Err(problem);
        }
    };
    let mut token = [0; 32];
    platform.ids.fill(&mut token);
    let first = session.step == SignInStep::Prove;
    let mut proven = Session {
        token_sha256: Sha256::digest(token).into(),
        factor_at: Some(now),
        step: if first { SignInStep::Done } else { session.step },
        ..session.clone()
    };
    if first {
        proven.practitioner_role = super::only_role(&platform, &session.person);
    }
    let mut change = Change::of(super::act(&platform, &proven, "session.prove"));
    proof.add_to(&mut change);
    change.sessions = vec![SessionChange::Close(session.token_sha256), SessionChange::Put(proven.clone())];
    if first {
        change.sign_ins.push(super::sign_in(&platform, &proven, "opened", now));
    }
    commit(&platform, change).await?;
    platform.idle.touch(&proven.token_sha256, now);
    let me = me::me(&platform, &proven, now).await?;
    Ok(([(header::SET_COOKIE, cookie::set(&token, platform.secure))], Json(me)))
}

/// Commits a change that uses a code up.
pub(super) async fn commit(platform: &Shared, change: Change) -> Result<(), Problem> {
    match platform.store.commit(change).await {
        Ok(_) => Ok(()),
        Err(CommitError::Taken(held)) if held.key.starts_with("factor/") || held.key.starts_with("recovery/") => {
            Err(factor::used())
        }
        Err(error) => Err(error.into()),
    }
}

/// For acts that want the second factor *now* (break-glass): passes when this session proved it within [`FRESH`], or when
/// `code` is right, which is used up by that. Call it before the commit of the act.
///
/// Refusals, all 403 unless said: `session.factor-none` (the person has none: set one up), `session.factor-stale` (a code
/// is needed: ask for it and call again), `session.factor-wrong`, `session.factor-used`, 429 `session.too-many`.
pub async fn fresh_factor(op: &Op, code: Option<&str>) -> Result<(), Problem> {
    let (platform, person, now) = (op.platform(), &op.actor().person, op.now());
    if let Some(code) = code {
        let proof = factor::check(platform, person, code, now).await?;
        let mut change = Change::of(Act::of(op.actor(), "session.prove"));
        proof.add_to(&mut change);
        if let Some(token) = op.session()
            && let Some(session) = platform.store.session(token, now).await?
        {
            change.sessions.push(SessionChange::Put(Session { factor_at: Some(now), ..session }));
        }
        return commit(platform, change).await;
    }
    if factor::Kept::of(platform, person).await?.is_none() {
        return Err(factor::none());
    }
    let session = match op.session() {
        Some(token) => platform.store.session(token, now).await?,
        None => None,
    };
    if session.and_then(|s| s.factor_at).is_some_and(|at| now < at + FRESH) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "session.factor-stale",
        "This needs your second factor now: enter the code that your authenticator shows.",
    ))
}
