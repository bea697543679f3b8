//! Damage on the disk: named, refused, never shown as if it were whole.
//!
//! Pages of each kind are overwritten in a copy of one store: with noise, with zeros, with another page of the same kind. Whatever
//! is then asked is answered as before or refused; the damage is found by itself, changes end, and `verify` names it.

use bytes::Bytes;
use fhir::{Reference, ResourceType};
use kernel::Id;
use records::sqlite::{Options, Sqlite};
use records::{Act, Change, CommitError, Disk, Query, ReadNote, Store, StoreError, Viewer, Write};
use rusqlite::Connection;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

const PAGE: usize = 4096;
const RESOURCES: usize = 400;

fn at(n: usize) -> Reference {
    format!("Observation/o{n}").parse().unwrap()
}

fn put(n: usize, text: &str) -> Change {
    let noise: String =
        (0..if n.is_multiple_of(50) { 900 } else { 12 }).map(|i| format!("{:x}", (n * 7919 + i) * 104_729)).collect();
    let body = json!({"resourceType": "Observation", "status": "final", "code": {"text": text}, "note": [{"text": noise}],
        "identifier": [{"system": "urn:n", "value": format!("n{n}")}], "subject": {"reference": format!("Patient/p{}", n % 7)}});
    Change::of(Act::system("test.put")).write(Write::next(at(n), body, Id::new("h").unwrap()))
}

/// What a store answers to everything that is asked below.
#[derive(Debug, Default, PartialEq)]
struct Answers {
    reads: BTreeMap<usize, Result<Option<Bytes>, StoreError>>,
    found: BTreeMap<usize, Result<Vec<Reference>, StoreError>>,
}

async fn ask(store: &Sqlite) -> Answers {
    let mut answers = Answers::default();
    for n in (0..RESOURCES).step_by(3) {
        answers.reads.insert(n, store.read(&Viewer::System, &at(n)).await.map(|found| found.map(|r| r.json)));
        let query = Query::of(ResourceType::OBSERVATION).with("identifier", format!("urn:n|n{n}"));
        let page = store.search(&Viewer::System, &query).await;
        answers.found.insert(n, page.map(|page| page.matches.into_iter().map(|r| r.at).collect()));
    }
    answers
}

/// How many were refused; a panic when one was answered otherwise than before.
fn refused(before: &Answers, now: &Answers, what: &str) -> usize {
    let is_refusal = |e: &StoreError| matches!(e, StoreError::Damaged(_) | StoreError::Corrupt(_));
    let mut refused = 0;
    for (n, answer) in &now.reads {
        match answer {
            Err(e) if is_refusal(e) => refused += 1,
            other => assert_eq!(other, &before.reads[n], "{what}: {}", at(*n)),
        }
    }
    for (n, answer) in &now.found {
        match answer {
            Err(e) if is_refusal(e) => refused += 1,
            other => assert_eq!(other, &before.found[n], "{what}: identifier n{n}"),
        }
    }
    refused
}

/// A store that is closed, and what it answered.
async fn whole(dir: &Path) -> Answers {
    let store = Sqlite::open(dir, Options::default()).unwrap();
    for n in 0..RESOURCES {
        store.commit(put(n, "first")).await.unwrap();
        if n.is_multiple_of(4) {
            store.commit(put(n, "second")).await.unwrap();
        }
    }
    let answers = ask(&store).await;
    store.close().await;
    drop(store);
    // Pages that nobody uses, to damage one of those too.
    let db = Connection::open(dir.join("records.sqlite")).unwrap();
    db.execute_batch("CREATE TABLE scrap(x); INSERT INTO scrap VALUES(randomblob(300000)); DROP TABLE scrap; PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    answers
}

/// Pages of this table or index, of this kind.
fn pages(dir: &Path, name: &str, kind: &str) -> Vec<usize> {
    let db = Connection::open(dir.join("records.sqlite")).unwrap();
    let mut statement = db.prepare("SELECT pageno FROM dbstat WHERE name=? AND pagetype=? ORDER BY pageno").unwrap();
    let found = statement.query_map([name, kind], |row| row.get::<_, u32>(0).map(|page| page as usize)).unwrap();
    found.collect::<Result<_, _>>().unwrap()
}

fn copy(from: &Path) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::copy(from.join("records.sqlite"), dir.path().join("records.sqlite")).unwrap();
    dir
}

