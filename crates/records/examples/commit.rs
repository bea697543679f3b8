//! Durable commits beside a bare loop over the same rows, and on PostgreSQL:
//! `cargo run --release -p records --features bench,conformance --example commit`.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement, run by hand")]

use kernel::Id;
use records::conformance::cluster::Cluster;
use records::postgres::{self, Postgres};
use records::sqlite::{Options, Sqlite, bare};
use records::{Act, Change, Store, Write};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Instant;

const EACH: usize = 8_000;

/// About 2 KB: an observation with components, as a ward monitor or a laboratory sends it.
fn change(n: usize) -> Change {
    let component = |code: &str, value: usize| {
        json!({"code": {"coding": [{"system": "http://loinc.org", "code": code, "display": "component of a panel"}]},
            "valueQuantity": {"value": value, "unit": "mmHg", "system": "http://unitsofmeasure.org", "code": "mm[Hg]"},
            "interpretation": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "code": "N"}]}]})
    };
    let body: Value = json!({"resourceType": "Observation", "status": "final",
        "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"}]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": "85354-9", "display": "Blood pressure panel"}]},
        "subject": {"reference": format!("Patient/p{}", n % 500)},
        "encounter": {"reference": format!("Encounter/e{}", n % 900)},
        "effectiveDateTime": format!("2026-01-{:02}T{:02}:{:02}:00+08:00", 1 + n % 28, n % 24, n % 60),
        "performer": [{"reference": format!("Practitioner/d{}", n % 50)}],
        "component": [component("8480-6", 100 + n % 80), component("8462-4", 60 + n % 40), component("8478-0", 70 + n % 50)],
        "note": [{"text": format!("measured at rest, left arm, cuff adult, number {n}")}]});
    let at = format!("Observation/0192f0c1-7d6e-7cc3-98c4-{n:012x}").parse().unwrap();
    Change::of(Act::system("vitals.record")).write(Write::new(at, body, Id::new("h1").unwrap()))
}

async fn on_sqlite(callers: usize) -> f64 {
    let dir = tempfile::tempdir_in(".").unwrap();
    through_the_store(Sqlite::open(dir.path(), Options::default()).unwrap(), callers).await
}

/// As durable as the file: the cluster waits for its disk.
async fn on_postgres(cluster: &Cluster, callers: usize) -> f64 {
    let dir = tempfile::tempdir_in(".").unwrap();
    let options = postgres::Options { schema: cluster.schema(), ..postgres::Options::default() };
    through_the_store(Postgres::open(&cluster.url(), dir.path().join("blobs"), options).await.unwrap(), callers).await
}

async fn through_the_store(store: Arc<dyn Store>, callers: usize) -> f64 {
    let changes: Vec<Vec<Change>> = (0..callers).map(|c| (c..EACH).step_by(callers).map(change).collect()).collect();
    let mut running = tokio::task::JoinSet::new();
    let begun = Instant::now();
    for changes in changes {
        let store = store.clone();
        running.spawn(async move {
            for change in changes {
                store.commit(change).await.unwrap();
            }
        });
    }
    running.join_all().await;
    let took = begun.elapsed().as_secs_f64();
    assert_eq!(store.verify().await.unwrap().versions, EACH as u64);
    store.close().await;
    EACH as f64 / took
}

fn bare_loop(batch: usize) -> f64 {
    let dir = tempfile::tempdir_in(".").unwrap();
    let took = bare(dir.path(), (0..EACH).map(change).collect(), batch).unwrap();
    EACH as f64 / took.as_secs_f64()
}

#[tokio::main]
async fn main() {
    fhir::search::Definitions::r4();
    println!("body: {} bytes", change(1).writes[0].body.as_ref().unwrap().to_string().len());
    let cluster = Cluster::start("");
    for callers in [8, 32] {
        let mut ratios = vec![];
        for _ in 0..3 {
            let (own, bare) = (on_sqlite(callers).await, bare_loop(callers));
            println!(
                "{callers} callers: {own:.0} commits/s, bare loop of {callers}: {bare:.0}/s, ratio {:.2}",
                own / bare
            );
            ratios.push(own / bare);
            if let Some(cluster) = &cluster {
                let there = on_postgres(cluster, callers).await;
                println!("{callers} callers on PostgreSQL: {there:.0} commits/s, {:.2} of SQLite", there / own);
            }
        }
        ratios.sort_by(f64::total_cmp);
        println!("{callers} callers: median ratio {:.2}", ratios[1]);
    }
}
