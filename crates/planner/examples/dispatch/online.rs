//! A day as it comes: each request is known when patient and papers are ready, and everybody is told each plan.

use planner::{Budget, Change, Day, Plan, Urgency, Weights, changes, check, cost_of, first_come, replan};
use std::time::Instant;

/// Turns of the search at each event.
const TURNS: [u64; 3] = [0, 300, 2_000];

pub fn head() {
    println!(
        "{:<8} {:>6} {:>8} {:>14} {:>14} {:>8} {:>8} {:>8} {:>8}",
        "day", "turns", "cost", "em. mean wait", "em. longest", "moved", "p50 ms", "p99 ms", "max ms"
    );
}

/// First come first served in physical rooms, then the planner with each number of turns.
pub fn lines(name: &str, day: &Day) {
    let queue = first_come(day, &Weights::waiting_only(), 1);
    line(name, "queue", day, &queue, 0, &mut [0.0]);
    let mut day = Day { virtual_lane: true, ..day.clone() };
    day.requests.sort_by_key(|r| r.released);
    for turns in TURNS {
        let (plan, moved, mut times) = run(&day, turns);
        line(name, &turns.to_string(), &day, &plan, moved, &mut times);
    }
}

fn run(day: &Day, turns: u64) -> (Plan, usize, Vec<f64>) {
    let mut known = Day { requests: vec![], ..day.clone() };
    let (mut plan, mut moved, mut times) = (Plan::default(), 0, vec![]);
    for request in &day.requests {
        known.requests.push(request.clone());
        let begun = Instant::now();
        let next = replan(&known, &plan, request.released, &Weights::default(), 1, Budget::Iterations(turns));
        times.push(begun.elapsed().as_secs_f64() * 1e3);
        assert_eq!(check(&known, &next), Ok(()));
        moved += changes(&plan, &next).iter().filter(|c: &&Change| c.is_moved()).count();
        plan = next;
    }
    (plan, moved, times)
}

fn line(name: &str, how: &str, day: &Day, plan: &Plan, moved: usize, times: &mut [f64]) {
    let emergency = |id: &planner::RequestId| day.request(*id).urgency == Urgency::Emergency;
    let ids = day.request_ids().filter(emergency);
    let waits: Vec<u16> = ids.filter_map(|id| Some((plan.of(id)?.start - day.request(id).released) * 5)).collect();
    let mean = f64::from(waits.iter().sum::<u16>()) / waits.len().max(1) as f64;
    let longest = waits.iter().max().copied().unwrap_or(0);
    times.sort_by(f64::total_cmp);
    let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)];
    println!(
        "{name:<8} {how:>6} {:>8} {mean:>14.1} {longest:>14} {moved:>8} {:>8.1} {:>8.1} {:>8.1}",
        cost_of(day, plan, &Weights::waiting_only()),
        at(50),
        at(99),
        at(100)
    );
}
