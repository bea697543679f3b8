//! Messages between the parties of a case.
//!
//! Siblings use [`Message`] and [`messages`]. A message is a Communication in the case; it changes no state. This slice never
//! shows one past the case's own rules.

pub(crate) mod send;

use crate::consult::person;
use crate::consult::resources::{Note, NoteKind};
use kernel::{Id, Time};
use platform::directory::PersonRef;
use platform::{Op, Problem, Shared};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Something said.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Message {
    /// The Communication's id.
    #[schema(value_type = String)]
    pub id: Id,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Time,
    /// By whom.
    pub by: PersonRef,
    /// What.
    pub text: String,
}

/// The messages among what was said in a case.
pub fn messages(op: &Op, notes: &[Note]) -> Result<Vec<Message>, Problem> {
    notes.iter().filter(|n| n.kind == NoteKind::Message).map(|note| message(op, note)).collect()
}

fn message(op: &Op, note: &Note) -> Result<Message, Problem> {
    let by = person(op, &note.by).ok_or_else(|| Problem::internal(format!("the sender of {} is unknown", note.at)))?;
    Ok(Message { id: note.at.id.clone(), at: note.sent, by, text: note.lines.join("\n") })
}

/// `/api/consults/{id}/messages`.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(send::send))
}
