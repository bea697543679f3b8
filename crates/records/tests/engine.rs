//! What only this engine has: a full disk, a log that begins anew, collected blobs, one process at a time, slices' own tables.

use bytes::Bytes;
use jiff::SignedDuration;
use kernel::{Clock, Id, ManualClock, Time};
use records::sqlite::{Fault, Options, Sqlite};
use records::{Act, BlobHold, Change, CommitError, Disk, ReadNote, Store, StoreError, Viewer, Write};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::sync::Arc;

fn options() -> (Arc<ManualClock>, Options) {
    let clock = Arc::new(ManualClock::at("2026-11-21T00:00:00Z".parse::<Time>().unwrap()));
    (clock.clone(), Options { clock, ..Options::default() })
}

/// A body that does not compress.
fn noise(size: usize, seed: usize) -> String {
    (0..size / 64).map(|n| hex::encode(Sha256::digest(format!("{seed} {n}")))).collect()
}

fn change(n: usize, size: usize) -> Change {
    let body = json!({"resourceType": "Observation", "note": [{"text": noise(size, n)}]});
    let at = format!("Observation/o{n}").parse().unwrap();
    Change::of(Act::system("x")).write(Write::new(at, body, Id::new("h").unwrap()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_refuses_and_the_writer_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let (_, options) = options();
    let small = Options { pages_max: Some(600), ..options.clone() };
    let store = Sqlite::open(dir.path(), small).unwrap();
    let full = |r: &Result<_, CommitError>| matches!(r, Err(CommitError::Store(StoreError::DiskFull)));
    let mut kept = vec![];
    for n in 0..6 {
        // Too large, then small enough: the refusal of one does not harm the next.
        let refused = store.commit(change(1_100 + n, 6 << 20)).await;
        assert!(full(&refused), "{refused:?}");
        store.commit(change(n, 2_000)).await.unwrap();
        kept.push(n);
    }
    // Many at once, until it is really full.
    let mut running = tokio::task::JoinSet::new();
    for n in 6..500 {
        let store = store.clone();
        running.spawn(async move { (n, store.commit(change(n, 16_000)).await) });
    }
    let results = running.join_all().await;
    assert!(results.iter().any(|(_, r)| full(r)));
    assert!(results.iter().all(|(_, r)| r.is_ok() || full(r)), "every refusal says why");
    kept.extend(results.iter().filter(|(_, r)| r.is_ok()).map(|(n, _)| *n));
    // Reads go on.
    assert!(store.read(&Viewer::System, &"Observation/o0".parse().unwrap()).await.unwrap().is_some());
    assert_eq!(store.verify().await.unwrap().versions, kept.len() as u64);
    store.close().await;
    let store = Sqlite::open(dir.path(), options).unwrap();
    for n in kept {
        assert!(store.read(&Viewer::System, &format!("Observation/o{n}").parse().unwrap()).await.unwrap().is_some());
    }
    store.commit(change(2_000, 100)).await.unwrap();
    store.verify().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn below_the_reserve_changes_are_refused_and_reads_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let (_, options) = options();
    let store = Sqlite::open(dir.path(), options.clone()).unwrap();
    assert_eq!(*store.disk().borrow(), Disk::Takes);
    store.commit(change(1, 100)).await.unwrap();
    store.close().await;
    // More than any disk has.
    let store = Sqlite::open(dir.path(), Options { reserve: 1 << 60, ..options.clone() }).unwrap();
    assert_eq!(*store.disk().borrow(), Disk::Full);
    assert!(matches!(store.commit(change(2, 100)).await, Err(CommitError::Store(StoreError::DiskFull))));
    assert!(matches!(store.blob_put(Bytes::from_static(b"x")).await, Err(StoreError::DiskFull)));
    assert!(store.read(&Viewer::System, &"Observation/o1".parse().unwrap()).await.unwrap().is_some());
    let before = store.verify().await.unwrap();
    let id = |text: &str| Id::new(text).unwrap();
    let note = ReadNote {
        person: id("p"),
        role: kernel::Role::AskingDoctor,
        hospital: id("h"),
        what: "patient.show".to_owned(),
        patient: None,
        case: None,
        about: Some("Observation/o1".parse().unwrap()),
        allowed: true,
    };
    store.note_read(note).await.unwrap();
    store.flush_notes().await.unwrap();
    // Who comes, looks or goes is told as well, and nothing else.
    store.commit(Change::of(Act::system("session.close"))).await.unwrap();
    let after = store.verify().await.unwrap();
    assert_eq!((after.entries, after.versions), (before.entries + 2, before.versions));
    store.close().await;
    let store = Sqlite::open(dir.path(), options).unwrap();
    store.commit(change(2, 100)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_fails_keeps_nothing_and_the_writer_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let (_, options) = options();
    let broken = Options { fault: Some(Fault::CommitFails), ..options.clone() };
    let store = Sqlite::open(dir.path(), broken).unwrap();
    let mut running = tokio::task::JoinSet::new();
    for n in 0..300 {
        let store = store.clone();
        running.spawn(async move { (n, store.commit(change(n, 100)).await) });
    }
    let results = running.join_all().await;
    let failed = results.iter().filter(|(_, r)| r.is_err()).count();
    assert!((1..300).contains(&failed), "{failed} of 300");
    for (n, result) in &results {
        let there = store.read(&Viewer::System, &format!("Observation/o{n}").parse().unwrap()).await.unwrap();
        assert_eq!(there.is_some(), result.is_ok(), "{n}: {result:?}");
    }
    let mut numbers: Vec<u64> = results.iter().filter_map(|(_, r)| r.as_ref().ok()?.number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=(300 - failed) as u64).collect::<Vec<_>>(), "no gap where a group was given up");
    assert_eq!(store.verify().await.unwrap().versions, numbers.len() as u64);
}

#[tokio::test]
async fn blobs_that_nothing_names_are_collected_after_a_day() {
    let dir = tempfile::tempdir().unwrap();
    let (clock, options) = options();
    let store = Sqlite::open(dir.path(), options).unwrap();
    let named = store.blob_put(Bytes::from("named")).await.unwrap();
    let forgotten = store.blob_put(Bytes::from("forgotten")).await.unwrap();
    let again = store.blob_put(Bytes::from("again")).await.unwrap();
    let mut naming = change(1, 10);
    naming.blobs.push(named);
    store.commit(naming).await.unwrap();
    assert_eq!(store.collect(clock.now()).await.unwrap(), 0);
    clock.advance(SignedDuration::from_hours(23));
    store.blob_put(Bytes::from("again")).await.unwrap();
    clock.advance(SignedDuration::from_hours(1));
    assert_eq!(store.collect(clock.now()).await.unwrap(), 1);
    assert_eq!(store.blob(&forgotten, None).await.unwrap(), None);
    for kept in [named, again] {
        assert!(store.blob(&kept, None).await.unwrap().is_some());
    }
    clock.advance(SignedDuration::from_hours(1000));
    assert_eq!(store.collect(clock.now()).await.unwrap(), 1);
    assert!(store.blob(&named, None).await.unwrap().is_some());
}

#[tokio::test]
async fn a_blob_that_is_held_stays_until_its_last_holder_frees_it() {
    let dir = tempfile::tempdir().unwrap();
    let (clock, options) = options();
    let store = Sqlite::open(dir.path(), options).unwrap();
    let (dropped, kept) =
        (store.blob_put(Bytes::from("a")).await.unwrap(), store.blob_put(Bytes::from("b")).await.unwrap());
    let hold = |sha256, holder: &str| BlobHold { sha256, holder: holder.to_owned() };
    let mut holding = change(1, 10);
    holding.blob_holds = vec![hold(dropped, "one"), hold(dropped, "two"), hold(kept, "one")];
    store.commit(holding).await.unwrap();
    clock.advance(SignedDuration::from_hours(100));
    assert_eq!(store.collect(clock.now()).await.unwrap(), 0);
    let mut first = change(2, 10);
    first.blob_frees = vec![hold(dropped, "one"), hold(kept, "one")];
    first.blobs = vec![kept];
    store.commit(first).await.unwrap();
    assert_eq!(store.collect(clock.now()).await.unwrap(), 0, "another still holds it; the other is named for good");
    let mut last = change(3, 10);
    last.blob_frees = vec![hold(dropped, "two")];
    store.commit(last).await.unwrap();
    assert_eq!(store.collect(clock.now()).await.unwrap(), 1);
    assert_eq!(store.blob(&dropped, None).await.unwrap(), None);
    assert!(store.blob(&kept, None).await.unwrap().is_some());
    let mut absent = change(4, 10);
    absent.blob_holds = vec![hold([7; 32], "one")];
    assert!(store.commit(absent).await.is_err(), "what was never put cannot be held");
}

/// More reads than the queue holds: readers wait, no note is dropped.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_queue_of_notes_makes_readers_wait() {
    let dir = tempfile::tempdir().unwrap();
    let (_, options) = options();
    let store = Sqlite::open(dir.path(), options).unwrap();
    let mut readers = tokio::task::JoinSet::new();
    for reader in 0..8 {
        let store = store.clone();
        readers.spawn(async move {
            for n in 0..1_000 {
                let note = records::ReadNote {
                    person: Id::new(format!("p{reader}")).unwrap(),
                    role: kernel::Role::Reader,
                    hospital: Id::new("h").unwrap(),
                    what: "study.show".into(),
                    patient: Some(format!("Patient/{n}").parse().unwrap()),
                    case: None,
                    about: None,
                    allowed: true,
                };
                store.note_read(note).await.unwrap();
            }
        });
    }
    readers.join_all().await;
    store.close().await;
    let found = Sqlite::verify_at(dir.path(), &[]).unwrap();
    assert_eq!(found.entries, 8_000);
}

#[tokio::test]
async fn one_process_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let (_, options) = options();
    let store = Sqlite::open(dir.path(), options.clone()).unwrap();
    let second = Sqlite::open(dir.path(), options.clone());
    assert!(matches!(second.map(drop), Err(StoreError::Engine(why)) if why.contains("another process")));
    assert_eq!(Sqlite::verify_at(dir.path(), &[]).unwrap().entries, 0);
    store.close().await;
    Sqlite::open(dir.path(), options).unwrap().commit(change(1, 10)).await.unwrap();
}

