//! Records of one person: linked by `Patient.link`, both ways. Nothing that refers to one of them is ever rewritten; a search
//! looks for all of them instead.

use super::identify::{audience, cases_of};
use super::resources::{card, links, parted, with_link};
use super::{PatientCard, hospital_ref, today};
use fhir::{Reference, ResourceType};
use kernel::Id;
use kernel::decide::Facts;
use platform::drill::is_drill;
use platform::{Op, Problem};
use records::{Change, CommitError, Expect, Resource, Store, Viewer, Write};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// Records followed from one: nobody has more.
const LINKED_MAX: usize = 64;
/// Longest reason, in characters.
const REASON_MAX: usize = 500;

/// These patients, and every record that is the same person's.
pub async fn with_linked(store: &dyn Store, patients: impl IntoIterator<Item = Id>) -> Result<BTreeSet<Id>, Problem> {
    let mut all: BTreeSet<Id> = patients.into_iter().collect();
    let mut open: Vec<Id> = all.iter().cloned().collect();
    let most = all.len() + LINKED_MAX;
    while let Some(id) = open.pop() {
        let at = Reference::new(ResourceType::PATIENT, id);
        let Some(found) = store.read(&Viewer::System, &at).await? else { continue };
        for other in links(&found.value()?) {
            if all.len() < most && all.insert(other.id.clone()) {
                open.push(other.id);
            }
        }
    }
    Ok(all)
}

/// A human's word about two records.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = PatientPairWord)]
pub struct Word {
    /// The other record.
    #[schema(value_type = String)]
    pub other: Id,
    /// This record's version on the screen.
    pub version: u64,
    /// The other's version on the screen.
    pub other_version: u64,
    /// Why they are one person, or are not.
    pub reason: String,
}

/// Whoever is made up for a drill is nobody.
pub fn made_up() -> Problem {
    Problem::unfit("patient.drill", "One of the two is made up for a drill: nobody who is ill is the same person.")
}

/// A patient of the own hospital, if this person may do `operation` to it.
pub async fn own(op: &Op, operation: &'static str, id: &Id) -> Result<(Resource, Value), Problem> {
    let at = Reference::new(ResourceType::PATIENT, id.clone());
    let found = op.store().read(op.viewer(), &at).await?;
    let custodian = found.as_ref().map(|p| p.custodian.clone());
    op.may(operation, &Facts { custodian, ..Facts::default() }, Some(&at)).await?;
    let found = found.filter(|p| p.custodian == op.actor().hospital).ok_or_else(Problem::not_found)?;
    let body = found.value()?;
    Ok((found, body))
}

/// A reason as typed: there must be one.
pub fn reason(typed: &str) -> Result<String, Problem> {
    let typed = typed.trim();
    if typed.is_empty() || typed.chars().count() > REASON_MAX {
        let detail = format!("Say why, in 1 to {REASON_MAX} characters.");
        return Err(Problem::unfit("patient.reason", detail).with("max", REASON_MAX));
    }
    Ok(typed.to_owned())
}

/// The record was changed since it was on the screen.
pub fn changed() -> Problem {
    Problem::conflict("patient.changed", "The record was changed in the meantime. Look at both sides again.")
}

/// Joins or parts two records, as the human saw them.
pub async fn settle(
    op: &Op,
    operation: &'static str,
    id: &Id,
    word: &Word,
    joined: bool,
) -> Result<[PatientCard; 2], Problem> {
    let (left, left_body) = own(op, operation, id).await?;
    let (right, right_body) = own(op, operation, &word.other).await?;
    let reason = reason(&word.reason)?;
    if left.at == right.at {
        return Err(Problem::unfit("patient.same", "Both are the same record."));
    }
    if joined && is_drill(&left_body) != is_drill(&right_body) {
        return Err(made_up());
    }
    let are = links(&left_body).contains(&right.at);
    match (joined, are) {
        (true, true) => return Err(Problem::conflict("patient.linked", "The two records are linked already.")),
        (false, false) => return Err(Problem::conflict("patient.not_linked", "The two records are not linked.")),
        _ => {}
    }
    if (left.version, right.version) != (word.version, word.other_version) {
        return Err(changed());
    }
    let mut act = op.act(operation);
    act.about = vec![left.at.clone(), right.at.clone()];
    act.patient = Some(left.at.clone());
    act.why = Some(reason);
    // Whoever has a case of either in hand saw the two as one, or as two.
    let mut cases = cases_of(op, &left.at).await?;
    cases.extend(cases_of(op, &right.at).await?);
    act.audience = audience(op, &op.actor().hospital, &cases).await?;
    let mut change = Change::of(act);
    let mut cards = vec![];
    let sides = [(&left, &left_body, &right, &right_body), (&right, &right_body, &left, &left_body)];
    for (one, body, other, others) in sides {
        let body = if joined { body.clone() } else { parted(body, others) };
        let body = with_link(&body, &other.at, joined);
        let mut shown = body.clone();
        shown["id"] = one.at.id.as_str().into();
        let mut card = card(&shown, hospital_ref(op, &one.custodian)?, today(op));
        card.version = Some(one.version + 1);
        cards.push(card);
        change.expect.push(Expect { at: one.at.clone(), version: one.version });
        change.writes.push(Write::next(one.at.clone(), body, one.custodian.clone()));
    }
    match op.try_commit(change).await {
        Ok(_) => {}
        Err(CommitError::Stale { .. }) => return Err(changed()),
        Err(other) => return Err(other.into()),
    }
    <[PatientCard; 2]>::try_from(cards).map_err(|_| Problem::internal("two records made no two cards"))
}
