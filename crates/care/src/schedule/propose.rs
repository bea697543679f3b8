//! `schedule.propose`: for each open case of the centre who could see it, where and when; why, and what changes for whom already told. It changes nothing.
//!
//! What it is made from is read from the record; the search itself is `planner`'s, on a thread of its own, with as many turns as keep it short. The same
//! cases at the same versions, with the same calendars, give the same proposals.

use super::busy;
use super::calendar::{Calendar, Spell, whole};
use super::day::{Adviser, Asked, Door, Mapped, Screen, Told, day, first_slot, seats};
use super::{calendars, places, terminals};
use crate::consult::dispatch::{Waits, waiting};
use crate::consult::model::{Booking, Stage};
use crate::consult::state::{Kind, State, Urgency};
use crate::consult::timer::{TimerKind, allowed};
use crate::consult::{Board, SLOT};
use axum::{Extension, Json};
use fhir::Reference;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan};
use kernel::decide::Facts;
use kernel::{Id, Time};
use planner::{Alternative, Budget, Place, Placement, Plan, Terms, Weights, explain, replan};
use platform::directory::{PersonRef, Role};
use platform::{Op, Platform, Problem};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::sync::Arc;
use utoipa::ToSchema;

/// Turns of the search: 2,000 keep the 99th percentile of a new plan of 160 requests under 50 ms (docs/PERFORMANCE.md, The planner).
const TURNS: u64 = 2_000;
/// Minutes of a consultation that is not booked yet, as `consult.assign` books them.
const MINUTES: i64 = 30;
/// Days ahead that can be planned.
const DAYS_AHEAD: i64 = 7;
/// Rooms that there are not, for a question of what would be.
const ROOMS_MAX: u8 = 5;
/// Experts who are thought away.
const ILL_MAX: usize = 50;

/// What would be.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = PlanAsked)]
pub struct Input {
    /// Which day, today when absent, at most a week ahead.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    day: Option<Date>,
    /// What if: so many more rooms, at most 5; 0 for the day as it is.
    more_rooms: u8,
    /// What if: these specialists (PractitionerRoles) were away, at most 50.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    ill: Vec<Id>,
}

/// A day's plan.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanProposed)]
pub struct Output {
    /// What was planned: from now, or the day's beginning, to its end.
    #[serde(flatten)]
    window: Spell,
    /// The entry of the ledger up to which it is true.
    ledger: u64,
    /// The most urgent first.
    proposals: Vec<Proposal>,
    /// Cases past the bound of one plan: the least urgent.
    left_out: usize,
}

/// What becomes of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = PlanChange)]
pub enum Becomes {
    /// It had no booking.
    New,
    /// Its booking stays.
    Stays,
    /// Its booking would be another.
    Moved,
    /// It finds no place in this day.
    NoPlace,
}

/// What is proposed for a case.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanProposal)]
pub struct Proposal {
    /// The case.
    #[schema(value_type = String)]
    case: Id,
    /// Its number.
    number: String,
    /// Its version, to be sent back.
    version: u64,
    /// Where it stands.
    state: State,
    /// How soon.
    urgency: Urgency,
    /// The specialty asked.
    specialty: String,
    /// What becomes of it.
    becomes: Becomes,
    /// Who, where, when; none where it finds no place.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposed: Option<Meeting>,
    /// The booking as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    told: Option<Meeting>,
    /// Who has to be told that something changes.
    tells: Tells,
    /// Why: what it costs, and what else could be.
    why: Reasons,
}

/// Who, where, when.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = PlanMeeting)]
pub struct Meeting {
    /// The specialists.
    experts: Vec<Specialist>,
    /// From.
    #[schema(value_type = String, format = DateTime)]
    start: Time,
    /// How long.
    minutes: i64,
    /// In a virtual room, or without one.
    r#virtual: bool,
    /// The Location; none for a virtual room, and for a room that there is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    room: Option<Id>,
}

/// A specialist in a proposal.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = PlanSpecialist)]
pub struct Specialist {
    /// The PractitionerRole, to be named in an assignment.
    #[schema(value_type = String)]
    role: Id,
    /// Who.
    person: Option<PersonRef>,
}

/// Who has to be told.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = PlanTells)]
pub struct Tells {
    /// The asking hospital: another time, or none.
    asking: bool,
    /// Specialists who are not needed any more.
    leaving: Vec<Specialist>,
    /// Specialists who are needed now.
    joining: Vec<Specialist>,
}

