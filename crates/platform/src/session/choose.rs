//! `session.choose`: in which role I work from now on.

use super::{Me, SignedIn, cookie, me};
use crate::{Problem, Shared};
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use kernel::Id;
use records::{Act, Change, Session, SessionChange};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// The role wanted.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = SessionChoose)]
pub struct Input {
    /// The PractitionerRole's id.
    #[schema(value_type = String)]
    role: Id,
}

/// Choose the role. The session gets a new token, so that what held the old one cannot act in the new role.
#[utoipa::path(put, path = "/api/session/role", operation_id = "session.choose", tag = "session", request_body = Input,
    responses((status = 200, body = Me), (status = 404, description = "not one of my roles")))]
pub async fn choose(
    State(platform): State<Shared>,
    SignedIn { session, now }: SignedIn,
    Json(input): Json<Input>,
) -> Result<impl IntoResponse, Problem> {
    let role = platform.directory.role(&input.role).filter(|r| r.person == session.person);
    let role = role.ok_or_else(Problem::not_found)?;
    let mut token = [0; 32];
    platform.ids.fill(&mut token);
    let chosen = Session {
        token_sha256: Sha256::digest(token).into(),
        practitioner_role: Some(role.id.clone()),
        ..session.clone()
    };
    let actor = super::actor(&platform, &chosen)?;
    let mut change = Change::of(Act::of(&actor, "session.choose"));
    change.sessions = vec![SessionChange::Close(session.token_sha256), SessionChange::Put(chosen.clone())];
    platform.store.commit(change).await?;
    platform.idle.touch(&chosen.token_sha256, now);
    let me = me::me(&platform, &chosen, now).await?;
    Ok(([(header::SET_COOKIE, cookie::set(&token, platform.secure))], Json(me)))
}
