//! How every step is taken: load, may they, is it what they saw, the rule, one commit; and what a refusal says.

use super::change::change;
use super::loading::{enter, find};
use super::model::Refused;
use super::resources::{Loaded, Next};
use super::state::{State, Step};
pub use crate::rests::Rests;
use crate::schedule::{places, terminals};
use axum::Json;
use axum::http::StatusCode;
use fhir::ResourceType;
use kernel::{Id, Time};
use platform::case::Who;
use platform::directory::PersonRef;
use platform::{Op, Problem, notify};
use records::{Change, Claim, ClaimHeld, CommitError, DraftKey, Expect, Query, Scope, Store, Subject, Viewer, Write};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Decisions taken anew when somebody else was quicker.
pub const ATTEMPTS: usize = 3;
/// Characters of a reason.
pub const REASON_MAX: usize = 2_000;

/// A step that needs nothing but the version seen.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = ConsultSeen)]
pub struct Seen {
    /// The version of the case on the screen.
    pub version: u64,
}

/// A step that needs a reason.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = ConsultReasoned)]
pub struct Reasoned {
    /// The version of the case on the screen.
    pub version: u64,
    /// Why.
    pub reason: String,
}

/// Where the case stands now.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ConsultNow)]
pub struct Now {
    /// Its state.
    pub state: State,
    /// Its version.
    pub version: u64,
}

/// What a rule hands back.
pub struct Plan {
    /// The case after the step.
    pub next: Next,
    /// Resources written beside it.
    pub writes: Vec<Write>,
    /// Parameters of the act.
    pub params: Map<String, Value>,
    /// Drafts that became this step.
    pub drafts_done: Vec<DraftKey>,
    /// Keys taken besides the time of rooms and experts.
    pub claims: Vec<Claim>,
    /// What it rests on besides the case.
    pub expect: Vec<Expect>,
    /// Why, for the act alone: the case does not stand where it stands for it.
    pub why: Option<String>,
    /// Who is told, of a step that has nobody of its own.
    pub tells: Vec<Subject>,
}

impl From<Next> for Plan {
    fn from(next: Next) -> Self {
        let (writes, params, drafts_done) = (vec![], Map::new(), vec![]);
        Self { next, writes, params, drafts_done, claims: vec![], expect: vec![], why: None, tells: vec![] }
    }
}

/// Why a rule stops.
pub enum Stop {
    /// The state does not allow it.
    Refused(Refused),
    /// Anything else, already worded.
    Problem(Problem),
}

