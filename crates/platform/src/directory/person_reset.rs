//! `directory.person_reset`: the password is lost, or known to others: a link to set another by.

use super::area::Managed;
use super::link::{self, Link};
use crate::{Op, Problem};
use axum::Json;
use axum::extract::Path;
use records::{Account, AccountChange, Change, SessionChange};

/// Reset a person: the password counts no longer, all sessions end, the second factor stays. With the next password comes a
/// new signing certificate; the old one is ended and kept, to prove what it signed. The link is shown once.
#[utoipa::path(post, path = "/api/admin/people/{id}/reset", operation_id = "directory.person_reset", tag = "directory",
    params(("id" = String, Path)), responses((status = 200, body = Link),
        (status = 403, description = "directory.shared-person"), (status = 409, description = "directory.no-account")))]
pub async fn person_reset(op: Op, Path(id): Path<String>) -> Result<Json<Link>, Problem> {
    let managed = Managed::find(&op, "directory.person_reset", &id).await?;
    managed.must_be_wholly()?;
    let person = managed.profile.id.clone();
    let account = op.store().account_of(&person).await?;
    let account = account.filter(|a| a.enabled).ok_or_else(|| {
        Problem::conflict(
            "directory.no-account",
            "This person has no account that is enabled. Enable the person first.",
        )
    })?;
    let mut change = Change::of(op.act("directory.person_reset"));
    change.act.about.push(managed.at());
    // A link given before must not work beside the new one.
    link::end_all(&op, &mut change, &person).await?;
    let link = link::add(&op, &mut change, &person, &account.name);
    change.accounts.push(AccountChange::Put(Account { password_hash: String::new(), ..account }));
    change.sessions.push(SessionChange::CloseAll(person));
    op.commit(change).await?;
    Ok(Json(link))
}
