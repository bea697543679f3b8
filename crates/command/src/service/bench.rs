//! What the figures and reports cost over a large store: how long the count from zero takes, what it holds, and how long each
//! question takes: `cargo xtask bench figures`; the smaller one by hand,
//! `cargo nextest run -p command --lib --run-ignored only --no-capture -E 'test(a_hundred_thousand)'`.

use super::count::{By, count};
use crate::figures::book_tests::World;
use crate::figures::{Book, Counted, Day, KeptDays, Series, kept, paper_zone};
use fhir::{Reference, ResourceType};
use jiff::{SignedDuration, ToSpan};
use kernel::{Clock, Id};
use platform::case::{self, Who, write_who};
use records::{Act, Change, Write};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// States a case runs through, with the minutes from one to the next: each a version of its Task.
const STEPS: [(&str, i64); 7] = [
    ("submitted", 5),
    ("triaged", 20),
    ("scheduled", 60),
    ("waiting", 10),
    ("in-session", 40),
    ("signed", 30),
    ("closed", 0),
];
/// Resources of a case.
const OF_CASE: usize = 12;
/// Cases of one commit.
const TOGETHER: usize = 50;
/// Times each question is asked.
const TIMES: usize = 200;

fn id(text: String) -> Id {
    Id::new(text).unwrap()
}

/// Each case's resources but its Task, and its Task's versions.
fn bodies(world: &World, n: usize) -> (Vec<(ResourceType, String, Value)>, Vec<Value>) {
    let name = format!("case-{n:06}");
    let submitted = world.clock.now() - SignedDuration::from_mins(i64::try_from(n * 13 % 1_500_000).unwrap());
    let who = |hospital: usize| Who {
        role: id("r".into()),
        person: id(format!("e{}", n % 300)),
        hospital: id(format!("h{hospital}")),
    };
    let patient = json!({"reference": format!("Patient/p{n}")});
    let minutes = |m: i64| (submitted + SignedDuration::from_mins(m)).to_string();
    let mut others = vec![
        (
            ResourceType::SERVICE_REQUEST,
            name.clone(),
            json!({
                "resourceType": "ServiceRequest", "status": "completed", "intent": "order",
                "identifier": [{"system": "urn:consilium:case-number", "value": format!("{n:010}")}],
                "code": {"coding": [{"system": case::SERVICE, "code": "teleconsultation"}]},
                "category": [{"coding": [{"system": case::KIND, "code": if n.is_multiple_of(3) { "record" } else { "live" }}]}],
                "priority": (["stat", "urgent", "routine", "routine"][n % 4]),
                "performerType": {"coding": [{"system": platform::codes::SPECIALTY, "code": platform::codes::SPECIALTIES[n % 16].0}]},
                "subject": patient, "authoredOn": submitted.to_string(), "performer": [write_who(&who(0))],
            }),
        ),
        (ResourceType::PATIENT, format!("p{n}"), json!({"resourceType": "Patient", "active": true})),
        (
            ResourceType::CONDITION,
            format!("k{n}"),
            json!({
                "resourceType": "Condition", "subject": patient, "recordedDate": submitted.to_string(),
                "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": format!("{}{:02}.0", ["J", "I", "A", "S"][n % 4], n % 90)}]},
            }),
        ),
        (
            ResourceType::ENCOUNTER,
            format!("v{n}"),
            json!({
                "resourceType": "Encounter", "status": "finished",
                "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"},
                "subject": patient, "serviceProvider": {"reference": format!("Organization/h{}", n % 3)},
                "period": {"start": submitted.to_string()},
            }),
        ),
    ];
    for (word, (hospital, at)) in [(2, 30), (0, 45), (2, 90), (0, 95)].into_iter().enumerate() {
        others.push((
            ResourceType::COMMUNICATION,
            format!("n{n}-{word}"),
            json!({
                "resourceType": "Communication", "status": "completed", "sender": write_who(&who(hospital)),
                "sent": minutes(at), "payload": [{"contentString": "?"}],
            }),
        ));
    }
    for row in 0..3 {
        others.push((
            ResourceType::OBSERVATION,
            format!("o{n}-{row}"),
            json!({
                "resourceType": "Observation", "status": "final", "subject": patient, "effectiveDateTime": minutes(0),
                "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
                "valueQuantity": {"value": 60 + n % 60, "system": "http://unitsofmeasure.org", "code": "/min"},
            }),
        ));
    }
    let mut at = 0;
    let versions = STEPS.iter().map(|(state, lasts)| {
        let mut task = json!({
            "resourceType": "Task", "status": "completed", "intent": "order",
            "focus": {"reference": format!("ServiceRequest/{name}")}, "owner": {"reference": "Organization/h0"},
            "businessStatus": {"coding": [{"system": case::STATE, "code": state}]}, "lastModified": minutes(at),
        });
        if *lasts > 0 {
            let due = at + lasts + i64::try_from(n % 7).unwrap() - 3;
            task["restriction"] = json!({"period": {"start": minutes(at), "end": minutes(due)}});
        }
        if matches!(*state, "signed" | "closed") {
            task["output"] = json!([
                {"type": {"coding": [{"system": "urn:consilium:consult-part", "code": "signature"}]}, "valueSignature": {
                    "type": [{"system": "urn:iso-astm:E1762-95:2013", "code": "1.2.840.10065.1.12.1.1"}],
                    "when": minutes(135), "who": {"reference": "Practitioner/e1"}}},
                {"type": {"coding": [{"system": "urn:consilium:consult-part", "code": "answer"}]}, "valueCodeableConcept":
                    {"coding": [{"system": "urn:consilium:verdict", "code": (["adopted", "adopted", "partly", "not"][n % 4])}]}},
            ]);
        }
        at += lasts;
        task
    });
    (others, versions.collect())
}

