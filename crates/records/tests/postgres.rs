//! The conformance suite on PostgreSQL: as it ships, and with limits so low that every search walks.

use kernel::ManualClock;
use records::conformance::cluster::Cluster;
use records::conformance::{Fixture, beginning};
use records::postgres::{Options, Postgres};
use records::sqlite::Limits;
use std::sync::Arc;

async fn make(limits: Limits) -> Option<Fixture> {
    let cluster = Cluster::shared()?;
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::at(beginning()));
    let options = Options { clock: clock.clone(), limits, schema: cluster.schema(), ..Options::default() };
    let store = Postgres::open(&cluster.url(), dir.path().join("blobs"), options).await.unwrap();
    Some(Fixture { store, clock, kept: Box::new(dir) })
}

mod as_it_ships {
    records::conformance!(where there is super::make(records::sqlite::Limits::default()).await);
}

mod walking {
    use records::sqlite::Limits;
    records::conformance!(where there is super::make(Limits {
        small: 0,
        gather: 0,
        walk: 1_000_000,
        patience_ms: 60_000,
        ..Limits::default()
    }).await);
}
