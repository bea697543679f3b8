//! Who acts.

use crate::Id;
use serde::{Deserialize, Serialize};

/// What a person is at a hospital; chosen at sign-in when there are several (DESIGN 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Asks for consultations for patients of the own hospital.
    AskingDoctor,
    /// Finds the expert, the room and the time.
    Dispatcher,
    /// Gives opinions on cases assigned.
    Specialist,
    /// Reports imaging, ECG or pathology from a worklist.
    Reader,
    /// Cares for the patients of a ward.
    WardNurse,
    /// Treats the patients of a ward.
    WardDoctor,
    /// Follows patients up after discharge.
    CareManager,
    /// Helps patients with what is not medicine.
    SocialWorker,
    /// Manages people, rooms and devices of a hospital and those below it.
    HospitalAdministrator,
    /// Sees figures.
    CommandStaff,
    /// Sees notifiable cases.
    OutbreakOfficer,
    /// Runs the installation.
    PlatformAdministrator,
    /// A machine that joins a hospital.
    Gateway,
    /// Sees the own record as released.
    Patient,
    /// A program of a hospital's that reads and writes its record, known by a token.
    Client,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 15] = [
        Self::AskingDoctor,
        Self::Dispatcher,
        Self::Specialist,
        Self::Reader,
        Self::WardNurse,
        Self::WardDoctor,
        Self::CareManager,
        Self::SocialWorker,
        Self::HospitalAdministrator,
        Self::CommandStaff,
        Self::OutbreakOfficer,
        Self::PlatformAdministrator,
        Self::Gateway,
        Self::Patient,
        Self::Client,
    ];

    /// The code, as in FHIR and the API.
    pub fn code(self) -> &'static str {
        match self {
            Self::AskingDoctor => "asking-doctor",
            Self::Dispatcher => "dispatcher",
            Self::Specialist => "specialist",
            Self::Reader => "reader",
            Self::WardNurse => "ward-nurse",
            Self::WardDoctor => "ward-doctor",
            Self::CareManager => "care-manager",
            Self::SocialWorker => "social-worker",
            Self::HospitalAdministrator => "hospital-administrator",
            Self::CommandStaff => "command-staff",
            Self::OutbreakOfficer => "outbreak-officer",
            Self::PlatformAdministrator => "platform-administrator",
            Self::Gateway => "gateway",
            Self::Patient => "patient",
            Self::Client => "client",
        }
    }

    /// Reads [`Role::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.code() == code)
    }
}

/// A person signed in, in the role chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The Practitioner's (or Patient's) id.
    pub person: Id,
    /// The role in force.
    pub role: Role,
    /// The hospital of that role. A dispatcher serves the centre run by this hospital.
    pub hospital: Id,
    /// The PractitionerRole's id.
    pub practitioner_role: Id,
}
