//! The one audited door: an operation learns from [`Op`] who acts and when, asks whether they may, and commits.

use crate::permission::{self, Need};
use crate::session::{self, SignedIn};
use crate::{Lang, Problem, Shared, glass};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use fhir::{Reference, ResourceType};
use kernel::decide::Facts;
use kernel::{Actor, Decision, Id, Role, Time};
use records::{Act, Change, CommitError, ReadNote, Receipt, Store, Subject, Viewer};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// How often a decision is taken anew when what it rested on has changed.
const ATTEMPTS: usize = 3;

/// A request of somebody signed in, in the role chosen. Extracted from the session cookie: 401 without one.
#[derive(Clone)]
pub struct Op {
    platform: Shared,
    actor: Actor,
    viewer: Viewer,
    now: Time,
    lang: Lang,
    session: Option<[u8; 32]>,
    /// This request was allowed because the glass is broken: what it reads is ledgered before it is shown.
    in_need: Arc<AtomicBool>,
}

impl Op {
    /// An operation outside a request: by the demonstration, a job, or a test.
    pub fn new(platform: Shared, actor: Actor, lang: Lang) -> Self {
        let now = platform.clock.now();
        Self { viewer: viewer_of(&actor), platform, actor, now, lang, session: None, in_need: Arc::default() }
    }

    /// A request of a client: a program that acts as its hospital's.
    pub fn of_client(platform: Shared, client: &records::Client, lang: Lang) -> Self {
        let (person, hospital) = (client.id.clone(), client.hospital.clone());
        let actor = Actor { practitioner_role: person.clone(), person, role: Role::Client, hospital };
        let mut op = Self::new(platform, actor, lang);
        if client.unrestricted {
            op.viewer = Viewer::System;
        }
        op
    }

    /// Who acts, in which role.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The instant of the request; the same throughout.
    pub fn now(&self) -> Time {
        self.now
    }

    /// A new id.
    pub fn new_id(&self) -> Id {
        self.platform.ids.new_id(self.now)
    }

    /// The language asked for.
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// What every operation may use.
    pub fn platform(&self) -> &Shared {
        &self.platform
    }

    /// The records.
    pub fn store(&self) -> &dyn Store {
        &*self.platform.store
    }

    /// The actor's own eyes.
    pub fn viewer(&self) -> &Viewer {
        &self.viewer
    }

    /// The hash of the session's token; none outside a request.
    pub fn session(&self) -> Option<&[u8; 32]> {
        self.session.as_ref()
    }

    /// Decides by the operation's row in [`permission::TABLE`]. A refusal looks like absence (404) and is ledgered.
    pub async fn may(
        &self,
        operation: &'static str,
        facts: &Facts,
        about: Option<&Reference>,
    ) -> Result<Decision, Problem> {
        let decision = match permission::need(operation) {
            Some(Need::Public | Need::SignedIn) => Decision { allow: true, rule: "no-role-needed", duties: &[] },
            Some(Need::May(action)) => self.decide_in_need(action, facts, about).await?,
            None => return Err(Problem::internal(format!("operation {operation} is not in the permission table"))),
        };
        if decision.allow {
            return Ok(decision);
        }
        let of = |ty| about.filter(|a| a.ty == ty).cloned();
        self.note(operation, of(ResourceType::PATIENT), of(ResourceType::SERVICE_REQUEST), about.cloned(), false)
            .await?;
        Err(Problem::not_found())
    }

    /// Decides; somebody clinical who is refused may have opened the record in need.
    pub async fn decide_in_need(
        &self,
        action: kernel::Action,
        facts: &Facts,
        about: Option<&Reference>,
    ) -> Result<Decision, Problem> {
        let decision = kernel::decide(&self.actor, action, facts, self.now);
        let Some(about) = about.filter(|_| !decision.allow && kernel::decide::is_clinical(self.actor.role)) else {
            return Ok(decision);
        };
        let broken = Facts { glass_broken: true, ..facts.clone() };
        let in_need = kernel::decide(&self.actor, action, &broken, self.now);
        if !in_need.allow || !glass::is_broken(self.store(), &self.actor.person, about, self.now).await? {
            return Ok(decision);
        }
        self.in_need.store(true, Ordering::Relaxed);
        Ok(in_need)
    }

    /// An act of this actor, to be filled in.
    pub fn act(&self, what: &'static str) -> Act {
        Act::of(&self.actor, what)
    }

    /// Keeps a change: audited and announced in the same commit.
    pub async fn commit(&self, change: Change) -> Result<Receipt, Problem> {
        Ok(self.try_commit(change).await?)
    }

    /// As [`Op::commit`], for operations that name their own conflicts.
    pub async fn try_commit(&self, mut change: Change) -> Result<Receipt, CommitError> {
        mark(&self.platform, &mut change);
        self.commit_as_sent(change).await
    }

