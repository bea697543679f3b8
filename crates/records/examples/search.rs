//! Searches by several viewers over many resources:
//! `cargo run --release -p records --features bench,conformance --example search -- 100000 [postgres | URL | DIR [SEARCH]]`.
//! A store in DIR, or in the database at URL, is filled once and stays; of SEARCH alone is asked when it is named.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement, run by hand")]

use fhir::ResourceType;
use kernel::Id;
use records::conformance::cluster::Cluster;
use records::postgres::{self, Postgres};
use records::sqlite::{self, Sqlite};
use records::{Act, Change, Grant, Query, Scope, Store, Viewer, Write};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

const HOSPITALS: usize = 126;
const RUNS: usize = 100;
/// Which page of the longest list is asked for as the last.
const FAR: usize = 500;

fn write(at: String, body: Value, hospital: usize) -> Write {
    Write::new(at.parse().unwrap(), body, Id::new(format!("h{hospital}")).unwrap())
}

/// A hospital's share: the first has many, the last few.
fn hospital(n: usize) -> usize {
    let spread = (n.wrapping_mul(2_654_435_761) >> 7) % (HOSPITALS * HOSPITALS);
    HOSPITALS - 1 - spread.isqrt().min(HOSPITALS - 1)
}

fn observation(n: usize, patients: usize) -> Write {
    let patient = n.wrapping_mul(7_919) % patients;
    let body = json!({"resourceType": "Observation", "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": format!("c{}", (n % 997).isqrt())}]},
        "subject": {"reference": format!("Patient/p{patient}")},
        "effectiveDateTime": format!("2026-{:02}-{:02}T{:02}:{:02}:00Z", 1 + n % 11, 1 + n % 28, n % 24, n % 60),
        "valueQuantity": {"value": n % 300, "unit": "mmol/L", "system": "http://unitsofmeasure.org", "code": "mmol/L"}});
    write(format!("Observation/o{n}"), body, hospital(patient))
}

async fn fill(store: &Arc<dyn Store>, resources: usize) -> usize {
    let patients = resources / 20;
    let mut running = tokio::task::JoinSet::new();
    for task in 0..32 {
        let store = store.clone();
        running.spawn(async move {
            let hospitals = (task..HOSPITALS).step_by(32).map(|n| {
                let body = json!({"resourceType": "Organization", "name": format!("第{n}医院")});
                write(format!("Organization/h{n}"), body, n)
            });
            store
                .commit(Change { writes: hospitals.collect(), ..Change::of(Act::system("fill")) })
                .await
                .unwrap();
            for chunk in (task..patients).step_by(32).collect::<Vec<_>>().chunks(50) {
                let body = |n: usize| {
                    json!({"resourceType": "Patient", "gender": if n.is_multiple_of(2) { "male" } else { "female" },
                        "name": [{"text": format!("王小{n}"), "family": "王"}], "birthDate": format!("19{:02}-05-04", n % 90),
                        "managingOrganization": {"reference": format!("Organization/h{}", hospital(n))}})
                };
                let writes = chunk.iter().map(|n| write(format!("Patient/p{n}"), body(*n), hospital(*n)));
                store.commit(Change { writes: writes.collect(), ..Change::of(Act::system("fill")) }).await.unwrap();
            }
            for chunk in (task..resources - patients).step_by(32).collect::<Vec<_>>().chunks(50) {
                let writes = chunk.iter().map(|n| observation(*n, patients)).collect();
                store.commit(Change { writes, ..Change::of(Act::system("fill")) }).await.unwrap();
            }
        });
    }
    running.join_all().await;
    let mut grants = Change::of(Act::system("grant"));
    let subject: records::Subject = "person:expert".parse().unwrap();
    let scope = |n: usize| Scope::Patient(format!("Patient/p{n}").parse().unwrap());
    grants.grants = (0..30).map(|n| Grant { subject: subject.clone(), scope: scope(n * 17), until: None }).collect();
    let reader: records::Subject = "person:reader".parse().unwrap();
    grants.grants.extend((0..patients * 4 / 5).map(|n| Grant {
        subject: reader.clone(),
        scope: scope(n),
        until: None,
    }));
    store.commit(grants).await.unwrap();
    patients
}

