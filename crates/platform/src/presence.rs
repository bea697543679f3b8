//! Who stands in a room at this moment. Told by whoever keeps the rooms, asked by whoever waits for somebody.

use crate::Platform;
use kernel::{Id, Role};

/// Somebody in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Present {
    /// Who.
    pub person: Id,
    /// In which role they entered.
    pub role: Role,
    /// For which hospital.
    pub hospital: Id,
}

/// Keeps rooms.
pub trait Presence: Send + Sync {
    /// Everybody who is in the room of a case and whose line stands.
    fn in_room(&self, case: &Id) -> Vec<Present>;
}

impl Platform {
    /// Everybody who is in the room of a case; nobody where no rooms are kept.
    pub fn in_room(&self, case: &Id) -> Vec<Present> {
        let rooms = self.presence.get().and_then(std::sync::Weak::upgrade);
        rooms.map(|rooms| rooms.in_room(case)).unwrap_or_default()
    }
}