async fn fill(world: &World, cases: usize) {
    let ids: Vec<usize> = (0..cases).collect();
    for some in ids.chunks(TOGETHER) {
        let all: Vec<_> = some.iter().map(|n| (*n, bodies(world, *n))).collect();
        for step in 0..STEPS.len() {
            let mut change = Change::of(Act::system("fill"));
            for (n, (others, versions)) in &all {
                let case = Reference::new(ResourceType::SERVICE_REQUEST, id(format!("case-{n:06}")));
                let mut put = |ty: ResourceType, name: &str, body: &Value| {
                    let write = Write::next(Reference::new(ty, id(name.to_owned())), body.clone(), id("h2".into()));
                    let of_case = ty == ResourceType::COMMUNICATION;
                    change.writes.push(if of_case { write.in_case(case.clone()) } else { write });
                };
                if step == 0 {
                    others.iter().for_each(|(ty, name, body)| put(*ty, name, body));
                }
                put(ResourceType::TASK, case.id.as_str(), &versions[step]);
            }
            world.platform.store.commit(change).await.unwrap();
        }
    }
}

fn shown(what: &str, mut ask: impl FnMut() -> usize) {
    let mut took: Vec<Duration> = (0..TIMES)
        .map(|_| {
            let begun = Instant::now();
            std::hint::black_box(ask());
            begun.elapsed()
        })
        .collect();
    took.sort();
    println!("{what}: p50 {:?}, p99 {:?}", took[TIMES / 2], took[TIMES * 99 / 100]);
}

async fn measure(cases: usize) {
    let world = World::new(7).await;
    let begun = Instant::now();
    fill(&world, cases).await;
    println!(
        "{cases} cases, {} resources, {} versions: written in {:?}",
        cases * OF_CASE,
        cases * (OF_CASE + STEPS.len() - 1),
        begun.elapsed()
    );
    let book = Book::default();
    let begun = Instant::now();
    let pages = book.now(&world.platform).await.unwrap();
    println!("counted from zero in {:?}: {} bytes a case", begun.elapsed(), pages.bytes() / cases);
    assert_eq!(pages.rows.len(), cases);
    let (now, zone) = (world.clock.now(), paper_zone());
    for by in [By::Asking, By::Department, By::Expert, By::Disease, By::Month] {
        shown(&format!("service.report by {by:?}, all cases"), || count(pages.rows.values(), by, &zone, now).1.len());
    }
    let today = now.to_zoned(zone.clone()).date();
    let days: Vec<_> = (0..92).rev().map(|n| Day::of(today.saturating_sub(n.days()), 24, &zone)).collect();
    shown("figures.daily, 92 days, five series", || {
        Series::ALL.iter().map(|s| Counted::by_day(*s, &pages.world, &days, now).len()).sum()
    });
    let window = KeptDays { from: today.saturating_sub(1_000.days()), to: today, zone };
    shown("service.kept, 1,000 days", || {
        let visits = pages.visits.iter().map(|(id, seen)| (id, Ok(seen)));
        kept(visits, |patient| pages.keeper(patient), pages.tree(), &window).denominator.len()
    });
    drop(pages);
    // One more step of one case is taken in by who asks next.
    let mut took: Vec<Duration> = vec![];
    for n in 0..50 {
        let (_, versions) = bodies(&world, n);
        let at = Reference::new(ResourceType::TASK, id(format!("case-{n:06}")));
        let write = Write::next(at, versions[0].clone(), id("h2".into()));
        world.platform.store.commit(Change::of(Act::system("step")).write(write)).await.unwrap();
        let begun = Instant::now();
        drop(book.now(&world.platform).await.unwrap());
        took.push(begun.elapsed());
    }
    took.sort();
    println!("a step taken in: p50 {:?}, p99 {:?}", took[25], took[49]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
async fn a_hundred_thousand() {
    measure(8_334).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
async fn a_million() {
    measure(83_334).await;
}
