//! Does what `timers` says when it is due: tells who is to be told, asks a standby, replaces who did not come.
//!
//! One job a case, put by the commit of each step and moved on by itself: the next thing due. What was done is claimed by
//! case, thing and instant, so that it happens once however often the job runs and whoever runs it; a step taken before
//! overtakes it. Each is an act of the ledger by the system. It must never end a case.

use super::change::changed;
use super::loading::find;
use super::model::{Booking, Consult, Expert, ROOM_OPENS_BEFORE};
use super::resources::{Loaded, Next};
use super::state::{Absent, Urgency};
use super::step::keep_patient_open;
use super::timer;
use super::timers::{Ahead, Here, Party, Rung, plan};
use crate::schedule::calendar::Spell;
use crate::schedule::{calendars, places, standing, terminals};
use async_trait::async_trait;
use jiff::SignedDuration;
use kernel::{Id, Role, Time};
use platform::directory::{PersonRef, Role as DirectoryRole};
use platform::jobs::JobHandler;
use platform::notify;
use platform::settings::Timers;
use platform::{Platform, Problem, Shared};
use records::{Act, Change, Claim, CommitError, Entry, Expect, Job, Subject};
use serde::Serialize;
use serde_json::{Value, json};
use std::sync::Arc;
use utoipa::ToSchema;

const KIND: &str = "consult.escalate";
/// How long it is remembered that something was done.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24 * 400);
/// A standby must be free for so long.
const FREE_FOR: SignedDuration = SignedDuration::from_mins(30);

/// What happens next by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CaseAhead)]
pub struct NextRung {
    /// What.
    pub what: Rung,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Time,
    /// Which side is late, where somebody is waited for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<Absent>,
    /// Who is told then.
    pub tells: Vec<Party>,
}

impl From<&Ahead> for NextRung {
    fn from(ahead: &Ahead) -> Self {
        Self { what: ahead.rung, at: ahead.at, who: ahead.side, tells: ahead.tells.clone() }
    }
}

/// The job of a case that comes to stand so. None when nothing happens by itself.
pub fn job(case: &Id, consult: &Consult, limits: &Timers, now: Time) -> Option<Job> {
    let all = plan(consult, timer::in_force(consult, limits), limits, Here::default());
    all.first().map(|first| at(case, first.at.max(now)))
}

fn at(case: &Id, run_at: Time) -> Job {
    Job { key: format!("{KIND}/{case}"), kind: KIND.to_owned(), payload: json!({ "case": case }), run_at }
}

/// What happens next to this case by itself.
pub async fn next(platform: &Platform, case: &Loaded, now: Time) -> Result<Option<NextRung>, Problem> {
    let here = here(platform, case, now).await?;
    let all = plan(&case.consult, case.timer, &platform.timers(), here);
    Ok(all.iter().find(|a| a.at > now).map(NextRung::from))
}

/// Who is in the room, or has been since it opened for this meeting, as the ledger tells.
async fn here(platform: &Platform, case: &Loaded, now: Time) -> Result<Here, Problem> {
    let opens = case.consult.stage.booking().map(|b| b.start - ROOM_OPENS_BEFORE);
    let Some(opens) = opens.filter(|opens| case.has_room() && *opens <= now) else { return Ok(Here::default()) };
    let entries = platform.store.entries_of_case(&case.at.case).await?;
    let mut here = entered(case, &entries, opens);
    // Whoever came early and waits is there, however long ago they entered.
    for one in platform.in_room(&case.id) {
        here.expert |= case.consult.stage.booking().is_some_and(|b| b.invites(&one.person));
        here.asking |= one.role == Role::AskingDoctor && one.hospital == case.custodian;
    }
    Ok(here)
}

/// Looks on which a rule rests, by operation: they stay in the ledger when others are archived.
pub const RESTS_ON: [&str; 1] = ["room.enter"];

