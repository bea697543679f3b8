//! `session.confirm`: the first code of a new second factor; from then on it counts.

use super::factor::{self, Kept, Offer, Proof};
use super::{Begun, Me, cookie, me};
use crate::{Problem, Shared};
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use kernel::Phi;
use records::{Change, Session, SessionChange, SignInStep};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// What `session.enrol` answered, and a code made from it.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = SessionConfirm)]
pub struct Input {
    /// As it came.
    sealed: String,
    /// Six digits.
    #[schema(value_type = String)]
    code: Phi<String>,
}

/// The recovery codes, shown this once, and who I am now.
#[derive(Serialize, ToSchema)]
#[schema(as = SessionConfirmed)]
pub struct Output {
    /// Each signs in once when the authenticator is lost.
    recovery_codes: Vec<String>,
    /// The person signed in.
    me: Me,
}

/// Prove the new second factor. Every other session of the person ends; this one gets a new token.
#[utoipa::path(post, path = "/api/session/factor/confirmation", operation_id = "session.confirm", tag = "session",
    request_body = Input, responses((status = 200, body = Output),
        (status = 403, description = "session.factor-wrong"), (status = 422, description = "session.offer-over")))]
pub async fn confirm(
    State(platform): State<Shared>,
    Begun { session, now }: Begun,
    Json(input): Json<Input>,
) -> Result<impl IntoResponse, Problem> {
    if session.step == SignInStep::Prove {
        return Err(Problem::not_signed_in());
    }
    let person = &session.person;
    let key = format!("factor:{person}");
    platform.attempts.attempt(&key, 5, now)?;
    let secret = Offer::secret(&platform, person, &input.sealed, now).ok_or_else(|| {
        Problem::unfit("session.offer-over", "This took longer than a quarter of an hour. Begin again.")
    })?;
    let step = factor::step_of(&secret, input.code.reveal(), now)?.ok_or_else(factor::wrong)?;
    platform.attempts.forgive(&key);
    let (kept, recovery_codes) = Kept::new(&platform.vault, &*platform.ids, person, &secret, now);
    let mut token = [0; 32];
    platform.ids.fill(&mut token);
    let entering = session.step == SignInStep::Enrol;
    let mut proven = Session {
        token_sha256: Sha256::digest(token).into(),
        step: SignInStep::Done,
        factor_at: Some(now),
        ..session.clone()
    };
    if entering {
        proven.practitioner_role = super::only_role(&platform, person);
    }
    let mut change = Change::of(super::act(&platform, &proven, "session.confirm"));
    Proof::of_step(&*platform.ids, person, step, now).add_to(&mut change);
    change.accounts.push(kept.change(person)?);
    change.sessions = vec![SessionChange::CloseAll(person.clone()), SessionChange::Put(proven.clone())];
    if entering {
        change.sign_ins.push(super::sign_in(&platform, &proven, "opened", now));
    }
    super::prove::commit(&platform, change).await?;
    platform.idle.touch(&proven.token_sha256, now);
    let me = me::me(&platform, &proven, now).await?;
    let cookie = (header::SET_COOKIE, cookie::set(&token, platform.secure));
    Ok(([cookie], Json(Output { recovery_codes, me })))
}
