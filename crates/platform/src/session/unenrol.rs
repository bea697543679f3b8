//! `session.unenrol`: give the second factor up.

use super::{SignedIn, enrol, factor};
use crate::{Problem, Shared};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use kernel::Phi;
use records::{AccountChange, Change};
use serde::Deserialize;
use utoipa::ToSchema;

/// The password and a code.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = SessionUnenrol)]
pub struct Input {
    /// The password.
    #[schema(value_type = String)]
    password: Phi<String>,
    /// A code of the authenticator, or a recovery code.
    #[schema(value_type = String)]
    code: Phi<String>,
}

/// Give the second factor up, unless a hospital of mine demands one.
#[utoipa::path(post, path = "/api/session/factor/end", operation_id = "session.unenrol", tag = "session",
    request_body = Input, responses((status = 204), (status = 403, description = "session.wrong-password, session.factor-wrong"),
        (status = 409, description = "session.factor-demanded")))]
pub async fn unenrol(
    State(platform): State<Shared>,
    SignedIn { session, now }: SignedIn,
    Json(input): Json<Input>,
) -> Result<StatusCode, Problem> {
    if !super::confirm_password(&platform, &session.person, input.password.reveal()).await? {
        return Err(enrol::wrong_password());
    }
    if super::factor_demanded(&platform, &session.person) {
        return Err(Problem::conflict("session.factor-demanded", "Your hospital demands a second factor."));
    }
    let proof = factor::check(&platform, &session.person, input.code.reveal(), now).await?;
    let mut change = Change::of(super::act(&platform, &session, "session.unenrol"));
    proof.add_to(&mut change);
    change.accounts = vec![AccountChange::SecondFactor(session.person.clone(), None)];
    super::prove::commit(&platform, change).await?;
    Ok(StatusCode::NO_CONTENT)
}
