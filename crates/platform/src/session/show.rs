//! `session.show`: who I am.

use super::{Begun, Me, me};
use crate::{Problem, Shared};
use axum::Json;
use axum::extract::State;

/// Who I am.
#[utoipa::path(get, path = "/api/session", operation_id = "session.show", tag = "session",
    responses((status = 200, body = Me), (status = 401, description = "session.none")))]
pub async fn show(State(platform): State<Shared>, Begun { session, now }: Begun) -> Result<Json<Me>, Problem> {
    Ok(Json(me::me(&platform, &session, now).await?))
}
