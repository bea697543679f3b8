//! A hospital, its doctor, another's, a dispatcher and a specialist, before the routes of this crate with a store of their own.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fhir::{Reference, ResourceType};
use jiff::SignedDuration;
use kernel::{Clock, Id, Level, ManualClock, RandomIds, Role};
use platform::case::Who;
use platform::directory::{Hospital, Person, Role as RoleOf, resources as directory};
use platform::{Parts, Platform, Settings, Shared};
use records::conformance::cluster::Cluster;
use records::postgres::{self, Postgres};
use records::sqlite::{Options, Sqlite};
use records::{Act, Change, DraftKey, Engine, Session, SessionChange, Store, Write};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;
use tower::ServiceExt;
use wire::phantom::{Examination, Person as Phantom};

pub const CASE: &str = "case-1";

pub struct World {
    pub platform: Shared,
    pub clock: Arc<ManualClock>,
    pub routes: Router,
    _folder: TempDir,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_default()
    }

    #[track_caller]
    pub fn ok(self) -> Self {
        assert!(self.status.is_success(), "{} {}", self.status, String::from_utf8_lossy(&self.bytes));
        self
    }

    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) -> Value {
        let json = self.json();
        assert_eq!((self.status.as_u16(), json["code"].as_str()), (status, Some(code)), "{json}");
        json["params"].clone()
    }
}

pub fn id(text: &str) -> Id {
    Id::new(text).unwrap()
}

/// Three slices of nobody, under this name.
pub fn slices(name: &str, sex: &'static str, birth_date: &str, root: &str) -> Vec<Vec<u8>> {
    let person = Phantom { name: name.into(), id: "MRN-7".into(), sex, birth_date: birth_date.into() };
    let examination = Examination {
        person,
        uid_root: root.into(),
        date: "20260206".into(),
        time: "080000".into(),
        description: "Chest".into(),
        slices: 3,
        slice_mm: 5.0,
        lesions: 1.0,
        seed: 7,
    };
    wire::phantom::files(&examination).collect()
}

/// On SQLite; with `TESTS_ON=postgres` the same on PostgreSQL.
async fn open(dir: &Path, clock: Arc<ManualClock>) -> Arc<dyn Store> {
    if std::env::var_os("TESTS_ON").is_some_and(|on| on == "postgres") {
        let cluster = Cluster::shared().expect("PostgreSQL");
        let (slice_schemas, schema) = (reading::POSTGRES_SCHEMAS.to_vec(), cluster.schema());
        let options = postgres::Options { clock, slice_schemas, schema, ..postgres::Options::default() };
        return Postgres::open(&cluster.url(), dir.join("blobs"), options).await.unwrap();
    }
    let options = Options { clock, slice_schemas: reading::SCHEMAS.to_vec(), ..Options::default() };
    Sqlite::open(dir, options).unwrap()
}

impl World {
    /// Removes blobs that nothing has named for a day; how many.
    pub async fn collect(&self) -> u64 {
        match self.platform.store.engine() {
            Engine::Sqlite(store) => store.collect(self.clock.now()).await.unwrap(),
            Engine::Postgres(store) => store.collect(self.clock.now()).await.unwrap(),
        }
    }

    /// Writes the entries of reads that are gathered.
    pub async fn flush_notes(&self) {
        match self.platform.store.engine() {
            Engine::Sqlite(store) => store.flush_notes().await.unwrap(),
            Engine::Postgres(store) => store.flush_notes().await.unwrap(),
        }
    }