/// What it costs, in units of five minutes that a routine patient waits.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanReasons)]
pub struct Reasons {
    /// By what.
    costs: Costs,
    /// Another specialist.
    #[serde(skip_serializing_if = "Option::is_none")]
    another_expert: Option<Instead>,
    /// Another time.
    #[serde(skip_serializing_if = "Option::is_none")]
    another_time: Option<Instead>,
    /// Another kind of room.
    #[serde(skip_serializing_if = "Option::is_none")]
    another_room: Option<Instead>,
    /// What it would cost more to give it no place in this day.
    no_place: i64,
}

/// What a placement costs.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanCosts)]
pub struct Costs {
    /// All of it.
    sum: i64,
    /// The patient waits.
    waiting: i64,
    /// Past its clock.
    late: i64,
    /// It has no place.
    unplaced: i64,
    /// The specialists have much already.
    load: i64,
    /// Not the specialist who knows the patient.
    continuity: i64,
    /// People were told something else.
    moved: i64,
}

/// What else could be.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanInstead)]
pub struct Instead {
    /// Who, where, when.
    meeting: Meeting,
    /// What it costs more.
    extra: i64,
}

impl Tells {
    /// Who is to be told when one becomes the other.
    fn between(told: Option<&Meeting>, proposed: Option<&Meeting>) -> Self {
        let missing = |of: Option<&Meeting>, within: Option<&Meeting>| -> Vec<Specialist> {
            let stays = |one: &&Specialist| within.is_some_and(|m| m.experts.iter().any(|e| e.role == one.role));
            of.iter().flat_map(|m| &m.experts).filter(|one| !stays(one)).cloned().collect()
        };
        let asking = told.is_some_and(|told| proposed.is_none_or(|proposed| proposed.start != told.start));
        Self { asking, leaving: missing(told, proposed), joining: missing(proposed, told) }
    }
}

impl From<Terms> for Costs {
    fn from(terms: Terms) -> Self {
        let Terms { waiting, late, unplaced, load, continuity, moved_time, moved_expert, moved_room } = terms;
        let moved = moved_time + moved_expert + moved_room;
        Self { sum: terms.sum(), waiting, late, unplaced, load, continuity, moved }
    }
}

/// Plan a day of the centre, or what it would be.
#[utoipa::path(post, path = "/api/schedule/proposals", operation_id = "schedule.propose", tag = "schedule",
    request_body = Input, responses((status = 200, body = Output),
        (status = 422, description = "schedule.not_a_day, schedule.too_much")))]
pub async fn propose(
    op: Op,
    Extension(board): Extension<Arc<Board>>,
    Json(input): Json<Input>,
) -> Result<Json<Output>, Problem> {
    op.may("schedule.propose", &Facts::default(), None).await?;
    let window = window(&op, &input)?;
    let ledger = *op.store().sealed().borrow();
    let (waits, left_out) = waiting(&op, &board).await?;
    let facts = gather(&op, waits, &input, window).await?;
    let seed = seed(facts.cases.iter().map(|wait| (&wait.case.id, wait.case.version)));
    // A search takes tens of milliseconds: not on a thread that others wait for.
    let (facts, worked) = tokio::task::spawn_blocking(move || {
        let worked = work(&facts, window, seed);
        (facts, worked)
    })
    .await
    .map_err(Problem::internal)?;
    let proposals = facts.proposals(op.platform(), worked);
    op.note_read("schedule.propose", None, None, None).await?;
    Ok(Json(Output { window, ledger, proposals, left_out }))
}

fn window(op: &Op, input: &Input) -> Result<Spell, Problem> {
    if input.more_rooms > ROOMS_MAX || input.ill.len() > ILL_MAX {
        let detail = format!("At most {ROOMS_MAX} more rooms and {ILL_MAX} experts thought away.");
        return Err(Problem::unfit("schedule.too_much", detail).with("rooms_max", ROOMS_MAX).with("ill_max", ILL_MAX));
    }
    let zone = op.platform().settings.time_zone();
    let today = op.now().to_zoned(zone.clone()).date();
    let asked = input.day.unwrap_or(today);
    let last = today.checked_add(DAYS_AHEAD.days()).unwrap_or(today);
    let whole = whole(&zone, asked).filter(|_| (today..=last).contains(&asked));
    let unfit = || Problem::unfit("schedule.not_a_day", "Plan today or a day of the next seven.");
    let whole = whole.ok_or_else(unfit)?;
    let from = whole.from.max(first_slot(op.now()));
    // A day of 25 hours is planned without its last one.
    let to = whole.to.min(from + SLOT * i32::from(planner::DAY_SLOTS)).max(from);
    Ok(Spell { from, to })
}

