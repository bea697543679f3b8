//! A store kept and made again: either engine to either engine, beside writers, in a chain of runs, and damaged in every object.

use async_trait::async_trait;
use bytes::Bytes;
use kernel::{Id, ManualClock, SeededIds, Time};
use records::backup::{
    Checked, Folder, Hold, InstallationFile, Listed, Restored, Shelf, Source, Taken, Target, Wish, restore, take,
    verify,
};
use records::conformance::cluster::{Cluster, passed_over};
use records::copy::Place;
use records::postgres::{self, Postgres};
use records::sqlite::{self, Sqlite};
use records::{
    Account, AccountChange, Act, BlobHold, Change, Claim, DraftKey, Grant, Job, Query, Scope, Store, StoreError,
    Subject, Viewer, Write,
};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use tempfile::TempDir;

fn id(text: &str) -> Id {
    Id::new(text).unwrap()
}

fn now() -> Time {
    "2026-11-21T00:00:00Z".parse().unwrap()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum On {
    Sqlite,
    Postgres,
}

/// An installation of the tests': a folder, and where its records stand.
struct Home {
    dir: TempDir,
    place: Place,
    clock: Arc<ManualClock>,
}

impl Home {
    fn on(engine: On) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(now()));
        let place = match engine {
            On::Sqlite => Place::Sqlite(dir.path().join("data/records")),
            On::Postgres => {
                let cluster = Cluster::shared().unwrap();
                let options = postgres::Options {
                    schema: cluster.schema(),
                    clock: clock.clone(),
                    ..postgres::Options::default()
                };
                Place::Postgres(cluster.url(), Box::new(options))
            }
        };
        Self { dir, place, clock }
    }

    fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    fn blobs(&self) -> PathBuf {
        self.data().join("records/blobs")
    }

    async fn open(&self) -> Result<Arc<dyn Store>, StoreError> {
        Ok(match &self.place {
            Place::Sqlite(dir) => {
                Sqlite::open(dir, sqlite::Options { clock: self.clock.clone(), ..sqlite::Options::default() })?
            }
            Place::Postgres(url, options) => Postgres::open(url, self.blobs(), (**options).clone()).await?,
        })
    }

    async fn keep(&self, shelf: &dyn Shelf) -> Result<Taken, StoreError> {
        self.keep_as(shelf, false, None).await
    }

    async fn keep_as(&self, shelf: &dyn Shelf, full: bool, keep: Option<u32>) -> Result<Taken, StoreError> {
        let file = |path: &str| InstallationFile { path: path.into(), mode: 0o600, bytes: path.into() };
        let source = Source {
            place: &self.place,
            slices: &[],
            blob_dir: &self.blobs(),
            files: &|| Ok(vec![file("secrets/pki/root.pem"), file("mark")]),
            keys: true,
        };
        static SEED: AtomicU32 = AtomicU32::new(1);
        let ids = SeededIds::new(SEED.fetch_add(1, Ordering::Relaxed).into());
        take(shelf, &source, &Wish { full, keep, program: "0", clock: &*self.clock, ids: &ids }, &mut |_| ()).await
    }

    async fn made_from(&self, shelf: &dyn Shelf, at: Option<u64>) -> Result<Restored, StoreError> {
        let (data, blobs) = (self.data(), self.blobs());
        let target =
            Target { place: &self.place, slices: &[], sqlite_schemas: &[], data_dir: &data, blob_dir: &blobs, at };
        restore(shelf, &target, &mut |_| ()).await
    }
}

fn observation(n: u64) -> serde_json::Value {
    json!({"resourceType": "Observation", "status": "final", "valueQuantity": {"value": n, "code": "mm"},
        "subject": {"reference": format!("Patient/p{}", n % 7)}, "note": [{"text": format!("第{n}次 {}", "x".repeat(200))}]})
}

