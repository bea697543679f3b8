//! `consult.assign`: experts, time and room, for the first time or anew. What is double booked is refused by the commit
//! itself: the five-minute claims of rooms, terminals and experts stand in it. An expert who is away, or whose day is full, and a time at
//! which the asking hospital has no terminal free are refused unless it must be, with a reason; in an emergency it is only told.

use super::model::{Booking, Expert};
use super::resources::{Loaded, Next};
use super::state::{Kind, Step, Urgency};
use super::step::{Now, Plan, Rests, Stop, keep, overtaken, reason, seen};
use crate::schedule::{Against, Standing, standing, terminals};
use axum::Json;
use axum::extract::Path;
use jiff::SignedDuration;
use kernel::{Id, Role, Time};
use platform::{Op, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Minutes of a booking when nothing is said.
pub(super) const MINUTES: i64 = 30;
/// Decisions taken anew: each place of a day that somebody else took first is one less to be had.
const PLACES_TRIED: usize = 32;
/// A start this far back still counts as now: the screen was open for a while.
const GRACE: SignedDuration = SignedDuration::from_mins(5);

/// Who, when, where.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = ConsultAssign)]
pub struct Input {
    /// The version of the case on the screen.
    pub version: u64,
    /// PractitionerRoles of specialists.
    #[schema(value_type = Vec<String>)]
    pub experts: Vec<Id>,
    /// From; now when absent, and always now in an emergency.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(default)]
    pub start: Option<Time>,
    /// How long; 30 when absent.
    #[serde(default)]
    pub minutes: Option<i64>,
    /// A Location; a virtual room of the case's own when absent, and always in an emergency.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    pub room: Option<Id>,
    /// Why it must be although an expert is away, their day is full, or no terminal is free.
    #[serde(default)]
    pub despite: Option<String>,
}

/// Where the case stands now, and what spoke against it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConsultAssigned)]
pub struct Assigned {
    /// Where it stands.
    #[serde(flatten)]
    pub now: Now,
    /// What speaks against these experts, or that time: told in an emergency, and where it was done despite that.
    pub against: Vec<Against>,
}

/// Names experts, time and room.
#[utoipa::path(post, path = "/api/consults/{id}/assign", operation_id = "consult.assign", tag = "consult",
    params(("id" = String, Path)), request_body = Input, responses((status = 200, body = Assigned),
        (status = 409, description = "schedule.away, schedule.full, schedule.no_terminal, schedule.taken, consult.taken, consult.wrong_state")))]
pub async fn assign(op: Op, Path(id): Path<Id>, Json(input): Json<Input>) -> Result<Json<Assigned>, Problem> {
    assigned(&op, &id, &input).await.map(Json)
}

/// The step itself: `schedule.accept` takes each proposal by it.
pub async fn assigned(op: &Op, id: &Id, input: &Input) -> Result<Assigned, Problem> {
    for _ in 0..PLACES_TRIED {
        let case = seen(op, "consult.assign", id, Step::Assign, Rests::On(input.version)).await?;
        let booking = booking(op, &case, input).map_err(|stop| stop.worded(op, &case, Step::Assign))?;
        let terminal = terminals::choose(op.platform(), &case, &booking, op.now()).await?;
        let mut stands = standing::of(op.platform(), &case, &booking, op.now()).await?;
        if terminal == terminals::Choice::AllTaken {
            stands.against.push(Against::no_terminal());
        }
        let booking = booking.joined_by(terminal.taken());
        let against = stands.against.clone();
        let plan = plan(op, &case, input, booking, stands).map_err(|stop| stop.worded(op, &case, Step::Assign))?;
        if let Some(Json(now)) = keep(op, "consult.assign", &case, plan).await? {
            return Ok(Assigned { now, against });
        }
    }
    Err(overtaken(op, id, Step::Assign).await)
}

/// The rule.
fn plan(op: &Op, case: &Loaded, input: &Input, booking: Booking, stands: Standing) -> Result<Plan, Stop> {
    let emergency = case.consult.ask.urgency == Urgency::Emergency;
    let mut plan = Plan::from(Next::to(case.consult.clone().assign(booking.clone(), op.now())?));
    if let Some(first) = stands.against.first() {
        plan.why = match &input.despite {
            Some(despite) => Some(reason(despite)?),
            None if emergency => None,
            None => return Err(first.problem(&stands.against).into()),
        };
        let against = serde_json::to_value(&stands.against).map_err(Problem::internal)?;
        plan.params.insert("despite".into(), against);
    }
    let experts: Vec<String> = booking.experts.iter().map(|e| e.person.to_string()).collect();
    plan.params.insert("experts".into(), experts.into());
    plan.params.insert("start".into(), booking.start.to_string().into());
    if let Some(room) = booking.room {
        plan.params.insert("room".into(), room.to_string().into());
    }
    if let Some(terminal) = booking.terminal {
        plan.params.insert("terminal".into(), terminal.to_string().into());
    }
    (plan.claims, plan.expect) = (stands.claims, stands.expect);
    Ok(plan)
}

fn booking(op: &Op, case: &Loaded, input: &Input) -> Result<Booking, Stop> {
    let emergency = case.consult.ask.urgency == Urgency::Emergency;
    let record = case.consult.ask.kind == Kind::Record;
    // An emergency starts now, in a virtual room: never behind a busy physical one.
    let start = input.start.filter(|_| !emergency && !record).unwrap_or_else(|| op.now());
    if start < op.now() - GRACE {
        return Err(Problem::unfit("consult.past", "That time has passed. Choose a later one.").into());
    }
    let room = input.room.clone().filter(|_| !emergency && !record);
    if room.as_ref().is_some_and(|r| op.platform().directory.room(r).is_none()) {
        return Err(Problem::unfit("consult.no_room", "There is no such room.").into());
    }
    let minutes = input.minutes.unwrap_or(MINUTES).clamp(1, 24 * 60);
    let experts = input.experts.iter().map(|role| expert(op, role, start)).collect::<Result<_, Stop>>()?;
    Ok(Booking::new(experts, start, start + SignedDuration::from_mins(minutes), room)?)
}

/// An expert, asked anew: another time needs another yes.
fn expert(op: &Op, role: &Id, start: Time) -> Result<Expert, Stop> {
    let found = op.platform().directory.role(role).filter(|r| r.role == Role::Specialist);
    let found = found.ok_or_else(|| {
        Problem::unfit("consult.no_expert", "One of these is not a specialist.").with("expert", role.to_string())
    })?;
    let day = start.to_zoned(op.platform().settings.time_zone()).date();
    if !op.platform().directory.may_practise(&found.person, day) {
        let why =
            "The licence of one of these experts ends before that day. Choose another, or have the licence renewed.";
        return Err(Problem::unfit("consult.licence", why).with("expert", role.to_string()).into());
    }
    Ok(Expert {
        role: found.id.clone(),
        person: found.person.clone(),
        hospital: found.hospital.clone(),
        accepted: None,
    })
}