#[tokio::test]
async fn slices_bring_their_tables() {
    let dir = tempfile::tempdir().unwrap();
    let (_, options) = options();
    let options = Options { slice_schemas: vec!["CREATE TABLE IF NOT EXISTS vitals(n INTEGER)"], ..options };
    for _ in 0..2 {
        let store = Sqlite::open(dir.path(), options.clone()).unwrap();
        let n: i64 = store.read_with(|db| db.query_row("SELECT count(*) FROM vitals", [], |r| r.get(0))).await.unwrap();
        assert_eq!(n, 0);
        let write = store.read_with(|db| db.execute_batch("INSERT INTO vitals VALUES(1)")).await;
        assert!(write.is_err(), "a reader cannot write");
        store.close().await;
    }
}

/// Under writers that never pause the log is emptied, and cut to its bound: it would only grow if any of it were always left.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_begins_anew_under_writers() {
    let dir = tempfile::tempdir().unwrap();
    let (_, options) = options();
    let store = Sqlite::open(dir.path(), Options { log_bytes: 256 << 10, ..options }).unwrap();
    let size = || std::fs::metadata(dir.path().join("records.sqlite-wal")).unwrap().len();
    let (mut largest, mut begun_anew, mut n) = (0, 0, 0);
    // A look each half second; so many changes take minutes if it never happens.
    while begun_anew < 3 && n < 40_000 {
        let group = (n..n + 16).map(|n| {
            let store = store.clone();
            tokio::spawn(async move { store.commit(change(n, 2_000)).await.map(drop) })
        });
        for done in group.collect::<Vec<_>>() {
            done.await.unwrap().unwrap();
        }
        n += 16;
        let now = size();
        if now < largest {
            (largest, begun_anew) = (now, begun_anew + 1);
        }
        largest = largest.max(now);
        if n % 160 == 0 {
            // What is kept may be given back at any time.
            store.rest().await;
        }
    }
    assert_eq!(begun_anew, 3, "after {n} changes the log has {} bytes", size());
    assert_eq!(store.verify().await.unwrap().versions, n as u64);
    store.close().await;
}
