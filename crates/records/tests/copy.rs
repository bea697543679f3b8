//! A store moved from SQLite to PostgreSQL and back: all of it or none, and what was broken off goes on.

use kernel::{Id, ManualClock, Time};
use records::conformance::cluster::{Cluster, passed_over};
use records::copy::{Place, copy};
use records::postgres::{self, Postgres};
use records::sqlite::{self, Sqlite};
use records::{
    Account, AccountChange, Act, Change, Claim, Client, ClientChange, DraftKey, Grant, Job, Query, Scope, Store,
    StoreError, Subject, Viewer, Write,
};
use serde_json::json;
use std::path::Path;
use std::sync::Arc;

fn id(text: &str) -> Id {
    Id::new(text).unwrap()
}

fn now() -> Time {
    "2026-11-21T00:00:00Z".parse().unwrap()
}

async fn fill(store: &dyn Store) {
    for n in 0..1_200 {
        let at = format!("Observation/o{}", n % 900).parse().unwrap();
        let mut body = json!({"resourceType": "Observation", "status": "final", "valueQuantity": {"value": n, "code": "mm"},
            "subject": {"reference": format!("Patient/p{}", n % 70)}, "note": [{"text": format!("第{n}次 \u{0} {}", "x".repeat(200))}]});
        if n % 2 == 0 {
            body["effectivePeriod"] = json!({"start": format!("2026-01-{:02}", 1 + n % 28)});
        }
        let mut write = Write::next(at, body, id("h"));
        if n % 3 == 0 {
            write = write.in_case("ServiceRequest/c".parse().unwrap());
        }
        if n % 50 == 49 {
            write.body = None;
            write.at = "Observation/o1".parse().unwrap();
            let again = json!({"resourceType": "Observation"});
            let back = Write::next(write.at.clone(), again, id("h"));
            store.commit(Change::of(Act::system("x")).write(back)).await.unwrap();
        }
        let mut change = Change::of(Act::system("x")).write(write);
        change.act.case = Some("ServiceRequest/c".parse().unwrap());
        store.commit(change).await.unwrap();
    }
    let mut change = Change::of(Act::system("y"));
    let account = Account {
        name: "li.wei".into(),
        person: id("d1"),
        password_hash: "$argon2id$x".into(),
        enabled: false,
        keys: None,
    };
    change.accounts.push(AccountChange::Put(account));
    let client = |n: u8| Client {
        id: id(&format!("client-{n}")),
        name: format!("程序 {n}"),
        token_sha256: [n; 32],
        hospital: id("h"),
        strict: n == 1,
        create_by_put: n == 2,
        unrestricted: n == 2,
        added_at: now(),
        ended_at: (n == 2).then(now),
    };
    change.clients.extend([client(1), client(2)].map(ClientChange::Put));
    change.claims.push(Claim { key: "bed/1".into(), by: "Task/t".parse().unwrap(), until: None });
    change.jobs.push(Job { key: "j".into(), kind: "k".into(), payload: json!({"n": 1}), run_at: now() });
    let subject = Subject::Person(id("x"));
    change.grants.push(Grant { subject, scope: Scope::Patient("Patient/p3".parse().unwrap()), until: None });
    store.commit(change).await.unwrap();
    store.draft_put(&draft(), 0, "draft".into(), now()).await.unwrap();
}

fn draft() -> DraftKey {
    DraftKey { owner: id("d1"), kind: "consult".into(), id: id("c") }
}

