//! Validates files and prints what is found; with `--time N` says how long N rounds over all of them take. For people:
//! `cargo run --release -p fhir --example validate -- DIR`.
#![expect(clippy::print_stdout, reason = "talking to the terminal is what this program is for")]

use fhir::validate::{Options, validate};
use serde_json::Value;
use std::time::Instant;

fn main() {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let rounds = args.iter().position(|a| a == "--time").map(|at| {
        args.remove(at);
        args.remove(at).parse::<u32>().expect("a number of rounds")
    });
    let mut resources = Vec::new();
    for arg in &args {
        let path = std::path::Path::new(arg);
        let files = match path.read_dir() {
            Ok(list) => list.filter_map(|e| Some(e.ok()?.path())).collect(),
            Err(_) => vec![path.to_path_buf()],
        };
        for file in files {
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let bytes = std::fs::read(&file).expect("a readable file");
            if let Ok(value) = serde_json::from_slice::<Value>(&bytes) {
                resources.push((name, value));
            }
        }
    }
    resources.sort_by(|a, b| a.0.cmp(&b.0));
    let Some(rounds) = rounds else {
        for (name, value) in &resources {
            for issue in validate(value, Options::default()) {
                println!("{name}: {issue}");
            }
        }
        return;
    };
    for options in [Options::default(), Options { warnings: false, ..Options::default() }] {
        let start = Instant::now();
        let mut issues = 0;
        for _ in 0..rounds {
            issues += resources.iter().map(|(_, value)| validate(value, options).len()).sum::<usize>();
        }
        let each = start.elapsed() / rounds / u32::try_from(resources.len()).unwrap_or(1).max(1);
        println!("warnings {}: {} resources, {issues} findings, {each:?} each", options.warnings, resources.len());
    }
}