/// Writes, updates, deletes; accounts, jobs, grants, claims, drafts, attachments. Different in each round.
async fn work(store: &dyn Store, round: u64) {
    for n in 0..120 {
        let at = format!("Observation/o{}", (round * 60 + n) % 150).parse().unwrap();
        let mut write = Write::next(at, observation(round * 1_000 + n), id("h"));
        if n % 3 == 0 {
            write = write.in_case("ServiceRequest/c".parse().unwrap());
        }
        let mut change = Change::of(Act::system("x")).write(write);
        change.act.case = (n % 5 == 0).then(|| format!("ServiceRequest/c{round}").parse().unwrap());
        store.commit(change).await.unwrap();
    }
    let mut gone = Write::next(format!("Observation/o{round}").parse().unwrap(), json!(0), id("h"));
    gone.body = None;
    store.commit(Change::of(Act::system("x")).write(gone)).await.unwrap();
    let mut change = Change::of(Act::system("y"));
    let account = Account {
        name: "li.wei".into(),
        person: id("d1"),
        password_hash: format!("$argon2id${round}"),
        enabled: round.is_multiple_of(2),
        keys: None,
    };
    change.accounts.push(AccountChange::Put(account));
    change.claims.push(Claim { key: format!("bed/{round}"), by: "Task/t".parse().unwrap(), until: None });
    change.releases.push((format!("bed/{}", round.wrapping_sub(1)), "Task/t".parse().unwrap()));
    change.jobs.push(Job { key: format!("j{round}"), kind: "k".into(), payload: json!({"n": round}), run_at: now() });
    let scope = Scope::Patient(format!("Patient/p{round}").parse().unwrap());
    change.grants.push(Grant { subject: Subject::Person(id("x")), scope, until: None });
    // One that is the same in each round, one of its own, and one that is only held.
    change.blobs.push(store.blob_put(Bytes::from_static(b"always")).await.unwrap());
    change.blobs.push(store.blob_put(blob(round)).await.unwrap());
    let held = store.blob_put(Bytes::from(format!("held {round}"))).await.unwrap();
    change.blob_holds.push(BlobHold { sha256: held, holder: format!("upload {round}") });
    store.commit(change).await.unwrap();
    if round > 0 {
        store.draft_done(&draft(round - 1)).await;
    }
    store.draft_put(&draft(round), 0, format!("draft {round}").into(), now()).await.unwrap();
}

/// Larger than a piece and than an object, and nothing that compresses.
fn blob(round: u64) -> Bytes {
    let mut bytes = vec![0; if round == 1 { 17 << 20 } else { 5_000 }];
    kernel::Ids::fill(&SeededIds::new(round + 77), &mut bytes);
    bytes.into()
}

trait Drafts {
    async fn draft_done(&self, key: &DraftKey);
}

impl Drafts for dyn Store + '_ {
    async fn draft_done(&self, key: &DraftKey) {
        let mut change = Change::of(Act::system("d"));
        change.drafts_done.push(key.clone());
        self.commit(change).await.unwrap();
    }
}

fn draft(round: u64) -> DraftKey {
    DraftKey { owner: id("d1"), kind: "consult".into(), id: id(&format!("d{round}")) }
}

/// What a store says of itself, as far as one may ask.
async fn told(store: &dyn Store) -> Vec<String> {
    let mut all = vec![];
    let viewer = Viewer::Person { custody: None, subjects: vec![Subject::Person(id("x"))] };
    for (viewer, params) in [
        (&Viewer::System, vec![("status", "final"), ("_sort", "-_lastUpdated")]),
        (&Viewer::System, vec![("value-quantity", "gt600")]),
        (&viewer, vec![("patient", "p1")]),
    ] {
        let mut query = Query::of(fhir::ResourceType::OBSERVATION).count(1_000);
        for (name, value) in params {
            query = query.with(name, value);
        }
        let page = store.search(viewer, &query).await.unwrap();
        let mut found: Vec<String> = page.matches.iter().map(|r| String::from_utf8(r.json.to_vec()).unwrap()).collect();
        found.sort();
        all.push(format!("{} found", found.len()));
        all.extend(found);
    }
    for n in 0..150 {
        let at = format!("Observation/o{n}").parse().unwrap();
        all.push(format!("{:?}", store.history(&Viewer::System, &at).await));
    }
    all.push(format!("{:?}", store.entries(0, 10_000).await.unwrap()));
    for round in 0..5 {
        let case = format!("ServiceRequest/c{round}").parse().unwrap();
        all.push(format!("{:?}", store.entries_of_case(&case).await.unwrap().len()));
        all.push(format!("{:?}", store.draft(&draft(round)).await.unwrap().map(|d| d.body)));
    }
    all.push(format!("{:?}", store.account("li.wei").await.unwrap()));
    all.push(format!("{:?}", store.claims("bed/", now()).await.unwrap()));
    for round in 0..5 {
        for bytes in [blob(round), Bytes::from_static(b"always"), Bytes::from(format!("held {round}"))] {
            let sha = sha(&bytes);
            all.push(format!("{:?}", store.blob(&sha, None).await.unwrap().map(|b| b == bytes)));
        }
    }
    all.push(format!("{:?}", store.verify().await.unwrap()));
    all
}

