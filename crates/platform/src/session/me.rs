//! Who I am, as the API shows it.

use super::factor::Kept;
use crate::directory::{HospitalRef, PersonRef};
use crate::{Problem, Shared};
use kernel::{Id, Time};
use records::{Session, SignInStep};
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
    /// `done`, or what signing in still wants: `prove` the second factor, `enrol` one. Until then there are no roles.
    step: &'static str,
    /// My second factor.
    factor: MyFactor,
    /// When the session ends if nothing more is done.
    #[schema(value_type = String)]
    until: Time,
    /// Whether this installation is a demonstration.
    demo: bool,
    /// The server's clock, to correct the browser's.
    #[schema(value_type = String)]
    server_time: Time,
    /// The newest entry of the ledger: what is asked after this answer, is asked after that entry, and an event stream that
    /// goes on from it (`/events?after=`) misses nothing.
    ledger_number: u64,
}

/// My second factor.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MyFactor {
    /// Since when I have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    since: Option<Time>,
    /// Recovery codes not used yet.
    codes_left: usize,
    /// Whether a hospital of mine demands one.
    demanded: bool,
    /// Until when acts that want it fresh pass without a code.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    fresh_until: Option<Time>,
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
pub async fn me(platform: &Shared, session: &Session, now: Time) -> Result<Me, Problem> {
    let ledger_number = *platform.store.sealed().borrow();
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
    let kept = Kept::of(platform, &session.person).await?;
    let fresh_until = session.factor_at.map(|at| at + super::prove::FRESH).filter(|end| now < *end);
    let factor = MyFactor {
        since: kept.as_ref().map(|k| k.since),
        codes_left: kept.as_ref().map_or(0, Kept::codes_left),
        demanded: super::factor_demanded(platform, &session.person),
        fresh_until,
    };
    let step = match session.step {
        SignInStep::Done => "done",
        SignInStep::Prove => "prove",
        SignInStep::Enrol => "enrol",
    };
    // Who has not come all the way yet is told no more than needed to go on.
    let roles = if session.step == SignInStep::Done { roles } else { vec![] };
    let idle = platform.idle.ends(&session.token_sha256).unwrap_or(session.until);
    let until = idle.min(session.until);
    Ok(Me { person, role, roles, step, factor, until, demo: platform.demo, server_time: now, ledger_number })
}
