//! `directory.person_create`: a new person with a sign-in name, and a link to set the password by.

use super::fields::{self, PersonFields};
use super::link::{self, Link};
use super::posts::{self, PostFields};
use super::{area, write};
use crate::{Op, Problem};
use axum::Json;
use axum::http::StatusCode;
use records::{Account, AccountChange, Change, CommitError};
use serde::Deserialize;
use utoipa::ToSchema;

/// A person as typed.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = DirectoryPersonCreate)]
pub struct Input {
    /// The sign-in name.
    account: String,
    /// The rest.
    person: PersonFields,
    /// What the person is, and where: at least one.
    posts: Vec<PostFields>,
}

/// Make a person. The link is shown once.
#[utoipa::path(post, path = "/api/admin/people", operation_id = "directory.person_create", tag = "directory",
    request_body = Input, responses((status = 201, body = Link), (status = 422, description = "directory.unfit")))]
pub async fn person_create(op: Op, Json(input): Json<Input>) -> Result<(StatusCode, Json<Link>), Problem> {
    let facts = input.posts.first().map(|p| area::facts(&op, &p.hospital)).unwrap_or_default();
    op.may("directory.person_create", &facts, None).await?;
    let account = input.account.trim().to_lowercase();
    let id = op.new_id();
    let profile = input.person.profile(id.clone(), true);
    let mut faults = fields::of_account(&account);
    faults.extend(fields::of_person(&profile));
    if faults.is_empty() && op.store().account(&account).await?.is_some() {
        faults.push(taken(&account));
    }
    if input.posts.is_empty() {
        faults.push(fields::Fault::new("posts", "missing", ""));
    }
    let posts = posts::compare(&op, &id, &[], &input.posts, &mut faults);
    fields::refuse(&faults)?;
    let mut change = Change::of(op.act("directory.person_create"));
    write::person(&op, &mut change, &profile, &input.posts[0].hospital).await?;
    for post in &posts.writes {
        write::post(&op, &mut change, post).await?;
    }
    change.accounts.push(AccountChange::Put(nobody_yet(&account, id.clone())));
    let link = link::add(&op, &mut change, &id, &account);
    match op.try_commit(change).await {
        Ok(_) => Ok((StatusCode::CREATED, Json(link))),
        Err(CommitError::Taken(held)) if held.key.starts_with("account/") => {
            fields::refuse(&[taken(&account)]).map(|()| (StatusCode::CREATED, Json(link)))
        }
        Err(error) => Err(error.into()),
    }
}

fn taken(account: &str) -> fields::Fault {
    fields::Fault::new("account", "taken", account)
}

/// An account whose password is still to be set.
pub(super) fn nobody_yet(name: &str, person: kernel::Id) -> Account {
    Account { name: name.to_owned(), person, password_hash: String::new(), enabled: true, keys: None }
}