fn entered(case: &Loaded, entries: &[Entry], opens: Time) -> Here {
    let mut here = Here::default();
    let booking = case.consult.stage.booking();
    let into_the_room = |e: &&Entry| {
        e.at >= opens && RESTS_ON.contains(&&*e.act.what) && e.act.params.get("allowed") == Some(&json!(true))
    };
    for entry in entries.iter().filter(into_the_room) {
        here.expert |= booking.is_some_and(|b| entry.act.person.as_ref().is_some_and(|p| b.invites(p)));
        let asking = entry.act.role == Some(Role::AskingDoctor);
        here.asking |= asking && entry.act.hospital.as_ref() == Some(&case.custodian);
    }
    here
}

/// Does what is due.
pub(crate) struct Escalate;

#[async_trait]
impl JobHandler for Escalate {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, platform: &Shared, job: &Job) -> Result<(), Problem> {
        let id: Id = serde_json::from_value(job.payload["case"].clone()).map_err(Problem::internal)?;
        let now = platform.clock.now();
        let Some(case) = find(&*platform.store, &id).await? else { return Ok(()) };
        let here = here(platform, &case, now).await?;
        let all = plan(&case.consult, case.timer, &platform.timers(), here);
        let done = platform.store.claims(&key(&id, ""), now).await?;
        for (place, due) in all.iter().enumerate().filter(|(_, a)| a.at <= now) {
            if done.iter().any(|claim| claim.key == claim_of(&id, due)) {
                continue;
            }
            let next = all[place + 1..].iter().find(|a| a.at > now);
            if happens(platform, &case, due, next, now).await? {
                // The case stands anew, with a job of its own.
                return Ok(());
            }
        }
        if let Some(next) = all.iter().find(|a| a.at > now) {
            platform.store.job_put(at(&id, next.at)).await?;
            // A step taken meanwhile put a job of its own, which this one has replaced: it is looked at again at once.
            if find(&*platform.store, &id).await?.is_some_and(|c| c.version != case.version) {
                platform.store.job_put(at(&id, now)).await?;
            }
        }
        Ok(())
    }
}

fn key(case: &Id, rest: &str) -> String {
    format!("late/{case}/{rest}")
}

fn claim_of(case: &Id, ahead: &Ahead) -> String {
    key(case, &format!("{}/{}/{}", ahead.rung.code(), ahead.side.map_or("-", Absent::code), ahead.at))
}

/// Does one thing. True when the case has moved by it.
async fn happens(
    platform: &Shared,
    case: &Loaded,
    due: &Ahead,
    next: Option<&Ahead>,
    now: Time,
) -> Result<bool, Problem> {
    match due.rung {
        // Too late for a reminder: the server stood still meanwhile, and what follows says more.
        Rung::Remind if case.consult.stage.booking().is_some_and(|b| b.start <= now) => return Ok(false),
        Rung::Swap => return swap(platform, case, due, now).await,
        Rung::Absent => {
            let Ok(moved) = case.consult.clone().no_show(Absent::Asking, now) else { return Ok(false) };
            let mut change = changed(platform, None, now, case, due.rung.act(), &Next::to(moved));
            change.act.params.insert("who".into(), Absent::Asking.code().into());
            tell(platform, case, due, None, &mut change);
            return Ok(keep(platform, change).await? == Kept::Done);
        }
        _ => {}
    }
    let mut change = Change::of(case.act_of(None, due.rung.act()));
    // A step taken meanwhile has overtaken it.
    change.expect.push(Expect { at: case.at.task.clone(), version: case.version });
    let standby = match due.rung {
        Rung::Standby => standbys(platform, case, now).await?.into_iter().next(),
        _ => None,
    };
    let params = &mut change.act.params;
    params.insert("urgency".into(), case.consult.ask.urgency.code().into());
    if let Some(side) = due.side {
        params.insert("who".into(), side.code().into());
    }
    if let Some(standby) = &standby {
        params.insert("standby".into(), shown(platform, standby));
    }
    if let Some(next) = next {
        params.insert("next".into(), json!({ "what": next.rung, "at": next.at.to_string() }));
    }
    if due.rung == Rung::Ring {
        // What one needs to say yes, and nothing of the patient.
        let from = platform.directory.hospital_ref(&case.custodian);
        params.insert("from_hospital".into(), serde_json::to_value(from).map_err(Problem::internal)?);
        params.insert("specialty".into(), case.specialty().into());
    }
    let ring = if due.rung == Rung::Ring { on_call(platform, case, now).await? } else { vec![] };
    if due.rung == Rung::Ring {
        let on_call: Vec<Id> = ring.iter().map(|(_, expert)| expert.person.clone()).collect();
        let called = told(platform, case, due, None, Some(&on_call[..]).filter(|ring| !ring.is_empty()));
        // Wherever they are, and at once.
        notify::call(platform, &mut change, &called, ring_of(case));
    }
    if !ring.is_empty() {
        let ranked = ring.iter().map(|(rank, expert)| json!({ "rank": rank, "expert": shown(platform, expert) }));
        change.act.params.insert("on_call".into(), ranked.collect());
        // The calendars on which that rests may change the next minute: who is called is who is on call now.
        let persons: Vec<Id> = ring.into_iter().map(|(_, expert)| expert.person).collect();
        tell_them(platform, case, due, told(platform, case, due, standby.as_ref(), Some(&persons)), &mut change);
    } else {
        tell(platform, case, due, standby.as_ref(), &mut change);
    }
    keep(platform, change).await?;
    Ok(false)
}

