//! Hospitals and their tree of seven levels (MISSION H1).

use crate::Id;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Where in the network a hospital or centre stands, highest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Between countries.
    International,
    /// The country's centre.
    National,
    /// A provincial hospital.
    Province,
    /// A municipal hospital.
    City,
    /// A county hospital.
    County,
    /// A township hospital.
    Township,
    /// A village clinic.
    Village,
}

impl Level {
    /// All levels, highest first.
    pub const ALL: [Self; 7] =
        [Self::International, Self::National, Self::Province, Self::City, Self::County, Self::Township, Self::Village];

    /// The code, as in FHIR and the API.
    pub fn code(self) -> &'static str {
        match self {
            Self::International => "international",
            Self::National => "national",
            Self::Province => "province",
            Self::City => "city",
            Self::County => "county",
            Self::Township => "township",
            Self::Village => "village",
        }
    }

    /// Reads [`Level::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|l| l.code() == code)
    }
}

/// One hospital of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hospital {
    /// The Organization's id.
    pub id: Id,
    /// Its level.
    pub level: Level,
    /// The hospital above it; none at the root.
    pub parent: Option<Id>,
}

/// Who lies below whom.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HospitalTree(HashMap<Id, Hospital>);

impl HospitalTree {
    /// Builds the tree; a later entry replaces an earlier one of the same id.
    pub fn new(hospitals: impl IntoIterator<Item = Hospital>) -> Self {
        Self(hospitals.into_iter().map(|h| (h.id.clone(), h)).collect())
    }

    /// The hospital of this id.
    pub fn get(&self, id: &Id) -> Option<&Hospital> {
        self.0.get(id)
    }

    /// Whether `hospital` is `top` or lies below it. A cycle in bad data ends at its eighth step: there are seven levels.
    pub fn is_within(&self, hospital: &Id, top: &Id) -> bool {
        let mut at = Some(hospital);
        for _ in 0..=Level::ALL.len() {
            match at {
                Some(id) if id == top => return true,
                Some(id) => at = self.0.get(id).and_then(|h| h.parent.as_ref()),
                None => return false,
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> Id {
        Id::new(text).unwrap()
    }

    #[test]
    fn below_and_beside() {
        let hospital = |name, level, parent: Option<&str>| Hospital { id: id(name), level, parent: parent.map(id) };
        let tree = HospitalTree::new([
            hospital("p", Level::Province, None),
            hospital("c1", Level::City, Some("p")),
            hospital("c2", Level::City, Some("p")),
            hospital("k", Level::County, Some("c1")),
            hospital("loop", Level::County, Some("loop")),
        ]);
        assert!(tree.is_within(&id("k"), &id("p")));
        assert!(tree.is_within(&id("k"), &id("k")));
        assert!(!tree.is_within(&id("k"), &id("c2")));
        assert!(!tree.is_within(&id("p"), &id("k")));
        assert!(!tree.is_within(&id("loop"), &id("p")));
        assert!(!tree.is_within(&id("nowhere"), &id("p")));
    }
}
