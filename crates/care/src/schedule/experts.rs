//! `schedule.experts`: who could advise, and when they are busy.

use super::busy::{Busy, Window, spells};
use axum::Json;
use axum::extract::Query;
use kernel::Id;
use kernel::decide::Facts;
use platform::directory::PersonRef;
use platform::{Op, Problem};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Of which specialty.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Input {
    /// A specialty's code; all when absent.
    specialty: Option<String>,
}

/// The experts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ScheduleExperts)]
pub struct Output {
    /// Highest hospital first, then the least busy.
    experts: Vec<Expert>,
}

/// An expert.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ScheduleExpert)]
pub struct Expert {
    /// Who.
    #[serde(flatten)]
    person: PersonRef,
    /// The PractitionerRole, to be named in an assignment.
    #[schema(value_type = String)]
    role: Id,
    /// The specialties.
    specialties: Vec<String>,
    /// When they are busy.
    busy: Vec<Busy>,
}

/// Who could advise, and when they are busy.
#[utoipa::path(get, path = "/api/experts", operation_id = "schedule.experts", tag = "schedule",
    params(Input, Window), responses((status = 200, body = Output)))]
pub async fn experts(
    op: Op,
    Query(input): Query<Input>,
    Query(window): Query<Window>,
) -> Result<Json<Output>, Problem> {
    op.may("schedule.experts", &Facts::default(), None).await?;
    let directory = &op.platform().directory;
    let busy = spells(&op, "expert/", window).await?;
    let mut experts: Vec<Expert> = directory
        .experts(input.specialty.as_deref().filter(|s| !s.is_empty()))
        .iter()
        .filter_map(|role| {
            Some(Expert {
                person: directory.person_ref_at(&role.person, &role.hospital)?,
                role: role.id.clone(),
                specialties: role.specialties.clone(),
                busy: busy.get(&role.person).cloned().unwrap_or_default(),
            })
        })
        .collect();
    let level = |e: &Expert| directory.hospital(&e.person.hospital.id).map(|h| h.level);
    experts.sort_by(|a, b| {
        let key = |e: &Expert| (level(e), e.busy.len(), e.person.name.clone());
        key(a).cmp(&key(b))
    });
    Ok(Json(Output { experts }))
}