/// A call to this case, until somebody comes or nobody is needed.
fn ring_of(case: &Loaded) -> notify::Call<'_> {
    const ENDED_BY: &[&str] =
        &["consult.answer_ring", "consult.assign", "consult.cancel", "consult.decline", "consult.transfer"];
    notify::Call { case: &case.at.case, drill: case.is_drill(), ended_by: ENDED_BY }
}

/// A call to whoever takes over, until they come or nobody is needed.
fn takes_over(case: &Loaded) -> notify::Call<'_> {
    const ENDED_BY: &[&str] = &[
        "consult.accept",
        "consult.assign",
        "consult.cancel",
        "consult.decline",
        "consult.hand_back",
        "consult.transfer",
    ];
    notify::Call { case: &case.at.case, drill: case.is_drill(), ended_by: ENDED_BY }
}

/// Whom the ring of an emergency calls now: who is on call for its specialty, and all of it where nobody is.
pub(super) async fn called(platform: &Platform, case: &Loaded, now: Time) -> Result<Vec<Expert>, Problem> {
    let ring: Vec<Expert> = on_call(platform, case, now).await?.into_iter().map(|(_, expert)| expert).collect();
    if !ring.is_empty() {
        return Ok(ring);
    }
    Ok(practising(platform, &case.specialty(), now).iter().map(|role| invited(role)).collect())
}

/// Who is on call for the case's specialty now, by their place in the ring. All of them are called at once; the place says who is expected first.
async fn on_call(platform: &Platform, case: &Loaded, now: Time) -> Result<Vec<(u32, Expert)>, Problem> {
    let (specialty, roles) = (case.specialty(), practising(platform, &case.specialty(), now));
    let calendars = calendars::of(platform, &roles, moment(now)).await?;
    let rank = |role: &DirectoryRole| calendars.get(&role.id).and_then(|c| c.rank(&specialty, now));
    let mut ring: Vec<(u32, Expert)> = roles.iter().filter_map(|role| Some((rank(role)?, invited(role)))).collect();
    ring.sort_by(|a, b| (a.0, &a.1.person).cmp(&(b.0, &b.1.person)));
    ring.dedup_by(|a, b| a.1.person == b.1.person);
    Ok(ring)
}

/// The experts of a specialty whose licence holds today.
fn practising(platform: &Platform, specialty: &str, now: Time) -> Vec<Arc<DirectoryRole>> {
    let today = now.to_zoned(platform.settings.time_zone()).date();
    let mut experts = platform.directory.experts(Some(specialty));
    experts.retain(|role| platform.directory.may_practise(&role.person, today));
    experts
}

fn moment(now: Time) -> Spell {
    Spell { from: now, to: now + FREE_FOR }
}

fn invited(role: &DirectoryRole) -> Expert {
    Expert { role: role.id.clone(), person: role.person.clone(), hospital: role.hospital.clone(), accepted: None }
}

