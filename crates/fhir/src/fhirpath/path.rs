//! FHIRPath in its own meaning, with the types of R4.

use super::read::{Node, read};
use super::run::{Around, Run};
use super::value::Item;
use super::{Meaning, Unread};
use crate::validate::definitions::Definitions;
use jiff::Timestamp;
use serde_json::Value;

/// A compiled expression.
pub struct Path(Node);

/// What is told with a question.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asking {
    /// What `now()` and `today()` say, in UTC; without it they are an error.
    pub now: Option<Timestamp>,
    /// A member that the type does not have is an error, not empty.
    pub strict: bool,
}

/// One item of what an expression gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Its type (`System.Integer`, `FHIR.code`), where it is known.
    pub ty: Option<String>,
    /// As `toString()` writes it; what has no such text as JSON.
    pub text: String,
}

impl Path {
    /// Compiles an expression.
    ///
    /// # Errors
    /// Says what in it is not spoken here, or that it is no FHIRPath.
    pub fn read(text: &str) -> Result<Self, Unread> {
        read(text, Definitions::r4().choices(), Meaning::Standard).map(Self)
    }

    /// What it gives on a resource.
    ///
    /// # Errors
    /// Says why it cannot be answered: the items are not what a function takes, or it would take too long.
    pub fn of(&self, resource: &Value, asking: Asking) -> Result<Vec<Answer>, &'static str> {
        let around = Around { resource, root: resource };
        let mut run = Run::new(resource, around, Meaning::Standard);
        (run.now, run.strict) = (asking.now, asking.strict);
        Ok(run.all(&self.0)?.iter().map(Answer::of).collect())
    }
}

impl Answer {
    fn of(item: &Item) -> Self {
        let ty = item.of_type().map(|of| format!("{}.{}", of.space.name(), of.name));
        let text = match item {
            Item::Type(of) => format!("{}.{}", of.space.name(), of.name),
            Item::Piece { value, .. } => item.written().unwrap_or_else(|| value.to_string()),
            _ => item.written().unwrap_or_default(),
        };
        Self { ty, text }
    }
}
