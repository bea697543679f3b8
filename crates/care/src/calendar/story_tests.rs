//! Links on a real store.

use super::kept::{Kept, hash, hash_in};
use super::{link, unlink};
use crate::consult::world::{World, id};
use futures::future::join_all;

/// The hash of the link just made.
async fn made(world: &World, person: &str) -> Option<String> {
    let (_, axum::Json(made)) = link::link(world.op(person)).await.ok()?;
    let file = made.address.rsplit('/').next().unwrap().to_owned();
    assert_eq!(hash_in(&file), Some(hash(file.strip_suffix(".ics").unwrap())));
    hash_in(&file)
}

async fn leads_to(world: &World, hash: &str) -> Option<String> {
    let found = Kept::find(&world.platform, hash, world.platform.clock.now()).await.unwrap();
    found.map(|kept| kept.person.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_has_one_link_whoever_makes_them_at_once() {
    let world = World::new().await;
    let other = made(&world, "zhou").await.unwrap();
    let all = join_all((0..8).map(|_| made(&world, "li"))).await;
    let hashes: Vec<String> = all.into_iter().flatten().collect();
    assert!(!hashes.is_empty());
    let now = world.platform.clock.now();
    let mut living = vec![];
    for hash in &hashes {
        living.extend(leads_to(&world, hash).await);
    }
    assert_eq!(living, ["li"], "one of {}", hashes.len());
    assert_eq!(world.platform.store.claims("calendar-link/", now).await.unwrap().len(), 2, "and nothing is left over");
    let kept = Kept::of(&world.platform, &id("li"), now).await.unwrap().unwrap();
    assert!(hashes.contains(&kept.hash));

    unlink::unlink(world.op("li")).await.unwrap();
    unlink::unlink(world.op("li")).await.unwrap();
    assert_eq!((leads_to(&world, &kept.hash).await, leads_to(&world, &other).await), (None, Some("zhou".into())));
    assert_eq!(Kept::of(&world.platform, &id("li"), now).await.unwrap(), None);
    assert_eq!(world.platform.store.claims("calendar-link", now).await.unwrap().len(), 2, "Zhou's two");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_makes_many_is_asked_to_wait() {
    let world = World::new().await;
    for _ in 0..20 {
        made(&world, "li").await.unwrap();
    }
    let refused = link::link(world.op("li")).await.err().unwrap();
    assert_eq!((refused.status.as_u16(), refused.code), (429, "session.too-many"));
    assert!(made(&world, "zhou").await.is_some());
}
