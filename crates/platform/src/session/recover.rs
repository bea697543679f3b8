//! `session.recover`: other recovery codes.

use super::factor::{self, Kept};
use super::{SignedIn, enrol};
use crate::{Problem, Shared};
use axum::Json;
use axum::extract::State;
use kernel::Phi;
use records::Change;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The password, again.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = SessionRecover)]
pub struct Input {
    /// The password.
    #[schema(value_type = String)]
    password: Phi<String>,
}

/// The codes, shown this once.
#[derive(Serialize, ToSchema)]
#[schema(as = SessionRecovered)]
pub struct Output {
    /// Each signs in once when the authenticator is lost.
    recovery_codes: Vec<String>,
}

/// Make other recovery codes; the former ones are void.
#[utoipa::path(post, path = "/api/session/factor/codes", operation_id = "session.recover", tag = "session",
    request_body = Input, responses((status = 200, body = Output),
        (status = 403, description = "session.wrong-password, session.factor-none")))]
pub async fn recover(
    State(platform): State<Shared>,
    SignedIn { session, .. }: SignedIn,
    Json(input): Json<Input>,
) -> Result<Json<Output>, Problem> {
    if !super::confirm_password(&platform, &session.person, input.password.reveal()).await? {
        return Err(enrol::wrong_password());
    }
    let mut kept = Kept::of(&platform, &session.person).await?.ok_or_else(factor::none)?;
    let recovery_codes = kept.renew_codes(&*platform.ids, &session.person);
    let mut change = Change::of(super::act(&platform, &session, "session.recover"));
    change.accounts.push(kept.change(&session.person)?);
    platform.store.commit(change).await?;
    Ok(Json(Output { recovery_codes }))
}
