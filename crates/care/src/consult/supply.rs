//! `consult.supply`: the asking doctor answers what an expert asked for.

use super::loading::{asks_of, enter};
use super::resources::{AskNote, Note, NoteKind, write_ask, write_note};
use super::state::Step;
use super::step::{ATTEMPTS, Now, overtaken, refused};
use axum::Json;
use axum::extract::Path;
use fhir::{Reference, ResourceType};
use kernel::Id;
use platform::case::Who;
use platform::{Op, Problem};
use records::{Change, CommitError, Expect, Write};
use serde::Deserialize;
use utoipa::ToSchema;

/// The answer. What is not text (a film, a report) is attached to the case.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ConsultSupply)]
pub struct Input {
    /// Which ask.
    #[schema(value_type = String)]
    ask: Id,
    /// In words.
    #[serde(default)]
    text: Option<String>,
}

/// Answers an ask.
#[utoipa::path(post, path = "/api/consults/{id}/supply", operation_id = "consult.supply", tag = "consult",
    params(("id" = String, Path)), request_body = Input, responses((status = 200, body = Now)))]
pub async fn supply(op: Op, Path(id): Path<Id>, Json(input): Json<Input>) -> Result<Json<Now>, Problem> {
    let text = input.text.as_deref().map(str::trim).filter(|t| !t.is_empty());
    if text.is_some_and(|t| t.chars().count() > super::complete::TEXT_MAX) {
        return Err(Problem::unfit("consult.too_long", "That is too long.").with("max", super::complete::TEXT_MAX));
    }
    for _ in 0..ATTEMPTS {
        let (case, _) = enter(&op, "consult.supply", &id).await?;
        case.consult.supply().map_err(|why| refused(&op, &case, Step::Supply, &why))?;
        let asks = asks_of(op.store(), &case.at.case).await?;
        let asked = asks.into_iter().find(|a| a.at.id == input.ask && a.open);
        let asked = asked.ok_or_else(|| {
            Problem::conflict("consult.no_ask", "There is no such ask, or it has been answered already.")
        })?;
        let note = Note {
            at: Reference::new(ResourceType::COMMUNICATION, op.new_id()),
            kind: NoteKind::Supply,
            by: Who::from(op.actor()),
            sent: op.now(),
            lines: text.map(str::to_owned).into_iter().collect(),
            answers: Some(asked.at.clone()),
        };
        let answered = AskNote { open: false, ..asked };
        let mut act = case.act(&op, "consult.supply");
        act.about.extend([note.at.clone(), answered.at.clone()]);
        let mut change = Change::of(act);
        change.expect.push(Expect { at: case.at.task.clone(), version: case.version });
        let written = [
            Write::new(note.at.clone(), write_note(&note, &case.at.case, &case.patient), case.custodian.clone()),
            Write::next(
                answered.at.clone(),
                write_ask(&answered, &case.at.case, &case.patient),
                case.custodian.clone(),
            ),
        ];
        change.writes.extend(written.map(|w| w.in_case(case.at.case.clone())));
        match op.try_commit(change).await {
            Ok(_) => return Ok(Json(Now { state: case.consult.state(), version: case.version })),
            Err(CommitError::Stale { .. }) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Err(overtaken(&op, &id, Step::Supply).await)
}
