//! `directory.person_factor`: the authenticator and the recovery codes are lost: take the second factor away.

use super::area::Managed;
use crate::{Op, Problem};
use axum::extract::Path;
use axum::http::StatusCode;
use records::{AccountChange, Change, SessionChange};

/// Take a person's second factor away. Sessions end; where a hospital demands one, the next sign-in sets another up.
#[utoipa::path(delete, path = "/api/admin/people/{id}/factor", operation_id = "directory.person_factor", tag = "directory",
    params(("id" = String, Path)), responses((status = 204), (status = 403, description = "directory.shared-person")))]
pub async fn person_factor(op: Op, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    let managed = Managed::find(&op, "directory.person_factor", &id).await?;
    managed.must_be_wholly()?;
    let person = managed.profile.id.clone();
    let mut change = Change::of(op.act("directory.person_factor"));
    change.act.about.push(managed.at());
    change.accounts.push(AccountChange::SecondFactor(person.clone(), None));
    change.sessions.push(SessionChange::CloseAll(person));
    op.commit(change).await?;
    Ok(StatusCode::NO_CONTENT)
}
