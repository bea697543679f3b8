//! Large-neighbourhood search: take some requests out, put them back in another order, keep what is better and, while it is warm, some of what is not.
//!
//! After P. Shaw, "Using constraint programming and local search methods to solve vehicle routing problems" (1998), with the acceptance of simulated
//! annealing. What was not accepted is taken back step by step: no plan is copied but the best.

use crate::board::{Board, Spot};
use crate::chance::Chance;
use crate::cost::Weights;
use crate::day::{Day, Request, RequestId, Urgency};
use crate::insert::Scratch;
use crate::place::Plan;
use crate::replan::standing;
use crate::slots::Slot;
use crate::start::{by_priority, fill};

/// How long a search goes on. There is no clock in here: who wants seconds counts them.
pub enum Budget<'a> {
    /// So many times something is taken out and put back. The same seed then gives the same plan.
    Iterations(u64),
    /// Until this says so; it is asked every 16 iterations.
    Until(&'a mut dyn FnMut() -> bool),
}

impl Budget<'_> {
    fn is_spent(&mut self, iteration: u64) -> bool {
        match self {
            Self::Iterations(most) => iteration >= *most,
            Self::Until(stop) => iteration.is_multiple_of(16) && stop(),
        }
    }
}

/// A day's plan: what is frozen stays where it was told, the rest is placed as cheaply as the budget allows.
pub fn plan(day: &Day, weights: &Weights, seed: u64, budget: Budget<'_>) -> Plan {
    let told = day.request_ids().filter(|&id| day.request(id).frozen);
    let fixed = standing(day, told.filter_map(|id| Some((id, day.request(id).told?))), 0);
    let mut board = Board::new(day, weights, &fixed, 0);
    let mut search = Search::new(seed, WARM);
    fill(&mut board, &by_priority(day), &mut search.chance, &mut search.scratch);
    let movable: Vec<RequestId> = day.request_ids().filter(|id| fixed.iter().all(|(stays, _)| stays != id)).collect();
    search.improve(&mut board, &movable, budget);
    board.plan()
}

/// How much worse a plan is still taken, now and then, at the beginning: about what it costs that a routine patient waits three hours.
const WARM: f64 = 40.0;
/// At the end only what costs the same or hardly more.
const COLD: f64 = 0.3;
/// Iterations of the first cooling. Each next one takes twice as long: whenever the search is stopped, a good part of its time was one whole cooling.
const FIRST_COOLING: u64 = 4_000;
/// Requests taken out at once.
const OUT: std::ops::Range<usize> = 3..17;
/// Slots to both sides in which a request is near in time.
const NEAR: Slot = 14;

/// How warm the search is.
struct Cooling {
    heat: f64,
    from: f64,
    factor: f64,
    left: u64,
    length: u64,
}

impl Cooling {
    fn new(from: f64) -> Self {
        Self::of(from, FIRST_COOLING)
    }

    fn of(from: f64, length: u64) -> Self {
        Self { heat: from, from, factor: (COLD / from).powf(1.0 / length as f64), left: length, length }
    }

    fn step(&mut self) {
        self.heat *= self.factor;
        self.left -= 1;
        if self.left == 0 {
            *self = Self::of(self.from, self.length.saturating_mul(2));
        }
    }
}

/// Whether they want the same specialty.
fn shares(one: &Request, other: &Request) -> bool {
    one.specialties.iter().any(|s| other.specialties.contains(s))
}

/// A search under way.
pub struct Search {
    pub chance: Chance,
    pub scratch: Scratch,
    /// Requests around which every other turn looks; empty: around any.
    pub focus: Vec<RequestId>,
    heat: f64,
    out: Vec<RequestId>,
    is_out: Vec<bool>,
}

impl Search {
    pub fn new(seed: u64, heat: f64) -> Self {
        Self {
            chance: Chance::new(seed),
            scratch: Scratch::default(),
            focus: vec![],
            heat,
            out: vec![],
            is_out: vec![],
        }
    }

    /// Leaves on the board the best that was found by moving these.
    pub fn improve(&mut self, board: &mut Board<'_>, movable: &[RequestId], mut budget: Budget<'_>) {
        if movable.is_empty() {
            return;
        }
        let (mut best, mut least): (Vec<Option<Spot>>, i64) = (board.placed.clone(), board.cost);
        self.is_out = vec![false; board.placed.len()];
        board.keep();
        let mut cooling = Cooling::new(self.heat);
        let mut iteration = 0;
        while !budget.is_spent(iteration) {
            iteration += 1;
            let before = board.cost;
            self.take_out(board, movable);
            self.put_back(board);
            let worse = (board.cost - before) as f64;
            if worse > 0.0 && self.chance.fraction() >= (-worse / cooling.heat).exp() {
                board.undo();
            } else {
                board.keep();
            }
            if board.cost < least {
                least = board.cost;
                best.clone_from(&board.placed);
            }
            cooling.step();
        }
        for &id in movable {
            board.remove(id);
        }
        for &id in movable {
            if let Some(spot) = best[id.index()] {
                board.place(id, spot);
            }
        }
        board.keep();
    }

    /// One request, some that have to do with it (any, near in time, or of a specialty of it), and of those without a place each emergency, each that wants
    /// the same specialty, and now and then another.
    fn take_out(&mut self, board: &mut Board<'_>, movable: &[RequestId]) {
        self.out.clear();
        let count = movable.len();
        let first = match self.focus.as_slice() {
            focus @ [_, ..] if self.chance.below(2) == 0 => focus[self.chance.below(focus.len())],
            _ => movable[self.chance.below(count)],
        };
        self.pick(first);
        let request = board.day.request(first);
        for &id in movable.iter().filter(|id| board.placed[id.index()].is_none()) {
            let other = board.day.request(id);
            if other.urgency == Urgency::Emergency || shares(request, other) || self.chance.below(4) == 0 {
                self.pick(id);
            }
        }
        let start = |id: RequestId| board.placed[id.index()].map_or(board.earliest[id.index()], |spot| spot.start);
        let mode = self.chance.below(3);
        let wanted = self.out.len() + OUT.start + self.chance.below(OUT.len());
        let from = self.chance.below(count);
        for nth in 0..count {
            if self.out.len() >= wanted {
                break;
            }
            let id = if mode == 0 { movable[self.chance.below(count)] } else { movable[(from + nth) % count] };
            let fits = match mode {
                0 => true,
                1 => start(id).abs_diff(start(first)) < NEAR,
                _ => shares(request, board.day.request(id)),
            };
            if fits {
                self.pick(id);
            }
        }
        for &id in &self.out {
            self.is_out[id.index()] = false;
            board.remove(id);
        }
    }

    fn pick(&mut self, id: RequestId) {
        if !std::mem::replace(&mut self.is_out[id.index()], true) {
            self.out.push(id);
        }
    }

    /// In one of four orders, each to where it then fits best.
    fn put_back(&mut self, board: &mut Board<'_>) {
        let (day, weights) = (board.day, board.weights);
        match self.chance.below(4) {
            0 => self.out.sort_by_key(|&id| (day.request(id).urgency, day.request(id).released)),
            1 => self.out.sort_by_key(|&id| (day.request(id).urgency, day.request(id).duration)),
            2 => self.chance.shuffle(&mut self.out),
            // What waits dearly for little time first, as W. E. Smith ordered jobs on one machine (1956).
            _ => self.out.sort_by_key(|&id| {
                let request = day.request(id);
                -(weights.waiting.of(request.urgency) * 1_000 / i64::from(request.duration.max(1)))
            }),
        }
        fill(board, &self.out, &mut self.chance, &mut self.scratch);
    }
}
