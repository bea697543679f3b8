//! `session.open`: sign in by name and password.

use super::{Came, Me, cookie, me};
use crate::{Problem, Shared};
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use kernel::{Phi, Time};
use records::{Account, Change, Session, SessionChange, SignInStep};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// A name and a password.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = SessionOpen)]
pub struct Input {
    /// The sign-in name; capitals do not matter.
    #[schema(value_type = String)]
    name: Phi<String>,
    /// The password.
    #[schema(value_type = String)]
    password: Phi<String>,
}

/// Sign in by name and password; the answer is the same whether the name exists or not. Who has a second factor, or must
/// have one, goes on from the `step` of the answer.
#[utoipa::path(post, path = "/api/session", operation_id = "session.open", tag = "session", request_body = Input,
    responses((status = 200, body = Me), (status = 401, description = "session.refused"),
        (status = 429, description = "session.too-many")))]
pub async fn open(
    State(platform): State<Shared>,
    came: Came,
    Json(input): Json<Input>,
) -> Result<impl IntoResponse, Problem> {
    let now = platform.clock.now();
    let name = input.name.reveal().trim().to_lowercase();
    let account = account_of_right_password(&platform, &name, input.password.reveal(), &came, now).await?;
    let (token, session) = begin(&platform, &account, &came, now).await?;
    let mut change = Change::of(super::act(&platform, &session, "session.open"));
    change.sessions.push(SessionChange::Put(session.clone()));
    if session.step == SignInStep::Done {
        change.sign_ins.push(super::sign_in(&platform, &session, "opened", now));
    }
    platform.store.commit(change).await?;
    platform.idle.touch(&session.token_sha256, now);
    let me = me::me(&platform, &session, now).await?;
    Ok(([(header::SET_COOKIE, cookie::set(&token, platform.secure))], Json(me)))
}

/// Counts, looks up, checks: in the same time and with the same answer for a wrong name and a wrong password.
async fn account_of_right_password(
    platform: &Shared,
    name: &str,
    password: &str,
    came: &Came,
    now: Time,
) -> Result<Account, Problem> {
    // The name is hashed so that a long one costs no memory and none is kept as typed.
    let by_name = format!("name:{}", hex::encode(Sha256::digest(name)));
    let by_address = format!("address:{}", came.address);
    platform.attempts.attempt(&by_address, platform.chosen.attempts_per_address(), now)?;
    platform.attempts.attempt(&by_name, platform.chosen.attempts_per_name(), now)?;
    let account = platform.store.account(name).await?;
    let hash = account.as_ref().map(|a| a.password_hash.as_str());
    let right = platform.passwords.verify(password, hash).await?;
    let Some(account) = account else { return Err(refused()) };
    let outcome = match (right, account.enabled && !platform.directory.roles_of(&account.person).is_empty()) {
        (true, true) => {
            platform.attempts.forgive(&by_address);
            platform.attempts.forgive(&by_name);
            return Ok(account);
        }
        (true, false) => "disabled",
        (false, _) => "password-refused",
    };
    let nobody = session_of(&account, [0; 32], came, now, now);
    super::tried(platform, &nobody, outcome, now);
    Err(refused())
}

fn refused() -> Problem {
    metrics::counter!("consilium_sign_in_refused_total").increment(1);
    Problem::new(StatusCode::UNAUTHORIZED, "session.refused", "The name or the password is not right.")
}

fn session_of(account: &Account, token_sha256: [u8; 32], came: &Came, now: Time, until: Time) -> Session {
    Session {
        address: came.address.clone(),
        device: came.device.clone(),
        ..Session::new(token_sha256, account.person.clone(), now, until)
    }
}

/// A new token and its session; with a role when there is only one to choose and nothing more is asked.
async fn begin(platform: &Shared, account: &Account, came: &Came, now: Time) -> Result<([u8; 32], Session), Problem> {
    let mut token = [0; 32];
    platform.ids.fill(&mut token);
    let until = now + platform.idle.absolute();
    let mut session = session_of(account, Sha256::digest(token).into(), came, now, until);
    session.step = if super::factor::Kept::of(platform, &account.person).await?.is_some() {
        SignInStep::Prove
    } else if super::factor_demanded(platform, &account.person) {
        SignInStep::Enrol
    } else {
        SignInStep::Done
    };
    if session.step == SignInStep::Done {
        session.practitioner_role = super::only_role(platform, &account.person);
    }
    Ok((token, session))
}
