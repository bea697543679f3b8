//! `directory.people`: the people I manage, found by name, sign-in name, licence, role, hospital; a page at a time.

use super::area;
use super::profile::{Post, Profile};
use crate::{Op, Problem};
use axum::Json;
use axum::extract::Query;
use kernel::Id;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// The largest page.
const COUNT_MAX: usize = 200;
/// A longer search is cut.
const WORDS_MAX: usize = 100;

/// What to look for.
#[derive(Debug, Default, Deserialize, IntoParams)]
pub struct Find {
    /// Part of a name, a title, a licence, or a whole sign-in name.
    pub q: Option<String>,
    /// Who works at this hospital.
    pub hospital: Option<String>,
    /// Who has this role.
    pub role: Option<String>,
    /// `active` (when absent), `disabled`, or `all`.
    pub state: Option<String>,
    /// So many from the first on are left out.
    pub skip: Option<usize>,
    /// At most so many; 50 when absent, 200 at most.
    pub count: Option<usize>,
}

/// A page of people.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DirectoryPeople)]
pub struct Output {
    /// By name.
    people: Vec<PersonRow>,
    /// How many there are in all.
    total: usize,
}

/// A person in a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DirectoryPersonRow)]
pub struct PersonRow {
    /// The Practitioner's id.
    #[schema(value_type = String)]
    id: Id,
    /// The name as the person writes it.
    name: String,
    /// The name in Latin letters.
    name_en: Option<String>,
    /// The professional title.
    title: Option<String>,
    /// The title in English.
    title_en: Option<String>,
    /// The sign-in name; none without an account.
    account: Option<String>,
    /// May work here.
    active: bool,
    /// Whether a password was ever set: else the person has a link, or had one.
    has_password: bool,
    /// Whether there is a second factor.
    has_factor: bool,
    /// The last day on which the licence holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    licence_until: Option<String>,
    /// What the person is, and where.
    posts: Vec<PostRow>,
}

/// A post in a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DirectoryPost)]
pub struct PostRow {
    /// The PractitionerRole's id.
    #[schema(value_type = String)]
    id: Id,
    /// The code of the role.
    role: &'static str,
    /// The hospital's id.
    #[schema(value_type = String)]
    hospital: Id,
    /// The hospital's name in Chinese.
    hospital_name: String,
    /// The hospital's name in English.
    hospital_name_en: String,
    /// Specialty codes.
    specialties: Vec<String>,
    /// The department's id.
    #[schema(value_type = Option<String>)]
    department: Option<Id>,
    /// Whether it is mine to change.
    mine: bool,
}

/// Find people among those I manage.
#[utoipa::path(get, path = "/api/admin/people", operation_id = "directory.people", tag = "directory", params(Find),
    responses((status = 200, body = Output)))]
pub async fn people(op: Op, Query(find): Query<Find>) -> Result<Json<Output>, Problem> {
    op.may("directory.people", &area::facts(&op, &op.actor().hospital), None).await?;
    let found = found(&op, &find).await?;
    let (skip, count) = (find.skip.unwrap_or(0), find.count.unwrap_or(50).clamp(1, COUNT_MAX));
    let total = found.len();
    let mut people = vec![];
    for (profile, posts) in found.into_iter().skip(skip).take(count) {
        people.push(row(&op, &profile, &posts).await?);
    }
    Ok(Json(Output { people, total }))
}

/// Everybody who fits, by name, with their posts that count.
pub(super) async fn found(op: &Op, find: &Find) -> Result<Vec<(Arc<Profile>, Vec<Arc<Post>>)>, Problem> {
    let directory = &op.platform().directory;
    let words: String = find.q.as_deref().unwrap_or_default().trim().to_lowercase().chars().take(WORDS_MAX).collect();
    let account = if words.is_empty() { None } else { op.store().account(&words).await? };
    let mut posts: HashMap<Id, Vec<Arc<Post>>> = HashMap::new();
    for post in directory.posts().into_iter().filter(|p| p.active) {
        posts.entry(post.person.clone()).or_default().push(post);
    }
    let fits = |profile: &Profile, posts: &[Arc<Post>]| {
        let state = match find.state.as_deref() {
            Some("disabled") => !profile.active,
            Some("all") => true,
            _ => profile.active,
        };
        let post = |p: &Arc<Post>| {
            area::holds(op, &p.hospital)
                && find.hospital.as_ref().is_none_or(|h| p.hospital.as_str() == h)
                && find.role.as_ref().is_none_or(|r| p.role.code() == r)
        };
        let texts = [
            Some(&profile.name),
            profile.name_en.as_ref(),
            profile.title.as_ref(),
            profile.title_en.as_ref(),
            profile.licence.as_ref(),
        ];
        let named = || texts.iter().flatten().any(|t| t.to_lowercase().contains(&words));
        let has_account = || account.as_ref().is_some_and(|a| a.person == profile.id);
        state && posts.iter().any(post) && (words.is_empty() || named() || has_account())
    };
    let mut found: Vec<_> = directory
        .profiles()
        .into_iter()
        .filter_map(|profile| {
            let posts = posts.remove(&profile.id).unwrap_or_default();
            fits(&profile, &posts).then_some((profile, posts))
        })
        .collect();
    // In Chinese the Latin name is the order people look in.
    found.sort_by_cached_key(|(p, _)| (p.name_en.as_ref().unwrap_or(&p.name).to_lowercase(), p.id.clone()));
    Ok(found)
}

/// A person with what the account says.
pub(super) async fn row(op: &Op, profile: &Profile, posts: &[Arc<Post>]) -> Result<PersonRow, Problem> {
    let account = op.store().account_of(&profile.id).await?;
    let has_factor = op.store().second_factor(&profile.id).await?.is_some();
    Ok(PersonRow {
        id: profile.id.clone(),
        name: profile.name.clone(),
        name_en: profile.name_en.clone(),
        title: profile.title.clone(),
        title_en: profile.title_en.clone(),
        active: profile.active,
        has_password: account.as_ref().is_some_and(|a| !a.password_hash.is_empty()),
        has_factor,
        account: account.map(|a| a.name),
        licence_until: profile.licence_until.clone(),
        posts: posts.iter().map(|post| post_row(op, post)).collect(),
    })
}

fn post_row(op: &Op, post: &Post) -> PostRow {
    let hospital = op.platform().directory.hospital_ref(&post.hospital);
    let (hospital_name, hospital_name_en) = hospital.map(|h| (h.name, h.name_en)).unwrap_or_default();
    PostRow {
        id: post.id.clone(),
        role: post.role.code(),
        hospital: post.hospital.clone(),
        hospital_name,
        hospital_name_en,
        specialties: post.specialties.clone(),
        department: post.department.clone(),
        mine: area::holds(op, &post.hospital) && (area::may_give(op, post.role) || area::runs_all(op)),
    }
}