/// Who is to be told hears the act, and the claim says that it was done.
fn tell(platform: &Platform, case: &Loaded, due: &Ahead, standby: Option<&Expert>, change: &mut Change) {
    tell_them(platform, case, due, told(platform, case, due, standby, None), change);
}

fn tell_them(platform: &Platform, case: &Loaded, due: &Ahead, told: Vec<Subject>, change: &mut Change) {
    notify::tell(platform, change, &told);
    change.act.params.insert("due".into(), due.at.to_string().into());
    let until = Some(due.at + REMEMBERED);
    change.claims.push(Claim { key: claim_of(&case.id, due), by: case.at.case.clone(), until });
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    /// Done now.
    Done,
    /// Another worker did it before.
    Before,
    /// Somebody's time is taken.
    Busy,
}

async fn keep(platform: &Platform, change: Change) -> Result<Kept, Problem> {
    match platform.commit(change).await {
        Ok(_) => Ok(Kept::Done),
        Err(CommitError::Taken(held)) if held.key.starts_with("late/") => Ok(Kept::Before),
        Err(CommitError::Stale { .. }) => Ok(Kept::Before),
        Err(CommitError::Taken(_)) => Ok(Kept::Busy),
        Err(other) => Err(other.into()),
    }
}

/// Who is told. `on_call`: the ring is theirs; without anybody on call it is everybody's of the specialty.
fn told(
    platform: &Platform,
    case: &Loaded,
    due: &Ahead,
    standby: Option<&Expert>,
    on_call: Option<&[Id]>,
) -> Vec<Subject> {
    let mut told: Vec<Subject> = vec![];
    for party in &due.tells {
        let persons: Vec<Id> = match party {
            Party::Desk => {
                told.push(Subject::Desk(case.centre.clone()));
                continue;
            }
            Party::Asking => vec![case.asking.person.clone()],
            Party::Experts => {
                case.consult.stage.booking().into_iter().flat_map(|b| &b.experts).map(|e| e.person.clone()).collect()
            }
            Party::Ring => match on_call {
                Some(on_call) => on_call.to_vec(),
                None => {
                    let all = practising(platform, &case.specialty(), platform.clock.now());
                    all.iter().map(|r| r.person.clone()).collect()
                }
            },
            Party::Standby => standby.iter().map(|s| s.person.clone()).collect(),
            Party::AskingAdministrators => administrators(platform, &case.custodian),
            Party::CentreAdministrators => administrators(platform, &case.centre),
        };
        for person in persons.into_iter().map(Subject::Person) {
            if !told.contains(&person) {
                told.push(person);
            }
        }
    }
    told
}

fn administrators(platform: &Platform, hospital: &Id) -> Vec<Id> {
    let found = crate::access::administrators(&platform.directory, hospital, None);
    let person = |subject| if let Subject::Person(person) = subject { Some(person) } else { None };
    found.into_iter().filter_map(person).collect()
}

/// The standby takes over; the next one when that time is taken; without any the case is a no-show.
async fn swap(platform: &Shared, case: &Loaded, due: &Ahead, now: Time) -> Result<bool, Problem> {
    let Some(late) = case.consult.stage.booking() else { return Ok(false) };
    let out: Vec<Value> = late.experts.iter().map(|e| shown(platform, e)).collect();
    for standby in standbys(platform, case, now).await? {
        let length = late.end.duration_since(late.start);
        let Ok(booking) = Booking::new(vec![standby.clone()], now, now + length, late.room.clone()) else { continue };
        let terminal = terminals::choose(platform, case, &booking, now).await?.taken();
        let booking = booking.joined_by(terminal);
        let Ok(next) = case.consult.clone().assign(booking.clone(), now) else { return Ok(false) };
        let mut change = changed(platform, None, now, case, due.rung.act(), &Next::to(next.clone()));
        change.act.params.insert("out".into(), out.clone().into());
        change.act.params.insert("standby".into(), shown(platform, &standby));
        tell(platform, case, due, Some(&standby), &mut change);
        if next.ask.urgency == Urgency::Emergency {
            // Wherever they are: the asking doctor waits in the room.
            notify::call(platform, &mut change, &[Subject::Person(standby.person.clone())], takes_over(case));
        }
        keep_patient_open(&*platform.store, case, &mut change).await?;
        // Nobody is asked whether their day is full: somebody waits in the room.
        let stands = standing::of(platform, case, &booking, now).await?;
        change.claims.extend(stands.claims);
        change.expect.extend(stands.expect);
        let zone = platform.settings.time_zone();
        places::give_back(&*platform.store, case, &next, &zone, now, &mut change).await?;
        match keep(platform, change).await? {
            Kept::Busy => {}
            kept => return Ok(kept == Kept::Done),
        }
    }
    let Ok(moved) = case.consult.clone().no_show(Absent::Expert, now) else { return Ok(false) };
    let mut change = changed(platform, None, now, case, "timer.no_show", &Next::to(moved));
    change.act.params.insert("who".into(), Absent::Expert.code().into());
    change.act.params.insert("out".into(), out.into());
    tell(platform, case, due, None, &mut change);
    Ok(keep(platform, change).await? == Kept::Done)
}

