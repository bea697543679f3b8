//! Old looks archived: on both engines, broken off at each step, kept, copied, and tampered with.

mod home;

use home::Home;
use kernel::{Clock, Id, ManualClock, Role, SeededIds, Time};
use records::archive::{Archived, Taken, Wish, read, take};
use records::backup;
use records::conformance::cluster::{Cluster, passed_over};
use records::copy::{Place, copy};
use records::postgres::{self, Postgres};
use records::sqlite::{self, Sqlite};
use records::{Act, Change, Entry, ReadNote, Store, StoreError, Subject, Verified, Write};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;

fn id(text: &str) -> Id {
    Id::new(text).unwrap()
}

fn time(text: &str) -> Time {
    text.parse().unwrap()
}

const NOW: &str = "2026-11-21T00:00:00Z";
const CUT: &str = "2026-05-01T00:00:00Z";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum On {
    Sqlite,
    Postgres,
}

/// The engines there are.
fn engines(what: &str) -> Vec<On> {
    if Cluster::shared().is_some() {
        return vec![On::Sqlite, On::Postgres];
    }
    passed_over(what);
    vec![On::Sqlite]
}

fn look(n: usize) -> Act {
    let mut act = Act::system("consult.show");
    (act.person, act.role, act.hospital) = (Some(id(&format!("d{}", n % 7))), Some(Role::AskingDoctor), Some(id("h")));
    act.patient = Some(format!("Patient/p{}", n % 3).parse().unwrap());
    act.params.insert("read".into(), true.into());
    act.params.insert("allowed".into(), (!n.is_multiple_of(11)).into());
    act
}

/// None of these is a look and nothing else.
fn like_looks() -> Vec<Act> {
    let with = |change: &dyn Fn(&mut Act)| {
        let mut act = look(1);
        change(&mut act);
        act
    };
    vec![
        with(&|act| drop(act.params.insert("glass".into(), true.into()))),
        with(&|act| drop(act.params.insert("why".into(), "wrong-password".into()))),
        with(&|act| drop(act.params.insert("read".into(), false.into()))),
        with(&|act| drop(act.params.shift_remove("read"))),
        with(&|act| drop(act.params.shift_remove("allowed"))),
        with(&|act| act.audience.push(Subject::Person(id("d1")))),
        with(&|act| act.why = Some("in need".into())),
        with(&|act| act.about = vec!["Patient/p1".parse().unwrap(), "Patient/p2".parse().unwrap()]),
        with(&|act| act.person = None),
        with(&|act| "room.enter".clone_into(&mut act.what)),
    ]
}

fn broken(found: Result<Verified, StoreError>) -> String {
    match found {
        Err(e @ (StoreError::Broken { .. } | StoreError::Corrupt(_))) => e.to_string(),
        other => panic!("not noticed: {other:?}"),
    }
}

fn refused<T: std::fmt::Debug>(found: Result<T, StoreError>) -> String {
    match found {
        Err(StoreError::Engine(why)) => why,
        other => panic!("not refused: {other:?}"),
    }
}

