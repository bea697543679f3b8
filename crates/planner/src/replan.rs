//! Something happened: a new request, an expert who fell ill, a room that is gone. What stands and can still be moved is moved as little as helps.

use crate::board::{Board, Spot, Where};
use crate::check::{Broken, Rule, breaks};
use crate::cost::Weights;
use crate::day::{Day, RequestId};
use crate::place::{Place, Placement, Plan};
use crate::search::{Budget, Search};
use crate::slots::Slot;
use crate::start::{by_priority, fill};

/// Whatever begins within a quarter of an hour stays: people are on their way.
pub const FREEZE: Slot = 3;

/// How much worse a plan is taken on the way to a better one: little, since most of what stands is good.
const LUKEWARM: f64 = 4.0;

impl Day {
    /// The same day after everybody was told this plan.
    pub fn told(&self, plan: &Plan) -> Self {
        let mut day = self.clone();
        for (id, placement) in plan.placed().filter(|(id, _)| id.index() < self.requests.len()) {
            day.requests[id.index()].told = Some(*placement);
        }
        day
    }
}

/// The plan after an event at slot `now`. The day is as it is since: new requests at the end of its list, the expert or room not available from then on.
/// Everybody counts as told of `plan`. What has begun, what begins within [`FREEZE`] and what is frozen stays, unless it breaks a hard rule since; such a
/// request and a new one may begin at once, any other that is moved begins after the freeze.
pub fn replan(day: &Day, plan: &Plan, now: Slot, weights: &Weights, seed: u64, budget: Budget<'_>) -> Plan {
    let day = &day.told(plan);
    let soon = now.saturating_add(FREEZE);
    let stand = standing(day, plan.placed().map(|(id, p)| (id, *p)), now);
    let stays = |(id, p): &(RequestId, Placement)| p.start < soon || day.request(*id).frozen;
    let (fixed, loose): (Vec<_>, Vec<_>) = stand.into_iter().partition(stays);
    let mut board = Board::new(day, weights, &fixed, now);
    for &(id, placement) in &loose {
        let earliest = &mut board.earliest[id.index()];
        *earliest = soon.max(*earliest);
        // A room that is full by what is fixed cannot be: what stands keeps every rule.
        if let Some(room) = room(&board, id, &placement) {
            board.place(id, Spot { start: placement.start, team: placement.team, room });
        }
    }
    let mut search = Search::new(seed, LUKEWARM);
    // What happened, happened to those without a place.
    search.focus = day.request_ids().filter(|id| board.placed[id.index()].is_none()).collect();
    fill(&mut board, &by_priority(day), &mut search.chance, &mut search.scratch);
    let movable: Vec<RequestId> = day.request_ids().filter(|id| fixed.iter().all(|(stays, _)| stays != id)).collect();
    search.improve(&mut board, &movable, budget);
    board.plan()
}

/// Where a placement is held on a board.
pub fn room(board: &Board<'_>, id: RequestId, placement: &Placement) -> Option<Where> {
    let Place::Room(room) = placement.place else { return Some(Where::Virtual) };
    let pool = board.pools.iter().position(|pool| pool.holds(room))?;
    let slots = placement.slots(board.day.request(id).duration);
    board.pools[pool].free.covers(slots).then_some(Where::Pool(pool))
}

/// Those placements that keep every hard rule on this day, and those that are over before `now`, whatever they did.
pub fn standing(
    day: &Day,
    placements: impl Iterator<Item = (RequestId, Placement)>,
    now: Slot,
) -> Vec<(RequestId, Placement)> {
    let mut plan = Plan { placements: vec![None; day.requests.len()] };
    for (id, placement) in placements.filter(|(id, _)| id.index() < day.requests.len()) {
        plan.placements[id.index()] = Some(placement);
    }
    loop {
        let over = |id: RequestId| plan.of(id).is_some_and(|p| p.start.saturating_add(day.request(id).duration) <= now);
        let broken: Vec<Broken> =
            breaks(day, &plan).into_iter().filter(|b| b.rule == Rule::Team || !over(b.request)).collect();
        // Of two that cannot stand together one may go for another reason: so one by one, after all that cannot stand alone.
        let mut go: Vec<RequestId> = broken.iter().filter(|b| b.rule.is_alone()).map(|b| b.request).collect();
        if go.is_empty() {
            let Some(first) = broken.first() else { break };
            go.push(first.request);
        }
        for id in go {
            plan.placements[id.index()] = None;
        }
    }
    plan.placed().map(|(id, placement)| (id, *placement)).collect()
}
