//! All or nothing, and who was first.

use super::*;
use crate::{Claim, Expect, Grant, Job, Scope, Subject};

pub async fn a_change_is_all_or_nothing(f: Fixture) {
    f.put("h1", &[("Patient/p1", json!({}))]).await;
    let mut doomed = change("test.doomed")
        .write(write("Patient/p2", &json!({"gender": "male"}), "h1"))
        .write(Write::new(at("Patient/p1"), json!({"resourceType": "Patient"}), id("h1")));
    doomed.claims.push(Claim { key: "bed/1".into(), by: at("Patient/p2"), until: None });
    doomed.grants.push(Grant {
        subject: Subject::Person(id("eve")),
        scope: Scope::Patient(at("Patient/p1")),
        until: None,
    });
    let job = Job { key: "j".into(), kind: "k".into(), payload: json!(1), run_at: f.now() };
    doomed.jobs.push(job);
    assert_eq!(f.commit(doomed).await, Err(CommitError::Exists(at("Patient/p1"))));
    assert_eq!(f.store.read(&Viewer::System, &at("Patient/p2")).await.unwrap(), None);
    assert_eq!(f.found("Patient", &[("gender", "male")]).await, Vec::<String>::new());
    assert_eq!(f.store.claims("bed/", f.now()).await.unwrap(), []);
    assert_eq!(f.store.job_next(&["k"], f.now(), 1000).await.unwrap(), None);
    assert_eq!(f.store.read(&person(None, &["person:eve"]), &at("Patient/p1")).await.unwrap(), None);
    assert_eq!(f.store.entries(0, 10).await.unwrap().len(), 1);
    // What was reserved for the doomed change is there for the next.
    f.put("h1", &[("Patient/p2", json!({})), ("Observation/o", json!({"subject": {"reference": "Patient/p2"}}))]).await;
    assert_eq!(f.found("Observation", &[("patient", "p2")]).await, ["Observation/o"]);
    assert_eq!(f.store.verify().await.unwrap().versions, 3);
}

/// Many at once share a transaction; some are refused after they have written something, and those beside them are kept.
pub async fn a_change_refused_among_many_takes_nothing_with_it(f: Fixture) {
    f.put("h1", &[("Patient/p", json!({}))]).await;
    let observation = |n: u64| write(&format!("Observation/o{n}"), &json!({"valueInteger": n}), "h1");
    let mut racing = tokio::task::JoinSet::new();
    for n in 0..150 {
        let store = f.store.clone();
        let mut change = change("x").write(observation(n));
        if n % 7 == 3 {
            change = change.write(Write::new(at("Patient/p"), json!({"resourceType": "Patient"}), id("h1")));
        }
        racing.spawn(async move { (n, store.commit(change).await) });
    }
    let mut numbers = vec![];
    for (n, result) in racing.join_all().await {
        let there = f.store.read(&Viewer::System, &at(&format!("Observation/o{n}"))).await.unwrap();
        assert_eq!(there.is_some(), n % 7 != 3, "{n}");
        match result {
            Ok(receipt) => numbers.extend(receipt.number),
            Err(refused) => assert_eq!((n % 7, refused), (3, CommitError::Exists(at("Patient/p")))),
        }
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (2..=1 + numbers.len() as u64).collect::<Vec<_>>());
    assert_eq!(f.store.verify().await.unwrap().versions, 1 + numbers.len() as u64);
}

pub async fn a_body_that_is_no_such_resource_is_refused(f: Fixture) {
    let mut deep = json!(1);
    for _ in 0..70 {
        deep = json!([deep]);
    }
    for body in [
        json!({"resourceType": "Observation"}),
        json!({"resourceType": "Patient", "id": "p2"}),
        json!({}),
        json!("Patient"),
        json!({"resourceType": "Patient", "x": deep}),
        json!({"resourceType": "Patient", "x": "x".repeat(9 << 20)}),
    ] {
        let refused = f.commit(change("x").write(Write::new(at("Patient/p1"), body, id("h1")))).await;
        assert!(
            matches!(&refused, Err(CommitError::Malformed { at, .. }) if *at == super::at("Patient/p1")),
            "{refused:?}"
        );
    }
    assert_eq!(f.store.entries(0, 10).await.unwrap(), []);
}

