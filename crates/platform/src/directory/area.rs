//! What an administrator manages: the own hospital and those below, or the whole installation. The facts on which
//! `kernel::decide` rests, read from the directory.

use super::Directory;
use super::profile::{Post, Profile};
use crate::{Op, Problem};
use axum::http::StatusCode;
use fhir::{Reference, ResourceType};
use kernel::decide::Facts;
use kernel::{Id, Role};
use std::sync::Arc;

/// The facts about something of `hospital`.
pub fn facts(op: &Op, hospital: &Id) -> Facts {
    let within = op.platform().directory.tree().is_within(hospital, &op.actor().hospital);
    Facts { custodian: Some(hospital.clone()), custodian_is_within: within, ..Facts::default() }
}

/// Whether the actor runs the whole installation.
pub fn runs_all(op: &Op) -> bool {
    op.actor().role == Role::PlatformAdministrator
}

/// Whether `hospital` is the actor's to manage.
pub fn holds(op: &Op, hospital: &Id) -> bool {
    runs_all(op) || op.platform().directory.tree().is_within(hospital, &op.actor().hospital)
}

/// A person with their posts, as somebody may manage them.
pub struct Managed {
    /// The person.
    pub profile: Arc<Profile>,
    /// All posts, ended ones too.
    pub posts: Vec<Arc<Post>>,
    /// Whether all of the person's posts are the actor's to manage: then name, account and password are, too.
    pub wholly: bool,
}

impl Managed {
    /// Finds a person of whom at least one post is the actor's to manage, and asks whether the operation may be done.
    pub async fn find(op: &Op, operation: &'static str, id: &str) -> Result<Self, Problem> {
        let about = Id::new(id).ok().map(|id| Reference::new(ResourceType::PRACTITIONER, id));
        let directory = &op.platform().directory;
        let profile = about.as_ref().and_then(|at| directory.profile(&at.id));
        let posts = profile.as_ref().map_or_else(Vec::new, |p| directory.posts_of(&p.id));
        let wanted = posts.iter().find(|p| p.active && holds(op, &p.hospital));
        let wanted = wanted.or_else(|| posts.iter().find(|p| holds(op, &p.hospital)));
        let facts = match wanted {
            Some(post) => facts(op, &post.hospital),
            None => Facts::default(),
        };
        op.may(operation, &facts, about.as_ref()).await?;
        let profile = profile.ok_or_else(Problem::not_found)?;
        let wholly = is_wholly(op, directory, &profile.id);
        Ok(Self { profile, posts, wholly })
    }

    /// Refuses what concerns the person everywhere when part of them is somebody else's.
    pub fn must_be_wholly(&self) -> Result<(), Problem> {
        if self.wholly {
            return Ok(());
        }
        Err(Problem::new(
            StatusCode::FORBIDDEN,
            "directory.shared-person",
            "This person also works where you do not manage people, or runs the installation: an administrator above \
             both must do this.",
        ))
    }

    /// The person's address.
    pub fn at(&self) -> Reference {
        Reference::new(ResourceType::PRACTITIONER, self.profile.id.clone())
    }

    /// The hospital in whose custody the person's resource is.
    pub fn custodian(&self, op: &Op) -> Id {
        self.posts.first().map_or_else(|| op.actor().hospital.clone(), |p| p.hospital.clone())
    }
}

/// Whether everything of a person is the actor's to manage. Who runs the installation is managed by their like alone.
pub fn is_wholly(op: &Op, directory: &Directory, person: &Id) -> bool {
    let posts = directory.posts_of(person);
    let mut active = posts.iter().filter(|p| p.active);
    runs_all(op) || active.all(|p| p.role != Role::PlatformAdministrator && holds(op, &p.hospital))
}

/// The roles that an administrator gives to people.
pub fn may_give(op: &Op, role: Role) -> bool {
    match role {
        Role::Gateway | Role::Patient | Role::Client => false,
        Role::PlatformAdministrator => runs_all(op),
        _ => true,
    }
}

/// Refuses to leave the installation, or oneself, without an administrator. `gone` are the posts that will not count.
pub fn must_leave_one(op: &Op, gone: &[Id]) -> Result<(), Problem> {
    let directory = &op.platform().directory;
    if gone.contains(&op.actor().practitioner_role) {
        return Err(Problem::conflict(
            "directory.yourself",
            "This would end the role in which you are doing it. Let another administrator do it.",
        ));
    }
    let left = directory.roles_with(Role::PlatformAdministrator).iter().any(|r| !gone.contains(&r.id));
    let was = !directory.roles_with(Role::PlatformAdministrator).is_empty();
    if was && !left {
        return Err(Problem::conflict(
            "directory.last-administrator",
            "Nobody would run the installation any more. Make another platform administrator first.",
        ));
    }
    Ok(())
}