fn overwrite(dir: &Path, page: usize, with: &[u8]) {
    let path = dir.join("records.sqlite");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[(page - 1) * PAGE..page * PAGE].copy_from_slice(with);
    std::fs::write(&path, bytes).unwrap();
}

fn noise(seed: usize) -> Vec<u8> {
    let mut state = seed as u64 | 1;
    std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u8
    })
    .take(PAGE)
    .collect()
}

/// The store finds it by itself and takes no changes from then on.
async fn is_found(store: &Arc<Sqlite>, what: &str) {
    let mut disk = store.disk();
    let found = tokio::time::timeout(Duration::from_secs(30), disk.wait_for(|disk| *disk == Disk::Damaged)).await;
    assert!(found.is_ok(), "{what}: nobody noticed");
    let refused = store.commit(put(9_999, "new")).await;
    assert!(matches!(refused, Err(CommitError::Store(StoreError::Damaged(_)))), "{what}: {refused:?}");
}

fn names_it(error: &StoreError) -> bool {
    let said = error.to_string();
    matches!(error, StoreError::Damaged(_)) && said.contains("records.sqlite") && said.contains("restore")
}

#[tokio::test]
async fn a_damaged_page_is_named_and_refused_and_ends_changes() {
    let good = tempfile::tempdir().unwrap();
    let before = whole(good.path()).await;
    let (mut refusals, mut tried, mut unopened) = (0, 0, 0);
    for (name, kind) in [
        ("resource", "leaf"),
        ("resource", "internal"),
        ("resource", "overflow"),
        ("resource_id", "leaf"),
        ("index_token", "leaf"),
        ("scope", "leaf"),
        ("ledger", "leaf"),
        ("resource_history", "leaf"),
    ] {
        let pages = pages(good.path(), name, kind);
        assert!(!pages.is_empty(), "{name} has {kind} pages");
        let page = pages[pages.len() / 2];
        for (how, bytes) in [("noise", noise(page)), ("zeros", vec![0; PAGE])] {
            let what = format!("{how} on page {page}, a {kind} page of {name}");
            let dir = copy(good.path());
            overwrite(dir.path(), page, &bytes);
            tried += 1;
            // An overflow page is bytes of one value and nothing else: its checksum finds it, where the trees are whole.
            let structural = kind != "overflow" || how == "noise";
            match Sqlite::open(dir.path(), Options::default()) {
                Ok(store) => {
                    refusals += refused(&before, &ask(&store).await, &what);
                    if structural {
                        is_found(&store, &what).await;
                        refusals += refused(&before, &ask(&store).await, &what);
                    }
                    store.close().await;
                }
                Err(e) => {
                    assert!(names_it(&e), "{what}: {e}");
                    unopened += 1;
                }
            }
            let verified = Sqlite::verify_at(dir.path(), &[]);
            assert!(verified.is_err(), "{what}: {verified:?}");
        }
    }
    println!("{tried} pages damaged: {unopened} stores not opened, {refusals} answers refused, none was false");
    assert!(refusals > 50);
}

#[tokio::test]
async fn a_page_that_nobody_uses_ends_changes_and_no_reads() {
    let good = tempfile::tempdir().unwrap();
    let before = whole(good.path()).await;
    let dir = copy(good.path());
    // The first page of the list of free ones stands in the header.
    let header = std::fs::read(dir.path().join("records.sqlite")).unwrap();
    let first_free = u32::from_be_bytes(header[32..36].try_into().unwrap()) as usize;
    assert!(first_free > 1, "there are free pages");
    overwrite(dir.path(), first_free, &noise(1));
    let store = Sqlite::open(dir.path(), Options::default()).unwrap();
    is_found(&store, "a free page").await;
    assert_eq!(refused(&before, &ask(&store).await, "a free page"), 0, "all of it can be read");
    // Who looked is still written: nobody reads without an entry.
    let number = *store.sealed().borrow();
    store.note_read(note()).await.unwrap();
    store.flush_notes().await.unwrap();
    assert_eq!(store.entries(number, 10).await.unwrap().len(), 1);
    store.close().await;
}