pub async fn a_new_one_must_be_new(f: Fixture) {
    let new = || change("x").write(Write::new(at("Patient/p1"), json!({"resourceType": "Patient"}), id("h1")));
    let receipt = f.commit(new()).await.unwrap();
    assert_eq!((receipt.stored[0].version, receipt.at), (1, f.now()));
    assert_eq!(f.commit(new()).await, Err(CommitError::Exists(at("Patient/p1"))));
    let next = f.put("h1", &[("Patient/p1", json!({}))]).await;
    assert_eq!(next.stored[0].version, 2);
}

pub async fn a_stale_expectation_is_named(f: Fixture) {
    f.put("h1", &[("Task/t1", json!({"status": "requested"}))]).await;
    let on = |version, at_: &str| {
        let mut change = change("x").write(write("Task/t1", &json!({"status": "accepted"}), "h1"));
        change.expect.push(Expect { at: at(at_), version });
        change
    };
    let stale = |at_: &str, expected, actual| Err(CommitError::Stale { at: at(at_), expected, actual });
    assert_eq!(f.commit(on(0, "Task/t1")).await, stale("Task/t1", 0, 1));
    assert_eq!(f.commit(on(2, "Task/t1")).await, stale("Task/t1", 2, 1));
    assert_eq!(f.commit(on(1, "Task/other")).await, stale("Task/other", 1, 0));
    assert_eq!(f.commit(on(0, "Task/other")).await.unwrap().stored[0].version, 2);
    assert_eq!(f.commit(on(2, "Task/t1")).await.unwrap().stored[0].version, 3);
}

pub async fn of_two_writers_on_one_version_one_wins(f: Fixture) {
    f.put("h1", &[("Task/t1", json!({}))]).await;
    for round in 1..=20 {
        let race = |who: &str| {
            let mut change = change("x").write(write("Task/t1", &json!({"description": who}), "h1"));
            change.expect.push(Expect { at: at("Task/t1"), version: round });
            let store = f.store.clone();
            tokio::spawn(async move { store.commit(change).await })
        };
        let (a, b) = (race("a"), race("b"));
        let (a, b) = (a.await.unwrap(), b.await.unwrap());
        let lost = Err(CommitError::Stale { at: at("Task/t1"), expected: round, actual: round + 1 });
        assert!((a.is_ok() && b == lost) || (b.is_ok() && a == lost), "{a:?} {b:?}");
    }
}

pub async fn a_thousand_changes_all_count(f: Fixture) {
    let mut running = tokio::task::JoinSet::new();
    for n in 0..1_000 {
        let change = change("x").write(write(&format!("Observation/o{n}"), &json!({"status": "final"}), "h1"));
        let store = f.store.clone();
        running.spawn(async move { store.commit(change).await.unwrap().number.unwrap() });
    }
    let mut numbers = running.join_all().await;
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=1_000).collect::<Vec<u64>>());
    assert_eq!(f.store.verify().await.unwrap().versions, 1_000);
}

pub async fn what_is_not_there_is_not_deleted(f: Fixture) {
    let delete = || {
        let write = Write { body: None, ..write("Patient/p1", &json!({}), "h1") };
        change("x").write(write)
    };
    assert!(matches!(f.commit(delete()).await, Err(CommitError::Malformed { .. })));
    f.put("h1", &[("Patient/p1", json!({}))]).await;
    assert_eq!(f.commit(delete()).await.unwrap().stored[0].version, 2);
    assert!(matches!(f.commit(delete()).await, Err(CommitError::Malformed { .. })));
}