/// What a store says of itself, as far as one may ask.
async fn told(store: &dyn Store) -> Vec<String> {
    let mut all = vec![];
    let viewer = Viewer::Person { custody: None, subjects: vec![Subject::Person(id("x"))] };
    for (viewer, params) in [
        (&Viewer::System, vec![("_sort", "date"), ("status", "final")]),
        (&Viewer::System, vec![("value-quantity", "gt600"), ("_sort", "-_lastUpdated")]),
        (&viewer, vec![("patient", "p3")]),
    ] {
        let mut query = Query::of(fhir::ResourceType::OBSERVATION).count(1_000);
        for (name, value) in params {
            query = query.with(name, value);
        }
        let page = store.search(viewer, &query).await.unwrap();
        all.extend(page.matches.iter().map(|r| String::from_utf8(r.json.to_vec()).unwrap()));
        all.push(format!("{}", page.matches.len()));
    }
    let history = store.history(&Viewer::System, &"Observation/o1".parse().unwrap()).await.unwrap();
    all.push(format!("{history:?}"));
    all.push(format!("{:?}", store.entries(0, 10_000).await.unwrap()));
    all.push(format!("{:?}", store.entries_of_case(&"ServiceRequest/c".parse().unwrap()).await.unwrap().len()));
    all.push(format!("{:?}", store.account("li.wei").await.unwrap()));
    let clients = store.clients().await.unwrap();
    assert_eq!(clients.len(), 2);
    all.push(format!("{clients:?} {:?}", store.client(&[1; 32]).await.unwrap()));
    all.push(format!("{:?}", store.claims("bed/", now()).await.unwrap()));
    all.push(format!("{:?}", store.draft(&draft()).await.unwrap()));
    all.push(format!("{:?}", store.verify().await.unwrap()));
    all
}

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(now()))
}

fn open_sqlite(dir: &Path) -> Result<Arc<Sqlite>, StoreError> {
    Sqlite::open(dir, sqlite::Options { clock: clock(), ..sqlite::Options::default() })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn there_and_back_again() {
    let Some(cluster) = Cluster::shared() else { return passed_over("a store is copied") };
    let (here, back) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = open_sqlite(here.path()).unwrap();
    fill(&*store).await;
    let before = told(&*store).await;
    let from = Place::Sqlite(here.path().to_owned());
    let options = postgres::Options { schema: cluster.schema(), clock: clock(), ..postgres::Options::default() };
    let to = Place::Postgres(cluster.url(), Box::new(options.clone()));
    let served = copy(&from, &to, &[], &[], |_| ()).await;
    assert!(matches!(served, Err(StoreError::Engine(why)) if why.contains("held")), "while it is served");
    store.close().await;

    // Broken off in the middle: nobody may open what came of it.
    let (stop, mut stopped) = tokio::sync::mpsc::unbounded_channel();
    tokio::select! {
        _ = copy(&from, &to, &[], &[], |line| if line.starts_with("resource_history") { stop.send(()).unwrap() }) => {
            panic!("it was to be broken off");
        }
        _ = stopped.recv() => {}
    }
    let blobs = here.path().join("blobs");
    let open = async || Postgres::open(&cluster.url(), blobs.clone(), options.clone()).await;
    assert!(matches!(open().await, Err(StoreError::Engine(why)) if why.contains("not ended")));
    let mut lines = vec![];
    let copied = copy(&from, &to, &[], &[], |line| lines.push(line.to_owned())).await.unwrap();
    assert_eq!(lines[0], "goes on where it broke off");
    assert!(copied.tables.contains(&("ledger", copied.verified.entries)));
    let again = copy(&from, &to, &[], &[], |_| ()).await;
    assert!(matches!(again, Err(StoreError::Engine(why)) if why.contains("not empty")));

    let store = open().await.unwrap();
    assert_eq!(told(&*store).await, before);
    let write = Write::new("Observation/new".parse().unwrap(), json!({"resourceType": "Observation"}), id("h"));
    store.commit(Change::of(Act::system("z")).write(write)).await.unwrap();
    let grown = told(&*store).await;
    store.close().await;
    drop(store);
    copy(&to, &Place::Sqlite(back.path().to_owned()), &[], &[], |_| ()).await.unwrap();
    let store = open_sqlite(back.path()).unwrap();
    assert_eq!(told(&*store).await, grown);
    store.close().await;
}