/// The seed of a plan: the same cases at the same versions draw the same. The ledger's position would not do: each look moves it, that at the plan among them,
/// and who asks twice would be told another plan of the same day.
fn seed<'a>(cases: impl Iterator<Item = (&'a Id, u64)>) -> u64 {
    let mut hash = Sha256::new();
    for (case, version) in cases {
        hash.update(case.as_str());
        hash.update([0]);
        hash.update(version.to_be_bytes());
    }
    let mut first = [0; 8];
    first.copy_from_slice(&hash.finalize()[..8]);
    u64::from_be_bytes(first)
}

/// What a plan is made from.
struct Given {
    cases: Vec<Waits>,
    asked: Vec<Asked>,
    advisers: Vec<Adviser>,
    people: Vec<Arc<Role>>,
    doors: Vec<Door>,
    screens: Vec<Screen>,
}

async fn gather(op: &Op, waits: Vec<Waits>, input: &Input, window: Spell) -> Result<Given, Problem> {
    let platform = op.platform();
    let directory = &platform.directory;
    let (tree, zone) = (directory.tree(), platform.settings.time_zone());
    let within = |hospital: &Id| tree.is_within(hospital, &op.actor().hospital);
    // One post a person: the highest hospital's.
    let mut people = directory.experts(None);
    people.retain(|role| within(&role.hospital));
    people.sort_by_key(|r| (directory.hospital(&r.hospital).map(|h| h.level), r.id.clone()));
    let mut seen = BTreeSet::new();
    people.retain(|role| seen.insert(role.person.clone()));
    let calendars = calendars::of(op.platform(), &people, window).await?;
    let mut doors: Vec<Door> = directory
        .rooms(None)
        .into_iter()
        .filter(|room| !room.is_virtual && room.hospital == op.actor().hospital)
        .map(|room| Door { room: Some(room.id.clone()), busy: vec![] })
        .collect();
    let mut advisers: Vec<Adviser> = people
        .iter()
        .map(|role| Adviser {
            role: role.id.clone(),
            hospital: role.hospital.clone(),
            licensed: directory.may_practise(&role.person, window.from.to_zoned(zone.clone()).date()),
            specialties: role.specialties.clone(),
            there: match input.ill.contains(&role.id) {
                true => vec![],
                false => calendars.get(&role.id).map(|c| c.there(&zone, window)).unwrap_or_default(),
            },
            busy: vec![],
            left: None,
            load: 0,
        })
        .collect();
    let opens = platform.chosen.schedule_opens();
    let hours = Hours {
        window,
        opens: window.from.max(opening(&zone, window.from, opens)),
        // Nothing of it has passed: it is a day to come.
        is_to_come: window.from > first_slot(op.now()),
    };
    let (mut cases, mut asked) = (vec![], vec![]);
    for wait in waits {
        if let Some(one) = ask(platform, &wait, &advisers, &doors, &hours) {
            asked.push(one);
            cases.push(wait);
        }
    }
    // What was told outside of somebody's hours was decided so; what was told in a time that became leave was not.
    for (one, told) in asked.iter().filter_map(|one| Some((one, one.told.as_ref()?))) {
        let spell = Spell { from: told.start, to: told.start + SignedDuration::from_mins(one.minutes) };
        for adviser in advisers.iter_mut().filter(|a| told.experts.contains(&a.role) && !input.ill.contains(&a.role)) {
            let away = calendars.get(&adviser.role).map(Calendar::away).unwrap_or_default();
            adviser.there.extend((!away.iter().any(|leave| leave.meets(&spell))).then_some(spell));
        }
    }
    let planned: BTreeSet<Reference> = cases.iter().map(|wait| wait.case.at.case.clone()).collect();
    let (experts, rooms) = (busy::held(op, "expert/").await?, busy::held(op, "room/").await?);
    let terminals = busy::held(op, terminals::PREFIX).await?;
    let day = places::day_of(window.from, &zone);
    let held = places::others(op.store(), day, &planned, op.now()).await?;
    let others = |held: &busy::Spells, id: &Id| -> Vec<Spell> {
        let all = held.get(id).into_iter().flatten().filter(|(.., by)| !planned.contains(by));
        all.map(|(from, to, _)| Spell { from: *from, to: *to }).collect()
    };
    for (adviser, role) in advisers.iter_mut().zip(&people) {
        adviser.busy = others(&experts, &role.person);
        adviser.load = held.get(&role.person).copied().unwrap_or(0);
        let limit = calendars.get(&role.id).and_then(|c| c.limit);
        adviser.left = limit.map(|n| u16::try_from(n).unwrap_or(u16::MAX).saturating_sub(adviser.load));
    }
    for door in &mut doors {
        door.busy = door.room.as_ref().map(|room| others(&rooms, room)).unwrap_or_default();
    }
    let asking: BTreeSet<&Id> = asked.iter().map(|one| &one.hospital).collect();
    let kept = directory.devices().into_iter().filter(|d| d.is_terminal() && asking.contains(&d.hospital));
    let screens = kept.map(|d| Screen { hospital: d.hospital.clone(), busy: others(&terminals, &d.id) }).collect();
    doors.extend((0..input.more_rooms).map(|_| Door { room: None, busy: vec![] }));
    Ok(Given { cases, asked, advisers, people, doors, screens })
}

