//! What a plan says: who meets whom, where and when.

use crate::day::{ExpertId, RequestId, RoomId};
use crate::slots::{Slot, Slots};

/// Most experts of one request.
pub const SEATS_MAX: usize = 5;

/// The experts of one placement, one for each wanted specialty in its order.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Team {
    seats: [ExpertId; SEATS_MAX],
    count: u8,
}

impl Team {
    /// Those experts; whoever is beyond [`SEATS_MAX`] is not taken.
    pub fn new(experts: &[ExpertId]) -> Self {
        experts.iter().fold(Self::default(), |mut team, &expert| {
            team.push(expert);
            team
        })
    }

    /// Takes the next seat; false where all are taken.
    pub(crate) fn push(&mut self, expert: ExpertId) -> bool {
        let Some(seat) = self.seats.get_mut(usize::from(self.count)) else { return false };
        *seat = expert;
        self.count += 1;
        true
    }

    pub(crate) fn pop(&mut self) {
        self.count = self.count.saturating_sub(1);
        self.seats[usize::from(self.count)] = ExpertId::default();
    }
}

impl std::ops::Deref for Team {
    type Target = [ExpertId];

    fn deref(&self) -> &[ExpertId] {
        &self.seats[..usize::from(self.count)]
    }
}

impl std::fmt::Debug for Team {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// Where a request is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// On the screens of those who meet.
    Virtual,
    /// In a room that stands somewhere.
    Room(RoomId),
}

/// One request as it is planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placement {
    /// Its first slot.
    pub start: Slot,
    /// Who advises.
    pub team: Team,
    /// Where.
    pub place: Place,
}

impl Placement {
    /// The slots it takes when it lasts this long.
    pub fn slots(&self, duration: Slot) -> Slots {
        Slots::span(self.start, self.start.saturating_add(duration))
    }
}

/// A day's plan: for each request of the day where it is placed, or that it is not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// As long as the day's requests; what is missing at the end is not placed.
    pub placements: Vec<Option<Placement>>,
}

impl Plan {
    /// Where a request is placed.
    pub fn of(&self, request: RequestId) -> Option<&Placement> {
        self.placements.get(request.index())?.as_ref()
    }

    /// All that are placed.
    pub fn placed(&self) -> impl Iterator<Item = (RequestId, &Placement)> {
        let ids = (0..).map(RequestId);
        ids.zip(&self.placements).filter_map(|(id, placement)| Some((id, placement.as_ref()?)))
    }
}