    /// As [`Op::try_commit`], for what others have written: it stands as they sent it, in a demonstration too.
    pub async fn commit_as_sent(&self, change: Change) -> Result<Receipt, CommitError> {
        let receipt = self.platform.store.commit(change).await?;
        let changed = receipt.stored.iter().map(|s| s.at.clone()).collect();
        self.platform.directory.refresh(self.store(), changed).await?;
        Ok(receipt)
    }

    /// Decides, commits, and decides anew up to three times when what the decision rested on has changed.
    pub async fn decide<T, F>(&self, mut decide: F) -> Result<(Receipt, T), Problem>
    where
        F: AsyncFnMut() -> Result<(Change, T), Problem>,
    {
        let mut attempt = 1;
        loop {
            let (change, output) = decide().await?;
            match self.try_commit(change).await {
                Ok(receipt) => return Ok((receipt, output)),
                Err(CommitError::Stale { .. }) if attempt < ATTEMPTS => attempt += 1,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Ledgers that patient data was read.
    pub async fn note_read(
        &self,
        what: &'static str,
        patient: Option<Reference>,
        case: Option<Reference>,
        about: Option<Reference>,
    ) -> Result<(), Problem> {
        self.note(what, patient, case, about, true).await
    }

    /// Ledgers that patient data was read in need, and waits until that is durable.
    pub async fn note_durably(
        &self,
        what: &'static str,
        patient: Option<Reference>,
        case: Option<Reference>,
    ) -> Result<(), Problem> {
        let mut act = self.act(what);
        act.about = patient.iter().chain(&case).cloned().collect();
        (act.patient, act.case) = (patient, case);
        for said in ["read", "allowed", "glass"] {
            act.params.insert(said.to_owned(), true.into());
        }
        self.commit(Change::of(act)).await?;
        Ok(())
    }

    async fn note(
        &self,
        what: &'static str,
        patient: Option<Reference>,
        case: Option<Reference>,
        about: Option<Reference>,
        allowed: bool,
    ) -> Result<(), Problem> {
        if allowed && self.in_need.load(Ordering::Relaxed) {
            return self.note_durably(what, patient, case).await;
        }
        let Actor { person, role, hospital, .. } = self.actor.clone();
        let note = ReadNote { person, role, hospital, what: what.to_owned(), patient, case, about, allowed };
        Ok(self.platform.store.note_read(note).await?)
    }
}

/// What is signed: it stands as it was hashed.
pub(crate) const SIGNED: [ResourceType; 2] = [ResourceType::COMPOSITION, ResourceType::PROVENANCE];

/// Marks everything written in a demonstration, and in a drill. What is signed marks itself before it is hashed.
pub(crate) fn mark(platform: &crate::Platform, change: &mut Change) {
    if platform.demo {
        let writes = change.writes.iter_mut().filter(|w| !SIGNED.contains(&w.at.ty));
        writes.filter_map(|w| w.body.as_mut()).for_each(crate::mark_demonstration);
    }
    crate::drill::label_whole(change);
}

/// What an actor sees by themselves: the own hospital's custody for those who treat there, and grants.
pub fn viewer_of(actor: &Actor) -> Viewer {
    let own = actor.hospital.clone();
    let treats = [Role::AskingDoctor, Role::WardNurse, Role::WardDoctor, Role::Reader];
    let custody = treats.contains(&actor.role) || actor.role == Role::Client;
    let mut subjects = vec![Subject::Person(actor.person.clone())];
    match actor.role {
        // What is opened for people is not opened for programs.
        Role::Client => subjects.clear(),
        Role::AskingDoctor | Role::Specialist | Role::Reader => subjects.push(Subject::Hospital(own.clone())),
        Role::Dispatcher => subjects.push(Subject::Desk(own.clone())),
        _ => {}
    }
    Viewer::Person { custody: custody.then_some(own), subjects }
}

impl FromRequestParts<Shared> for Op {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, platform: &Shared) -> Result<Self, Problem> {
        let SignedIn { session, now } = SignedIn::from_request_parts(parts, platform).await?;
        let actor = session::actor(platform, &session)?;
        Ok(Self {
            platform: platform.clone(),
            viewer: viewer_of(&actor),
            actor,
            now,
            lang: Lang::of(&parts.headers),
            session: Some(session.token_sha256),
            in_need: Arc::default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_eyes_by_role() {
        let id = |text: &str| Id::new(text).unwrap();
        let actor = |role| Actor { person: id("me"), role, hospital: id("h"), practitioner_role: id("r") };
        for (role, custody, grants) in [
            (Role::AskingDoctor, true, "person:me hospital:h"),
            (Role::Specialist, false, "person:me hospital:h"),
            (Role::Dispatcher, false, "person:me desk:h"),
            (Role::HospitalAdministrator, false, "person:me"),
            (Role::CommandStaff, false, "person:me"),
            (Role::WardNurse, true, "person:me"),
            (Role::Client, true, ""),
        ] {
            let Viewer::Person { custody: seen, subjects } = viewer_of(&actor(role)) else { panic!("not a person") };
            assert_eq!(seen.is_some(), custody, "{role:?}");
            assert_eq!(subjects.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "), grants, "{role:?}");
        }
    }
}
