//! Who I am, as the API shows it.

use crate::directory::{HospitalRef, PersonRef};
use crate::{Problem, Shared};
use kernel::{Id, Time};
use records::Session;
use serde::Serialize;
use utoipa::ToSchema;

/// The person signed in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Me {
    /// The person, at the hospital of the role in force, or of the first.
    person: PersonRef,
    /// The role in force; null while still to be chosen.
    role: Option<MyRole>,
    /// The roles to choose from.
    roles: Vec<MyRole>,
    /// When the session ends if nothing more is done.
    #[schema(value_type = String)]
    until: Time,
    /// Whether this installation is a demonstration.
    demo: bool,
    /// The server's clock, to correct the browser's.
    #[schema(value_type = String)]
    server_time: Time,
}

/// One of my roles.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MyRole {
    /// The PractitionerRole's id.
    #[schema(value_type = String)]
    id: Id,
    /// Its code.
    role: &'static str,
    /// Where.
    hospital: HospitalRef,
}

/// Who `session` is. 401 when the person is no longer anybody here.
pub fn me(platform: &Shared, session: &Session, now: Time) -> Result<Me, Problem> {
    let directory = &platform.directory;
    let held = directory.roles_of(&session.person);
    let roles: Vec<MyRole> = held
        .iter()
        .filter_map(|r| {
            let hospital = directory.hospital_ref(&r.hospital)?;
            Some(MyRole { id: r.id.clone(), role: r.role.code(), hospital })
        })
        .collect();
    let role = roles.iter().find(|r| session.practitioner_role.as_ref() == Some(&r.id)).cloned();
    let at = role.as_ref().or(roles.first()).ok_or_else(Problem::not_signed_in)?;
    let person = directory.person_ref_at(&session.person, &at.hospital.id).ok_or_else(Problem::not_signed_in)?;
    let idle = platform.idle.ends(&session.token_sha256).unwrap_or(session.until);
    Ok(Me { person, role, roles, until: idle.min(session.until), demo: platform.demo, server_time: now })
}
