//! `schedule.experts`: who could advise, who of them is on call, free or away now, and when they are busy.

use super::busy::{Busy, Window, spells};
use super::calendar::{Because, Spell};
use super::calendars;
use axum::Json;
use axum::extract::Query;
use jiff::SignedDuration;
use kernel::decide::Facts;
use kernel::{Id, Time};
use platform::directory::PersonRef;
use platform::{Op, Problem};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What counts as now.
const MOMENT: SignedDuration = SignedDuration::from_mins(1);
/// How far ahead calendars are read, to say until when somebody is away.
const AHEAD: SignedDuration = SignedDuration::from_hours(24 * 15);

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
    /// The zone they work in, when it is another than the site's.
    #[serde(skip_serializing_if = "Option::is_none")]
    zone: Option<String>,
    /// When they are busy.
    busy: Vec<Busy>,
    /// There now, and not busy.
    free: bool,
    /// For what they are on call now, and in which place of the ring.
    on_call: Vec<OnCall>,
    /// Not there now.
    #[serde(skip_serializing_if = "Option::is_none")]
    away: Option<AwayNow>,
}

/// On call.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ExpertOnCall)]
pub struct OnCall {
    /// For which specialty.
    specialty: String,
    /// 1 is called first.
    rank: u32,
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    until: Time,
}

/// Not there now.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ExpertAway)]
pub struct AwayNow {
    /// On leave, or outside of their hours.
    because: Because,
    /// Until when; none when for more than two weeks.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Time>,
}

/// Who could advise, who is there now, and when they are busy.
#[utoipa::path(get, path = "/api/experts", operation_id = "schedule.experts", tag = "schedule",
    params(Input, Window), responses((status = 200, body = Output)))]
pub async fn experts(
    op: Op,
    Query(input): Query<Input>,
    Query(window): Query<Window>,
) -> Result<Json<Output>, Problem> {
    op.may("schedule.experts", &Facts::default(), None).await?;
    let directory = &op.platform().directory;
    let now = op.now();
    let busy = spells(&op, "expert/", window).await?;
    // Whatever window is asked for: busy now is busy now.
    let moment = Window { from: Some(now), to: Some(now + MOMENT) };
    let taken = spells(&op, "expert/", moment).await?;
    let roles = directory.experts(input.specialty.as_deref().filter(|s| !s.is_empty()));
    let ahead = Spell { from: now, to: now + AHEAD };
    let calendars = calendars::of(op.platform(), &roles, ahead).await?;
    let zone = op.platform().settings.time_zone();
    let mut experts: Vec<Expert> = roles
        .iter()
        .filter_map(|role| {
            let calendar = calendars.get(&role.id)?;
            let away = calendar.misses(&zone, Spell { from: now, to: now + MOMENT });
            let on_call = calendar.on_call(now).into_iter().map(|duty| OnCall {
                specialty: duty.specialty.clone(),
                rank: duty.rank,
                until: duty.spell.to,
            });
            Some(Expert {
                zone: calendar.zone.as_ref().and_then(|zone| zone.iana_name()).map(str::to_owned),
                person: directory.person_ref_at(&role.person, &role.hospital)?,
                role: role.id.clone(),
                specialties: role.specialties.clone(),
                busy: busy.get(&role.person).cloned().unwrap_or_default(),
                free: away.is_none() && taken.get(&role.person).is_none_or(Vec::is_empty),
                on_call: on_call.collect(),
                away: away.map(|away| AwayNow { because: away.because, until: away.until }),
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
