//! A day as it comes: each request is known when patient and papers are ready, and everybody is told each plan.

use planner::{
    Budget, Change, Day, ExpertId, FREEZE, Placement, Plan, RoomId, Urgency, Weights, changes, check, cost_of,
    first_come, plan, replan,
};
use std::time::Instant;

/// Turns of the search at each event.
const TURNS: [u64; 3] = [0, 300, 2_000];

pub fn head() {
    println!(
        "{:<8} {:>6} {:>8} {:>14} {:>9} {:>12} {:>8} {:>8} {:>8} {:>8}",
        "day", "turns", "cost", "em. mean wait", "at least", "em. longest", "moved", "p50 ms", "p99 ms", "max ms"
    );
}

/// First come first served in physical rooms, then the planner with each number of turns.
pub fn lines(name: &str, day: &Day) {
    let queue = first_come(day, &Weights::waiting_only(), 1);
    line(name, "queue", day, &queue, 0.0, 0, &mut [0.0]);
    let mut day = Day { virtual_lane: true, ..day.clone() };
    day.requests.sort_by_key(|r| r.released);
    for turns in TURNS {
        let (plan, least, moved, mut times) = run(&day, turns);
        line(name, &turns.to_string(), &day, &plan, least, moved, &mut times);
    }
}

/// The plan of the evening, how long emergencies have to wait at least, how often somebody was moved, and milliseconds.
fn run(day: &Day, turns: u64) -> (Plan, f64, usize, Vec<f64>) {
    let mut known = Day { requests: vec![], ..day.clone() };
    let (mut plan, mut moved, mut times) = (Plan::default(), 0, vec![]);
    let mut least = vec![];
    for request in &day.requests {
        known.requests.push(request.clone());
        let begun = Instant::now();
        let next = replan(&known, &plan, request.released, &Weights::default(), 1, Budget::Iterations(turns));
        times.push(begun.elapsed().as_secs_f64() * 1e3);
        assert_eq!(check(&known, &next), Ok(()));
        if request.urgency == Urgency::Emergency {
            least.push(alone(&known, &plan));
        }
        moved += changes(&plan, &next).iter().filter(|c: &&Change| c.is_moved()).count();
        plan = next;
    }
    (plan, mean(&least), moved, times)
}

/// How long the newest request waits when nobody else is waited for: only for what has begun or begins too soon to be moved.
fn alone(known: &Day, plan: &Plan) -> u16 {
    let now = known.requests.last().map_or(0, |newest| newest.released);
    let mut known = known.clone();
    let stays = |p: &&Option<Placement>| p.is_some_and(|p| p.start < now + FREEZE);
    let mut stay = Plan { placements: plan.placements.iter().filter(stays).copied().collect() };
    let stays = plan.placements.iter().map(|p| stays(&p)).chain([true]);
    known.requests = known.requests.into_iter().zip(stays).filter(|(_, stays)| *stays).map(|(r, _)| r).collect();
    stay = replan(&known, &stay, now, &Weights::default(), 1, Budget::Iterations(0));
    stay.placements.last().copied().flatten().map_or(0, |p| (p.start - now) * 5)
}

fn mean(minutes: &[u16]) -> f64 {
    minutes.iter().map(|&m| f64::from(m)).sum::<f64>() / minutes.len().max(1) as f64
}

/// At noon of a planned day each expert falls ill and each room is gone, one at a time.
pub fn losses(name: &str, day: &Day) {
    const NOON: u16 = 48;
    let day = Day { virtual_lane: true, ..day.clone() };
    let before = plan(&day, &Weights::default(), 1, Budget::Iterations(4_000));
    let ill = (0..day.experts.len() as u16).map(|e| day.without_expert(ExpertId(e), NOON));
    let gone = (0..day.rooms.len() as u16).map(|r| day.without_room(RoomId(r), NOON));
    for (what, since) in [("expert ill", ill.collect::<Vec<_>>()), ("room gone", gone.collect())] {
        let (mut moved, mut most, mut times) = (0, 0, vec![]);
        for since in &since {
            let begun = Instant::now();
            let after = replan(since, &before, NOON, &Weights::default(), 1, Budget::Iterations(2_000));
            times.push(begun.elapsed().as_secs_f64() * 1e3);
            assert_eq!(check(since, &after), Ok(()));
            let here = changes(&before, &after).iter().filter(|c| c.is_moved()).count();
            (moved, most) = (moved + here, most.max(here));
        }
        times.sort_by(f64::total_cmp);
        let mean = moved as f64 / since.len() as f64;
        let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)];
        println!("{name:<8} {what:<12} {mean:>12.1} {most:>12} {:>8.1} {:>8.1} {:>8.1}", at(50), at(99), at(100));
    }
}

fn line(name: &str, how: &str, day: &Day, plan: &Plan, least: f64, moved: usize, times: &mut [f64]) {
    let emergency = |id: &planner::RequestId| day.request(*id).urgency == Urgency::Emergency;
    let ids = day.request_ids().filter(emergency);
    let waits: Vec<u16> = ids.filter_map(|id| Some((plan.of(id)?.start - day.request(id).released) * 5)).collect();
    let mean = mean(&waits);
    let longest = waits.iter().max().copied().unwrap_or(0);
    times.sort_by(f64::total_cmp);
    let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)];
    println!(
        "{name:<8} {how:>6} {:>8} {mean:>14.1} {least:>9.1} {longest:>12} {moved:>8} {:>8.1} {:>8.1} {:>8.1}",
        cost_of(day, plan, &Weights::waiting_only()),
        at(50),
        at(99),
        at(100)
    );
}
