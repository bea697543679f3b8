//! What a plan costs, by term. One unit is five minutes that a routine patient waits.

use crate::day::{Day, Kind, Request, RequestId, SiteId, Urgency};
use crate::place::{Place, Placement, Plan, Team};
use crate::slots::Slot;

/// A number for each urgency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByUrgency {
    /// For an emergency.
    pub emergency: i64,
    /// For what is urgent.
    pub urgent: i64,
    /// For routine.
    pub routine: i64,
}

impl ByUrgency {
    /// The number for this urgency.
    pub fn of(self, urgency: Urgency) -> i64 {
        match urgency {
            Urgency::Emergency => self.emergency,
            Urgency::Urgent => self.urgent,
            Urgency::Routine => self.routine,
        }
    }
}

/// What counts how much; all at least 0. A setting of the centre: the default says why each is what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weights {
    /// Each slot between readiness and beginning.
    pub waiting: ByUrgency,
    /// Each slot past the deadline, beside the waiting.
    pub late: ByUrgency,
    /// A request that has no place today.
    pub unplaced: ByUrgency,
    /// The nth consultation of an expert, those they had lately counted in, costs n - 1 times this.
    pub load: i64,
    /// Another expert than the one who knows the patient.
    pub continuity: i64,
    /// Another time than people were told, or none after all.
    pub moved_time: i64,
    /// Each expert who was told and is not needed any more.
    pub moved_expert: i64,
    /// Another site, or another kind of room, than people were told. The next door of the same corridor costs nothing.
    pub moved_room: i64,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            // Five minutes of an emergency weigh as much as 100 of a routine case, of an urgent one as 20: as in the timers of first look (3, 15, 30 minutes),
            // only steeper, so that no number of routine patients who wait moves an emergency.
            waiting: ByUrgency { emergency: 20, urgent: 4, routine: 1 },
            // A promise that is broken counts as much again as the waiting itself.
            late: ByUrgency { emergency: 20, urgent: 4, routine: 1 },
            // More than a whole day (288 slots) of waiting and of lateness, and everybody told anew, and a busy team. So a late place is better than none.
            unplaced: ByUrgency { emergency: 12_000, urgent: 3_000, routine: 1_000 },
            // Whoever has ten more than a colleague is spared when the patient waits less than 50 minutes longer for it.
            load: 1,
            // Half an hour: a patient waits so long to see the same face.
            continuity: 6,
            // Half an hour: what two phone calls, and a patient who came in vain, are worth.
            moved_time: 6,
            // Twenty minutes: one phone call to somebody busy.
            moved_expert: 4,
            // Ten minutes: people find another house, but not gladly.
            moved_room: 2,
        }
    }
}

impl Weights {
    /// Waiting and missing places alone, as a bound from linear programming counts them: a missing place as a day of waiting.
    pub fn waiting_only() -> Self {
        let none = ByUrgency { emergency: 0, urgent: 0, routine: 0 };
        let unplaced = ByUrgency { emergency: 6_000, urgent: 1_200, routine: 300 };
        Self {
            late: none,
            unplaced,
            load: 0,
            continuity: 0,
            moved_time: 0,
            moved_expert: 0,
            moved_room: 0,
            ..Self::default()
        }
    }

    /// What a request costs that is not placed: what people were told is then moved too.
    pub fn unplaced(&self, request: &Request) -> i64 {
        self.unplaced.of(request.urgency) + if request.told.is_some() { self.moved_time } else { 0 }
    }

    /// What waiting costs when it begins at this slot: waiting and lateness.
    pub(crate) fn at(&self, request: &Request, start: Slot) -> i64 {
        let late = request.deadline.map_or(0, |deadline| start.saturating_sub(deadline));
        let waited = start.saturating_sub(request.released);
        self.waiting.of(request.urgency) * i64::from(waited) + self.late.of(request.urgency) * i64::from(late)
    }

    /// What one more costs of an expert who had so many.
    pub(crate) fn one_more(&self, had: u16) -> i64 {
        self.load * i64::from(had)
    }
}

/// What one placement costs, by term.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// The patient waits.
    pub waiting: i64,
    /// Past the deadline.
    pub late: i64,
    /// It has no place today.
    pub unplaced: i64,
    /// The experts have much already; counted as if this were their last one.
    pub load: i64,
    /// Not the expert who knows the patient.
    pub continuity: i64,
    /// Another time than was told.
    pub moved_time: i64,
    /// Other experts than were told.
    pub moved_expert: i64,
    /// Another site or kind of room than was told.
    pub moved_room: i64,
}

impl Terms {
    /// All of it.
    pub fn sum(&self) -> i64 {
        let Self { waiting, late, unplaced, load, continuity, moved_time, moved_expert, moved_room } = *self;
        waiting + late + unplaced + load + continuity + moved_time + moved_expert + moved_room
    }
}

/// What people notice of a room: its site and its kind. Virtual rooms have no site.
pub type Sort = (Option<SiteId>, Kind);

/// What people notice of a place.
pub fn sort(day: &Day, place: Place) -> Sort {
    match place {
        Place::Virtual => (None, Kind::Virtual),
        Place::Room(id) => day.rooms.get(id.index()).map_or((None, Kind::Virtual), |r| (Some(r.site), r.kind)),
    }
}

/// The terms of a request that begins at `start` with `team` in a room of this sort; without load, which hangs on what else they do.
pub(crate) fn terms(day: &Day, weights: &Weights, request: &Request, start: Slot, team: &Team, room: Sort) -> Terms {
    let waiting = weights.waiting.of(request.urgency) * i64::from(start.saturating_sub(request.released));
    let told = request.told.as_ref();
    Terms {
        waiting,
        late: weights.at(request, start) - waiting,
        continuity: if request.earlier.is_some_and(|e| !team.contains(&e)) { weights.continuity } else { 0 },
        moved_time: if told.is_some_and(|t| t.start != start) { weights.moved_time } else { 0 },
        moved_expert: told.map_or(0, |t| t.team.iter().filter(|e| !team.contains(e)).count() as i64)
            * weights.moved_expert,
        moved_room: if told.is_some_and(|t| sort(day, t.place) != room) { weights.moved_room } else { 0 },
        ..Terms::default()
    }
}

/// The terms of one request of a plan of this day.
pub fn terms_of(day: &Day, plan: &Plan, weights: &Weights, id: RequestId) -> Terms {
    let request = day.request(id);
    let Some(Placement { start, team, place }) = plan.of(id) else {
        let moved_time = weights.unplaced(request) - weights.unplaced.of(request.urgency);
        return Terms { unplaced: weights.unplaced.of(request.urgency), moved_time, ..Terms::default() };
    };
    let load = team.iter().map(|&expert| {
        let today = plan.placed().filter(|(_, p)| p.team.contains(&expert)).count() as u16;
        weights.one_more(day.expert(expert).load + today - 1)
    });
    Terms { load: load.sum(), ..terms(day, weights, request, *start, team, sort(day, *place)) }
}

/// What a plan of this day costs, counted from nothing.
pub fn cost_of(day: &Day, plan: &Plan, weights: &Weights) -> i64 {
    let mut today = vec![0; day.experts.len()];
    let mut cost = 0;
    for id in day.request_ids() {
        let Some(Placement { start, team, place }) = plan.of(id) else {
            cost += weights.unplaced(day.request(id));
            continue;
        };
        cost += terms(day, weights, day.request(id), *start, team, sort(day, *place)).sum();
        for &expert in team.iter() {
            cost += weights.one_more(day.expert(expert).load + today[expert.index()]);
            today[expert.index()] += 1;
        }
    }
    cost
}
