//! Seeded mutations of what clients send, some seconds of each target; `fuzz/` looks longer and with eyes.

use tests::hostile::mutate::{Dice, mutated};
use tests::hostile::{Face, Run, target};

/// So many inputs, unless `HOSTILE_TIMES` says how many times as many.
fn thrown(name: &str, usual: usize) {
    let target = target(name).expect("a target");
    let seeds = (target.seeds)();
    let times = std::env::var_os("HOSTILE_TIMES").and_then(|t| t.to_str()?.parse().ok()).unwrap_or(1_usize);
    let mut dice = Dice::new(0x00C0_FFEE ^ name.len() as u64);
    let mut face = matches!(target.run, Run::Face(_)).then(Face::new);
    let made = (0..usual * times).map(|_| mutated(&seeds, &mut dice));
    for input in seeds.clone().into_iter().chain(made) {
        // Told when something goes wrong: the input alone makes it go wrong again.
        let told = Told(&input);
        match (target.run, &mut face) {
            (Run::Bytes(run), _) => run(&input),
            (Run::Face(run), Some(face)) => run(face, &input),
            (Run::Face(_), None) => unreachable!("made above"),
        }
        std::mem::forget(told);
    }
}

struct Told<'a>(&'a [u8]);

impl Drop for Told<'_> {
    #[expect(clippy::print_stderr, reason = "the input is what a person needs to see")]
    fn drop(&mut self) {
        eprintln!("the input: b\"{}\"", self.0.escape_ascii());
    }
}

#[test]
fn bundles() {
    thrown("bundle", 250);
}

#[test]
fn dates() {
    thrown("date", 20_000);
}

#[test]
fn dicom_files() {
    thrown("dicom", 4_000);
}

#[test]
fn json() {
    thrown("json", 8_000);
}

#[test]
fn paging_tokens() {
    thrown("page", 250);
}

#[test]
fn patches() {
    thrown("patch", 250);
}

#[test]
fn requests() {
    thrown("request", 500);
}

#[test]
fn resources() {
    thrown("resource", 250);
}

#[test]
fn searches() {
    thrown("search", 600);
}

#[test]
fn tables_of_people() {
    thrown("sheet", 250);
}

#[test]
fn validation() {
    thrown("validate", 1_500);
}