/// What is planned, and from when on those who can wait.
struct Hours {
    window: Spell,
    opens: Time,
    is_to_come: bool,
}

/// The hour of the day on which `at` falls at which routine consultations begin.
fn opening(zone: &TimeZone, at: Time, hour: i8) -> Time {
    let day = at.to_zoned(zone.clone()).date();
    day.at(hour, 0, 0, 0).to_zoned(zone.clone()).map_or(at, |opens| opens.timestamp())
}

/// A case as the plan takes it; none when there is nothing to arrange, or nothing that this plan may move.
fn ask(platform: &Platform, wait: &Waits, advisers: &[Adviser], doors: &[Door], hours: &Hours) -> Option<Asked> {
    let case = &wait.case;
    let ask = &case.consult.ask;
    let window = hours.window;
    // An emergency is not put off to another day.
    if hours.is_to_come && ask.urgency == Urgency::Emergency {
        return None;
    }
    let known = |role: &Id| advisers.iter().find(|adviser| adviser.role == *role);
    // Of what has begun only its experts' illness is looked at: from now on they are not there.
    let is_ill = |booking: &Booking| {
        let meets = |adviser: &Adviser| {
            adviser.there.iter().any(|s| s.meets(&Spell { from: booking.start.max(window.from), to: booking.end }))
        };
        booking.experts.iter().any(|e| known(&e.role).is_some_and(|adviser| !meets(adviser)))
    };
    let mut seats_of = vec![case.specialty()];
    let (mut told, mut knows, mut minutes) = (None, None, MINUTES);
    match &case.consult.stage {
        Stage::Submitted | Stage::Triaged | Stage::Transferred | Stage::ConvertedAsync(None) => {}
        Stage::Escalated(booking) => knows = booking.as_ref().and_then(|b| Some(b.experts.first()?.role.clone())),
        Stage::NoShow(booking, _) => knows = booking.experts.first().map(|e| e.role.clone()),
        Stage::Scheduled(booking) | Stage::Waiting(booking) => {
            let ahead = ask.kind == Kind::Live && ask.urgency != Urgency::Emergency && booking.start >= window.from;
            let is_over = booking.end <= window.from;
            if is_over || booking.start >= window.to || (!ahead && !is_ill(booking)) {
                return None;
            }
            let team: Vec<&Adviser> = booking.experts.iter().map(|e| known(&e.role)).collect::<Option<_>>()?;
            seats_of = seats(&case.specialty(), &team)?;
            let room = booking.room.clone().filter(|r| !platform.directory.room(r).is_some_and(|r| r.is_virtual));
            if room.as_ref().is_some_and(|room| !doors.iter().any(|door| door.room.as_ref() == Some(room))) {
                return None;
            }
            minutes = booking.end.duration_since(booking.start).as_mins();
            let experts = booking.experts.iter().map(|e| e.role.clone()).collect();
            told = ahead.then_some(Told { start: booking.start, experts, room });
        }
        _ => return None,
    }
    let kind = if ask.kind == Kind::Live { TimerKind::ExpertInRoom } else { TimerKind::SignedOpinion };
    let wished = wait.wanted.time.filter(|_| ask.urgency != Urgency::Emergency && ask.kind == Kind::Live);
    Some(Asked {
        case: case.id.clone(),
        urgency: match ask.urgency {
            Urgency::Emergency => planner::Urgency::Emergency,
            Urgency::Urgent => planner::Urgency::Urgent,
            Urgency::Routine => planner::Urgency::Routine,
        },
        hospital: case.custodian.clone(),
        specialties: seats_of,
        wish: wait.wanted.expert.clone(),
        knows,
        ready: match (wished, ask.urgency) {
            (Some(time), _) => time.max(window.from),
            // Who can wait a day is not called at night.
            (None, Urgency::Routine) => hours.opens,
            (None, Urgency::Urgent | Urgency::Emergency) => window.from,
        },
        minutes,
        on_record: ask.kind == Kind::Record,
        due: Some(ask.clock_from + allowed(&platform.timers(), ask.urgency, kind)),
        told,
    })
}

