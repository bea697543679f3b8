//! `directory.person_sessions`: where a person is signed in, and who tried to be them.

use super::area::Managed;
use crate::session::recent::{self, Recent};
use crate::{Op, Problem};
use axum::Json;
use axum::extract::Path;

/// Where a person is signed in, and the latest tries to sign in as them.
#[utoipa::path(get, path = "/api/admin/people/{id}/sessions", operation_id = "directory.person_sessions", tag = "directory",
    params(("id" = String, Path)), responses((status = 200, body = Recent)))]
pub async fn person_sessions(op: Op, Path(id): Path<String>) -> Result<Json<Recent>, Problem> {
    let managed = Managed::find(&op, "directory.person_sessions", &id).await?;
    managed.must_be_wholly()?;
    Ok(Json(recent::of(op.platform(), &managed.profile.id, op.session()).await?))
}
