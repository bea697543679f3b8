//! How every step is taken: load, may they, is it what they saw, the rule, one commit; and what a refusal says.

use super::change::change;
use super::loading::{enter, find};
use super::model::{BedNow, Held, Refused};
use super::resources::{Loaded, Next};
use super::state::{State, Step};
use crate::bed::{self, BedAt};
use crate::consult::person;
pub use crate::rests::Rests;
use axum::Json;
use axum::http::StatusCode;
use fhir::Reference;
use kernel::Id;
use platform::{Op, Problem};
use records::{Change, CommitError};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Decisions taken anew when somebody else was quicker.
pub const ATTEMPTS: usize = 3;
/// Characters of a reason.
pub const REASON_MAX: usize = 2_000;

/// A step that needs nothing but the version seen.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = ReferralSeen)]
pub struct Seen {
    /// The version of the referral on the screen.
    pub version: u64,
}

/// A step that needs a reason.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = ReferralReasoned)]
pub struct Reasoned {
    /// The version of the referral on the screen.
    pub version: u64,
    /// Why.
    pub reason: String,
}

/// Where the referral stands now.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ReferralNow)]
pub struct Now {
    /// Its state.
    pub state: State,
    /// Its version.
    pub version: u64,
}

/// What a rule hands back.
pub struct Plan {
    /// The referral after the step.
    pub next: Next,
    /// Parameters of the act.
    pub params: Map<String, Value>,
}

impl Plan {
    /// With one more parameter of the act.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.params.insert(name.to_owned(), value.into());
        self
    }
}

