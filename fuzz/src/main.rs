//! A target of `tests::hostile` under libFuzzer. FUZZ_TARGET names it; FUZZ_SEEDS is a folder that gets its seeds.
#![no_main]

use std::cell::RefCell;
use std::sync::LazyLock;
use tests::hostile::{Face, Run, Target, target};

static TARGET: LazyLock<&Target> = LazyLock::new(|| {
    let name = std::env::var("FUZZ_TARGET").expect("FUZZ_TARGET names a target");
    target(&name).expect("FUZZ_TARGET names a target")
});

thread_local! {
    static FACE: RefCell<Option<Face>> = const { RefCell::new(None) };
}

/// The seeds lie where libFuzzer looks for inputs before it looks.
fn begin() {
    let folder = std::env::var_os("FUZZ_SEEDS").expect("FUZZ_SEEDS is a folder");
    for (n, seed) in (TARGET.seeds)().into_iter().enumerate() {
        std::fs::write(std::path::Path::new(&folder).join(format!("seed-{n}")), seed).expect("write a seed");
    }
}

libfuzzer_sys::fuzz_target!(init: begin(), |input: &[u8]| {
    match TARGET.run {
        Run::Bytes(run) => run(input),
        Run::Face(run) => FACE.with_borrow_mut(|face| run(face.get_or_insert_with(Face::new), input)),
    }
});
