//! The conformance suite on SQLite: as it ships, and with limits so low that every search walks.

use kernel::ManualClock;
use records::conformance::{Fixture, beginning};
use records::sqlite::{Limits, Options, Sqlite};
use std::sync::Arc;

fn make(limits: Limits) -> Fixture {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::at(beginning()));
    let options = Options { clock: clock.clone(), limits, ..Options::default() };
    Fixture { store: Sqlite::open(dir.path(), options).unwrap(), clock, kept: Box::new(dir) }
}

mod as_it_ships {
    records::conformance!(super::make(records::sqlite::Limits::default()));
}

mod walking {
    use records::sqlite::Limits;
    records::conformance!(super::make(Limits {
        small: 0,
        gather: 0,
        walk: 1_000_000,
        patience_ms: 60_000,
        ..Limits::default()
    }));
}
