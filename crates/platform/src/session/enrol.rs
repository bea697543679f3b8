//! `session.enrol`: begin to set up a second factor.

use super::{Begun, factor::Offer};
use crate::{Problem, Shared};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use kernel::Phi;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The password, again: a screen left alone must not change how its owner signs in.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = SessionEnrol)]
pub struct Input {
    /// The password.
    #[schema(value_type = String)]
    password: Phi<String>,
}

/// What the authenticator needs. Nothing is kept until `session.confirm` has seen a code made from it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SessionFactorOffer)]
pub struct Output {
    /// Base32, to be typed where no camera is.
    secret: String,
    /// `otpauth://…`, for the QR code.
    uri: String,
    /// To be handed back with the first code, within a quarter of an hour.
    sealed: String,
}

/// Begin to set up a second factor, or another one.
#[utoipa::path(post, path = "/api/session/factor", operation_id = "session.enrol", tag = "session", request_body = Input,
    responses((status = 200, body = Output), (status = 403, description = "session.wrong-password"),
        (status = 429, description = "session.too-many")))]
pub async fn enrol(
    State(platform): State<Shared>,
    Begun { session, now }: Begun,
    Json(input): Json<Input>,
) -> Result<Json<Output>, Problem> {
    // Whoever still has to prove the present factor may not replace it.
    if session.step == records::SignInStep::Prove {
        return Err(Problem::not_signed_in());
    }
    if !super::confirm_password(&platform, &session.person, input.password.reveal()).await? {
        return Err(wrong_password());
    }
    let account = platform.store.account_of(&session.person).await?.ok_or_else(Problem::not_signed_in)?;
    let Offer { secret, uri, sealed } = Offer::new(&platform, &session.person, &account.name, now);
    Ok(Json(Output { secret, uri, sealed }))
}

/// 403: the password is not right.
pub(super) fn wrong_password() -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "session.wrong-password", "The password is not right; nothing was changed.")
}
