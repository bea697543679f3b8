//! Where a request fits best into a board, by cost.

use crate::board::{Board, Spot, Where};
use crate::cost::Sort;
use crate::day::{ExpertId, Kind, Request, RequestId, SiteId, Urgency};
use crate::place::Team;
use crate::slots::{Slot, Slots};

/// What is not wanted, when the next best is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Besides {
    pub start: Option<Slot>,
    pub expert: Option<ExpertId>,
    pub room: Option<Sort>,
}

/// Lists that every look for a place fills anew.
#[derive(Debug, Default)]
pub struct Scratch {
    /// Rooms, and when it could begin there.
    rooms: Vec<(Where, Slots)>,
    /// Experts by seat, and when it could begin with them.
    able: Vec<(ExpertId, Slots)>,
    /// Where the experts of each seat end in that list.
    ends: Vec<usize>,
}

impl Board<'_> {
    /// The cheapest place for a request that has none, and what it costs. None where nobody could, or where no place costs less than having none;
    /// an emergency takes any. Where costs are equal: the earlier, then the expert with the fewest slots left, then whom `turn` says.
    pub fn best(&self, id: RequestId, besides: Besides, turn: u64, scratch: &mut Scratch) -> Option<(Spot, i64)> {
        let request = self.day.request(id);
        let mut starts = self.free_starts(id, besides, scratch)?;
        let mut least = match request.urgency {
            Urgency::Emergency => i64::MAX,
            _ => self.weights.unplaced(request),
        };
        let mut best = None;
        while let Some(start) = starts.first(0) {
            starts.remove(start);
            if self.weights.at(request, start) >= least {
                break;
            }
            for &(room, free) in &scratch.rooms {
                if !free.has(start) {
                    continue;
                }
                let look = Look { board: self, request, start, site: self.sort(room).0, turn, scratch };
                let mut team = Team::default();
                if !look.fill(&mut team) {
                    continue;
                }
                let spot = Spot { start, team, room };
                let cost = self.terms(id, &spot, 0).sum();
                if cost < least {
                    least = cost;
                    best = Some((spot, cost));
                }
            }
        }
        best
    }

    /// The slots in which a request could begin as far as terminal, some room and some expert of each seat are free; who and which stands in `scratch`.
    fn free_starts(&self, id: RequestId, besides: Besides, scratch: &mut Scratch) -> Option<Slots> {
        let request = self.day.request(id);
        let window = Slots::span(self.earliest[id.index()], self.day.end);
        let mut starts = window.and(self.terminals[request.hospital.index()].free).starts(request.duration);
        if let Some(start) = besides.start {
            starts.remove(start);
        }
        let mut open = Slots::NONE;
        scratch.rooms.clear();
        let mut offer = |room, sort: Sort, free: Slots| {
            if self.day.suits(request, sort.1) && besides.room != Some(sort) {
                open = open.or(free);
                scratch.rooms.push((room, free));
            }
        };
        // Screens first: an emergency that may take them leaves the rooms to those who need one.
        offer(Where::Virtual, (None, Kind::Virtual), starts);
        for (number, pool) in self.pools.iter().enumerate() {
            if self.day.suits(request, pool.sort.1) {
                offer(Where::Pool(number), pool.sort, pool.free.starts(request.duration));
            }
        }
        starts = starts.and(open);
        scratch.able.clear();
        scratch.ends.clear();
        for seat in &self.candidates[id.index()] {
            let mut any = Slots::NONE;
            for &id in seat {
                let (expert, hours) = (self.day.expert(id), &self.hours[id.index()]);
                if hours.today >= expert.limit || besides.expert == Some(id) {
                    continue;
                }
                let free = expert.available.without(hours.busy).starts(request.duration).and(starts);
                any = any.or(free);
                scratch.able.push((id, free));
            }
            scratch.ends.push(scratch.able.len());
            starts = starts.and(any);
        }
        (!starts.is_empty()).then_some(starts)
    }
}

/// A look for a team at one time in one room.
struct Look<'a> {
    board: &'a Board<'a>,
    request: &'a Request,
    start: Slot,
    site: Option<SiteId>,
    turn: u64,
    scratch: &'a Scratch,
}

impl Look<'_> {
    /// Fills the seats from the next free one on, the best first, another where those behind them then find nobody.
    fn fill(&self, team: &mut Team) -> bool {
        let seat = team.len();
        let Some(&end) = self.scratch.ends.get(seat) else { return true };
        let able = &self.scratch.able[if seat == 0 { 0 } else { self.scratch.ends[seat - 1] }..end];
        let mut tried = None;
        loop {
            let fit = able.iter().enumerate().filter(|(_, (e, free))| free.has(self.start) && !team.contains(e));
            let ranked = fit.map(|(nth, (e, _))| (self.rank(*e, nth, able.len()), *e));
            let next = ranked.filter(|(rank, _)| tried.is_none_or(|t| *rank > t)).min();
            let Some((rank, expert)) = next else { return false };
            tried = Some(rank);
            let end = self.start + self.request.duration;
            if !self.board.makes_the_way(expert, self.start, end, self.site) || !team.push(expert) {
                continue;
            }
            if self.fill(team) {
                return true;
            }
            team.pop();
        }
    }

    /// What an expert costs beside others, how few slots they have left, and whose turn it is; no two of a seat are alike.
    fn rank(&self, id: ExpertId, nth: usize, of: usize) -> (i64, Slot, usize) {
        let (board, weights) = (self.board, self.board.weights);
        let hours = &board.hours[id.index()];
        let known = if self.request.earlier == Some(id) { weights.continuity } else { 0 };
        let told = self.request.told.is_some_and(|t| t.team.contains(&id));
        let told = if told { weights.moved_expert } else { 0 };
        let turn = (nth + (self.turn % of as u64) as usize) % of;
        (weights.one_more(board.day.expert(id).load + hours.today) - known - told, hours.left, turn)
    }
}