impl From<Refused> for Stop {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

/// Takes a step: the rule decides anew when somebody else was quicker with something it does not rest on.
pub async fn take(
    op: &Op,
    operation: &'static str,
    id: &Id,
    step: Step,
    rests: Rests,
    mut rule: impl FnMut(&Loaded) -> Result<Plan, Stop> + Send,
) -> Result<Json<Now>, Problem> {
    for _ in 0..ATTEMPTS {
        let case = seen(op, operation, id, step, rests).await?;
        let plan = rule(&case).map_err(|stop| stop.worded(op, &case, step))?;
        if let Some(now) = keep(op, operation, &case, plan).await? {
            return Ok(now);
        }
    }
    Err(overtaken(op, id, step).await)
}

/// The case, if this person may take the step and saw what it rests on.
pub async fn seen(op: &Op, operation: &'static str, id: &Id, step: Step, rests: Rests) -> Result<Loaded, Problem> {
    let (case, _) = enter(op, operation, id).await?;
    if rests.stands_at(case.version) { Ok(case) } else { Err(taken(op, &case, step)) }
}

/// Keeps a step. None when what it rests on has changed meanwhile: decide anew.
pub async fn keep(op: &Op, operation: &'static str, case: &Loaded, plan: Plan) -> Result<Option<Json<Now>>, Problem> {
    let mut change = change(op, case, operation, &plan.next);
    change.writes.extend(plan.writes);
    change.act.params.extend(plan.params);
    change.drafts_done.extend(plan.drafts_done);
    change.claims.extend(plan.claims);
    change.expect.extend(plan.expect);
    change.act.why = plan.why.or(change.act.why);
    notify::tell(op.platform(), &mut change, &plan.tells);
    keep_patient_open(op.store(), case, &mut change).await?;
    let zone = op.platform().settings.time_zone();
    places::give_back(op.store(), case, &plan.next.consult, &zone, op.now(), &mut change).await?;
    match op.try_commit(change).await {
        Ok(receipt) => {
            let version = receipt.stored.iter().find(|s| s.at == case.at.task).map(|s| s.version);
            let version = version.ok_or_else(|| Problem::internal("a step did not write its Task"))?;
            Ok(Some(Json(Now { state: plan.next.consult.state(), version })))
        }
        Err(CommitError::Stale { .. }) => Ok(None),
        // Somebody else took that place of the day, or that terminal: the next one, or none is left.
        Err(CommitError::Taken(held))
            if [places::PREFIX, terminals::PREFIX].iter().any(|p| held.key.starts_with(p)) =>
        {
            Ok(None)
        }
        Err(CommitError::Taken(held)) => Err(double_booked(op, &held).await),
        Err(other) => Err(other.into()),
    }
}

/// An expert who leaves one case keeps the patient's card while another case of the same patient is theirs.
pub(super) async fn keep_patient_open(store: &dyn Store, case: &Loaded, change: &mut Change) -> Result<(), Problem> {
    let card = Scope::Resource(case.patient.clone());
    if !change.revokes.iter().any(|r| r.scope == card) {
        return Ok(());
    }
    let query = Query::of(ResourceType::SERVICE_REQUEST).with("subject", case.patient.to_string()).count(1000);
    let others = store.search(&Viewer::System, &query).await?;
    let mut needed: Vec<Subject> = vec![];
    for other in others.matches.iter().filter(|o| o.at != case.at.case) {
        if let Some(other) = find(store, &other.at.id).await?.filter(|o| o.ended_at.is_none()) {
            needed.extend(other.facts().experts.into_iter().map(Subject::Person));
        }
    }
    change.revokes.retain(|r| r.scope != card || !needed.contains(&r.subject));
    Ok(())
}

/// What is said to somebody who was overtaken again and again.
pub async fn overtaken(op: &Op, id: &Id, step: Step) -> Problem {
    match find(op.store(), id).await {
        Ok(Some(case)) => taken(op, &case, step),
        Ok(None) => Problem::not_found(),
        Err(problem) => problem,
    }
}

impl Stop {
    /// As a problem.
    pub fn worded(self, op: &Op, case: &Loaded, step: Step) -> Problem {
        match self {
            Self::Refused(why) => refused(op, case, step, &why),
            Self::Problem(problem) => problem,
        }
    }
}

/// Somebody was first: who, with what, when.
pub fn taken(op: &Op, case: &Loaded, step: Step) -> Problem {
    let detail = "Somebody else was first. Look at the case again before you decide.";
    named(op, case, Problem::conflict("consult.taken", detail))
        .with("what", case.moved.what.clone())
        .with("state", case.consult.state().code())
        .with("version", case.version)
        .with("step", step.code())
}

/// A refused step as a problem, naming the present state and who moved it there.
pub fn refused(op: &Op, case: &Loaded, step: Step, why: &Refused) -> Problem {
    let code = match why {
        Refused::WrongState { .. } => "consult.wrong_state",
        Refused::NeverReturn => "consult.never_return",
        Refused::ReturnedBefore => "consult.returned_before",
        Refused::NotInvited => "consult.not_invited",
        Refused::NotSigner => "consult.not_signer",
        Refused::NotAccepted => "consult.not_accepted",
        Refused::AcceptedBefore => "consult.accepted_before",
        Refused::NotForKind(_) => "consult.not_for_kind",
        Refused::TooEarly(_) => "consult.too_early",
        Refused::NoReason => "consult.no_reason",
        Refused::NotABooking => "consult.not_a_booking",
    };
    let status = match why {
        Refused::NoReason | Refused::NotABooking => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::CONFLICT,
    };
    let mut problem = Problem::new(status, code, format!("Case {}: {why}.", case.number))
        .with("state", case.consult.state().code())
        .with("step", step.code());
    if let Refused::TooEarly(start) = why {
        problem = problem.with("start", start.to_string());
    }
    named(op, case, problem)
}

fn named(op: &Op, case: &Loaded, problem: Problem) -> Problem {
    let by = case.moved.by.as_ref().and_then(|by| person(op, by));
    let by = by.and_then(|p| serde_json::to_value(p).ok()).unwrap_or(Value::Null);
    problem.with("by", by).with("at", case.moved.at.to_string())
}

/// Somebody as the API shows them.
pub fn person(op: &Op, who: &Who) -> Option<PersonRef> {
    op.platform().directory.person_ref_at(&who.person, &who.hospital)
}

/// A room or an expert is taken: which, by which case, until when.
pub async fn double_booked(op: &Op, held: &ClaimHeld) -> Problem {
    let directory = &op.platform().directory;
    let mut parts = held.key.split('/');
    let (what, id) = (parts.next().unwrap_or_default(), parts.next().and_then(|id| Id::new(id).ok()));
    let name = match (what, &id) {
        ("room", Some(id)) => directory.room(id).map(|r| (r.name.clone(), r.name_en.clone())),
        ("expert", Some(id)) => {
            directory.person(id).map(|p| (p.name.clone(), p.name_en.clone().unwrap_or_else(|| p.name.clone())))
        }
        _ => return CommitError::Taken(held.clone()).into(),
    };
    let (name, name_en) = name.unwrap_or_default();
    let mut problem = Problem::conflict("schedule.taken", format!("{name_en} is taken at that time."))
        .with("what", what)
        .with("name", name)
        .with("name_en", name_en);
    let other = find(op.store(), &held.by.id).await.ok().flatten();
    // The number of a case is for those who have it in hand.
    if let Some(case) = other.as_ref().filter(|c| c.centre == op.actor().hospital) {
        problem = problem.with("case_number", case.number.clone());
    }
    let until: Option<Time> = other.as_ref().and_then(|c| c.consult.stage.booking()).map(|b| b.end).or(held.until);
    if let Some(until) = until {
        problem = problem.with("until", until.to_string());
    }
    problem
}

/// A reason as typed: there must be one, of reasonable length.
pub fn reason(text: &str) -> Result<String, Problem> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(Problem::unfit("consult.no_reason", "Say why.")),
        n if n > REASON_MAX => {
            Err(Problem::unfit("consult.too_long", format!("At most {REASON_MAX} characters.")).with("max", REASON_MAX))
        }
        _ => Ok(text.to_owned()),
    }
}

/// An itemised list as typed: 1 to 50 items.
pub fn items(typed: &[String]) -> Result<Vec<String>, Problem> {
    let items: Vec<&str> = typed.iter().map(|i| i.trim()).filter(|i| !i.is_empty()).collect();
    if items.is_empty() || items.len() > 50 {
        return Err(Problem::unfit("consult.no_items", "Name 1 to 50 items.").with("max", 50));
    }
    items.into_iter().map(reason).collect()
}
