//! Plans made in one go: what a desk does without a planner, and where the search begins.

use crate::board::Board;
use crate::chance::Chance;
use crate::cost::Weights;
use crate::day::{Day, RequestId};
use crate::insert::{Besides, Scratch};
use crate::place::Plan;

/// First come, first served: each in the order of readiness takes the cheapest place that is left.
pub fn first_come(day: &Day, weights: &Weights, seed: u64) -> Plan {
    let mut board = Board::new(day, weights, &[], 0);
    let mut order: Vec<RequestId> = day.request_ids().collect();
    order.sort_by_key(|&id| day.request(id).released);
    fill(&mut board, &order, &mut Chance::new(seed), &mut Scratch::default());
    board.plan()
}

/// By urgency, MDT before consultations, then by readiness, each takes the cheapest place that is left.
pub fn greedy(day: &Day, weights: &Weights, seed: u64) -> Plan {
    let mut board = Board::new(day, weights, &[], 0);
    let order = by_priority(day);
    fill(&mut board, &order, &mut Chance::new(seed), &mut Scratch::default());
    board.plan()
}

/// All requests, the most urgent first, of these the MDTs, which need most people at once.
pub fn by_priority(day: &Day) -> Vec<RequestId> {
    let mut order: Vec<RequestId> = day.request_ids().collect();
    order.sort_by_key(|&id| {
        let request = day.request(id);
        (request.urgency, request.specialties.len() == 1, request.released)
    });
    order
}

/// Places in this order whatever is not placed.
pub fn fill(board: &mut Board<'_>, order: &[RequestId], chance: &mut Chance, scratch: &mut Scratch) {
    for &id in order {
        if board.placed[id.index()].is_none()
            && let Some((spot, _)) = board.best(id, Besides::default(), chance.bits(), scratch)
        {
            board.place(id, spot);
        }
    }
}
