//! `session.renew`: another password of one's own choice.

use super::{SignedIn, enrol, password};
use crate::{Problem, Shared};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use kernel::Phi;
use records::{Account, AccountChange, Change, SessionChange};
use serde::Deserialize;
use utoipa::ToSchema;

/// The present password and the next.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = SessionRenew)]
pub struct Input {
    /// The present one.
    #[schema(value_type = String)]
    password: Phi<String>,
    /// The next: at least ten characters.
    #[schema(value_type = String)]
    next: Phi<String>,
}

/// Change my password. The signing key stays, wrapped anew; all other sessions end.
#[utoipa::path(put, path = "/api/session/password", operation_id = "session.renew", tag = "session", request_body = Input,
    responses((status = 204), (status = 403, description = "session.wrong-password"),
        (status = 422, description = "session.unfit-password")))]
pub async fn renew(
    State(platform): State<Shared>,
    SignedIn { session, .. }: SignedIn,
    Json(input): Json<Input>,
) -> Result<StatusCode, Problem> {
    password::fits(input.next.reveal())?;
    if !super::confirm_password(&platform, &session.person, input.password.reveal()).await? {
        return Err(enrol::wrong_password());
    }
    let account = platform.store.account_of(&session.person).await?.ok_or_else(Problem::not_signed_in)?;
    let password_hash = platform.passwords.hash(input.next.reveal(), &*platform.ids).await?;
    let keys = match account.keys.clone() {
        None => None,
        Some(keys) => {
            let (platform, old, new) = (platform.clone(), input.password, input.next);
            let wrapped = move || platform.pki.rewrap(&keys, old.reveal(), new.reveal());
            Some(tokio::task::spawn_blocking(wrapped).await.map_err(Problem::internal)?.map_err(Problem::internal)?)
        }
    };
    let mut change = Change::of(super::act(&platform, &session, "session.renew"));
    change.accounts.push(AccountChange::Put(Account { password_hash, keys, ..account }));
    change.sessions = vec![SessionChange::CloseAll(session.person.clone()), SessionChange::Put(session)];
    platform.store.commit(change).await?;
    Ok(StatusCode::NO_CONTENT)
}