/// What the search made of it.
struct Worked {
    mapped: Mapped,
    plan: Plan,
    whys: Vec<planner::Why>,
}

/// Plans the day anew, and asks of each request why.
fn work(given: &Given, window: Spell, seed: u64) -> Worked {
    let mapped = day(&given.asked, &given.advisers, &given.doors, &given.screens, window.from, window.to);
    let weights = Weights::default();
    let plan = replan(&mapped.day, &mapped.told, 0, &weights, seed, Budget::Iterations(TURNS));
    let told = mapped.day.told(&mapped.told);
    let whys = mapped.day.request_ids().map(|id| explain(&told, &plan, &weights, id, 0)).collect();
    Worked { mapped, plan, whys }
}

impl Given {
    fn proposals(&self, platform: &Platform, worked: Worked) -> Vec<Proposal> {
        let Worked { mapped, plan, whys } = worked;
        let mut all = vec![];
        for (((n, wait), why), id) in self.cases.iter().enumerate().zip(whys).zip(mapped.day.request_ids()) {
            let case = &wait.case;
            let told = case.consult.stage.booking().map(|booking| self.booked(platform, booking));
            let (before, after) = (mapped.told.of(id), plan.of(id));
            let meeting = |placement: &Placement| self.meeting(platform, &mapped, n, placement);
            let proposed = match (&told, before == after) {
                (Some(told), true) if after.is_some() => Some(told.clone()),
                _ => after.map(meeting).map(|meeting| match (&told, before) {
                    // Booked at a minute that no slot begins with: the same slot is the same time.
                    (Some(told), Some(before)) if after.is_some_and(|p| p.start == before.start) => {
                        Meeting { start: told.start, ..meeting }
                    }
                    _ => meeting,
                }),
            };
            let becomes = match (&proposed, &told) {
                (None, _) => Becomes::NoPlace,
                (Some(_), None) => Becomes::New,
                (Some(proposed), Some(told)) if proposed == told => Becomes::Stays,
                _ => Becomes::Moved,
            };
            let instead = |other: Option<Alternative>| {
                other.map(|other| Instead { meeting: meeting(&other.placement), extra: other.extra })
            };
            let why = Reasons {
                costs: why.terms.into(),
                another_expert: instead(why.instead.expert),
                another_time: instead(why.instead.time),
                another_room: instead(why.instead.room),
                no_place: why.instead.not_at_all,
            };
            all.push(Proposal {
                case: case.id.clone(),
                number: case.number.clone(),
                version: case.version,
                state: case.consult.state(),
                urgency: case.consult.ask.urgency,
                specialty: case.specialty(),
                becomes,
                tells: Tells::between(told.as_ref(), proposed.as_ref()),
                proposed,
                told,
                why,
            });
        }
        all
    }

    fn specialist(&self, platform: &Platform, n: usize) -> Specialist {
        let role = &self.people[n];
        Specialist { role: role.id.clone(), person: platform.directory.person_ref_at(&role.person, &role.hospital) }
    }

    fn meeting(&self, platform: &Platform, mapped: &Mapped, n: usize, placement: &Placement) -> Meeting {
        let room = match placement.place {
            Place::Virtual => None,
            Place::Room(room) => self.doors.get(room.index()).and_then(|door| door.room.clone()),
        };
        Meeting {
            experts: placement.team.iter().map(|e| self.specialist(platform, e.index())).collect(),
            start: mapped.time(placement.start),
            minutes: self.asked[n].minutes,
            r#virtual: placement.place == Place::Virtual,
            room,
        }
    }