fn sha(bytes: &[u8]) -> [u8; 32] {
    let dir = tempfile::tempdir().unwrap();
    let store = Sqlite::open(dir.path(), sqlite::Options::default()).unwrap();
    futures::executor::block_on(store.blob_put(Bytes::copy_from_slice(bytes))).unwrap()
}

async fn proven(shelf: &dyn Shelf) -> Checked {
    let checked = verify(shelf, &mut |_| ()).await.unwrap();
    assert_eq!(checked.faults, Vec::<String>::new());
    checked
}

/// Four runs in a chain, each after other work; made again on either engine, also as it stood before.
async fn a_chain(from: On) {
    let (home, place) = (Home::on(from), tempfile::tempdir().unwrap());
    let shelf = Folder::at(place.path().join("deep/er"));
    let store = home.open().await.unwrap();
    let (mut states, mut runs) = (vec![], vec![]);
    for round in 0..4 {
        // Back, once: what is found by time is found all the same.
        home.clock.advance(jiff::SignedDuration::from_mins(if round == 2 { -30 } else { 60 }));
        work(&*store, round).await;
        runs.push(home.keep(&shelf).await.unwrap());
        states.push(told(&*store).await);
        let (taken, before) = (&runs[round as usize], round.checked_sub(1).map_or(0, |n| runs[n as usize].number));
        assert_eq!((taken.chain, u64::from(taken.run), taken.missing.len()), (1, round + 1, 0));
        assert_eq!(taken.entries + before, store.verify().await.unwrap().entries);
        // What came, and what one held row more makes of it; not what was there before.
        assert!(taken.versions <= 121, "{taken:?}");
        // Its own, the one named again, the one held; where the clock was set back those of the round before too.
        assert!(taken.blobs.0 <= if round == 2 { 4 } else { 3 }, "{taken:?}");
        assert!(states.iter().rev().skip(1).all(|s| s != states.last().unwrap()));
    }
    let idle = home.keep(&shelf).await.unwrap();
    assert_eq!((idle.entries, idle.versions, idle.blobs.0), (0, 0, 0), "nothing came");
    let checked = proven(&shelf).await;
    assert_eq!((checked.chains, checked.runs, checked.number), (1, 5, idle.number));
    store.close().await;

    let engines = if Cluster::shared().is_some() { vec![On::Sqlite, On::Postgres] } else { vec![On::Sqlite] };
    for to in engines {
        for (round, state) in states.iter().enumerate().rev().step_by(3) {
            let other = Home::on(to);
            let at = if round == 3 { None } else { Some(runs[round].number + 5) };
            let restored = other.made_from(&shelf, at).await.unwrap();
            assert_eq!(restored.verified.entries, runs[round].number, "{from:?} to {to:?}, round {round}");
            assert_eq!(restored.files, 2);
            let key = other.data().join("secrets/pki/root.pem");
            let mode = std::os::unix::fs::PermissionsExt::mode(&key.metadata().unwrap().permissions());
            assert_eq!((std::fs::read(&key).unwrap(), mode & 0o777), (b"secrets/pki/root.pem".to_vec(), 0o600));
            assert!(!other.data().join("restore-unfinished").exists());
            let again = other.made_from(&shelf, at).await.unwrap_err();
            assert!(again.to_string().contains("not empty"), "{again}");
            let store = other.open().await.unwrap();
            let came = told(&*store).await;
            let differ = came.iter().zip(state).position(|(a, b)| a != b);
            assert_eq!(differ.map(|n| (&came[n], &state[n])), None, "{from:?} to {to:?}, round {round}");
            // It is worked on, and kept in its turn.
            work(&*store, 4).await;
            store.verify().await.unwrap();
            let own = Folder::at(other.dir.path().join("kept"));
            other.keep(&own).await.unwrap();
            proven(&own).await;
            store.close().await;
        }
    }
    let before = Home::on(On::Sqlite).made_from(&shelf, Some(3)).await.unwrap_err();
    assert!(before.to_string().contains("begins at number"), "{before}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chain_of_sqlite() {
    a_chain(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chain_of_postgres() {
    if Cluster::shared().is_none() {
        return passed_over("a database is kept");
    }
    a_chain(On::Postgres).await;
}

/// Sixteen write while three runs are taken: what was acknowledged before a run began is in it.
async fn beside_writers(engine: On) {
    let (home, place) = (Home::on(engine), tempfile::tempdir().unwrap());
    let shelf = Folder::at(place.path().to_owned());
    let store = home.open().await.unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let acknowledged: Arc<Vec<AtomicU32>> = Arc::new((0..16).map(|_| AtomicU32::new(0)).collect());
    let writers: Vec<_> = (0..16)
        .map(|w: usize| {
            let (store, stop, acknowledged) = (store.clone(), stop.clone(), acknowledged.clone());
            tokio::spawn(async move {
                for n in 1u32.. {
                    let at = format!("Observation/w{w}-{n}").parse().unwrap();
                    let shared = format!("Patient/w{}", n % 3).parse().unwrap();
                    let mut change = Change::of(Act::system("x")).write(Write::new(at, observation(n.into()), id("h")));
                    change.writes.push(Write::next(shared, json!({"resourceType": "Patient"}), id("h")));
                    store.commit(change).await.unwrap();
                    acknowledged[w].store(n, Ordering::SeqCst);
                    if stop.load(Ordering::SeqCst) {
                        return;
                    }
                }
            })
        })
        .collect();
    let count = |w: usize| acknowledged[w].load(Ordering::SeqCst);
    let mut marks: Vec<Vec<u32>> = vec![];
    for _ in 0..3 {
        let goal: u32 = (0..16).map(count).sum::<u32>() + 100;
        while (0..16).map(count).sum::<u32>() < goal {
            tokio::task::yield_now().await;
        }
        marks.push((0..16).map(count).collect());
        home.keep(&shelf).await.unwrap();
    }
    stop.store(true, Ordering::SeqCst);
    for writer in writers {
        writer.await.unwrap();
    }
    store.close().await;
    proven(&shelf).await;
    let other = Home::on(if engine == On::Sqlite { On::Sqlite } else { On::Postgres });
    other.made_from(&shelf, None).await.unwrap();
    let made = other.open().await.unwrap();
    for (w, n) in marks[2].iter().enumerate() {
        let at = format!("Observation/w{w}-{n}").parse().unwrap();
        let (kept, there) = (made.read(&Viewer::System, &at).await.unwrap(), store_of(&home, &at).await);
        assert_eq!(kept.unwrap().json, there, "acknowledged before the run: {at}");
    }
    let found = made.search(&Viewer::System, &Query::of(fhir::ResourceType::OBSERVATION).with("status", "final")).await;
    assert!(!found.unwrap().matches.is_empty());
    made.verify().await.unwrap();
    made.close().await;
}

async fn store_of(home: &Home, at: &fhir::Reference) -> Bytes {
    let store = home.open().await.unwrap();
    let read = store.read(&Viewer::System, at).await.unwrap().unwrap().json;
    store.close().await;
    read
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_beside_writers() {
    beside_writers(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_beside_writers() {
    if Cluster::shared().is_none() {
        return passed_over("a database is kept beside writers");
    }
    beside_writers(On::Postgres).await;
}

/// All files of a folder, by path.
fn files(dir: &Path) -> Vec<PathBuf> {
    let mut all = vec![];
    for entry in std::fs::read_dir(dir).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all.sort();
    all.retain(|path| path.file_name().unwrap() != "lock");
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_flipped_bit_and_every_missing_object_is_named() {
    let (home, place) = (Home::on(On::Sqlite), tempfile::tempdir().unwrap());
    let shelf = Folder::at(place.path().to_owned());
    let store = home.open().await.unwrap();
    for round in 0..3 {
        work(&*store, round).await;
        home.keep(&shelf).await.unwrap();
    }
    store.close().await;
    let objects = files(place.path());
    assert!(objects.len() >= 8, "{objects:?}");
    for path in &objects {
        let name = path.strip_prefix(place.path()).unwrap().to_string_lossy().into_owned();
        let whole = std::fs::read(path).unwrap();
        for place_of in [0, whole.len() / 3, whole.len() - 1] {
            let mut bytes = whole.clone();
            bytes[place_of] ^= 1;
            std::fs::write(path, &bytes).unwrap();
            let faults = verify(&shelf, &mut |_| ()).await.unwrap().faults;
            assert!(faults.iter().any(|fault| fault.contains(&name)), "{name} at {place_of}: {faults:?}");
        }
        let other = Home::on(On::Sqlite);
        let refused = other.made_from(&shelf, None).await.unwrap_err();
        assert!(matches!(&refused, StoreError::Corrupt(why) if why.contains(&name)), "{name}: {refused}");
        assert!(files(&other.data()).is_empty(), "nothing is left: {:?}", files(&other.data()));
        std::fs::remove_file(path).unwrap();
        let missed = verify(&shelf, &mut |_| ()).await.unwrap();
        if path.extension().is_some_and(|e| e == "json") && name.contains("run-0003") {
            assert_eq!((missed.runs, missed.faults.len()), (2, 0), "without its manifest a run is none");
        } else {
            assert!(missed.faults.iter().any(|f| f.contains(&name)), "{name}: {:?}", missed.faults);
        }
        std::fs::write(path, &whole).unwrap();
    }
    proven(&shelf).await;
}

/// A place whose line breaks, or whose user gives up, at the n-th object.
struct Breaking {
    shelf: Folder,
    left: AtomicU32,
}

#[async_trait]
impl Shelf for Breaking {
    fn name(&self) -> String {
        self.shelf.name()
    }
    async fn hold(&self) -> Result<Option<Hold>, StoreError> {
        self.shelf.hold().await
    }
    async fn put(&self, name: &str, bytes: Bytes) -> Result<(), StoreError> {
        if self.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            // As kill -9 would end it: half an object, and nobody who clears up.
            std::fs::create_dir_all(Path::new(&self.name()).join(name).parent().unwrap()).unwrap();
            std::fs::write(Path::new(&self.name()).join(format!("{name}.half")), &bytes[..bytes.len() / 2]).unwrap();
            std::future::pending::<()>().await;
        }
        self.shelf.put(name, bytes).await
    }
    async fn put_new(&self, name: &str, bytes: Bytes) -> Result<bool, StoreError> {
        self.put(name, bytes).await.map(|()| true)
    }
    async fn get(&self, name: &str, most: u64) -> Result<Option<Bytes>, StoreError> {
        self.shelf.get(name, most).await
    }
    async fn list(&self, folder: &str) -> Result<Vec<Listed>, StoreError> {
        self.shelf.list(folder).await
    }
    async fn remove(&self, name: &str) -> Result<(), StoreError> {
        self.shelf.remove(name).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_is_broken_off_is_none_and_is_cleared_up() {
    let (home, place) = (Home::on(On::Sqlite), tempfile::tempdir().unwrap());
    let folder = || Folder::at(place.path().to_owned());
    let store = home.open().await.unwrap();
    work(&*store, 0).await;
    home.keep(&folder()).await.unwrap();
    work(&*store, 1).await;
    let whole = files(place.path());
    // At each object and at the manifest: the second run has four.
    for n in 1.. {
        let breaking = Breaking { shelf: folder(), left: AtomicU32::new(n) };
        let broken = tokio::select! {
            taken = home.keep(&breaking) => { taken.unwrap(); false }
            () = async { while breaking.left.load(Ordering::SeqCst) > 0 { tokio::task::yield_now().await } } => true,
        };
        drop(breaking);
        if !broken {
            assert!(n > 3, "it has several objects");
            break;
        }
        assert!(files(place.path()).len() > whole.len(), "something was left");
        assert_eq!(proven(&folder()).await.runs, 1, "broken off at {n}");
    }
    assert_eq!(proven(&folder()).await.runs, 2);
    assert!(files(place.path()).iter().all(|path| path.extension().unwrap() != "half"));
    let folders: Vec<_> = std::fs::read_dir(place.path().join("chain-0001")).unwrap().flatten().collect();
    assert_eq!(folders.len(), 4, "two runs and their manifests: {folders:?}");
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_does_not_belong_together_is_refused() {
    let (home, place) = (Home::on(On::Sqlite), tempfile::tempdir().unwrap());
    let shelf = Folder::at(place.path().to_owned());
    let store = home.open().await.unwrap();
    work(&*store, 0).await;
    let nothing = verify(&shelf, &mut |_| ()).await.unwrap_err();
    assert!(nothing.to_string().contains("there is no backup"), "{nothing}");
    home.keep(&shelf).await.unwrap();

    let hold = shelf.hold().await.unwrap();
    let second = home.keep(&Folder::at(place.path().to_owned())).await.unwrap_err();
    assert!(second.to_string().contains("another backup is under way"), "{second}");
    drop(hold);

    // Another installation into the same place, and this one after it was put back.
    let other = Home::on(On::Sqlite);
    let theirs = other.open().await.unwrap();
    work(&*theirs, 1).await;
    let refused = other.keep(&shelf).await.unwrap_err();
    assert!(refused.to_string().contains("another record"), "{refused}");
    theirs.close().await;

    // A folder that somebody uses, and a database with something in it.
    let busy = Home::on(On::Sqlite);
    std::fs::create_dir_all(busy.data()).unwrap();
    std::fs::write(busy.data().join("letter"), "x").unwrap();
    assert!(busy.made_from(&shelf, None).await.unwrap_err().to_string().contains("not empty"));
    assert_eq!(files(&busy.data()).len(), 1);
    if Cluster::shared().is_some() {
        let full = Home::on(On::Postgres);
        let theirs = full.open().await.unwrap();
        work(&*theirs, 1).await;
        theirs.close().await;
        std::fs::remove_dir_all(full.data()).unwrap();
        let refused = full.made_from(&shelf, None).await.unwrap_err();
        assert!(refused.to_string().contains("not empty"), "{refused}");
    }

    // Chains: begun anew when asked, the oldest forgotten.
    work(&*store, 1).await;
    assert_eq!(home.keep_as(&shelf, true, None).await.unwrap().chain, 2);
    assert_eq!(home.keep(&shelf).await.unwrap().run, 2);
    assert_eq!(proven(&shelf).await.chains, 2);
    let third = home.keep_as(&shelf, true, Some(2)).await.unwrap();
    assert_eq!((third.chain, third.run), (3, 1));
    assert_eq!(proven(&shelf).await.chains, 2);
    assert!(!place.path().join("chain-0001").exists());
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_attachment_that_is_not_there_is_told_and_tried_again() {
    let (home, place) = (Home::on(On::Sqlite), tempfile::tempdir().unwrap());
    let shelf = Folder::at(place.path().to_owned());
    let store = home.open().await.unwrap();
    work(&*store, 0).await;
    let name: String = sha(b"always").iter().map(|b| format!("{b:02x}")).collect();
    let path = home.blobs().join(&name[..2]).join(&name[2..4]).join(&name);
    std::fs::write(&path, b"rotten").unwrap();
    assert_eq!(home.keep(&shelf).await.unwrap().missing, std::slice::from_ref(&name));
    std::fs::remove_file(&path).unwrap();
    assert_eq!(home.keep(&shelf).await.unwrap().missing, std::slice::from_ref(&name));
    assert_eq!(proven(&shelf).await.missing, std::slice::from_ref(&name));
    let without = Home::on(On::Sqlite);
    assert_eq!(without.made_from(&shelf, None).await.unwrap().missing, std::slice::from_ref(&name));
    std::fs::write(&path, b"always").unwrap();
    assert!(home.keep(&shelf).await.unwrap().missing.is_empty());
    let other = Home::on(On::Sqlite);
    assert!(other.made_from(&shelf, None).await.unwrap().missing.is_empty());
    let made = other.open().await.unwrap();
    assert_eq!(made.blob(&sha(b"always"), None).await.unwrap().as_deref(), Some(b"always".as_slice()));
    made.close().await;
    store.close().await;
}

/// A store to measure the program with: 100,000 observations of about 1 KB where there is none, 1,000 more where there is one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "fills the folder that MEASURE_IN names"]
async fn a_store_to_measure_with() {
    let dir = PathBuf::from(std::env::var_os("MEASURE_IN").unwrap()).join("records");
    let store = Sqlite::open(&dir, sqlite::Options::default()).unwrap();
    let begun = store.verify().await.unwrap().versions;
    let (many, each) = if begun == 0 { (100_000, 500) } else { (1_000, 1) };
    let mut next = begun;
    while next < begun + many {
        let mut change = Change::of(Act::system("vitals.record"));
        change.act.patient = Some(format!("Patient/p{}", next % 5_000).parse().unwrap());
        for _ in 0..each {
            let mut body = observation(next);
            body["component"] = json!(
                (0..6)
                    .map(|n| json!({"code": {"coding": [{"system": "http://loinc.org", "code": format!("8480-{n}")}]},
                "valueQuantity": {"value": next % 97 + n, "unit": "mmHg"}}))
                    .collect::<Vec<_>>()
            );
            let at = format!("Observation/0192f0c1-7d6e-7cc3-98c4-{next:012x}").parse().unwrap();
            change.writes.push(Write::new(at, body, id("h")));
            next += 1;
        }
        store.commit(change).await.unwrap();
    }
    store.close().await;
}
