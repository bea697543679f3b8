//! Names of things. A FHIR logical id; those we create are UUIDv7, so that indexes grow at their end.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A FHIR logical id: 1 to 64 of `A-Z a-z 0-9 - .` (FHIR R4, datatypes, `id`).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Id(String);

/// The text is not a FHIR logical id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an id: 1 to 64 letters, digits, '-' or '.'")]
pub struct InvalidId;

impl Id {
    /// Checks and takes `text`.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidId> {
        let text = text.into();
        let fits = (1..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'));
        if fits { Ok(Self(text)) } else { Err(InvalidId) }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Id {
    type Error = InvalidId;
    fn try_from(text: String) -> Result<Self, InvalidId> {
        Self::new(text)
    }
}

impl std::str::FromStr for Id {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        Self::new(text)
    }
}

impl From<Id> for String {
    fn from(id: Id) -> Self {
        id.0
    }
}

impl AsRef<str> for Id {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_fhir_takes() {
        for good in ["a", "0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f", "A.b-9", &"x".repeat(64)] {
            assert!(Id::new(good).is_ok(), "{good}");
        }
        for bad in ["", "a/b", "a_b", "李", "a b", &"x".repeat(65)] {
            assert_eq!(Id::new(bad), Err(InvalidId), "{bad}");
        }
    }
}
