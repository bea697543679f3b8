//! `PUT /fhir/{type}/{id}`: the next version; the first one for imports, which choose their ids.

use super::ask::{Ask, Sent, version_of};
use super::caller::Caller;
use super::refusal::Refusal;
use super::write::{self, Checked, Shown};
use super::{Reply, guard, json, reference_of};
use ::fhir::Reference;
use axum::extract::Path;
use axum::http::StatusCode;
use kernel::Id;
use records::{CommitError, Expect, Resource, Write};
use serde_json::Value;
use std::collections::HashSet;

/// Writes the next version. With `If-Match` only on the version named: 412 on another.
#[utoipa::path(put, path = "/fhir/{type}/{id}", operation_id = "fhir.update", tag = "fhir",
    params(("type" = String, Path), ("id" = String, Path)),
    responses((status = 200), (status = 201), (status = 404), (status = 405), (status = 412), (status = 422)))]
pub async fn update(caller: Caller, Path((ty, id)): Path<(String, String)>, ask: Ask, Sent(body): Sent) -> Reply {
    run(&caller, &reference_of(&ty, &id)?, &ask, json::read(&body)?).await
}

/// The same, wherever it was asked for.
pub async fn run(caller: &Caller, at: &Reference, ask: &Ask, body: Value) -> Reply {
    write::is_of_type(at.ty, &body)?;
    write::is_of_id(&at.id, &body)?;
    let plan = Plan::of(caller, "fhir.update", at, ask).await?;
    let Checked { body, issues, patient } = write::checked(caller, at, body, &HashSet::new()).await?;
    let shown = Shown::of(&body);
    let mut change = write::change(caller, "fhir.update", at, patient);
    change.expect.extend(plan.expect.clone());
    change.writes.push(plan.write(at, body));
    match caller.commit(change).await {
        Ok(receipt) => {
            let first = receipt.stored.first().is_some_and(|s| s.version == 1);
            let status = if first { StatusCode::CREATED } else { StatusCode::OK };
            Ok(write::answer(caller, ask, status, &receipt, &shown, &issues))
        }
        Err(error) => Err(as_refusal(error)),
    }
}

/// What an update rests on.
#[derive(Debug)]
pub struct Plan {
    /// In whose custody the resource is, or will be.
    pub custodian: Id,
    /// The version that must still be the current one.
    pub expect: Option<Expect>,
    /// Nothing of this id may be there.
    pub must_be_new: bool,
}

impl Plan {
    /// Looks at what is there, and decides whether the caller may write over it, or begin it.
    pub async fn of(caller: &Caller, operation: &'static str, at: &Reference, ask: &Ask) -> Result<Self, Refusal> {
        let last = caller.store().history_before(caller.viewer(), at, u64::MAX >> 1, 1).await?.pop();
        let Some(last) = last else { return Self::of_new(caller, operation, at, ask).await };
        // What an owner is named for is seen by the caller; whether its custody is theirs to write comes after.
        caller.may_write(operation, at.ty, caller.hospital(), None).await?;
        guard::check_type(caller, at.ty)?;
        guard::check_existing(caller, &last)?;
        caller.may_write(operation, at.ty, &last.custodian, None).await?;
        let expect = matched(ask, Some(&last))?;
        Ok(Self { custodian: last.custodian, expect, must_be_new: false })
    }

    async fn of_new(caller: &Caller, operation: &'static str, at: &Reference, ask: &Ask) -> Result<Self, Refusal> {
        caller.may_write(operation, at.ty, caller.hospital(), None).await?;
        guard::check_type(caller, at.ty)?;
        matched(ask, None)?;
        if !caller.chooses_ids() {
            let text = "There is nothing of this id, and ids are given by this server: create it with POST.";
            return Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "fhir.no-create-by-put", text));
        }
        if is_of_ours(&at.id) && !caller.is_unrestricted() {
            let text = "Ids of this form (UUID version 7) are given by this server and cannot be chosen.";
            return Err(Refusal::unfit("fhir.id-of-ours", text));
        }
        Ok(Self { custodian: caller.hospital().clone(), expect: None, must_be_new: true })
    }

    /// The write.
    pub fn write(self, at: &Reference, body: Value) -> Write {
        let next = Write::next(at.clone(), body, self.custodian);
        Write { must_be_new: self.must_be_new, ..next }
    }
}

/// `If-Match` and `If-None-Match: *` against what is there.
pub fn matched(ask: &Ask, now: Option<&Resource>) -> Result<Option<Expect>, Refusal> {
    let there = now.filter(|now| !now.deleted);
    if ask.if_none_match.as_deref().map(str::trim) == Some("*") && there.is_some() {
        return Err(Refusal::precondition("fhir.exists", "If-None-Match says that nothing may be there, but it is."));
    }
    let Some(tag) = &ask.if_match else { return Ok(None) };
    let Some(wanted) = version_of(tag) else {
        return Err(Refusal::bad("fhir.if-match", "If-Match names a version as W/\"3\"."));
    };
    match now {
        Some(now) if now.version == wanted => Ok(Some(Expect { at: now.at.clone(), version: wanted })),
        Some(now) => Err(stale(&now.at, wanted, now.version)),
        None => Err(Refusal::precondition("fhir.stale", "If-Match names a version of what is not there.")),
    }
}

/// 412: somebody was faster.
pub fn stale(at: &Reference, expected: u64, actual: u64) -> Refusal {
    let text = format!("{at} is at version {actual}, not {expected}. Read it again, then decide.");
    Refusal::precondition("fhir.stale", text)
}

/// A commit's refusal as this face says it.
pub fn as_refusal(error: CommitError) -> Refusal {
    match error {
        CommitError::Stale { at, expected, actual } => stale(&at, expected, actual),
        // Of another custody, or made this moment: neither is told apart.
        CommitError::Exists(_) => Refusal::new(StatusCode::CONFLICT, "fhir.id-not-free", "This id cannot be chosen."),
        other => other.into(),
    }
}

/// A UUID of version 7, as this server makes them.
fn is_of_ours(id: &Id) -> bool {
    let text = id.as_str().as_bytes();
    text.len() == 36
        && text.iter().enumerate().all(|(i, c)| match i {
            8 | 13 | 18 | 23 => *c == b'-',
            14 => *c == b'7',
            _ => c.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_ours_are_known_by_their_form() {
        for (id, ours) in [
            ("0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f", true),
            ("0192F0C1-7D6E-7CC3-98C4-DC0C0C07398F", true),
            ("0192f0c1-7d6e-4cc3-98c4-dc0c0c07398f", false),
            ("p1", false),
        ] {
            assert_eq!(is_of_ours(&Id::new(id).unwrap()), ours, "{id}");
        }
    }
}
