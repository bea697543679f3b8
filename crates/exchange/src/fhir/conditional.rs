//! Interactions on "the one that matches": found with the caller's own eyes, and decided inside the commit.
//!
//! Where nothing matches and something is made, the commit takes a claim on the criteria for a while. Of two that make at once the
//! second finds the claim taken, looks again and finds what the first one made. What the caller does not see does not match.

use super::answer::Answer;
use super::ask::{Ask, Return};
use super::caller::Caller;
use super::params::Params;
use super::refusal::Refusal;
use super::write::{self, Checked, Shown};
use super::{Reply, ask};
use ::fhir::{Reference, ResourceType};
use axum::http::StatusCode;
use jiff::SignedDuration;
use records::{Change, Claim, CommitError, Query, Resource, Write};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::HashSet;

/// How often it is looked again.
const ATTEMPTS: usize = 40;
/// Longer than any request takes from its search to its commit.
const CLAIMED: SignedDuration = SignedDuration::from_mins(10);
/// Pages looked through: a person's page may be short.
const PAGES_MAX: usize = 200;

/// What "the one that matches" means.
#[derive(Debug, Clone)]
pub struct Criteria {
    ty: ResourceType,
    params: Vec<(String, String)>,
}

/// What was found of it.
#[derive(Debug)]
pub enum Found {
    /// Nothing that the caller sees.
    None,
    /// This one.
    One(Box<Resource>),
}

impl Criteria {
    /// From parameters. Criteria that are not understood wholly must not be ignored in part.
    pub fn of(ty: ResourceType, params: &[(String, String)]) -> Result<Self, Refusal> {
        let read = Params::of(ty, params, true)?;
        if read.asked.is_empty() {
            let text = "Something must be said by which the resource is found.";
            return Err(Refusal::precondition("fhir.no-criteria", text));
        }
        let mut params = read.asked;
        params.retain(|(name, _)| !name.starts_with("_sort") && !name.contains("include"));
        Ok(Self { ty, params })
    }

    /// From a query as text, `identifier=…`, perhaps with `Type?` before it.
    pub fn of_text(ty: ResourceType, text: &str) -> Result<Self, Refusal> {
        let query = text.rsplit_once('?').map_or(text, |(_, query)| query);
        Self::of(ty, &ask::pairs(query)?)
    }

    /// The one that the caller sees; 412 when there are several.
    pub async fn find(&self, caller: &Caller) -> Result<Found, Refusal> {
        let mut query = Query { of: self.ty, params: self.params.clone(), count: 2, after: None };
        let mut found: Option<Resource> = None;
        for _ in 0..PAGES_MAX {
            let page = caller.store().search(caller.viewer(), &query).await?;
            for resource in page.matches {
                if found.is_some() {
                    let text = "More than one matches: say more, so that one alone does.";
                    return Err(Refusal::precondition("fhir.several-match", text));
                }
                found = Some(resource);
            }
            match page.next {
                Some(next) => query.after = Some(next),
                None => return Ok(found.map_or(Found::None, |r| Found::One(Box::new(r)))),
            }
        }
        Err(Refusal::precondition("fhir.too-wide", "This looks at too much: name an identifier."))
    }

    /// The claim that stands for "there is none, so I make it".
    pub fn claim(&self, caller: &Caller, by: &Reference) -> Claim {
        let until = Some(caller.op.now() + CLAIMED);
        Claim { key: self.key(caller), by: by.clone(), until }
    }

    /// The same for the same criteria in another order.
    pub fn key(&self, caller: &Caller) -> String {
        let mut sorted = self.params.clone();
        sorted.sort();
        let mut hash = Sha256::new();
        for (name, value) in &sorted {
            for part in [name, value] {
                hash.update(part.len().to_be_bytes());
                hash.update(part);
            }
        }
        format!("fhir/if-none/{}/{}/{}", caller.hospital(), self.ty, hex::encode(hash.finalize()))
    }
}

/// Claims of criteria for one commit, made anew when one was taken by something that does not match any more.
#[derive(Debug, Default)]
pub struct Retry {
    attempt: usize,
    releases: Vec<(String, Reference)>,
}

impl Retry {
    /// Gives back what stands in the way of `change`.
    pub fn prepare(&self, change: &mut Change) {
        change.releases.extend(self.releases.iter().cloned());
    }

    /// Whether it is worth looking again after this error.
    pub fn again(&mut self, error: &CommitError) -> bool {
        self.attempt += 1;
        match error {
            _ if self.attempt >= ATTEMPTS => false,
            CommitError::Taken(held) => {
                // Its holder is durable and the next look follows: what does not match then stands in nobody's way.
                self.releases.push((held.key.clone(), held.by.clone()));
                true
            }
            CommitError::Stale { .. } => true,
            _ => false,
        }
    }
}

/// Creates, unless one matches.
pub async fn create(caller: &Caller, ty: ResourceType, ask: &Ask, criteria: &str, body: Value) -> Reply {
    let criteria = Criteria::of_text(ty, criteria)?;
    let mut retry = Retry::default();
    loop {
        if let Found::One(found) = criteria.find(caller).await? {
            caller.note("fhir.create", vec![&*found]).await?;
            return Ok(existing(caller, ask, *found));
        }
        let at = Reference::new(ty, caller.op.new_id());
        let Checked { body, issues, patient } = write::checked(caller, &at, body.clone(), &HashSet::new()).await?;
        let shown = Shown::of(&body);
        let mut change = write::change(caller, "fhir.create", &at, patient);
        retry.prepare(&mut change);
        change.claims.push(criteria.claim(caller, &at));
        change.writes.push(Write::new(at, body, caller.hospital().clone()));
        match caller.commit(change).await {
            Ok(receipt) => return Ok(write::answer(caller, ask, StatusCode::CREATED, &receipt, &shown, &issues)),
            Err(error) if retry.again(&error) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// 200 with what matches already.
fn existing(caller: &Caller, ask: &Ask, found: Resource) -> Answer {
    let (at, version, stored_at) = (found.at.clone(), found.version, found.stored_at);
    let mut answer = Answer::of(found).about(&caller.base(), &at, version, stored_at).formed(ask);
    if ask.wants == Some(Return::Minimal) {
        answer.body = None;
    }
    answer
}
