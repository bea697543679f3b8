//! Communication (messages, lists of a return, what was supplied) and CommunicationRequest (what an expert asks for).

use super::codes::NOTE;
use super::json::{code_among, concept, list, read_who, refer, refer_who, referred, text, time};
use fhir::{Reference, ResourceType};
use kernel::Time;
use platform::case::Who;
use serde_json::{Value, json};

/// What a Communication is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoteKind {
    /// Between the parties.
    Message,
    /// The list with which a case was returned.
    Return,
    /// The answer to an ask.
    Supply,
}

impl NoteKind {
    fn code(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Return => "return",
            Self::Supply => "supply",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        [Self::Message, Self::Return, Self::Supply].into_iter().find(|k| k.code() == code)
    }
}

/// Something said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The Communication.
    pub at: Reference,
    /// What it is.
    pub kind: NoteKind,
    /// By whom.
    pub by: Who,
    /// When.
    pub sent: Time,
    /// What.
    pub lines: Vec<String>,
    /// The ask it answers.
    pub answers: Option<Reference>,
}

/// Something asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskNote {
    /// The CommunicationRequest.
    pub at: Reference,
    /// By whom.
    pub by: Who,
    /// When.
    pub sent: Time,
    /// What.
    pub lines: Vec<String>,
    /// Not answered yet.
    pub open: bool,
}

/// The type of an ask.
pub fn ask_type() -> ResourceType {
    ResourceType::from_name("CommunicationRequest").unwrap_or(ResourceType::COMMUNICATION)
}

fn payload(lines: &[String]) -> Vec<Value> {
    lines.iter().map(|l| json!({"contentString": l})).collect()
}

fn read_payload(body: &Value) -> Vec<String> {
    list(&body["payload"]).iter().filter_map(|p| text(&p["contentString"])).collect()
}

/// A Communication of a case.
pub fn write(note: &Note, case: &Reference, patient: &Reference) -> Value {
    let mut based_on = vec![refer(case)];
    based_on.extend(note.answers.iter().map(refer));
    json!({
        "resourceType": "Communication",
        "id": note.at.id,
        "basedOn": based_on,
        "status": "completed",
        "category": [concept(NOTE, note.kind.code())],
        "subject": refer(patient),
        "about": [refer(case)],
        "sent": note.sent.to_string(),
        "sender": refer_who(&note.by),
        "payload": payload(&note.lines),
    })
}

/// Reads a Communication.
pub fn read(body: &Value) -> Option<Note> {
    Some(Note {
        at: format!("Communication/{}", body["id"].as_str()?).parse().ok()?,
        kind: NoteKind::from_code(code_among(&body["category"], NOTE)?)?,
        by: read_who(&body["sender"])?,
        sent: time(&body["sent"])?,
        lines: read_payload(body),
        answers: list(&body["basedOn"]).iter().filter_map(referred).find(|r| r.ty == ask_type()),
    })
}

/// A CommunicationRequest of a case.
pub fn write_ask(ask: &AskNote, case: &Reference, patient: &Reference) -> Value {
    json!({
        "resourceType": "CommunicationRequest",
        "id": ask.at.id,
        "basedOn": [refer(case)],
        "status": if ask.open { "active" } else { "completed" },
        "subject": refer(patient),
        "about": [refer(case)],
        "authoredOn": ask.sent.to_string(),
        "requester": refer_who(&ask.by),
        "payload": payload(&ask.lines),
    })
}

/// Reads a CommunicationRequest.
pub fn read_ask(body: &Value) -> Option<AskNote> {
    Some(AskNote {
        at: format!("CommunicationRequest/{}", body["id"].as_str()?).parse().ok()?,
        by: read_who(&body["requester"])?,
        sent: time(&body["authoredOn"])?,
        lines: read_payload(body),
        open: body["status"] == "active",
    })
}
