//! What is found, and how it is said.

use std::fmt;

/// Most characters of a foreign name or value that a text quotes.
const QUOTED: usize = 48;

/// How bad it is (FHIR `issue-severity`, without `fatal`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nothing is wrong; something could not be judged.
    Information,
    /// Allowed, and not advised.
    Warning,
    /// Not conformant.
    Error,
}

/// What kind of fault it is: codes of FHIR's `issue-type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    /// Something stands where nothing of its kind may stand.
    Structure,
    /// Something that must be there is not.
    Required,
    /// A value is not of its type's form.
    Value,
    /// A rule of the definitions is broken.
    Invariant,
    /// A code is not in the value set that is required.
    CodeInvalid,
    /// Longer than it may be.
    TooLong,
    /// Not judged, since that would cost too much.
    TooCostly,
    /// Not judged, since that is not possible here.
    NotSupported,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// How bad it is.
    pub severity: Severity,
    /// What kind of fault it is.
    pub code: Code,
    /// Where: FHIRPath of element names and places, `Patient.contact[1].name.given[0]`. What is missing is named as if it
    /// were there; an element written `value[x]` is named `value`.
    pub location: String,
    /// What is wrong with what, in English, the same words for the same fault. May quote up to 48 characters of the
    /// resource: it belongs in the answer to its sender, never in a log.
    pub text: String,
    /// The key of the broken rule (`obs-6`), for [`Code::Invariant`] alone.
    pub rule: Option<&'static str>,
}

impl Severity {
    /// As in `OperationOutcome.issue.severity`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Information => "information",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl Code {
    /// As in `OperationOutcome.issue.code`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Structure => "structure",
            Self::Required => "required",
            Self::Value => "value",
            Self::Invariant => "invariant",
            Self::CodeInvalid => "code-invalid",
            Self::TooLong => "too-long",
            Self::TooCostly => "too-costly",
            Self::NotSupported => "not-supported",
        }
    }
}

impl fmt::Display for Issue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}: {}", self.severity.code(), self.code.code(), self.location, self.text)
    }
}

/// A foreign text in quotes, cut to what a message can bear, without control characters.
pub(super) fn quoted(text: &str) -> String {
    let mut shown: String = text.chars().take(QUOTED).map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect();
    if text.chars().nth(QUOTED).is_some() {
        shown.push('…');
    }
    format!("'{shown}'")
}
