//! A plan in the making: who and what is taken when, and what all of it costs, kept up at each step; steps can be taken back.

use crate::cost::{Sort, Terms, Weights, sort, terms};
use crate::day::{Day, ExpertId, Request, RequestId, SiteId};
use crate::place::{Place, Placement, Plan, Team};
use crate::rooms::{Pool, held};
use crate::slots::{Slot, Slots};
use crate::terminals::Terminals;

/// Where a request is held while doors have no numbers yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    /// On screens.
    Virtual,
    /// In one of these rooms.
    Pool(usize),
    /// In the place where it stays.
    Fixed(Place),
}

/// A placement while doors have no numbers yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    pub start: Slot,
    pub team: Team,
    pub room: Where,
}

/// One step, to be taken back.
#[derive(Clone, Copy, Debug)]
enum Step {
    Placed(RequestId),
    Removed(RequestId, Spot),
}

/// What an expert does today.
#[derive(Clone, Debug)]
pub struct Hours {
    /// Slots taken.
    pub busy: Slots,
    /// Slots not taken of those they are there.
    pub left: Slot,
    /// Consultations.
    pub today: u16,
    /// Which, in any order; kept only where somebody travels.
    stops: Vec<RequestId>,
}

pub struct Board<'a> {
    pub day: &'a Day,
    pub weights: &'a Weights,
    /// For each request and seat those who may ever take it.
    pub candidates: Vec<Vec<Vec<ExpertId>>>,
    /// For each request the first slot it may take.
    pub earliest: Vec<Slot>,
    pub hours: Vec<Hours>,
    /// By hospital.
    pub terminals: Vec<Terminals>,
    pub pools: Vec<Pool>,
    pub placed: Vec<Option<Spot>>,
    pub cost: i64,
    travels: bool,
    log: Vec<Step>,
}

impl<'a> Board<'a> {
    /// A board on which only these stand, wherever they stand; they are not checked. Rooms are given away from slot `from` on.
    pub fn new(day: &'a Day, weights: &'a Weights, fixed: &[(RequestId, Placement)], from: Slot) -> Self {
        let seats = |r: &Request| {
            let experts = || (0..day.experts.len() as u16).map(ExpertId);
            let seat = |seat| experts().filter(|&e| day.may_advise(e, r, seat)).collect();
            (0..r.specialties.len()).map(seat).collect()
        };
        let hours = |e: &crate::Expert| Hours { busy: Slots::NONE, left: e.available.len(), today: 0, stops: vec![] };
        let mut board = Self {
            day,
            weights,
            candidates: day.requests.iter().map(seats).collect(),
            earliest: day.requests.iter().map(|r| r.released.max(from)).collect(),
            hours: day.experts.iter().map(hours).collect(),
            terminals: Terminals::of(day),
            pools: Pool::of(day, &held(day, fixed.iter().map(|(id, p)| (*id, p))), from),
            placed: vec![None; day.requests.len()],
            cost: day.requests.iter().map(|r| weights.unplaced(r)).sum(),
            travels: !day.travel.is_none(),
            log: vec![],
        };
        for &(id, Placement { start, team, place }) in fixed {
            board.place(id, Spot { start, team, room: Where::Fixed(place) });
        }
        board.keep();
        board
    }

    /// What people notice of a place.
    pub fn sort(&self, room: Where) -> Sort {
        match room {
            Where::Virtual => sort(self.day, Place::Virtual),
            Where::Pool(pool) => self.pools[pool].sort,
            Where::Fixed(place) => sort(self.day, place),
        }
    }

    /// The terms of a spot, load as if it were its experts' last one. `had` is one for a spot that stands already.
    pub fn terms(&self, id: RequestId, spot: &Spot, had: u16) -> Terms {
        let load = |&e: &ExpertId| self.weights.one_more(self.day.expert(e).load + self.hours[e.index()].today - had);
        Terms {
            load: spot.team.iter().map(load).sum(),
            ..terms(self.day, self.weights, self.day.request(id), spot.start, &spot.team, self.sort(spot.room))
        }
    }

    /// Puts a request where it was not yet. Whether it may stand there is the caller's care.
    pub fn place(&mut self, id: RequestId, spot: Spot) {
        self.put(id, spot);
        self.log.push(Step::Placed(id));
    }

    /// Takes a request out; nothing where it is not placed.
    pub fn remove(&mut self, id: RequestId) {
        if let Some(spot) = self.take(id) {
            self.log.push(Step::Removed(id, spot));
        }
    }

    /// The steps so far are for good.
    pub fn keep(&mut self) {
        self.log.clear();
    }

