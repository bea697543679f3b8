//! How a referral is written as FHIR and read back: the only place that knows (docs/FHIR.md).
//!
//! ServiceRequest, Task, Bundle (the summary), Encounter (the stay), QuestionnaireResponse (the handover) and Composition (what
//! goes home with the patient) share the referral's id, one of each; each hospital asked has a Task of its own, part of the
//! referral's. A step changes the members it owns and keeps all others.

pub mod codes;
pub mod discharge;
pub mod request;
pub mod stay;
pub mod task;

pub use request::Words;

use super::model::{Ask, Referral};
use super::state::Direction;
use crate::moved::Moved;
use fhir::{Reference, ResourceType};
use kernel::decide::ReferralFacts;
use kernel::{Id, Time};
use records::{Expect, Write};
use serde_json::Value;
use std::collections::HashMap;

/// The resources of which a referral has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct References {
    /// What is asked.
    pub case: Reference,
    /// Where it stands.
    pub task: Reference,
    /// The patient summary.
    pub summary: Reference,
    /// The stay.
    pub stay: Reference,
    /// The handover.
    pub handover: Reference,
    /// What goes home with the patient.
    pub discharge: Reference,
}

impl References {
    /// Of the referral with this id.
    pub fn of(id: &Id) -> Self {
        let at = |ty| Reference::new(ty, id.clone());
        Self {
            case: at(ResourceType::SERVICE_REQUEST),
            task: at(ResourceType::TASK),
            summary: at(bundle()),
            stay: at(ResourceType::ENCOUNTER),
            handover: at(ResourceType::QUESTIONNAIRE_RESPONSE),
            discharge: at(ResourceType::COMPOSITION),
        }
    }
}

/// The type of a summary.
pub fn bundle() -> ResourceType {
    ResourceType::from_name("Bundle").unwrap_or(ResourceType::COMPOSITION)
}

/// A body and its version.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// FHIR JSON.
    pub body: Value,
    /// Its version.
    pub version: u64,
}

/// A referral as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// Its id.
    pub id: Id,
    /// Its resources.
    pub at: References,
    /// What no step changes.
    pub words: Words,
    /// Where it stands.
    pub referral: Referral,
    /// The version that clients send back: the Task's.
    pub version: u64,
    /// The hospital that refers, in whose custody it is.
    pub sender: Id,
    /// The last step.
    pub moved: Moved,
    /// When it ended.
    pub ended_at: Option<Time>,
    /// Why it stands where it stands.
    pub why: Option<String>,
    request: Value,
    task: Value,
    asked: HashMap<Id, Value>,
}

/// What a step makes of a referral.
#[derive(Debug, Clone, PartialEq)]
pub struct Next {
    /// The referral after it.
    pub referral: Referral,
    /// A reason, as typed.
    pub why: Option<String>,
}

impl Next {
    /// Without a reason.
    pub fn to(referral: Referral) -> Self {
        Self { referral, why: None }
    }

    /// With one.
    #[must_use]
    pub fn because(mut self, why: impl Into<String>) -> Self {
        self.why = Some(why.into());
        self
    }
}

impl Loaded {
    /// Puts a referral together; none when the resources do not make one. `asked` are the Tasks that the referral's names.
    pub fn new(id: &Id, sender: &Id, request: Value, task: Part, asked: Vec<Value>) -> Option<Self> {
        let (words, ask) = request::read(&request)?;
        let stands = task::read(&task.body)?;
        let hospitals = asked.iter().map(task::read_asked).collect::<Option<Vec<_>>>()?;
        if hospitals.len() != stands.asked.len() {
            return None;
        }
        let bodies = hospitals.iter().map(|a| a.task.clone()).zip(asked).collect();
        Some(Self {
            id: id.clone(),
            at: References::of(id),
            referral: stands.referral(ask, hospitals)?,
            words,
            version: task.version,
            sender: sender.clone(),
            moved: stands.moved,
            ended_at: stands.ended_at,
            why: stands.why,
            request,
            task: task.body,
            asked: bodies,
        })
    }

    /// The writes of a step, and the version it rests on. What does not change is not written; the Task always is.
    pub fn write(&self, next: &Next, moved: &Moved) -> (Vec<Write>, Expect) {
        let mut task = self.task.clone();
        task::put_state(&mut task, &next.referral, moved, next.why.as_deref(), &self.sender);
        let mut request = self.request.clone();
        request::put_state(&mut request, &next.referral);
        let mut writes = vec![self.put(&self.at.task, task)];
        if request != self.request {
            writes.push(self.put(&self.at.case, request));
        }
        for asked in &next.referral.asked {
            let before = self.asked.get(&asked.task);
            let after = task::write_asked(before, asked, &self.at, &self.words.patient, &self.words.asking);
            if before != Some(&after) {
                writes.push(self.put(&Reference::new(ResourceType::TASK, asked.task.clone()), after));
            }
        }
        (writes, Expect { at: self.at.task.clone(), version: self.version })
    }

    fn put(&self, at: &Reference, body: Value) -> Write {
        Write::next(at.clone(), body, self.sender.clone()).in_case(self.at.case.clone())
    }

    /// What `decide` looks at.
    pub fn facts(&self) -> ReferralFacts {
        facts(&self.sender, &self.referral, self.ended_at)
    }
}

/// What `decide` looks at. Once one is chosen the others have no part in it any more; until then who said no may think again.
pub fn facts(sender: &Id, referral: &Referral, ended_at: Option<Time>) -> ReferralFacts {
    let down = referral.ask.direction == Direction::Down;
    let place = referral.stage.place().map(|p| p.hospital.clone());
    let asked = match &place {
        Some(chosen) => vec![chosen.clone()],
        None => referral.asked.iter().map(|a| a.hospital.clone()).collect(),
    };
    let home = || referral.asked.first().map(|a| a.hospital.clone()).filter(|_| down);
    ReferralFacts {
        sender: sender.clone(),
        asked,
        receiver: place.or_else(home),
        down,
        in_hand: ended_at.is_none(),
        ended_at,
    }
}

/// A referral that begins: everything that is written for the first time, but for the summary.
pub fn begin(id: &Id, words: &Words, referral: &Referral, moved: &Moved) -> Vec<Write> {
    let at = References::of(id);
    let Ask { severity, .. } = referral.ask;
    let sender = &words.asking.hospital;
    let mut request = request::write(&at, words, &referral.ask);
    request::put_state(&mut request, referral);
    let mut task = task::write(&at, &words.asking, &words.patient, request::priority(severity), words.requested_at);
    task::put_state(&mut task, referral, moved, None, sender);
    let new = |to: Reference, body| Write::new(to, body, sender.clone()).in_case(at.case.clone());
    let mut writes = vec![new(at.case.clone(), request), new(at.task.clone(), task)];
    for asked in &referral.asked {
        let body = task::write_asked(None, asked, &at, &words.patient, &words.asking);
        writes.push(new(Reference::new(ResourceType::TASK, asked.task.clone()), body));
    }
    writes
}