fn contents(file: &Path) -> Vec<Archived> {
    let mut all = vec![];
    read(file, |entry| {
        all.push(entry);
        Ok(())
    })
    .unwrap();
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn old_looks_go_into_a_file_and_the_chain_holds() {
    for engine in engines("looks are archived") {
        let home = Home::on(engine);
        home.filled().await;
        let before = home.entries().await;
        let whole = home.prove(&[]).await.unwrap();
        let taken = home.take(CUT, "a.zst").await.unwrap().unwrap();
        let (archive, file) = (taken.archive.clone(), home.file("a.zst"));
        assert!(!taken.finished);
        assert_eq!((archive.count, archive.file.as_str(), archive.before), (31, "a.zst", time(CUT)), "{engine:?}");

        // What is gone is in the file, and nothing else is gone.
        let mut after = home.entries().await;
        let act = after.pop().unwrap();
        assert_eq!((act.number, act.act.what.as_str()), (archive.act, "audit.archive"));
        let kept: Vec<u64> = contents(&file).iter().map(|entry| entry.number).collect();
        assert_eq!(kept.len(), 31);
        assert_eq!((kept[0], *kept.last().unwrap()), (archive.from, archive.to));
        assert!(before.iter().filter(|e| !kept.contains(&e.number)).eq(&after), "{engine:?}");
        let gone: Vec<&Entry> = before.iter().filter(|e| kept.contains(&e.number)).collect();
        for (gone, entry) in gone.iter().zip(contents(&file)) {
            assert_eq!(gone.hash, entry.hash);
            let said: serde_json::Value = serde_json::from_slice(&entry.entry).unwrap();
            assert_eq!(serde_json::to_value(&gone.act).unwrap(), said["act"]);
        }

        // Without the file it is proven that these were archived; with it, what they say.
        let verified = home.prove(&[]).await.unwrap();
        assert_eq!((verified.entries, verified.versions), (whole.entries + 1, whole.versions));
        assert_eq!((verified.archived, verified.unproven), (31, 31));
        let verified = home.prove(std::slice::from_ref(&file)).await.unwrap();
        assert_eq!((verified.archived, verified.unproven), (31, 0));

        // It goes on.
        let store = home.open().await;
        assert_eq!(store.archives().await.unwrap(), std::slice::from_ref(&archive));
        let patient = "Patient/p1".parse().unwrap();
        let looks = store.entries_of_patient(&patient, 0).await.unwrap();
        assert!(looks.iter().all(|e| !kept.contains(&e.number)) && !looks.is_empty());
        store.commit(Change::of(look(1))).await.unwrap();
        assert_eq!(store.verify().await.unwrap().entries, whole.entries + 2);
        store.close().await;
        drop(store);

        // Once is once; later there is more.
        assert!(refused(home.take(CUT, "a.zst").await).contains("nothing is left to do"));
        assert_eq!(home.take(CUT, "b.zst").await.unwrap(), None);
        assert!(!home.file("b.zst").exists() && !home.file("b.zst.part").exists());
        assert_eq!(
            fs::read_dir(home.dir.path()).unwrap().flatten().filter(|e| e.path().extension().is_some()).count(),
            1
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_not_be_archived_is_refused_by_name() {
    for engine in engines("archiving is refused") {
        let home = Home::on(engine);
        home.filled().await;
        let young = refused(home.take("2026-06-01T00:00:00Z", "a.zst").await);
        assert!(young.contains("184 days") && young.contains("2026-05-21T00:00:00Z"), "{young}");
        fs::write(home.file("other"), b"a letter").unwrap();
        assert!(refused(home.take(CUT, "other").await).contains("is something else"));
        assert_eq!(fs::read(home.file("other")).unwrap(), b"a letter");
        assert!(home.take(CUT, "no/such/folder").await.is_err());
        let store = home.open().await;
        let served = refused(home.take(CUT, "a.zst").await);
        assert!(
            served.contains("another process has this store open") || served.contains("a server has this"),
            "{served}"
        );
        store.close().await;
        drop(store);
        assert_eq!(home.prove(&[]).await.unwrap().archived, 0);
        // A ledger that is not whole is not archived.
        if let Place::Sqlite(dir) = &home.place {
            let db = rusqlite::Connection::open(dir.join("records.sqlite")).unwrap();
            db.execute_batch("UPDATE ledger SET at=at+1 WHERE number=3").unwrap();
            assert!(matches!(home.take(CUT, "a.zst").await, Err(StoreError::Broken { number: 3, .. })));
            assert!(!home.file("a.zst").exists());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_serves_what_is_being_archived() {
    for engine in engines("a store is archived") {
        let home = Home::on(engine);
        home.filled().await;
        let mut refusals = vec![];
        let serve = |_: &str| {
            let opened =
                tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(home.opened()).map(drop));
            refusals.push(refused(opened));
        };
        home.take_telling(CUT, &home.file("a.zst"), serve).await.unwrap().unwrap();
        assert!(refusals.len() > 3 && refusals.iter().all(|why| why.contains("held")), "{engine:?}: {refusals:?}");
        home.open().await.close().await;
    }
}

/// Broken off wherever it says a word, the last one included; then done again by the same words.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_broke_off_is_finished_by_the_same_words() {
    for engine in engines("an archiving is finished") {
        let mut lines = vec![];
        let home = Home::on(engine);
        home.filled().await;
        home.take_telling(CUT, &home.file("a.zst"), |line| lines.push(line.to_owned())).await.unwrap().unwrap();
        assert!(lines.len() >= 5, "{lines:?}");
        let mut finished = 0;
        for stop in 0..lines.len() {
            let home = Arc::new(Home::on(engine));
            home.filled().await;
            let entries = home.entries().await;
            let began = home.clone();
            let broken_off = tokio::spawn(async move {
                let mut said = 0;
                let file = began.file("a.zst");
                let kill = |_: &str| {
                    assert!(said != stop, "killed");
                    said += 1;
                };
                began.take_telling(CUT, &file, kill).await
            });
            assert!(broken_off.await.unwrap_err().is_panic(), "{}", lines[stop]);
            // Whole at every moment, whatever is there of the file.
            home.prove(&[]).await.unwrap_or_else(|e| panic!("after {:?}: {e}", lines[stop]));
            let mut again = home.take(CUT, "a.zst").await;
            // PostgreSQL hears a moment later that the other is gone.
            while again.as_ref().is_err_and(|e| e.to_string().contains("a server has this database open")) {
                tokio::task::yield_now().await;
                again = home.take(CUT, "a.zst").await;
            }
            match again {
                Ok(Some(taken)) => finished += u32::from(taken.finished),
                Err(e) if stop + 1 == lines.len() => assert!(e.to_string().contains("nothing is left"), "{e}"),
                other => panic!("after {:?}: {other:?}", lines[stop]),
            }
            let verified = home.prove(&[home.file("a.zst")]).await.unwrap();
            assert_eq!((verified.archived, verified.unproven), (31, 0), "after {:?}", lines[stop]);
            // Nothing is lost and nothing is there twice.
            let mut numbers: Vec<u64> = home.entries().await.iter().map(|e| e.number).collect();
            numbers.extend(contents(&home.file("a.zst")).iter().map(|e| e.number));
            numbers.sort_unstable();
            assert!(numbers.iter().copied().eq(1..=entries.len() as u64 + 1), "after {:?}: {numbers:?}", lines[stop]);
        }
        assert!(finished > 0, "{engine:?}: none broke off behind the act");
    }
}

/// Any bit, any cut.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_was_changed_is_named() {
    let home = Home::on(On::Sqlite);
    home.filled().await;
    home.take(CUT, "a.zst").await.unwrap().unwrap();
    let (file, other) = (home.file("a.zst"), home.file("changed.zst"));
    let whole = fs::read(&file).unwrap();
    let check = |bytes: &[u8]| {
        fs::write(&other, bytes).unwrap();
        assert!(matches!(read(&other, |_| Ok(())), Err(StoreError::Corrupt(why)) if why.contains("changed.zst")));
    };
    for at in (0..whole.len()).step_by(7) {
        let mut changed = whole.clone();
        changed[at] ^= 1 << (at % 8);
        fs::write(&other, &changed).unwrap();
        let found = broken(home.prove(std::slice::from_ref(&other)).await);
        assert!(found.contains("changed.zst"), "{found}");
    }
    for end in (0..whole.len()).step_by(11) {
        check(&whole[..end]);
    }
    // By who packs it anew.
    let plain = zstd::decode_all(&*whole).unwrap();
    let text = String::from_utf8(plain).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let packed = |lines: &[&str]| zstd::encode_all((lines.join("\n") + "\n").as_bytes(), 1).unwrap();
    let without = |n: usize| [&lines[..n], &lines[n + 1..]].concat();
    for n in 0..lines.len() {
        check(&packed(&without(n)));
        check(&packed(&[&lines[..=n], &lines[n..]].concat()));
    }
    check(&packed(&[&lines[..], &["more"]].concat()));
    let changed = lines[3].replace("\"allowed\":true", "\"allowed\":false");
    assert_ne!(changed, lines[3]);
    check(&packed(&[&lines[..3], &[changed.as_str()], &lines[4..]].concat()));
    // The same entries in another wrapping prove themselves, and are not the file that was archived.
    fs::write(&other, packed(&lines)).unwrap();
    assert_eq!(contents(&other), contents(&file));
    assert!(broken(home.prove(&[other]).await).contains("archived nothing into it"));
    home.prove(&[file]).await.unwrap();
}

/// What somebody does who knows how it is made: an act of their own that archives what is no look.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_look_is_found_in_the_file() {
    let home = Home::on(On::Sqlite);
    home.filled().await;
    let Place::Sqlite(dir) = &home.place else { panic!() };
    let db = rusqlite::Connection::open(dir.join("records.sqlite")).unwrap();
    let hash_of = |number: i64| -> [u8; 32] {
        db.query_row("SELECT hash FROM ledger WHERE number=?", [number], |r| r.get(0)).unwrap()
    };
    let sha = |parts: &[&[u8]]| -> [u8; 32] {
        use sha2::Digest;
        parts.iter().fold(sha2::Sha256::new(), |hash, part| hash.chain_update(part)).finalize().into()
    };
    let last: i64 = db.query_row("SELECT max(number) FROM ledger", [], |r| r.get(0)).unwrap();
    // The one that was opened in need.
    let find = "SELECT number, entry FROM ledger WHERE instr(entry, CAST('\"glass\":true' AS BLOB))>0";
    let (number, entry): (i64, Vec<u8>) = db.query_row(find, [], |r| Ok((r.get(0)?, r.get(1)?))).unwrap();
    let (hash, digest) = (hash_of(number), hex::encode(sha(&[&number.to_le_bytes(), &hash_of(number)])));
    let file = home.file("forged.zst");
    let lines = format!(
        "{{\"form\":\"Consilium ledger archive 1\",\"before\":\"{CUT}\"}}\n\
         {{\"number\":{number},\"after\":\"{}\",\"hash\":\"{}\",\"entry\":{}}}\n\
         {{\"count\":1,\"from\":{number},\"to\":{number},\"sha256\":\"{digest}\"}}\n",
        hex::encode(hash_of(number - 1)),
        hex::encode(hash),
        String::from_utf8(entry).unwrap()
    );
    fs::write(&file, zstd::encode_all(lines.as_bytes(), 1).unwrap()).unwrap();
    let mut act = Act::system("audit.archive");
    let said = json!({"before": CUT, "from": number, "to": number, "count": 1, "sha256": digest, "file": "forged.zst",
        "file_sha256": hex::encode(sha(&[&fs::read(&file).unwrap()])), "file_bytes": fs::metadata(&file).unwrap().len()});
    act.params = said.as_object().unwrap().clone();
    let at = time(NOW).as_millisecond();
    let sealed = serde_json::to_vec(&json!({"at": at, "act": act, "versions": []})).unwrap();
    let head = sha(&[&hash_of(last), &(last + 1).to_le_bytes(), &sealed]);
    db.execute("INSERT INTO ledger(number, at, hash, entry) VALUES(?,?,?,?)", (last + 1, at, head, sealed)).unwrap();
    db.execute("UPDATE ledger_head SET number=?, hash=?", (last + 1, head)).unwrap();
    db.execute("INSERT INTO ledger_archive VALUES(?)", [last + 1]).unwrap();
    db.execute("INSERT INTO ledger_archived VALUES(?,?,?)", (number, last + 1, hash)).unwrap();
    // With its bytes still there, and without them.
    assert!(broken(home.prove(&[]).await).contains("is more than a look"));
    db.execute("DELETE FROM ledger WHERE number=?", [number]).unwrap();
    let found = home.prove(&[]).await.unwrap();
    assert_eq!((found.archived, found.unproven), (1, 1), "an act names it: only the file tells");
    assert!(broken(home.prove(std::slice::from_ref(&file)).await).contains("is more than a look"));
    assert!(matches!(read(&file, |_| Ok(())), Err(StoreError::Corrupt(why)) if why.contains("more than a look")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_kind_of_tampering_with_what_is_left_is_found() {
    for (what, sql, says) in [
        ("what is left deleted", "DELETE FROM ledger_archived WHERE number=3", "entry 3: is missing"),
        ("its hash changed", "UPDATE ledger_archived SET hash=(SELECT hash FROM ledger_head) WHERE number=3", "entry"),
        (
            "said to be of an entry that archived nothing",
            "UPDATE ledger_archived SET act=43 WHERE number=3",
            "entry 43: archived nothing",
        ),
        ("said to be of one that is not there", "UPDATE ledger_archived SET act=999 WHERE number=3", "is not that"),
        ("said to be of one before", "UPDATE ledger_archived SET act=2 WHERE number=3", "entry 2 did not archive it"),
        (
            "the bytes of a version's entry let go",
            "INSERT INTO ledger_archived SELECT number, 55, hash FROM ledger WHERE number=2; DELETE FROM ledger WHERE number=2",
            "is not that",
        ),
        (
            "the bytes of a young look let go",
            "INSERT INTO ledger_archived SELECT number, 55, hash FROM ledger WHERE number=54; DELETE FROM ledger WHERE number=54",
            "is not that",
        ),
        ("bytes let go and nothing left", "DELETE FROM ledger WHERE number=54", "entry 54: is missing"),
        (
            "other bytes put back",
            "INSERT INTO ledger(number, at, hash, entry) SELECT a.number, l.at, a.hash, l.entry FROM ledger_archived a, ledger l
             WHERE a.number=3 AND l.number=54",
            "entry 3: its hash",
        ),
        ("the act's words changed", "UPDATE ledger SET hash=(SELECT hash FROM ledger_archived WHERE number=3) WHERE number=55", "entry 55"),
        ("the act deleted", "DELETE FROM ledger WHERE number=55", "is said to have archived it, did not"),
        ("not listed", "DELETE FROM ledger_archive", "entry 55: archived, and is not listed"),
        ("listed though it is none", "INSERT INTO ledger_archive VALUES(2)", "entry 2: is listed"),
        ("before the first", "INSERT INTO ledger_archived SELECT 0, 55, hash FROM ledger_head", ""),
        ("after the last", "INSERT INTO ledger_archived SELECT 56, 57, hash FROM ledger_head", ""),
        ("all of it gone", "DELETE FROM ledger_archived; DELETE FROM ledger_archive", "entry 1: is missing"),
    ] {
        for engine in engines("tampering with archives is found") {
            let home = Home::on(engine);
            home.filled().await;
            let taken = home.take(CUT, "a.zst").await.unwrap().unwrap();
            assert_eq!(taken.archive.act, 55);
            let file = [home.file("a.zst")];
            match &home.place {
                Place::Sqlite(dir) => {
                    let db = rusqlite::Connection::open(dir.join("records.sqlite")).unwrap();
                    db.execute_batch(sql).unwrap();
                }
                Place::Postgres(url, options) => {
                    let (db, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
                    tokio::spawn(connection);
                    let sql = sql.replace("ledger(number, at, hash", "ledger(number, seq, at, hash");
                    let sql = sql.replace("a.number, l.at", "a.number, 0, l.at");
                    db.batch_execute(&format!("SET search_path={}; {sql}", options.schema)).await.unwrap();
                }
            }
            let found = broken(home.prove(&[]).await);
            assert!(found.contains(says), "{engine:?}: {what}: {found}");
            // With the file it may be found earlier, in other words.
            broken(home.prove(&file).await);
        }
    }
}

/// Put back, they prove themselves: nobody is the worse for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bytes_that_are_put_back_prove_themselves() {
    let home = Home::on(On::Sqlite);
    home.filled().await;
    home.take(CUT, "a.zst").await.unwrap().unwrap();
    let Place::Sqlite(dir) = &home.place else { panic!() };
    let db = rusqlite::Connection::open(dir.join("records.sqlite")).unwrap();
    let found = &contents(&home.file("a.zst"))[4];
    let said: serde_json::Value = serde_json::from_slice(&found.entry).unwrap();
    db.execute(
        "INSERT INTO ledger(number, at, hash, entry) VALUES(?,?,?,?)",
        (found.number.cast_signed(), said["at"].as_i64(), found.hash, &found.entry),
    )
    .unwrap();
    let verified = home.prove(&[]).await.unwrap();
    assert_eq!((verified.archived, verified.unproven), (31, 30));
    assert_eq!(home.prove(&[home.file("a.zst")]).await.unwrap().unproven, 0);
    let again = home.take(CUT, "a.zst").await.unwrap().unwrap();
    assert!(again.finished);
    assert_eq!(home.prove(&[]).await.unwrap().unproven, 31);
}

async fn keep(home: &Home, shelf: &backup::Folder, full: bool) -> backup::Taken {
    static SEED: AtomicU32 = AtomicU32::new(1);
    let blobs = home.dir.path().join("blobs");
    let source =
        backup::Source { place: &home.place, slices: &[], blob_dir: &blobs, files: &|| Ok(vec![]), keys: true };
    let ids = SeededIds::new(SEED.fetch_add(1, Ordering::Relaxed).into());
    let wish = backup::Wish { full, keep: None, program: "0", clock: &*home.clock, ids: &ids };
    backup::take(shelf, &source, &wish, &mut |_| ()).await.unwrap()
}

async fn made_from(home: &Home, shelf: &backup::Folder) -> backup::Restored {
    let (data, blobs) = (home.dir.path().join("data"), home.dir.path().join("data/records/blobs"));
    let target = backup::Target {
        place: &home.place,
        slices: &[],
        sqlite_schemas: &[],
        data_dir: &data,
        blob_dir: &blobs,
        at: None,
    };
    backup::restore(shelf, &target, &mut |_| ()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_goes_on_after_an_archiving_and_one_that_begins_then_is_whole() {
    for (from, to) in [(On::Sqlite, On::Postgres), (On::Postgres, On::Sqlite)] {
        if Cluster::shared().is_none() {
            return passed_over("an archived store is kept");
        }
        let home = Home::on(from);
        home.filled().await;
        let places = tempfile::tempdir().unwrap();
        let shelf = |name: &str| backup::Folder::at(places.path().join(name));
        keep(&home, &shelf("followed"), false).await;
        home.take(CUT, "a.zst").await.unwrap().unwrap();
        let kept = home.prove(&[]).await.unwrap();
        keep(&home, &shelf("followed"), false).await;
        keep(&home, &shelf("begun"), true).await;
        // A second archiving, between two runs that follow each other.
        home.take("2026-05-20T00:00:00Z", "b.zst").await.unwrap();
        for name in ["followed", "begun"] {
            backup::verify(&shelf(name), &mut |_| ()).await.unwrap();
            let made = Home::on(to);
            let restored = made_from(&made, &shelf(name)).await;
            assert_eq!((restored.verified.head, restored.verified.archived), (kept.head, 31), "{name}");
            // What the first run had is there again; who archives again lets it go.
            let unproven = if name == "followed" { 0 } else { 31 };
            assert_eq!(restored.verified.unproven, unproven, "{name}");
            assert_eq!(made.prove(&[home.file("a.zst")]).await.unwrap().unproven, 0);
            if name == "followed" {
                fs::copy(home.file("a.zst"), made.file("a.zst")).unwrap();
                assert!(made.take(CUT, "a.zst").await.unwrap().unwrap().finished);
            }
            let store = made.open().await;
            assert_eq!(store.archives().await.unwrap().len(), 1);
            store.commit(Change::of(look(3))).await.unwrap();
            store.verify().await.unwrap();
            store.close().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_archived_store_is_copied() {
    if Cluster::shared().is_none() {
        return passed_over("an archived store is copied");
    }
    let (home, other) = (Home::on(On::Sqlite), Home::on(On::Postgres));
    home.filled().await;
    home.take(CUT, "a.zst").await.unwrap().unwrap();
    let entries = home.entries().await;
    let copied = copy(&home.place, &other.place, &[], &[], |_| ()).await.unwrap();
    assert_eq!(copied.verified.archived, 31);
    assert_eq!(other.entries().await, entries);
    other.prove(&[home.file("a.zst")]).await.unwrap();
}
