//! `Type/id`.

use crate::ResourceType;
use kernel::Id;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A literal reference to a resource of this store.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reference {
    /// Its type.
    pub ty: ResourceType,
    /// Its logical id.
    pub id: Id,
}

/// The text is not `Type/id`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a reference of the form Type/id")]
pub struct InvalidReference;

impl Reference {
    /// `ty/id`.
    pub fn new(ty: ResourceType, id: Id) -> Self {
        Self { ty, id }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.ty, self.id)
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.ty, self.id)
    }
}

impl std::str::FromStr for Reference {
    type Err = InvalidReference;
    fn from_str(text: &str) -> Result<Self, InvalidReference> {
        let (ty, id) = text.split_once('/').ok_or(InvalidReference)?;
        let ty = ResourceType::from_name(ty).ok_or(InvalidReference)?;
        Ok(Self { ty, id: Id::new(id).map_err(|_| InvalidReference)? })
    }
}

impl TryFrom<String> for Reference {
    type Error = InvalidReference;
    fn try_from(text: String) -> Result<Self, InvalidReference> {
        text.parse()
    }
}

impl From<Reference> for String {
    fn from(at: Reference) -> Self {
        at.to_string()
    }
}
