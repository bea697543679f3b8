//! Unique keys with an end.

use super::*;
use crate::{Claim, ClaimHeld};

fn claiming(key: &str, by: &str, until: Option<Time>) -> Change {
    let mut change = change("x");
    change.claims.push(Claim { key: key.into(), by: at(by), until });
    change
}

pub async fn a_claim_is_taken_until_its_end(f: Fixture) {
    let until = Some(f.later(300));
    f.commit(claiming("room/1", "Appointment/a", until)).await.unwrap();
    let held = ClaimHeld { key: "room/1".into(), by: at("Appointment/a"), until };
    let refused = f.commit(claiming("room/1", "Appointment/b", until)).await;
    assert_eq!(refused, Err(CommitError::Taken(held.clone())));
    assert_eq!(f.store.claims("room/", f.now()).await.unwrap(), [held]);
    // The holder itself may go on.
    let longer = Some(f.later(600));
    f.commit(claiming("room/1", "Appointment/a", longer)).await.unwrap();
    assert_eq!(f.store.claims("room/", f.now()).await.unwrap()[0].until, longer);
    f.clock.advance(jiff::SignedDuration::from_secs(600));
    assert_eq!(f.store.claims("room/", f.now()).await.unwrap(), []);
    f.commit(claiming("room/1", "Appointment/b", None)).await.unwrap();
    f.clock.advance(jiff::SignedDuration::from_hours(24 * 365));
    assert!(matches!(f.commit(claiming("room/1", "Appointment/a", None)).await, Err(CommitError::Taken(_))));
}

pub async fn a_claim_is_released_by_its_holder(f: Fixture) {
    f.commit(claiming("bed/1", "Task/a", None)).await.unwrap();
    let release = |by: &str, then: Option<&str>| {
        let mut change = then.map_or_else(|| change("x"), |then| claiming("bed/1", then, None));
        change.releases.push(("bed/1".into(), at(by)));
        change
    };
    f.commit(release("Task/b", None)).await.unwrap();
    assert_eq!(f.store.claims("bed/1", f.now()).await.unwrap()[0].by, at("Task/a"));
    // Handed over in one change.
    f.commit(release("Task/a", Some("Task/b"))).await.unwrap();
    assert_eq!(f.store.claims("bed/1", f.now()).await.unwrap()[0].by, at("Task/b"));
}

pub async fn of_64_claimants_one_wins(f: Fixture) {
    for round in 0..3 {
        let mut racing = tokio::task::JoinSet::new();
        for n in 0..64 {
            let (store, key, until) = (f.store.clone(), format!("slot/{round}"), Some(f.later(60)));
            racing.spawn(async move { store.commit(claiming(&key, &format!("Task/t{n}"), until)).await.map(|_| n) });
        }
        let results = racing.join_all().await;
        let won: Vec<i32> = results.iter().filter_map(|r| r.as_ref().ok().copied()).collect();
        assert_eq!(won.len(), 1);
        let winner = at(&format!("Task/t{}", won[0]));
        let lost = results.iter().filter(|r| matches!(r, Err(CommitError::Taken(held)) if held.by == winner)).count();
        assert_eq!(lost, 63, "each is told who holds it");
    }
}

pub async fn a_refused_claim_leaves_nothing(f: Fixture) {
    f.commit(claiming("k/2", "Task/a", None)).await.unwrap();
    let mut both = claiming("k/1", "Task/b", None).write(write("Task/b", &json!({}), "h"));
    both.claims.push(Claim { key: "k/2".into(), by: at("Task/b"), until: None });
    assert!(matches!(f.commit(both).await, Err(CommitError::Taken(held)) if held.key == "k/2"));
    assert_eq!(f.store.claims("k/", f.now()).await.unwrap().len(), 1);
    assert_eq!(f.store.read(&Viewer::System, &at("Task/b")).await.unwrap(), None);
}

pub async fn claims_by_prefix(f: Fixture) {
    for key in ["a/1", "a/2", "a", "ab", "b/1", "房/1", "房/2"] {
        f.commit(claiming(key, "Task/a", None)).await.unwrap();
    }
    for (prefix, count, last) in
        [("a/", 2, Some("a/2")), ("a", 4, Some("ab")), ("房/", 2, Some("房/2")), ("c", 0, None), ("", 7, Some("房/2"))]
    {
        assert_eq!(f.store.claims(prefix, f.now()).await.unwrap().len(), count, "{prefix}");
        let found = f.store.last_claim(prefix, f.now()).await.unwrap();
        assert_eq!(found.map(|c| c.key), last.map(str::to_owned), "{prefix}");
    }
}
