//! `message.send`: a word to the parties of a case.

use super::{Message, message};
use crate::consult::enter;
use crate::consult::resources::{Note, NoteKind, write_note};
use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use fhir::{Reference, ResourceType};
use kernel::Id;
use platform::case::Who;
use platform::{Op, Problem, notify};
use records::{Change, Subject, Write};
use serde::Deserialize;
use utoipa::ToSchema;

/// Characters of a message.
const MAX: usize = 4_000;

/// What to say.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = MessageSend)]
pub struct Input {
    /// As typed.
    text: String,
}

/// Sends a message.
#[utoipa::path(post, path = "/api/consults/{id}/messages", operation_id = "message.send", tag = "message",
    params(("id" = String, Path)), request_body = Input, responses((status = 201, body = Message)))]
pub async fn send(
    op: Op,
    Path(id): Path<Id>,
    Json(input): Json<Input>,
) -> Result<(StatusCode, Json<Message>), Problem> {
    let (case, _) = enter(&op, "message.send", &id).await?;
    let text = input.text.trim();
    if text.is_empty() {
        return Err(Problem::unfit("message.empty", "There is nothing to send."));
    }
    if text.chars().count() > MAX {
        return Err(Problem::unfit("message.too_long", format!("At most {MAX} characters.")).with("max", MAX));
    }
    let note = Note {
        at: Reference::new(ResourceType::COMMUNICATION, op.new_id()),
        kind: NoteKind::Message,
        by: Who::from(op.actor()),
        sent: op.now(),
        lines: vec![text.to_owned()],
        answers: None,
    };
    let mut act = case.act(&op, "message.send");
    act.about.push(note.at.clone());
    let body = write_note(&note, &case.at.case, &case.patient);
    let write = Write::new(note.at.clone(), body, case.custodian.clone()).in_case(case.at.case.clone());
    let mut change = Change::of(act).write(write);
    let experts = case.facts().experts.into_iter().map(Subject::Person);
    let told: Vec<Subject> = [Subject::Person(case.asking.person.clone())].into_iter().chain(experts).collect();
    notify::tell(op.platform(), &mut change, &told);
    op.commit(change).await?;
    Ok((StatusCode::CREATED, Json(message(&op, &note)?)))
}
