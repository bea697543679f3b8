//! `directory.person_enable`: a person may work here no longer, or again.

use super::area::{self, Managed};
use super::profile::Profile;
use super::{link, write};
use crate::{Op, Problem};
use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use kernel::Id;
use records::{Account, AccountChange, Change, SessionChange};
use serde::Deserialize;
use utoipa::ToSchema;

/// Whether, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = DirectoryPersonEnable)]
pub struct Input {
    /// May work here.
    active: bool,
    /// Why, in a few words.
    #[serde(default)]
    why: Option<String>,
}

/// Disable a person, ending all their sessions, or enable them again with the same posts and password.
#[utoipa::path(put, path = "/api/admin/people/{id}/active", operation_id = "directory.person_enable", tag = "directory",
    request_body = Input, params(("id" = String, Path)), responses((status = 204),
        (status = 403, description = "directory.shared-person"),
        (status = 409, description = "directory.yourself, directory.last-administrator")))]
pub async fn person_enable(op: Op, Path(id): Path<String>, Json(input): Json<Input>) -> Result<StatusCode, Problem> {
    let managed = Managed::find(&op, "directory.person_enable", &id).await?;
    managed.must_be_wholly()?;
    let before = &managed.profile;
    if before.active == input.active {
        return Ok(StatusCode::NO_CONTENT);
    }
    if !input.active {
        let gone: Vec<Id> = managed.posts.iter().filter(|p| p.active).map(|p| p.id.clone()).collect();
        area::must_leave_one(&op, &gone)?;
    }
    let mut change = Change::of(op.act("directory.person_enable"));
    change.act.params.insert("active".into(), input.active.into());
    change.act.why = input.why.map(|why| why.chars().take(300).collect()).filter(|why: &String| !why.trim().is_empty());
    let profile = Profile { active: input.active, ..Profile::clone(before) };
    write::person(&op, &mut change, &profile, &managed.custodian(&op)).await?;
    if let Some(account) = op.store().account_of(&before.id).await? {
        change.accounts.push(AccountChange::Put(Account { enabled: input.active, ..account }));
    }
    if !input.active {
        change.sessions.push(SessionChange::CloseAll(before.id.clone()));
        link::end_all(&op, &mut change, &before.id).await?;
    }
    op.commit(change).await?;
    Ok(StatusCode::NO_CONTENT)
}
