//! The posts of a person as typed in a form, compared with those there are.

use super::area;
use super::fields::{self, Fault};
use super::profile::{PlaceKind, Post};
use crate::Op;
use kernel::{Id, Role};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A person has no more posts than this.
const POSTS_MAX: usize = 30;

/// A post as typed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = DirectoryPostFields)]
pub struct PostFields {
    /// The PractitionerRole's id; a new one when absent.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub id: Option<Id>,
    /// The hospital's id.
    #[schema(value_type = String)]
    pub hospital: Id,
    /// The code of the role.
    pub role: String,
    /// Specialty codes.
    #[serde(default)]
    pub specialties: Vec<String>,
    /// The department's id.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub department: Option<Id>,
}

/// What becomes of a person's posts.
#[derive(Debug, Default)]
pub struct Posts {
    /// New ones, changed ones, ended ones.
    pub writes: Vec<Post>,
    /// The ids of those that end.
    pub gone: Vec<Id>,
}

/// Compares the posts wanted with those there are. Only those at hospitals that the actor manages change; faults are added.
pub fn compare(op: &Op, person: &Id, before: &[Arc<Post>], wanted: &[PostFields], faults: &mut Vec<Fault>) -> Posts {
    let mut posts = Posts::default();
    if wanted.len() > POSTS_MAX {
        faults.push(Fault::new("posts", "too-long", "").at(POSTS_MAX));
        return posts;
    }
    let active: Vec<_> = before.iter().filter(|p| p.active).collect();
    let is_mine = |p: &Post| area::holds(op, &p.hospital) && area::may_give(op, p.role);
    for (at, fields) in wanted.iter().enumerate() {
        let old = fields.id.as_ref().and_then(|id| active.iter().find(|p| p.id == *id));
        let id = old.map_or_else(|| op.new_id(), |p| p.id.clone());
        let Some(post) = read(op, id, person, fields, faults) else { continue };
        if wanted[..at].iter().any(|other| other.hospital == fields.hospital && other.role == fields.role) {
            faults.push(Fault::new("posts", "twice", &fields.role));
        }
        match old {
            Some(old) if ***old == post => {}
            Some(old) if !is_mine(old) || old.hospital != post.hospital || old.role != post.role => {
                faults.push(Fault::new("posts", "outside", &fields.role));
            }
            None if !is_mine(&post) => faults.push(Fault::new("posts", "outside", &fields.role)),
            _ => posts.writes.push(post),
        }
    }
    for old in active.iter().filter(|old| !wanted.iter().any(|w| w.id.as_ref() == Some(&old.id))) {
        if is_mine(old) {
            posts.gone.push(old.id.clone());
            posts.writes.push(Post { active: false, ..Post::clone(old) });
        }
    }
    posts
}

/// The post of these fields; what is wrong with them is added to `faults`.
pub fn read(op: &Op, id: Id, person: &Id, fields: &PostFields, faults: &mut Vec<Fault>) -> Option<Post> {
    let directory = &op.platform().directory;
    let role =
        Role::from_code(&fields.role).filter(|role| !matches!(role, Role::Gateway | Role::Patient | Role::Client));
    if role.is_none() {
        faults.push(Fault::new("role", "unknown", &fields.role));
    }
    if directory.site(&fields.hospital).is_none_or(|s| !s.active) {
        faults.push(Fault::new("hospital", "unknown", fields.hospital.as_str()));
    }
    faults.extend(fields::of_specialties(&fields.specialties));
    if let Some(department) = &fields.department {
        let place = directory.place(department);
        let fits = place.is_some_and(|p| p.kind == PlaceKind::Department && p.hospital == fields.hospital);
        if !fits {
            faults.push(Fault::new("department", "unknown", department.as_str()));
        }
    }
    Some(Post {
        id,
        active: true,
        person: person.clone(),
        hospital: fields.hospital.clone(),
        role: role?,
        specialties: fields.specialties.clone(),
        department: fields.department.clone(),
    })
}
