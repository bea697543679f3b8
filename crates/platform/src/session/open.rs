//! `session.open`: sign in by name and password.

use super::{Me, cookie, me};
use crate::{Problem, Shared};
use axum::extract::{ConnectInfo, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::{Extension, Json};
use kernel::{Phi, Time};
use records::{Account, Act, Change, Session, SessionChange};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::net::SocketAddr;
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

/// Sign in by name and password; the answer is the same whether the name exists or not.
#[utoipa::path(post, path = "/api/session", operation_id = "session.open", tag = "session", request_body = Input,
    responses((status = 200, body = Me), (status = 401, description = "session.refused"),
        (status = 429, description = "session.too-many")))]
pub async fn open(
    State(platform): State<Shared>,
    from: Option<Extension<ConnectInfo<SocketAddr>>>,
    Json(input): Json<Input>,
) -> Result<impl IntoResponse, Problem> {
    let now = platform.clock.now();
    let name = input.name.reveal().trim().to_lowercase();
    let address = from.map_or_else(|| "none".to_owned(), |Extension(ConnectInfo(at))| at.ip().to_string());
    let account = account_of_right_password(&platform, &name, input.password.reveal(), &address, now).await?;
    let (token, session) = begin(&platform, &account, now);
    let change = opened(&platform, &session);
    platform.store.commit(change).await?;
    platform.idle.touch(&session.token_sha256, now);
    let me = me::me(&platform, &session, now)?;
    Ok(([(header::SET_COOKIE, cookie::set(&token, platform.secure))], Json(me)))
}

/// Counts, looks up, checks: in the same time and with the same answer for a wrong name and a wrong password.
async fn account_of_right_password(
    platform: &Shared,
    name: &str,
    password: &str,
    address: &str,
    now: Time,
) -> Result<Account, Problem> {
    let limits = &platform.settings.session;
    // The name is hashed so that a long one costs no memory and none is kept as typed.
    let by_name = format!("name:{}", hex::encode(Sha256::digest(name)));
    let by_address = format!("address:{address}");
    platform.attempts.attempt(&by_address, limits.attempts_per_address, now)?;
    platform.attempts.attempt(&by_name, limits.attempts_per_name, now)?;
    let account = platform.store.account(name).await?.filter(|a| a.enabled);
    let hash = account.as_ref().map(|a| a.password_hash.as_str());
    let right = platform.passwords.verify(password, hash).await?;
    let Some(account) = account.filter(|_| right) else {
        metrics::counter!("consilium_sign_in_refused_total").increment(1);
        return Err(refused());
    };
    if platform.directory.roles_of(&account.person).is_empty() {
        return Err(refused());
    }
    platform.attempts.forgive(&by_address);
    platform.attempts.forgive(&by_name);
    Ok(account)
}

fn refused() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "session.refused", "The name or the password is not right.")
}

/// A new token and its session; with a role when there is only one to choose.
fn begin(platform: &Shared, account: &Account, now: Time) -> ([u8; 32], Session) {
    let mut token = [0; 32];
    platform.ids.fill(&mut token);
    let roles = platform.directory.roles_of(&account.person);
    let only = if let [role] = roles.as_slice() { Some(role.id.clone()) } else { None };
    let session = Session {
        token_sha256: Sha256::digest(token).into(),
        person: account.person.clone(),
        practitioner_role: only,
        opened_at: now,
        until: now + platform.idle.absolute(),
    };
    (token, session)
}

fn opened(platform: &Shared, session: &Session) -> Change {
    let act = match super::actor(platform, session) {
        Ok(actor) => Act::of(&actor, "session.open"),
        Err(_) => Act { person: Some(session.person.clone()), ..Act::system("session.open") },
    };
    let mut change = Change::of(act);
    change.sessions.push(SessionChange::Put(session.clone()));
    change
}
