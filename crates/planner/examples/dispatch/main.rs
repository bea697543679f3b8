//! What the planner is worth: made-up days by first come first served, by priority, and searched for 0.1, 1 and 5 s.
#![expect(clippy::print_stdout, reason = "it prints")]
mod days;
use days::{Shape, day};
use planner::*;
use std::time::{Duration, Instant};
fn main() {
    let shapes = [(120, 3, 60, true), (160, 8, 60, false), (160, 10, 60, false), (400, 24, 120, false)];
    for (requests, rooms, experts, short) in shapes {
        let day = day(&Shape { requests, rooms, experts, short, seed: 1 });
        let w = Weights::waiting_only();
        let c = |p: &Plan| { check(&day, p).unwrap(); cost_of(&day, p, &w) };
        print!("{requests}/{rooms} fcfs {} greedy {}", c(&first_come(&day, &w, 1)), c(&greedy(&day, &w, 1)));
        for ms in [100, 1000, 5000] {
            let t = Instant::now();
            let mut n = 0;
            let p = plan(&day, &w, 1, Budget::Until(&mut || { n += 16; t.elapsed() > Duration::from_millis(ms) }));
            print!("  {ms}: {} ({n})", c(&p));
        }
        println!();
    }
}