fn note() -> ReadNote {
    ReadNote {
        person: Id::new("doctor").unwrap(),
        role: kernel::Role::Specialist,
        hospital: Id::new("h").unwrap(),
        what: "patient.read".into(),
        patient: None,
        case: None,
        about: None,
        allowed: true,
    }
}

#[tokio::test]
async fn without_its_first_page_it_is_not_opened_and_says_what_to_do() {
    let good = tempfile::tempdir().unwrap();
    whole(good.path()).await;
    for bytes in [noise(3), vec![0; PAGE]] {
        let dir = copy(good.path());
        overwrite(dir.path(), 1, &bytes);
        let opened = Sqlite::open(dir.path(), Options::default()).map(drop);
        assert!(opened.as_ref().is_err_and(names_it), "{opened:?}");
        let verified = Sqlite::verify_at(dir.path(), &[]);
        assert!(verified.as_ref().is_err_and(names_it), "{verified:?}");
    }
    // Cut off in the middle, as by a file system that lost its end.
    let dir = copy(good.path());
    let file = std::fs::File::options().write(true).open(dir.path().join("records.sqlite")).unwrap();
    file.set_len(file.metadata().unwrap().len() / 2 / PAGE as u64 * PAGE as u64).unwrap();
    let verified = Sqlite::verify_at(dir.path(), &[]);
    assert!(verified.as_ref().is_err_and(names_it), "{verified:?}");
}

/// While it runs the engine may have the page in memory; what it reads from the disk it must not believe.
#[tokio::test]
async fn damage_while_it_runs_is_refused_when_it_is_met() {
    let dir = tempfile::tempdir().unwrap();
    let before = whole(dir.path()).await;
    let store = Sqlite::open(dir.path(), Options { readers: 1, ..Options::default() }).unwrap();
    for page in pages(dir.path(), "index_token", "leaf") {
        let mut file = std::fs::File::options().write(true).open(dir.path().join("records.sqlite")).unwrap();
        std::io::Seek::seek(&mut file, std::io::SeekFrom::Start((page - 1) as u64 * PAGE as u64)).unwrap();
        std::io::Write::write_all(&mut file, &noise(page)).unwrap();
    }
    let now = ask(&store).await;
    assert!(refused(&before, &now, "while it runs") > 0, "no page of an index was whole, and nobody noticed");
    is_found(&store, "while it runs").await;
    store.close().await;
}

/// One bit of a body, of any body: refused, or (in bytes that say nothing) the same as before.
#[tokio::test]
async fn a_bit_changed_in_a_body_is_refused_and_nothing_else_is() {
    let good = tempfile::tempdir().unwrap();
    let before = whole(good.path()).await;
    let original = std::fs::read(good.path().join("records.sqlite")).unwrap();
    let db = Connection::open(good.path().join("records.sqlite")).unwrap();
    let mut refusals = 0;
    for n in (0..RESOURCES).step_by(21) {
        let stored: Vec<u8> =
            db.query_row("SELECT body FROM resource WHERE id=?", [format!("o{n}")], |r| r.get(0)).unwrap();
        // What stands on one page and not on several.
        let Some(place) = original.windows(stored.len()).position(|window| window == stored) else { continue };
        let dir = copy(good.path());
        let mut bytes = original.clone();
        bytes[place + 1 + (n * 31) % (stored.len() - 1)] ^= 1 << (n % 8);
        std::fs::write(dir.path().join("records.sqlite"), bytes).unwrap();
        let store = Sqlite::open(dir.path(), Options::default()).unwrap();
        refusals += refused(&before, &ask(&store).await, &format!("a bit of o{n}"));
        let read = store.read(&Viewer::System, &at(n)).await;
        assert!(matches!(&read, Err(StoreError::Corrupt(why)) if why.contains(&at(n).to_string())), "{read:?}");
        store.close().await;
        assert!(Sqlite::verify_at(dir.path(), &[]).is_err(), "o{n}: verify finds it");
    }
    assert!(refusals > 0, "nothing that was asked lay on a changed page");
}

