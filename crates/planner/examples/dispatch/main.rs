//! What the planner is worth, on made-up days: `dispatch days FOLDER` writes them for the script of the bound, `dispatch plans FOLDER` plans them,
//! with a gap where `FOLDER/bounds.txt` has one, and then lets each day come request by request.
#![expect(clippy::print_stdout, reason = "it prints a table")]

mod days;
mod online;

use days::{Shape, day, json};
use planner::{Budget, Day, Plan, Weights, check, cost_of, first_come, greedy, plan};
use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

/// The days, each a name for the table.
const DAYS: [(&str, Shape); 4] = [
    ("120-3", Shape { requests: 120, rooms: 3, experts: 60, short: true, seed: 1 }),
    ("160-8", Shape { requests: 160, rooms: 8, experts: 60, short: false, seed: 1 }),
    ("160-10", Shape { requests: 160, rooms: 10, experts: 60, short: false, seed: 1 }),
    ("400-24", Shape { requests: 400, rooms: 24, experts: 120, short: false, seed: 1 }),
];

/// Seeds of the search; the table shows the median.
const SEEDS: [u64; 3] = [1, 2, 3];

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["days", folder] => write(Path::new(folder)),
        ["plans", folder] => plans(Path::new(folder)),
        _ => Err("dispatch days|plans FOLDER".into()),
    }
}

fn write(folder: &Path) -> Result<(), Box<dyn Error>> {
    for (name, shape) in DAYS {
        std::fs::write(folder.join(name).with_extension("json"), json(&day(&shape), shape.rooms))?;
    }
    Ok(())
}

fn plans(folder: &Path) -> Result<(), Box<dyn Error>> {
    let bounds = std::fs::read_to_string(folder.join("bounds.txt")).unwrap_or_default();
    println!(
        "cost: waiting 20 / 4 / 1 a slot, without a place 6000 / 1200 / 300; seed of the days 1, of the search {SEEDS:?}, medians"
    );
    println!(
        "{:<8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>9} {:>8} {:>7}",
        "day", "fcfs", "greedy", "0.1 s", "1 s", "5 s", "turns/s", "bound", "gap"
    );
    for (name, shape) in DAYS {
        let day = day(&shape);
        let weights = Weights::waiting_only();
        let costs = [first_come(&day, &weights, 1), greedy(&day, &weights, 1)].map(|plan| cost(&day, &plan));
        let searched = [100, 1_000, 5_000].map(|ms| searched(&day, Duration::from_millis(ms)));
        let best = searched[2].0;
        let bound = bounds.lines().find_map(|line| {
            let mut words = line.split_whitespace();
            (words.next() == Some(name)).then(|| words.next()?.parse::<f64>().ok())?
        });
        let gap = bound.map_or("-".into(), |bound| format!("{:.1} %", (best as f64 / bound - 1.0) * 100.0));
        let bound = bound.map_or("-".into(), |bound| format!("{bound:.0}"));
        println!(
            "{name:<8} {:>8} {:>8} {:>8} {:>8} {best:>8} {:>9} {bound:>8} {gap:>7}",
            costs[0],
            costs[1],
            searched[0].0,
            searched[1].0,
            searched[2].1 / 5
        );
    }
    println!(
        "\nthe same days as they come, emergencies in virtual rooms; times in minutes, of a new plan in milliseconds"
    );
    online::head();
    for (name, shape) in DAYS {
        online::lines(name, &day(&shape));
    }
    println!("\neach expert and each room of a planned day lost at noon, one at a time; 2,000 turns");
    println!("{:<21} {:>12} {:>12} {:>8} {:>8} {:>8}", "", "mean moved", "most moved", "p50 ms", "p99 ms", "max ms");
    for (name, shape) in DAYS {
        online::losses(name, &day(&shape));
    }
    Ok(())
}

/// A plan's cost; a plan that breaks a rule is worth nothing.
fn cost(day: &Day, plan: &Plan) -> i64 {
    assert_eq!(check(day, plan), Ok(()));
    cost_of(day, plan, &Weights::waiting_only())
}

/// The median cost and number of iterations after this time.
fn searched(day: &Day, time: Duration) -> (i64, u64) {
    let run = |seed: u64| {
        let (begun, mut asked) = (Instant::now(), 0);
        let mut stop = || {
            asked += 1;
            begun.elapsed() >= time
        };
        let plan = plan(day, &Weights::waiting_only(), seed, Budget::Until(&mut stop));
        (cost(day, &plan), asked * 16)
    };
    let mut runs = SEEDS.map(run);
    runs.sort_unstable();
    runs[SEEDS.len() / 2]
}
