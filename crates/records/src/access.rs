//! Who sees which rows.

use fhir::Reference;
use kernel::Id;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Whom a grant is for; as text `person:ID`, `hospital:ID`, `desk:ID`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Subject {
    /// One person.
    Person(Id),
    /// Everybody who treats or advises at a hospital.
    Hospital(Id),
    /// The dispatchers of the centre that a hospital runs.
    Desk(Id),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(id) => write!(f, "person:{id}"),
            Self::Hospital(id) => write!(f, "hospital:{id}"),
            Self::Desk(id) => write!(f, "desk:{id}"),
        }
    }
}

impl From<Subject> for String {
    fn from(subject: Subject) -> Self {
        subject.to_string()
    }
}

impl TryFrom<String> for Subject {
    type Error = kernel::InvalidId;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl std::str::FromStr for Subject {
    type Err = kernel::InvalidId;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (kind, id) = text.split_once(':').ok_or(kernel::InvalidId)?;
        let id = Id::new(id)?;
        match kind {
            "person" => Ok(Self::Person(id)),
            "hospital" => Ok(Self::Hospital(id)),
            "desk" => Ok(Self::Desk(id)),
            _ => Err(kernel::InvalidId),
        }
    }
}

/// What a grant opens.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Scope {
    /// A patient and everything in the patient's compartment.
    Patient(Reference),
    /// A case (ServiceRequest) and everything written with that `case`.
    Case(Reference),
    /// One resource alone, a patient's card or an older study that a case cites.
    Resource(Reference),
}

/// Through whose eyes a read is done. The answer is the one a store would give that held only what the viewer may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Viewer {
    /// The rules themselves, counters and jobs. Never handed to a request's output unfiltered.
    System,
    /// A person signed in. Directory types (Organization, Location, Practitioner, PractitionerRole, HealthcareService)
    /// are seen by every person.
    Person {
        /// The hospital whose whole custody is seen; none for roles without clinical access to it.
        custody: Option<Id>,
        /// For whom grants are looked up.
        subjects: Vec<Subject>,
    },
}
