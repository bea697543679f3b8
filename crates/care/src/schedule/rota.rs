//! `schedule.rota`: who of the centre's experts is there, on call, away and busy, and how full their days are.

use super::busy::{Busy, Window, spells};
use super::calendar::{Calendar, Duty, Reason, Shift, SpecialDays, Spell};
use super::calendars::{self, facts};
use super::places;
use axum::Json;
use axum::extract::Query;
use jiff::SignedDuration;
use jiff::civil::Date;
use kernel::decide::Facts;
use kernel::{Action, Id};
use platform::directory::{PersonRef, Role};
use platform::{Op, Problem};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::{IntoParams, ToSchema};

/// Longest window.
const WINDOW_MAX: SignedDuration = SignedDuration::from_hours(24 * 35);
/// The window when nothing is said.
const WINDOW: SignedDuration = SignedDuration::from_hours(24 * 7);

/// Of which specialty.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Input {
    /// A specialty's code; all when absent.
    specialty: Option<String>,
}

/// A rota.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Rota)]
pub struct Output {
    /// From.
    #[serde(flatten)]
    window: Spell,
    /// The site's zone, in which days are cut, and hours read of whoever works in no other.
    zone: String,
    /// Holidays of the own hospital in the window: nobody keeps hours then.
    #[schema(value_type = Vec<String>)]
    holidays: Vec<Date>,
    /// Days in it that are worked by Monday's hours, whatever day they are.
    #[schema(value_type = Vec<String>)]
    workdays: Vec<Date>,
    /// The experts of the own hospital and those below: highest hospital first, then by name.
    experts: Vec<Row>,
}

/// An expert in a rota.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RotaRow)]
pub struct Row {
    /// Who.
    #[serde(flatten)]
    person: PersonRef,
    /// The PractitionerRole.
    #[schema(value_type = String)]
    role: Id,
    /// The specialties.
    specialties: Vec<String>,
    /// The calendar's version, to be sent back with a change.
    version: u64,
    /// The zone they work in, when it is another than the site's: their hours are wall clock there.
    #[serde(skip_serializing_if = "Option::is_none")]
    zone: Option<String>,
    /// The weekly hours; none where none are said.
    #[serde(skip_serializing_if = "Option::is_none")]
    hours: Option<Vec<Shift>>,
    /// When they are there: in their hours or on call, and not away.
    there: Vec<Spell>,
    /// When they are on call.
    duties: Vec<Duty>,
    /// When they are away.
    away: Vec<Absence>,
    /// When they are busy.
    busy: Vec<Busy>,
    /// Most consultations of a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<u32>,
    /// Consultations by day, of days on which there are any and that are not over.
    days: BTreeMap<String, usize>,
    /// Whether I may change hours and duties.
    mine_to_keep: bool,
}

/// Away.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RotaAbsence)]
pub struct Absence {
    /// The entry; none where it was entered at another hospital.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    id: Option<Id>,
    /// When.
    #[serde(flatten)]
    spell: Spell,
    /// Why, for the expert and for those who keep their rota.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
}

/// The rota of the centre: a week from now unless another window of at most 35 days is asked for.
#[utoipa::path(get, path = "/api/rota", operation_id = "schedule.rota", tag = "schedule", params(Input, Window),
    responses((status = 200, body = Output), (status = 422, description = "schedule.not_a_window")))]
pub async fn rota(op: Op, Query(input): Query<Input>, Query(window): Query<Window>) -> Result<Json<Output>, Problem> {
    op.may("schedule.rota", &Facts::default(), None).await?;
    let window = asked(window, op.now())?;
    let directory = &op.platform().directory;
    let tree = directory.tree();
    let specialty = input.specialty.as_deref().filter(|s| !s.is_empty());
    let mut roles = directory.experts(specialty);
    roles.retain(|role| tree.is_within(&role.hospital, &op.actor().hospital));
    let mut calendars = calendars::of(op.platform(), &roles, window).await?;
    let busy = spells(&op, "expert/", Window { from: Some(window.from), to: Some(window.to) }).await?;
    let days = places::days(op.store(), op.now()).await?;
    let knows = |role: &Role| {
        let facts = facts(directory, op.actor(), role);
        let may = |action| kernel::decide(op.actor(), action, &facts, op.now()).allow;
        (may(Action::TakeLeave), may(Action::KeepRota))
    };
    let known = roles.iter().filter(|role| knows(role).0).filter_map(|role| calendars.get(&role.id));
    let leaves: Vec<Id> = known.flat_map(|c| &c.leaves).map(|l| l.id.clone()).collect();
    let reasons = calendars::reasons(op.store(), &leaves).await?;
    let zone = op.platform().settings.time_zone();
    let mut experts = vec![];
    for role in &roles {
        let Some(person) = directory.person_ref_at(&role.person, &role.hospital) else { continue };
        let calendar = calendars.remove(&role.id).unwrap_or_default();
        experts.push(Row {
            person,
            role: role.id.clone(),
            specialties: role.specialties.clone(),
            version: calendar.version,
            there: calendar.there(&zone, window),
            zone: calendar.zone.as_ref().and_then(|zone| zone.iana_name()).map(str::to_owned),
            away: away(&calendar, window, &reasons),
            busy: busy.get(&role.person).cloned().unwrap_or_default(),
            limit: calendar.limit,
            days: days.get(&role.person).cloned().unwrap_or_default(),
            mine_to_keep: knows(role).1,
            hours: calendar.hours,
            duties: calendar.duties,
        });
    }
    let level = |row: &Row| directory.hospital(&row.person.hospital.id).map(|h| h.level);
    experts.sort_by(|a, b| (level(a), &a.person.name, &a.role).cmp(&(level(b), &b.person.name, &b.role)));
    let SpecialDays { holidays, workdays } = calendars::special_days(op.platform(), &op.actor().hospital);
    let (first, last) = (window.from.to_zoned(zone.clone()).date(), window.to.to_zoned(zone.clone()).date());
    let within = |days: BTreeSet<Date>| days.range(first..=last).copied().collect();
    let (holidays, workdays) = (within(holidays), within(workdays));
    let zone = zone.iana_name().unwrap_or("UTC").to_owned();
    Ok(Json(Output { window, zone, holidays, workdays, experts }))
}

fn away(calendar: &Calendar, window: Spell, reasons: &BTreeMap<Id, Reason>) -> Vec<Absence> {
    let own = calendar.leaves.iter().map(|leave| Absence {
        id: Some(leave.id.clone()),
        spell: leave.spell,
        reason: reasons.get(&leave.id).copied(),
    });
    let elsewhere = calendar.elsewhere.iter().map(|spell| Absence { id: None, spell: *spell, reason: None });
    let mut all: Vec<Absence> = own.chain(elsewhere).filter(|a| a.spell.meets(&window)).collect();
    all.sort_by_key(|a| a.spell);
    all
}

fn asked(window: Window, now: kernel::Time) -> Result<Spell, Problem> {
    let from = window.from.unwrap_or(now);
    let to = window.to.unwrap_or(from + WINDOW);
    let length = to.duration_since(from);
    if length <= SignedDuration::ZERO || length > WINDOW_MAX {
        return Err(
            Problem::unfit("schedule.not_a_window", "A rota is shown for at most 35 days.").with("days_max", 35)
        );
    }
    Ok(Spell { from, to })
}
