//! How long the board takes to warm up: case by case, as it once did, and in pages. By hand:
//! `cargo nextest run --workspace --lib --run-ignored only --no-capture -E 'test(warm_up)'`.

use super::board::Board;
use super::loading::{asks_of, find};
use super::world::{World, id};
use fhir::{Reference, ResourceType};
use kernel::Id;
use records::{Act, Change, Viewer, Write};
use serde_json::{Value, json};
use std::time::Instant;

const CASES: usize = 2_000;

/// One case handed in and assigned, and as many copies of it under other ids.
async fn fill(world: &World, count: usize) -> Vec<Id> {
    let case = super::story_tests::scheduled(world).await;
    let store = &*world.platform.store;
    let types = [
        ResourceType::SERVICE_REQUEST,
        ResourceType::TASK,
        ResourceType::APPOINTMENT,
        ResourceType::QUESTIONNAIRE_RESPONSE,
    ];
    let mut parts = vec![];
    for ty in types {
        let found = store.read(&Viewer::System, &Reference::new(ty, case.clone())).await.unwrap().unwrap();
        parts.push((ty, found.value().unwrap().to_string(), found.custodian));
    }
    let ids: Vec<Id> = (0..count).map(|n| id(&format!("copy-{n:05}"))).collect();
    for some in ids.chunks(50) {
        let mut change = Change::of(Act::system("fill"));
        for copy in some {
            let at = |ty| Reference::new(ty, copy.clone());
            for (ty, text, custodian) in &parts {
                let mut body: Value = serde_json::from_str(&text.replace(case.as_str(), copy.as_str())).unwrap();
                body["meta"] = json!({});
                let write = Write::new(at(*ty), body, custodian.clone());
                change.writes.push(write.in_case(at(ResourceType::SERVICE_REQUEST)));
            }
        }
        store.commit(change).await.unwrap();
    }
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn more_cases_than_one_search_takes_are_all_on_the_board() {
    let world = World::new().await;
    let more = super::bulk::TOGETHER + 1;
    fill(&world, more).await;
    let board = Board::default();
    let now = board.now(&world.platform).await.unwrap();
    assert_eq!(now.seen_by(world.op("zhou").actor(), world.op("zhou").now()).count(), more + 1);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement"]
async fn warm_up() {
    let world = World::new().await;
    let ids = fill(&world, CASES).await;
    let store = &*world.platform.store;
    let begun = Instant::now();
    for id in &ids {
        let case = find(store, id).await.unwrap().unwrap();
        asks_of(store, &case.at.case).await.unwrap();
    }
    let one_by_one = begun.elapsed();
    let board = Board::default();
    let begun = Instant::now();
    let rows =
        board.now(&world.platform).await.unwrap().seen_by(world.op("zhou").actor(), world.op("zhou").now()).count();
    let in_pages = begun.elapsed();
    assert_eq!(rows, CASES + 1, "all of them");
    println!("{CASES} cases: one by one {one_by_one:?}, in pages {in_pages:?}");
}