    /// `asker` of county, `other` of another county, `desk` and `expert` of the province; `case-1` is asker's draft.
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at("2026-11-21T02:00:00Z".parse().unwrap()));
        let store = open(&folder.path().join("records"), clock.clone()).await;
        let mut change = Change::of(Act::system("test.found"));
        for (hospital, level) in
            [("county", Level::County), ("elsewhere", Level::County), ("province", Level::Province)]
        {
            let told =
                Hospital { id: id(hospital), name: hospital.into(), name_en: hospital.into(), level, parent: None };
            change.writes.push(write(
                ResourceType::ORGANIZATION,
                hospital,
                directory::write_hospital(&told),
                "province",
            ));
        }
        for (name, role, hospital) in [
            ("asker", Role::AskingDoctor, "county"),
            ("other", Role::AskingDoctor, "elsewhere"),
            ("desk", Role::Dispatcher, "province"),
            ("expert", Role::Specialist, "province"),
            ("stranger", Role::Specialist, "province"),
        ] {
            let person = Person { id: id(name), name: name.into(), name_en: None, title: None, title_en: None };
            change.writes.push(write(ResourceType::PRACTITIONER, name, directory::write_person(&person), hospital));
            let of = RoleOf {
                id: id(&format!("{name}-role")),
                person: id(name),
                hospital: id(hospital),
                role,
                specialties: vec![],
            };
            let at = of.id.clone();
            change.writes.push(write(
                ResourceType::PRACTITIONER_ROLE,
                at.as_str(),
                directory::write_role(&of),
                hospital,
            ));
            change.sessions.push(SessionChange::Put(Session {
                practitioner_role: Some(at),
                ..Session::new(
                    Sha256::digest(token(name)).into(),
                    id(name),
                    clock.now(),
                    clock.now() + SignedDuration::from_hours(12),
                )
            }));
        }
        let patient = json!({
            "resourceType": "Patient",
            "name": [
                { "text": "王小东", "family": "王" },
                { "extension": [{ "url": "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation", "valueCode": "SYL" }], "text": "Wang Xiaodong" },
            ],
            "gender": "male", "birthDate": "1949-12-31",
            "identifier": [{ "system": "urn:oid:2.16.156.10011.1.3", "value": "11010519491231002X" }],
        });
        change.writes.push(write(ResourceType::PATIENT, "patient", patient, "county"));
        store.commit(change).await.unwrap();
        let key = DraftKey { owner: id("asker"), kind: "consult".into(), id: id(CASE) };
        store.draft_put(&key, 0, json!({ "patient": "patient" }).to_string().into(), clock.now()).await.unwrap();
        let parts = Parts {
            store,
            clock: clock.clone(),
            ids: Arc::new(RandomIds),
            settings: Settings::default(),
            data_dir: folder.path().to_owned(),
            secure: false,
            demo: false,
        };
        let platform = Platform::open(parts).await.unwrap();
        let routes = platform::wrap(reading::router().split_for_parts().0, &platform);
        Self { platform, clock, routes, _folder: folder }
    }

    /// The draft becomes a case in the hands of the province, with `expert` assigned.
    pub async fn submit(&self) {
        let who = |name: &str, hospital: &str| {
            platform::case::write_who(&Who {
                role: id(&format!("{name}-role")),
                person: id(name),
                hospital: id(hospital),
            })
        };
        let request = json!({
            "resourceType": "ServiceRequest", "status": "active", "intent": "order",
            "subject": { "reference": "Patient/patient" }, "requester": who("asker", "county"), "performer": [who("expert", "province")],
        });
        let task = json!({
            "resourceType": "Task", "status": "in-progress", "intent": "order",
            "businessStatus": { "coding": [{ "system": platform::case::STATE, "code": "scheduled" }] },
            "owner": { "reference": "Organization/province" },
        });
        let mut change = Change::of(Act::system("test.submit"));
        for (ty, body) in [(ResourceType::SERVICE_REQUEST, request), (ResourceType::TASK, task)] {
            change.writes.push(write(ty, CASE, body, "county"));
        }
        self.platform.store.commit(change).await.unwrap();
    }

    /// Runs the jobs that are due a second from now.
    pub async fn settle(&self) {
        self.clock.advance(SignedDuration::from_secs(1));
        while platform::jobs::step(&self.platform, &reading::jobs()).await {}
    }

    pub async fn send(&self, who: &str, method: &str, path: &str, accept: &str, body: impl Into<Body>) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("accept", accept);
        if !who.is_empty() {
            request = request.header("cookie", format!("session={}", URL_SAFE_NO_PAD.encode(token(who))));
        }
        if method == "POST" {
            request = request.header("content-type", "application/json");
        }
        let answer = self.routes.clone().oneshot(request.body(body.into()).unwrap()).await.unwrap();
        let (status, headers) = (answer.status(), answer.headers().clone());
        Answer { status, headers, bytes: to_bytes(answer.into_body(), 64 << 20).await.unwrap().to_vec() }
    }

    pub async fn get(&self, who: &str, path: &str) -> Answer {
        self.send(who, "GET", path, "*/*", Body::empty()).await
    }

    /// GET with one more header.
    pub async fn send_with(&self, who: &str, path: &str, header: &str, value: &str) -> Answer {
        let cookie = format!("session={}", URL_SAFE_NO_PAD.encode(token(who)));
        let request = Request::builder().uri(path).header("cookie", cookie).header(header, value);
        let answer = self.routes.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (status, headers) = (answer.status(), answer.headers().clone());
        Answer { status, headers, bytes: to_bytes(answer.into_body(), 64 << 20).await.unwrap().to_vec() }
    }

    pub async fn put(&self, who: &str, upload: &str, name: &str, bytes: Vec<u8>) -> Answer {
        let path = format!("/api/consults/{CASE}/files/{upload}?name={name}");
        self.send(who, "PUT", &path, "application/json", bytes).await
    }
}

fn token(name: &str) -> [u8; 32] {
    Sha256::digest(format!("token of {name}")).into()
}

fn write(ty: ResourceType, at: &str, mut body: Value, custodian: &str) -> Write {
    body["id"] = at.into();
    Write::new(Reference::new(ty, id(at)), body, id(custodian))
}