    fn booked(&self, platform: &Platform, booking: &Booking) -> Meeting {
        let shown = |person, hospital| platform.directory.person_ref_at(person, hospital);
        let experts =
            booking.experts.iter().map(|e| Specialist { role: e.role.clone(), person: shown(&e.person, &e.hospital) });
        Meeting {
            experts: experts.collect(),
            start: booking.start,
            minutes: booking.end.duration_since(booking.start).as_mins(),
            r#virtual: booking.room.as_ref().is_none_or(|r| platform.directory.room(r).is_some_and(|r| r.is_virtual)),
            room: booking.room.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use planner::check;

    #[test]
    fn a_seed_is_of_the_cases_and_their_versions() {
        let ids: Vec<Id> = ["a", "b", "ab"].iter().map(|t| Id::new(*t).unwrap()).collect();
        let of = |which: &[(usize, u64)]| seed(which.iter().map(|(n, version)| (&ids[*n], *version)));
        assert_eq!(of(&[(0, 1), (1, 1)]), of(&[(0, 1), (1, 1)]));
        for other in [&[(0, 1), (1, 2)][..], &[(1, 1), (0, 1)], &[(2, 1)]] {
            assert_ne!(of(&[(0, 1), (1, 1)]), of(other));
        }
    }

    /// 160 cases, 60 experts, 10 rooms, as the planner's own measurement has them: with mapping, search and reasons.
    #[test]
    #[ignore = "a measurement: `cargo nextest run --release -p care --run-ignored all -E 'test(a_replan_in_time)' --no-capture`"]
    fn a_replan_in_time() {
        let given = made_up(160, 60, 10);
        let window = Spell { from: Time::UNIX_EPOCH, to: Time::UNIX_EPOCH + SignedDuration::from_hours(10) };
        let mut times: Vec<f64> = (0..200)
            .map(|seed| {
                let begun = std::time::Instant::now();
                let worked = work(&given, window, seed);
                assert_eq!(check(&worked.mapped.day, &worked.plan), Ok(()));
                begun.elapsed().as_secs_f64() * 1e3
            })
            .collect();
        times.sort_by(f64::total_cmp);
        tracing::info!("p50 {} ms, p99 {} ms", times[100], times[198]);
        assert!(times[198] <= 150.0, "p50 {} ms, p99 {} ms", times[100], times[198]);
    }

    fn made_up(requests: usize, experts: usize, rooms: usize) -> Given {
        let mut chance = planner::Chance::new(1);
        let id = |kind: &str, n: usize| Id::new(format!("{kind}-{n}")).unwrap();
        let at = |minute: i64| Time::UNIX_EPOCH + SignedDuration::from_mins(minute);
        let asked = (0..requests).map(|n| {
            let urgency = match chance.below(20) {
                0 => planner::Urgency::Emergency,
                1..=4 => planner::Urgency::Urgent,
                _ => planner::Urgency::Routine,
            };
            let told = (chance.below(2) == 0).then(|| Told {
                start: at(15 + 5 * chance.below(100) as i64),
                experts: vec![id("expert", chance.below(experts))],
                room: Some(id("room", chance.below(rooms))),
            });
            Asked {
                case: id("case", n),
                urgency,
                hospital: id("county", chance.below(100)),
                specialties: vec![format!("s{}", chance.below(12))],
                wish: None,
                knows: None,
                ready: at(5 * chance.below(60) as i64),
                minutes: 15 + 5 * chance.below(5) as i64,
                on_record: false,
                due: Some(at(240)),
                told,
            }
        });
        let asked = asked.collect();
        let advisers = (0..experts).map(|n| Adviser {
            role: id("expert", n),
            hospital: id("centre", 0),
            licensed: true,
            specialties: vec![format!("s{}", n % 12)],
            there: vec![Spell { from: at(0), to: at(600) }],
            busy: vec![],
            left: Some(12),
            load: 0,
        });
        let doors = (0..rooms).map(|n| Door { room: Some(id("room", n)), busy: vec![] });
        let (advisers, doors) = (advisers.collect(), doors.collect());
        Given { cases: vec![], asked, advisers, people: vec![], doors, screens: vec![] }
    }
}
