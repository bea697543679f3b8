//! Work that follows.

use super::*;
use crate::{Job, Lease};

async fn put(f: &Fixture, key: &str, kind: &str, run_at: Time) {
    let mut change = change("x");
    change.jobs.push(Job { key: key.into(), kind: kind.into(), payload: json!({"key": key, "n": 1}), run_at });
    f.commit(change).await.unwrap();
}

async fn next(f: &Fixture, kinds: &[&str]) -> Option<Lease> {
    f.store.job_next(kinds, f.now(), 10_000).await.unwrap()
}

pub async fn a_job_runs_when_it_is_due(f: Fixture) {
    put(&f, "later", "a", f.later(60)).await;
    put(&f, "now", "a", f.now()).await;
    put(&f, "other", "b", f.now()).await;
    assert_eq!(next(&f, &["c"]).await, None);
    assert_eq!(next(&f, &[]).await, None);
    let lease = next(&f, &["a", "c"]).await.unwrap();
    assert_eq!((&*lease.job.key, lease.attempt, &lease.job.payload["key"]), ("now", 1, &json!("now")));
    assert_eq!(next(&f, &["a"]).await, None, "leased");
    f.store.job_done(&lease).await.unwrap();
    f.clock.advance(jiff::SignedDuration::from_secs(60));
    assert_eq!(next(&f, &["a"]).await.unwrap().job.key, "later");
    assert_eq!(next(&f, &["b", "a"]).await.unwrap().job.key, "other");
    assert_eq!(next(&f, &["b", "a"]).await, None);
}

pub async fn a_job_comes_back_when_its_lease_ends(f: Fixture) {
    put(&f, "j", "a", f.now()).await;
    let lost = next(&f, &["a"]).await.unwrap();
    f.clock.advance(jiff::SignedDuration::from_secs(10));
    let again = next(&f, &["a"]).await.unwrap();
    assert_eq!(again.attempt, 2);
    // The first worker wakes up: it has no say any more.
    f.store.job_done(&lost).await.unwrap();
    f.store.job_failed(&lost, "late", f.now()).await.unwrap();
    f.clock.advance(jiff::SignedDuration::from_secs(10));
    assert_eq!(next(&f, &["a"]).await.unwrap().attempt, 3);
}

pub async fn a_job_backs_off_and_dies(f: Fixture) {
    put(&f, "j", "a", f.now()).await;
    for attempt in 1..=16 {
        let lease = next(&f, &["a"]).await.unwrap();
        assert_eq!(lease.attempt, attempt);
        f.store.job_failed(&lease, "no line", f.now()).await.unwrap();
        let wait = (1_i64 << attempt).min(1_800);
        f.clock.advance(jiff::SignedDuration::from_secs(wait - 1));
        assert_eq!(next(&f, &["a"]).await, None);
        f.clock.advance(jiff::SignedDuration::from_secs(1));
    }
    f.clock.advance(jiff::SignedDuration::from_hours(1000));
    assert_eq!(next(&f, &["a"]).await, None, "a dead letter");
    let dead = f.store.jobs_dead().await.unwrap();
    assert_eq!((&*dead[0].job.key, dead[0].attempts, &*dead[0].why), ("j", 16, "no line"));
    assert!(f.store.job_again("j", f.now()).await.unwrap());
    assert!(!f.store.job_again("j", f.now()).await.unwrap(), "it lives");
    assert!(!f.store.job_again("other", f.now()).await.unwrap());
    let lease = next(&f, &["a"]).await.unwrap();
    assert_eq!((lease.attempt, f.store.jobs_dead().await.unwrap()), (1, vec![]));
    // Put again, it begins anew.
    put(&f, "j", "a", f.now()).await;
    assert_eq!(next(&f, &["a"]).await.unwrap().attempt, 1);
    // Workers that never come back end it too.
    for _ in 0..16 {
        f.clock.advance(jiff::SignedDuration::from_secs(10));
        next(&f, &["a"]).await;
    }
    f.clock.advance(jiff::SignedDuration::from_hours(1));
    assert_eq!(next(&f, &["a"]).await, None);
    assert_eq!(f.store.jobs_dead().await.unwrap()[0].why, "its lease ran out");
}

pub async fn the_same_job_again_replaces_it(f: Fixture) {
    put(&f, "timer", "a", f.later(60)).await;
    put(&f, "timer", "a", f.now()).await;
    let running = next(&f, &["a"]).await.unwrap();
    assert_eq!(next(&f, &["a"]).await, None);
    // Put anew while it runs: the new one runs too, and the old one's end does not take it away.
    put(&f, "timer", "a", f.now()).await;
    f.store.job_done(&running).await.unwrap();
    let fresh = next(&f, &["a"]).await.unwrap();
    assert_eq!(fresh.attempt, 1);
    f.store.job_done(&fresh).await.unwrap();
    f.clock.advance(jiff::SignedDuration::from_hours(1));
    assert_eq!(next(&f, &["a"]).await, None);
}

pub async fn a_worker_moves_its_own_job(f: Fixture) {
    put(&f, "timer", "a", f.now()).await;
    let running = next(&f, &["a"]).await.unwrap();
    let later = Job { run_at: f.later(60), ..running.job.clone() };
    f.store.job_put(later).await.unwrap();
    f.store.job_done(&running).await.unwrap();
    assert_eq!(next(&f, &["a"]).await, None, "not before its time");
    f.clock.advance(jiff::SignedDuration::from_secs(61));
    assert_eq!(next(&f, &["a"]).await.unwrap().job.key, "timer");
}

pub async fn of_many_workers_one_gets_it(f: Fixture) {
    for n in 0..20 {
        put(&f, &format!("j{n}"), "a", f.now()).await;
    }
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (store, now) = (f.store.clone(), f.now());
        workers.spawn(async move {
            let mut got = vec![];
            while let Some(lease) = store.job_next(&["a"], now, 10_000).await.unwrap() {
                got.push(lease.job.key);
            }
            got
        });
    }
    let mut all = workers.join_all().await.concat();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 20);
}
