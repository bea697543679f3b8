//! Whether the experts of a booking are there, and whether their day has a place left: asked by `consult.assign` and by the swap of a late expert.

use super::calendar::{Because, Spell};
use super::resources::schedule_at;
use super::{calendars, places};
use crate::consult::Loaded;
use crate::consult::model::{Booking, Expert};
use crate::consult::state::Kind;
use crate::consult::timer::{TimerKind, allowed};
use jiff::tz::TimeZone;
use kernel::Time;
use platform::directory::{PersonRef, Role};
use platform::{Platform, Problem};
use records::{Claim, Expect};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Something that speaks against an expert at that time, or against the time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Against)]
pub struct Against {
    /// Whom; none where it is the time.
    pub expert: Option<PersonRef>,
    /// `schedule.away`, `schedule.full` or `schedule.no_terminal`, as in a refusal.
    pub code: &'static str,
    /// Away for leave or outside of hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<Because>,
    /// From when on they can be had; none when not within two weeks.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Time>,
    /// The limit of the day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// What a booking means for the calendars of its experts.
#[derive(Debug, Default)]
pub struct Standing {
    /// What speaks against it.
    pub against: Vec<Against>,
    /// The calendars on which that rests.
    pub expect: Vec<Expect>,
    /// The places it takes of their days.
    pub claims: Vec<Claim>,
}

impl Against {
    /// Every terminal of the asking hospital is taken.
    pub fn no_terminal() -> Self {
        Self { expert: None, code: "schedule.no_terminal", because: None, until: None, limit: None }
    }

    /// As a refusal.
    pub fn problem(&self, all: &[Self]) -> Problem {
        let name = self.expert.as_ref().map(|e| e.name_en.clone().unwrap_or_else(|| e.name.clone()));
        let name = name.unwrap_or_default();
        let detail = match self.code {
            "schedule.full" => format!("{name} has as many consultations that day as their limit allows."),
            "schedule.no_terminal" => "Every terminal of the asking hospital is taken at that time.".to_owned(),
            _ => format!("{name} is not there at that time."),
        };
        let detail = format!("{detail} Choose another expert or time, or say why it must be `despite` that.");
        let mut problem = Problem::conflict(self.code, detail);
        if let Ok(serde_json::Value::Object(facts)) = serde_json::to_value(self) {
            problem.params.extend(facts.into_iter().filter(|(name, _)| name != "code"));
        }
        if let Some(expert) = &self.expert {
            let name_en = expert.name_en.clone().unwrap_or_else(|| expert.name.clone());
            problem = problem.with("name", expert.name.clone()).with("name_en", name_en);
        }
        problem.with("all", serde_json::to_value(all).unwrap_or_default())
    }
}

/// How a booking stands to the calendars of its experts.
pub async fn of(platform: &Platform, case: &Loaded, booking: &Booking, now: Time) -> Result<Standing, Problem> {
    let directory = &platform.directory;
    let zone = platform.settings.time_zone();
    let roles: Vec<Arc<Role>> = booking.experts.iter().filter_map(|e| directory.role(&e.role)).collect();
    let ask = &case.consult.ask;
    let live = ask.kind == Kind::Live;
    // On the record an expert has until the opinion is due.
    let due = now + allowed(&platform.timers(), ask.urgency, TimerKind::SignedOpinion);
    let wanted = Spell { from: booking.start, to: if live { booking.end } else { due } };
    let window = Spell { from: wanted.from, to: wanted.to + jiff::SignedDuration::from_hours(24 * 15) };
    let calendars = calendars::of(platform, &roles, window).await?;
    let mut standing = Standing::default();
    for (role, calendar) in &calendars {
        standing.expect.push(Expect { at: schedule_at(role), version: calendar.version });
    }
    for expert in &booking.experts {
        let calendar = calendars.get(&expert.role).cloned().unwrap_or_default();
        let shown = || directory.person_ref_at(&expert.person, &expert.hospital);
        let away = if live { calendar.misses(&zone, wanted) } else { calendar.misses_all(&zone, wanted) };
        if let Some(away) = away {
            let (because, until) = (Some(away.because), away.until);
            standing.against.push(Against { expert: shown(), code: "schedule.away", because, until, limit: None });
        }
        let full =
            place(platform, case, expert, booking.start, calendar.limit, &zone, now, &mut standing.claims).await?;
        if let Some(until) = full {
            let (code, limit) = ("schedule.full", calendar.limit);
            standing.against.push(Against { expert: shown(), code, because: None, until: Some(until), limit });
        }
    }
    Ok(standing)
}

/// Takes a place of an expert's day unless the case has one. When the day is full: its end.
#[expect(clippy::too_many_arguments, reason = "each is a different fact, and the one caller has them all at hand")]
async fn place(
    platform: &Platform,
    case: &Loaded,
    expert: &Expert,
    start: Time,
    limit: Option<u32>,
    zone: &TimeZone,
    now: Time,
    claims: &mut Vec<Claim>,
) -> Result<Option<Time>, Problem> {
    let day = places::day_of(start, zone);
    let (others, has_one) = places::held(&*platform.store, &expert.person, day, &case.id, now).await?;
    let Some(claim) = places::next(case, &expert.person, day, &others, limit, zone) else { return Ok(None) };
    let until = claim.until;
    if !has_one {
        claims.push(claim);
    }
    let full = places::is_full(limit, &others);
    Ok(until.filter(|_| full))
}
