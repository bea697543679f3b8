//! What happens by itself to a referral, known before it happens, and the job that does it.
//!
//! A hospital that does not answer is asked again, as soon as its desk should have looked at a consultation of that urgency
//! (`platform::settings::Timers`, first look); a hold that has passed lapses, told to both sides; a patient who is not there
//! when expected is asked about. One job a referral, put by the commit of each step and moved on by itself; what was done is
//! claimed by referral, thing and instant, so that it happens once. It must never end a referral.

use super::change::changed;
use super::loading::find;
use super::model::{Answer, Referral, Stage};
use super::resources::{Loaded, Next};
use super::state::{Direction, Severity};
use async_trait::async_trait;
use jiff::SignedDuration;
use kernel::{Id, Time};
use platform::jobs::JobHandler;
use platform::settings::Timers;
use platform::{Platform, Problem, Shared, notify};
use records::{Act, Change, Claim, CommitError, Expect, Job, Subject};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

const KIND: &str = "referral.clock";
/// How long it is remembered that something was done.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24 * 400);

/// What happens by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = ReferralRung)]
pub enum Rung {
    /// A hospital has not answered.
    Unanswered,
    /// A hold's time has passed.
    Lapse,
    /// The patient should be there.
    Late,
}

impl Rung {
    /// Its code.
    fn code(self) -> &'static str {
        match self {
            Self::Unanswered => "unanswered",
            Self::Lapse => "lapse",
            Self::Late => "late",
        }
    }
}

/// Something that will happen unless the referral moves before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ReferralAhead)]
pub struct Ahead {
    /// What.
    pub what: Rung,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Time,
    /// Which hospital is waited for, or loses its hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub hospital: Option<Id>,
}

/// Everything that happens by itself to a referral as it stands, in order of time.
pub fn plan(referral: &Referral, limits: &Timers) -> Vec<Ahead> {
    let minutes = match referral.ask.severity {
        Severity::Critical => limits.emergency.first_look_minutes,
        Severity::Severe => limits.urgent.first_look_minutes,
        Severity::Mild | Severity::Ordinary => limits.routine.first_look_minutes,
    };
    let soon = SignedDuration::from_mins(minutes.into());
    let mut all = vec![];
    match &referral.stage {
        Stage::Asked | Stage::Accepted(_) => {
            for asked in &referral.asked {
                let hospital = Some(asked.hospital.clone());
                if asked.answer == Answer::Waiting {
                    all.push(Ahead { what: Rung::Unanswered, at: asked.at + soon, hospital: hospital.clone() });
                }
                if let Some(bed) = asked.answer.bed() {
                    all.push(Ahead { what: Rung::Lapse, at: bed.until, hospital });
                }
            }
        }
        Stage::OnTheWay(place, journey) => {
            all.push(Ahead { what: Rung::Late, at: journey.eta, hospital: Some(place.hospital.clone()) });
        }
        _ => {}
    }
    all.sort_by_key(|a| (a.at, a.what, a.hospital.clone()));
    all
}

/// The job of a referral that comes to stand so. None when nothing happens by itself.
pub fn job(id: &Id, referral: &Referral, limits: &Timers, now: Time) -> Option<Job> {
    plan(referral, limits).first().map(|first| at(id, first.at.max(now)))
}

fn at(id: &Id, run_at: Time) -> Job {
    Job { key: format!("{KIND}/{id}"), kind: KIND.to_owned(), payload: json!({ "referral": id }), run_at }
}

/// What happens next by itself.
pub fn next(referral: &Referral, limits: &Timers, now: Time) -> Option<Ahead> {
    plan(referral, limits).into_iter().find(|a| a.at > now)
}

/// Does what is due.
pub(crate) struct Clock;

#[async_trait]
impl JobHandler for Clock {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, platform: &Shared, job: &Job) -> Result<(), Problem> {
        let id: Id = serde_json::from_value(job.payload["referral"].clone()).map_err(Problem::internal)?;
        let now = platform.clock.now();
        let Some(of) = find(&*platform.store, &id).await? else { return Ok(()) };
        let all = plan(&of.referral, &platform.timers());
        if let Some(lapsed) = of.referral.clone().lapse(now) {
            // The referral stands anew, with a job of its own.
            let change = changed(platform, None, now, &of, "referral.lapse", &Next::to(lapsed)).await?;
            return kept(platform.commit(change).await);
        }
        let done = platform.store.claims(&key(&id, ""), now).await?;
        for due in all.iter().filter(|a| a.at <= now) {
            if !done.iter().any(|claim| claim.key == claim_of(&id, due)) {
                kept(platform.commit(said(platform, &of, due)).await)?;
            }
        }
        if let Some(next) = all.iter().find(|a| a.at > now) {
            platform.store.job_put(at(&id, next.at)).await?;
            // A step taken meanwhile put a job of its own, which this one has replaced: it is looked at again at once.
            if find(&*platform.store, &id).await?.is_some_and(|r| r.version != of.version) {
                platform.store.job_put(at(&id, now)).await?;
            }
        }
        Ok(())
    }
}

fn key(id: &Id, rest: &str) -> String {
    format!("late/{id}/{rest}")
}

fn claim_of(id: &Id, due: &Ahead) -> String {
    let hospital = due.hospital.as_ref().map_or("-", Id::as_str);
    key(id, &format!("{}/{hospital}/{}", due.what.code(), due.at))
}

/// The word that something is late: both sides hear it.
fn said(platform: &Platform, of: &Loaded, due: &Ahead) -> Change {
    let mut act = Act::system(if due.what == Rung::Late { "referral.late" } else { "referral.unanswered" });
    act.about = vec![of.at.case.clone()];
    act.case = Some(of.at.case.clone());
    act.patient = Some(of.words.patient.clone());
    act.params.insert("number".into(), of.words.number.clone().into());
    act.params.insert("due".into(), due.at.to_string().into());
    if let Some(hospital) = &due.hospital {
        act.params.insert("hospital".into(), hospital.as_str().into());
    }
    let mut told = vec![Subject::Person(of.words.asking.person.clone())];
    told.extend(due.hospital.iter().map(|h| Subject::Desk(h.clone())));
    if of.referral.ask.direction == Direction::Down {
        told.extend(of.words.home.iter().map(|h| Subject::Person(h.person.clone())));
    }
    let mut change = Change::of(act);
    // A step taken meanwhile has overtaken it.
    change.expect.push(Expect { at: of.at.task.clone(), version: of.version });
    let until = Some(due.at + REMEMBERED);
    change.claims.push(Claim { key: claim_of(&of.id, due), by: of.at.case.clone(), until });
    notify::tell(platform, &mut change, &told);
    change
}

/// Done now, or by another worker or a step before.
fn kept<T>(outcome: Result<T, CommitError>) -> Result<(), Problem> {
    match outcome {
        Ok(_) | Err(CommitError::Stale { .. }) => Ok(()),
        Err(CommitError::Taken(held)) if held.key.starts_with("late/") => Ok(()),
        Err(other) => Err(other.into()),
    }
}