    /// Takes back all steps since [`Self::keep`].
    pub fn undo(&mut self) {
        while let Some(step) = self.log.pop() {
            match step {
                Step::Placed(id) => drop(self.take(id)),
                Step::Removed(id, spot) => self.put(id, spot),
            }
        }
    }

    fn put(&mut self, id: RequestId, spot: Spot) {
        let request = self.day.request(id);
        self.cost += self.terms(id, &spot, 0).sum() - self.weights.unplaced(request);
        let slots = Slots::span(spot.start, spot.start + request.duration);
        for expert in spot.team.iter() {
            let hours = &mut self.hours[expert.index()];
            hours.busy = hours.busy.or(slots);
            hours.left = hours.left.saturating_sub(request.duration);
            hours.today += 1;
            if self.travels {
                hours.stops.push(id);
            }
        }
        self.terminals[request.hospital.index()].take(slots);
        if let Where::Pool(pool) = spot.room {
            self.pools[pool].take(spot.start, request.duration);
        }
        self.placed[id.index()] = Some(spot);
    }

    fn take(&mut self, id: RequestId) -> Option<Spot> {
        let spot = self.placed[id.index()].take()?;
        let request = self.day.request(id);
        self.cost -= self.terms(id, &spot, 1).sum() - self.weights.unplaced(request);
        let slots = Slots::span(spot.start, spot.start + request.duration);
        for expert in spot.team.iter() {
            let hours = &mut self.hours[expert.index()];
            hours.busy = hours.busy.without(slots);
            hours.left += request.duration;
            hours.today -= 1;
            hours.stops.retain(|stop| *stop != id);
        }
        self.terminals[request.hospital.index()].give(slots);
        if let Where::Pool(pool) = spot.room {
            self.pools[pool].give(spot.start, request.duration);
        }
        Some(spot)
    }

    /// Whether an expert makes the ways of their day with one more consultation, which takes these slots. In a virtual room they sit wherever they are, but
    /// not while they travel.
    pub fn makes_the_way(&self, expert: ExpertId, start: Slot, end: Slot, site: Option<SiteId>) -> bool {
        if !self.travels {
            return true;
        }
        let hours = &self.hours[expert.index()];
        let busy = hours.busy.or(Slots::span(start, end));
        let stop = |&id: &RequestId| {
            let spot = self.placed[id.index()]?;
            Some((spot.start, spot.start + self.day.request(id).duration, self.sort(spot.room).0?))
        };
        let stops = || hours.stops.iter().filter_map(stop);
        let enough = |(_, left, from): (Slot, Slot, SiteId), (begins, _, to): (Slot, Slot, SiteId)| {
            from == to || Slots::span(left, begins).without(busy).len() >= self.day.travel.slots(from, to)
        };
        let before = || stops().filter(|stop| stop.1 <= start);
        let mut after = stops().filter(|stop| stop.0 >= end);
        match site {
            Some(site) => {
                let here = (start, end, site);
                before().all(|stop| enough(stop, here)) && after.all(|stop| enough(here, stop))
            }
            None => after.all(|later| before().all(|stop| enough(stop, later))),
        }
    }

    /// The plan as it stands, every room with its door.
    pub fn plan(&self) -> Plan {
        let mut doors = vec![None; self.placed.len()];
        for (number, pool) in self.pools.iter().enumerate() {
            let here = |id: &RequestId| self.placed[id.index()].is_some_and(|spot| spot.room == Where::Pool(number));
            let ids: Vec<RequestId> = self.day.request_ids().filter(here).collect();
            let uses: Vec<_> = ids.iter().filter_map(|&id| self.door_use(id)).collect();
            for (id, door) in ids.iter().zip(pool.doors(&uses)) {
                debug_assert!(door.is_some(), "{id:?} was counted and finds no door");
                doors[id.index()] = door;
            }
        }
        let placement = |(spot, door): (&Option<Spot>, Option<crate::RoomId>)| {
            let Spot { start, team, room } = (*spot)?;
            let place = match room {
                Where::Virtual => Place::Virtual,
                Where::Pool(_) => Place::Room(door?),
                Where::Fixed(place) => place,
            };
            Some(Placement { start, team, place })
        };
        Plan { placements: self.placed.iter().zip(doors).map(placement).collect() }
    }

    fn door_use(&self, id: RequestId) -> Option<(Slot, Slot, Option<crate::RoomId>)> {
        let request = self.day.request(id);
        let told = request.told.and_then(|told| match told.place {
            Place::Room(room) => Some(room),
            Place::Virtual => None,
        });
        Some((self.placed[id.index()]?.start, request.duration, told))
    }
}