#[tokio::test]
async fn a_body_in_anothers_place_is_not_shown_as_its() {
    let dir = tempfile::tempdir().unwrap();
    whole(dir.path()).await;
    let db = Connection::open(dir.path().join("records.sqlite")).unwrap();
    db.execute("UPDATE resource SET body=(SELECT body FROM resource WHERE id='o2') WHERE id='o1'", []).unwrap();
    drop(db);
    let store = Sqlite::open(dir.path(), Options::default()).unwrap();
    let read = store.read(&Viewer::System, &at(1)).await;
    assert!(matches!(&read, Err(StoreError::Corrupt(why)) if why.contains("Observation/o1")), "{read:?}");
    // The trees are whole: everything else goes on, changes too, but not to what cannot be read.
    store.commit(put(2, "third")).await.unwrap();
    let refused = store.commit(put(1, "third")).await;
    assert!(matches!(refused, Err(CommitError::Store(StoreError::Corrupt(_)))), "{refused:?}");
    assert_eq!(*store.disk().borrow(), Disk::Takes);
    store.close().await;
    assert!(Sqlite::verify_at(dir.path(), &[]).unwrap_err().to_string().contains("Observation/o1"));
}

#[tokio::test]
async fn a_changed_file_is_not_served_and_the_same_bytes_put_again_heal_it() {
    let dir = tempfile::tempdir().unwrap();
    let store = Sqlite::open(dir.path(), Options::default()).unwrap();
    let bytes = Bytes::from(noise(7).repeat(20));
    let sha256 = store.blob_put(bytes.clone()).await.unwrap();
    let mut change = put(1, "with a file");
    change.blobs.push(sha256);
    store.commit(change).await.unwrap();
    let blobs = dir.path().join("blobs");
    assert!(Sqlite::verify_blobs_at(dir.path(), &blobs).unwrap().broken.is_empty());
    let name: String = sha256.iter().map(|byte| format!("{byte:02x}")).collect();
    let path = blobs.join(&name[..2]).join(&name[2..4]).join(&name);
    let mut changed = bytes.to_vec();
    changed[50_000] ^= 1;
    for damaged in [changed.as_slice(), &bytes[..60_000], &[]] {
        std::fs::write(&path, damaged).unwrap();
        for range in [None, Some(0..10), Some(49_000..51_000)] {
            let read = store.blob(&sha256, range).await;
            assert!(matches!(&read, Err(StoreError::Corrupt(why)) if why.contains(&name)), "{read:?}");
        }
        let found = Sqlite::verify_blobs_at(dir.path(), &blobs).unwrap();
        assert!(found.blobs == 1 && found.broken.len() == 1 && found.broken[0].contains(&name), "{found:?}");
        assert_eq!(store.blob_put(bytes.clone()).await.unwrap(), sha256);
        assert_eq!(store.blob(&sha256, None).await.unwrap(), Some(bytes.clone()));
    }
    std::fs::write(&path, &changed).unwrap();
    let sent = dir.path().join("sent");
    std::fs::write(&sent, &bytes).unwrap();
    assert_eq!(store.blob_put_file(&sent).await.unwrap(), (sha256, bytes.len() as u64));
    assert_eq!(store.blob(&sha256, Some(5..9)).await.unwrap(), Some(bytes.slice(5..9)));
    std::fs::remove_file(&path).unwrap();
    assert_eq!(store.blob(&sha256, None).await.unwrap(), None);
    assert_eq!(Sqlite::verify_blobs_at(dir.path(), &blobs).unwrap().broken.len(), 1);
    store.close().await;
}
