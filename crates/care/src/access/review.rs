//! `access.review`: the patient's hospital judges a record opened in need. Once.

use super::reviews::facts;
use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use fhir::{Reference, ResourceType};
use kernel::Id;
use kernel::decide::Facts;
use platform::case::Who;
use platform::glass::{Glass, Review};
use platform::{Op, Problem, notify};
use records::{Change, CommitError, Expect, Subject, Viewer, Write};
use serde::Deserialize;
use utoipa::ToSchema;

/// Characters of a note.
const NOTE_MAX: usize = 2_000;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = AccessOutcome)]
pub enum Outcome {
    /// In order.
    Justified,
    /// Not in order; needs a note.
    NotJustified,
}

/// A judgement.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = AccessJudge)]
pub struct Input {
    /// The version on the screen.
    version: u64,
    /// What was found.
    outcome: Outcome,
    /// In words.
    #[serde(default)]
    note: Option<String>,
}

/// Judges a record opened in need.
#[utoipa::path(post, path = "/api/access/reviews/{id}", operation_id = "access.review", tag = "access",
    params(("id" = String, Path)), request_body = Input, responses((status = 204)))]
pub async fn review(op: Op, Path(id): Path<Id>, Json(input): Json<Input>) -> Result<StatusCode, Problem> {
    let at = Reference::new(ResourceType::TASK, id);
    let found = op.store().read(&Viewer::System, &at).await?;
    let glass = found.as_ref().map(Glass::read).transpose()?.flatten();
    let about = glass.as_ref().map_or_else(Facts::default, |glass| facts(&op, &glass.custodian));
    op.may("access.review", &about, Some(&at)).await?;
    let mut glass = glass.ok_or_else(Problem::not_found)?;
    if glass.by.person == op.actor().person {
        return Err(Problem::conflict("access.own", "Somebody else judges what you opened yourself."));
    }
    if let Some(before) = &glass.review {
        let by = op.platform().directory.person_ref_at(&before.by.person, &before.by.hospital);
        let by = serde_json::to_value(by).map_err(Problem::internal)?;
        return Err(reviewed().with("by", by).with("at", before.at.to_string()));
    }
    let note = input.note.as_deref().map(str::trim).filter(|n| !n.is_empty()).map(str::to_owned);
    if note.as_ref().is_some_and(|n| n.chars().count() > NOTE_MAX) {
        return Err(Problem::unfit("access.too_long", format!("At most {NOTE_MAX} characters.")).with("max", NOTE_MAX));
    }
    let justified = input.outcome == Outcome::Justified;
    if !justified && note.is_none() {
        return Err(Problem::unfit("access.no_note", "Say what was not in order."));
    }
    if input.version != glass.version {
        return Err(reviewed());
    }
    glass.review = Some(Review { justified, note: note.clone(), by: Who::from(op.actor()), at: op.now() });
    let mut act = op.act("access.review");
    act.about = vec![at.clone()];
    act.patient = Some(glass.patient.clone());
    act.why = note;
    act.params.insert("outcome".into(), if justified { "justified" } else { "not-justified" }.into());
    let mut change = Change::of(act).write(Write::next(at.clone(), glass.write(), glass.custodian.clone()));
    change.expect.push(Expect { at, version: glass.version });
    notify::tell(op.platform(), &mut change, &[Subject::Person(glass.by.person.clone())]);
    match op.try_commit(change).await {
        Ok(_) => Ok(StatusCode::NO_CONTENT),
        Err(CommitError::Stale { .. }) => Err(reviewed()),
        Err(other) => Err(other.into()),
    }
}

fn reviewed() -> Problem {
    Problem::conflict("access.reviewed", "Somebody has judged this already. Look at it again.")
}