/// Who could take over now, the best first: who was asked to stand by, then who is on call by their place in the ring, then
/// who is there at this hour, then the hospital of the one who is late. Nobody who is on leave.
async fn standbys(platform: &Platform, case: &Loaded, now: Time) -> Result<Vec<Expert>, Problem> {
    let entries = platform.store.entries_of_case(&case.at.case).await?;
    let named = |value: &Value| value["id"].as_str().and_then(|id| Id::new(id).ok());
    let acts = |what: &'static str| entries.iter().map(|e| &e.act).filter(move |act: &&Act| act.what == what);
    let out = |act: &Act| act.params.get("out").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut gone: Vec<Id> = acts(Rung::Swap.act()).flat_map(out).filter_map(|one| named(&one)).collect();
    let booking = case.consult.stage.booking();
    gone.extend(booking.into_iter().flat_map(|b| &b.experts).map(|e| e.person.clone()));
    let asked = acts(Rung::Standby.act()).next_back().and_then(|act| named(act.params.get("standby")?));
    let hospitals: Vec<&Id> = booking.into_iter().flat_map(|b| &b.experts).map(|e| &e.hospital).collect();
    let (specialty, zone) = (case.specialty(), platform.settings.time_zone());
    let roles = practising(platform, &specialty, now);
    let calendars = calendars::of(platform, &roles, moment(now)).await?;
    let mut found = vec![];
    for role in &roles {
        let calendar = calendars.get(&role.id).cloned().unwrap_or_default();
        let works = platform.store.account_of(&role.person).await?.is_some_and(|a| a.enabled);
        let cannot = gone.contains(&role.person) || calendar.is_on_leave(now) || !works;
        if cannot || is_busy(platform, &role.person, now).await? {
            continue;
        }
        let rank = calendar.rank(&specialty, now).unwrap_or(u32::MAX);
        let elsewhere = !hospitals.contains(&&role.hospital);
        let order =
            (asked.as_ref() != Some(&role.person), rank, calendar.there(&zone, moment(now)).is_empty(), elsewhere);
        found.push((order, invited(role)));
    }
    found.sort_by(|(a, x), (b, y)| (a, &x.person).cmp(&(b, &y.person)));
    found.dedup_by(|a, b| a.1.person == b.1.person);
    Ok(found.into_iter().map(|(_, expert)| expert).collect())
}

async fn is_busy(platform: &Platform, person: &Id, now: Time) -> Result<bool, Problem> {
    let prefix = super::expert_key(person);
    let held = platform.store.claims(&prefix, now).await?;
    let from = |key: &str| key.strip_prefix(&prefix).and_then(|from| from.parse::<Time>().ok());
    Ok(held.iter().filter_map(|c| from(&c.key)).any(|from| from < now + FREE_FOR))
}

/// An expert by name, for the ledger's reader.
fn shown(platform: &Platform, expert: &Expert) -> Value {
    let person: Option<PersonRef> = platform.directory.person_ref_at(&expert.person, &expert.hospital);
    person.and_then(|p| serde_json::to_value(p).ok()).unwrap_or_else(|| json!({ "id": expert.person }))
}