#[tokio::main]
async fn main() {
    let resources = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let place = std::env::args().nth(2);
    let dir = tempfile::tempdir_in(".").unwrap();
    let cluster = (place.as_deref() == Some("postgres")).then(|| Cluster::start("").unwrap());
    let url = cluster.as_ref().map(Cluster::url).or_else(|| place.clone().filter(|p| p.starts_with("postgres://")));
    let store: Arc<dyn Store> = match &url {
        Some(url) => Postgres::open(url, dir.path().join("blobs"), postgres::Options::default()).await.unwrap(),
        None => {
            let dir = place.as_deref().map_or(dir.path(), Path::new);
            Sqlite::open(dir, sqlite::Options::default()).unwrap()
        }
    };
    let last = "Patient/p0".parse().unwrap();
    if store.read(&Viewer::System, &last).await.unwrap().is_none() {
        let begun = Instant::now();
        let patients = fill(&store, resources).await;
        let took = begun.elapsed().as_secs_f64();
        println!("{resources} resources, {patients} patients, {HOSPITALS} hospitals in {took:.1} s");
    }
    if let Some(cluster) = &cluster {
        // What autovacuum does within minutes of such an import.
        let mut psql = Command::new(cluster.bin().join("psql"));
        assert!(psql.args(["-qc", "VACUUM ANALYZE"]).arg(cluster.url()).status().unwrap().success());
    }
    let person = |custody: Option<&str>, subjects: &[&str]| Viewer::Person {
        custody: custody.map(|c| Id::new(c).unwrap()),
        subjects: subjects.iter().map(|s| s.parse().unwrap()).collect(),
    };
    let viewers = [
        ("large", person(Some("h0"), &[])),
        ("county", person(Some("h120"), &["person:expert"])),
        ("expert (30)", person(None, &["person:expert"])),
        ("reader (4/5)", person(None, &["person:reader"])),
        ("system", Viewer::System),
    ];
    let of = |name: &str| Query::of(ResourceType::from_name(name).unwrap());
    let queries = [
        ("token", of("Observation").with("code", "c30")),
        ("name prefix", of("Patient").with("name", "王小1")),
        ("date range", of("Observation").with("date", "ge2026-03-01").with("date", "lt2026-03-08")),
        ("reference", of("Observation").with("patient", "p17")),
        ("chain of one", of("Observation").with("patient.name", "王小17")),
        ("chain of two", of("Observation").with("patient.organization.name", "第100医院")),
        ("wide chain, token", of("Observation").with("patient.gender", "male").with("code", "c7")),
        ("_has", of("Patient").with("_has:Observation:patient:code", "c7")),
        ("_include", of("Observation").with("code", "c30").with("_include", "Observation:patient")),
        (
            "token, date",
            of("Observation").with("code", "c30").with("date", "ge2026-03-01").with("date", "lt2026-03-08"),
        ),
        ("composite", of("Observation").with("code-value-quantity", "c30$gt250")),
        ("token, newest 50", of("Observation").with("code", "c30").with("_sort", "-date")),
        ("newest 20", of("Observation").with("_sort", "-date").count(20)),
    ];
    println!("p50/p99 ms of {RUNS}{}", viewers.iter().map(|v| format!(" | {}", v.0)).collect::<String>());
    let only = std::env::args().nth(3);
    for (name, query) in queries.iter().filter(|(name, _)| only.as_deref().is_none_or(|only| only == *name)) {
        let mut line = format!("{name:<18}");
        for (_, viewer) in &viewers {
            let mut took = vec![];
            let mut rows = 0;
            for _ in 0..RUNS {
                let begun = Instant::now();
                rows = store.search(viewer, query).await.unwrap().matches.len();
                took.push(begun.elapsed().as_secs_f64() * 1e3);
            }
            line += &format!(" | {} ({rows})", spread(took));
        }
        println!("{line}");
    }
    let mut line = format!("{:<18}", format!("pages to {FAR}"));
    for (_, viewer) in viewers.iter().filter(|_| only.is_none()) {
        let mut query = of("Observation").with("_sort", "-date").count(20);
        let mut took = vec![];
        while took.len() < FAR {
            let begun = Instant::now();
            let page = store.search(viewer, &query).await.unwrap();
            took.push(begun.elapsed().as_secs_f64() * 1e3);
            query.after = page.next;
            if query.after.is_none() {
                break;
            }
        }
        let pages = took.len();
        line += &format!(" | {} (of {pages})", spread(took.split_off(pages.saturating_sub(RUNS))));
    }
    println!("{line}");
    store.close().await;
}

/// p50 and p99.
fn spread(mut took: Vec<f64>) -> String {
    took.sort_by(f64::total_cmp);
    format!("{:.1}/{:.1}", took[took.len() / 2], took[took.len() * 99 / 100])
}
