//! A day as it would be: one more room, an expert who fell ill. Plan it, and compare.

use crate::day::{Day, ExpertId, Request, RequestId, Room, RoomId};
use crate::slots::{Slot, Slots};

impl Day {
    /// With one more request.
    pub fn with_request(&self, request: Request) -> (Self, RequestId) {
        let mut day = self.clone();
        let id = RequestId(day.requests.len() as u16);
        day.requests.push(request);
        (day, id)
    }

    /// With one more room.
    pub fn with_room(&self, room: Room) -> (Self, RoomId) {
        let mut day = self.clone();
        let id = RoomId(day.rooms.len() as u16);
        day.rooms.push(room);
        (day, id)
    }

    /// With an expert gone from this slot on; what they did before stands.
    pub fn without_expert(&self, id: ExpertId, from: Slot) -> Self {
        let mut day = self.clone();
        if let Some(expert) = day.experts.get_mut(id.index()) {
            expert.available = expert.available.and(Slots::span(0, from));
        }
        day
    }

    /// With a room gone from this slot on.
    pub fn without_room(&self, id: RoomId, from: Slot) -> Self {
        let mut day = self.clone();
        if let Some(room) = day.rooms.get_mut(id.index()) {
            room.available = room.available.and(Slots::span(0, from));
        }
        day
    }
}
