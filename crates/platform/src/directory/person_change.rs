//! `directory.person_change`: other names, titles, posts of a person.

use super::area::{self, Managed};
use super::fields::{self, PersonFields};
use super::posts::{self, PostFields};
use super::write;
use crate::{Op, Problem};
use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use records::{Change, Expect};
use serde::Deserialize;
use utoipa::ToSchema;

/// The person as they are to be.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = DirectoryPersonChange)]
pub struct Input {
    /// The version that was shown.
    version: u64,
    /// Names, title, licence, languages.
    person: PersonFields,
    /// What the person is, and where. Posts at hospitals that are not mine stay as they are, named or not.
    posts: Vec<PostFields>,
}

/// Change a person. A post left out ends, and with it what it allowed, at once.
#[utoipa::path(put, path = "/api/admin/people/{id}", operation_id = "directory.person_change", tag = "directory",
    request_body = Input, params(("id" = String, Path)), responses((status = 204),
        (status = 403, description = "directory.shared-person"), (status = 409, description = "stale"),
        (status = 422, description = "directory.unfit")))]
pub async fn person_change(op: Op, Path(id): Path<String>, Json(input): Json<Input>) -> Result<StatusCode, Problem> {
    let managed = Managed::find(&op, "directory.person_change", &id).await?;
    let before = &managed.profile;
    let profile = input.person.profile(before.id.clone(), before.active);
    if profile != **before {
        managed.must_be_wholly()?;
    }
    let mut faults = fields::of_person(&profile);
    let posts = posts::compare(&op, &before.id, &managed.posts, &input.posts, &mut faults);
    fields::refuse(&faults)?;
    if !posts.gone.is_empty() {
        area::must_leave_one(&op, &posts.gone)?;
    }
    let mut change = Change::of(op.act("directory.person_change"));
    // Written with every change of the person, so that of two administrators the second sees what the first did.
    write::person(&op, &mut change, &profile, &managed.custodian(&op)).await?;
    change.expect = vec![Expect { at: managed.at(), version: input.version }];
    for post in &posts.writes {
        write::post(&op, &mut change, post).await?;
    }
    op.commit(change).await?;
    Ok(StatusCode::NO_CONTENT)
}