impl From<Next> for Plan {
    fn from(next: Next) -> Self {
        Self { next, params: Map::new() }
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

/// Takes a step that looks at the referral alone.
pub async fn take(
    op: &Op,
    operation: &'static str,
    id: &Id,
    step: Step,
    rests: Rests,
    mut rule: impl FnMut(&Loaded) -> Result<Plan, Stop> + Send,
) -> Result<Json<Now>, Problem> {
    take_with_bed(op, operation, id, (step, rests), |_| None, |of, _| rule(of)).await
}

/// Takes a step that looks at a bed too: `which` says at which. The bed is as it was read when the step is kept.
pub async fn take_with_bed(
    op: &Op,
    operation: &'static str,
    id: &Id,
    (step, rests): (Step, Rests),
    mut which: impl FnMut(&Loaded) -> Option<Id> + Send,
    mut rule: impl FnMut(&Loaded, Option<&BedNow>) -> Result<Plan, Stop> + Send,
) -> Result<Json<Now>, Problem> {
    for _ in 0..ATTEMPTS {
        let of = seen(op, operation, id, step, rests).await?;
        let bed = match which(&of) {
            Some(bed) => bed::find(op.platform(), &bed, op.now()).await?,
            None => None,
        };
        let now = bed.as_ref().map(|bed| bed_now(bed, &of.at.case));
        let plan = rule(&of, now.as_ref()).map_err(|stop| stop.worded(op, &of, step))?;
        let mut change = change(op, &of, operation, &plan.next).await?;
        change.act.params.extend(plan.params);
        if let Some(bed) = &bed {
            change.expect.push(bed.expect());
            change.act.about.push(bed.at());
        }
        if let Some(now) = keep(op, &of, change, &plan.next).await? {
            return Ok(now);
        }
    }
    Err(overtaken(op, id, step).await)
}

/// A bed as the rules look at it.
pub fn bed_now(bed: &BedAt, referral: &Reference) -> BedNow {
    BedNow {
        id: bed.place.id.clone(),
        hospital: bed.place.hospital.clone(),
        open: bed.open,
        taken: bed.place.taken,
        held: bed.held.as_ref().map(|held| if held.by == *referral { Held::Here } else { Held::Elsewhere }),
    }
}

/// The referral, if this person may take the step and saw what it rests on.
pub async fn seen(op: &Op, operation: &'static str, id: &Id, step: Step, rests: Rests) -> Result<Loaded, Problem> {
    let (of, _) = enter(op, operation, id).await?;
    if rests.stands_at(of.version) { Ok(of) } else { Err(taken(op, &of, step)) }
}

/// Keeps a step. None when what it rests on has changed meanwhile: decide anew.
pub async fn keep(op: &Op, of: &Loaded, change: Change, next: &Next) -> Result<Option<Json<Now>>, Problem> {
    match op.try_commit(change).await {
        Ok(receipt) => {
            let version = receipt.stored.iter().find(|s| s.at == of.at.task).map(|s| s.version);
            let version = version.ok_or_else(|| Problem::internal("a step did not write its Task"))?;
            Ok(Some(Json(Now { state: next.referral.state(), version })))
        }
        Err(CommitError::Stale { .. }) => Ok(None),
        Err(CommitError::Taken(held)) if held.key.starts_with("bed/") => Err(bed::taken(op, &held)),
        Err(other) => Err(other.into()),
    }
}

/// What is said to somebody who was overtaken again and again.
pub async fn overtaken(op: &Op, id: &Id, step: Step) -> Problem {
    match find(op.store(), id).await {
        Ok(Some(of)) => taken(op, &of, step),
        Ok(None) => Problem::not_found(),
        Err(problem) => problem,
    }
}

impl Stop {
    /// As a problem.
    pub fn worded(self, op: &Op, of: &Loaded, step: Step) -> Problem {
        match self {
            Self::Refused(why) => refused(op, of, step, &why),
            Self::Problem(problem) => problem,
        }
    }
}

/// Somebody was first: who, with what, when.
fn taken(op: &Op, of: &Loaded, step: Step) -> Problem {
    let detail = "Somebody else was first. Look at the referral again before you decide.";
    named(op, of, Problem::conflict("referral.taken", detail))
        .with("what", of.moved.what.clone())
        .with("state", of.referral.state().code())
        .with("version", of.version)
        .with("step", step.code())
}

/// A refused step as a problem, naming the present state and who moved it there.
pub fn refused(op: &Op, of: &Loaded, step: Step, why: &Refused) -> Problem {
    let unfit =
        matches!(why, Refused::HospitalsOutOfBounds | Refused::AskedBefore | Refused::NotATime | Refused::NotTheirBed);
    let status = if unfit { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::CONFLICT };
    let mut problem = Problem::new(status, why.code(), format!("Referral {}: {why}.", of.words.number))
        .with("state", of.referral.state().code())
        .with("step", step.code());
    if let Refused::NoOffer { answer, why } = why {
        problem = problem.with("answer", answer.code()).with("why", why.clone());
    }
    named(op, of, problem)
}

fn named(op: &Op, of: &Loaded, problem: Problem) -> Problem {
    let by = of.moved.by.as_ref().and_then(|by| person(op, by));
    let by = by.and_then(|p| serde_json::to_value(p).ok()).unwrap_or(Value::Null);
    problem.with("by", by).with("at", of.moved.at.to_string())
}

/// A text as typed: there must be one, of at most `max` characters.
pub fn typed(field: &'static str, text: &str, max: usize) -> Result<String, Problem> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(Problem::unfit("referral.missing", format!("Say the {field}.")).with("field", field)),
        n if n > max => {
            let detail = format!("At most {max} characters.");
            Err(Problem::unfit("referral.too_long", detail).with("field", field).with("max", max))
        }
        _ => Ok(text.to_owned()),
    }
}

/// A reason as typed.
pub fn reason(text: &str) -> Result<String, Problem> {
    typed("reason", text, REASON_MAX)
}

/// Several texts: `1..=most`, or none where `least` is 0.
pub fn lines(
    field: &'static str,
    all: &[String],
    bounds: std::ops::RangeInclusive<usize>,
    max: usize,
) -> Result<Vec<String>, Problem> {
    if !bounds.contains(&all.len()) {
        let detail = format!("{} to {} of them.", bounds.start(), bounds.end());
        return Err(Problem::unfit("referral.how_many", detail).with("field", field).with("max", *bounds.end()));
    }
    all.iter().map(|text| typed(field, text, max)).collect()
}

/// A refusal of what is no referral yet.
pub fn refused_new(why: &Refused, step: Step) -> Problem {
    Problem::unfit(why.code(), format!("It cannot be: {why}.")).with("step", step.code())
}
