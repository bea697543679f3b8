//! The three steps that other slices take: the opinion signs and delivers, the room starts. Each gives the whole change; the
//! sibling adds its own resources and commits.

use super::change::change;
use super::model::Refused;
use super::resources::{Loaded, Next};
use super::state::{State, Step};
use super::step::{refused, taken};
use kernel::{Id, Role};
use platform::{Op, Problem};
use records::Change;

impl Loaded {
    /// Stops who decides on a case that has moved since they saw it, naming who moved it.
    pub fn expect_version(&self, op: &Op, version: u64, step: Step) -> Result<(), Problem> {
        if version == self.version { Ok(()) } else { Err(taken(op, self, step)) }
    }

    /// Signed by the actor, with the Composition of this id.
    pub fn sign(&self, op: &Op, opinion: &Id) -> Result<Change, Problem> {
        let next = self.consult.clone().sign(&op.actor().person, opinion.clone(), op.now());
        Ok(change(op, self, "opinion.sign", &Next::to(self.allowed(op, Step::Sign, next)?)))
    }

    /// Amended by the actor, who signed it, with the Composition of this id.
    pub fn amend(&self, op: &Op, opinion: &Id, why: &str) -> Result<Change, Problem> {
        let next = self.consult.clone().amend(&op.actor().person, opinion.clone(), op.now());
        let next = Next::to(self.allowed(op, Step::Amend, next)?).because(why);
        let mut change = change(op, self, "opinion.amend", &next);
        let version = next.consult.stage.advice().map_or(1, |a| a.version);
        change.act.params.insert("version".into(), version.into());
        Ok(change)
    }

    /// Opened by an asking doctor. None when it was delivered before, or somebody else opened it: in need, or to look.
    pub fn deliver(&self, op: &Op) -> Option<Change> {
        let asks = op.actor().role == Role::AskingDoctor && op.actor().hospital == self.custodian;
        if self.consult.state() != State::Signed || !asks {
            return None;
        }
        let next = self.consult.clone().deliver(op.now()).ok()?;
        Some(change(op, self, "opinion.deliver", &Next::to(next)))
    }

    /// Begun, by whoever made the room live. None when it has begun already.
    pub fn start(&self, op: &Op) -> Result<Option<Change>, Problem> {
        if self.consult.state() == State::InSession {
            return Ok(None);
        }
        let next = self.allowed(op, Step::Start, self.consult.clone().start(op.now()))?;
        Ok(Some(change(op, self, "consult.start", &Next::to(next))))
    }

    fn allowed<T>(&self, op: &Op, step: Step, next: Result<T, Refused>) -> Result<T, Problem> {
        next.map_err(|why| refused(op, self, step, &why))
    }
}
