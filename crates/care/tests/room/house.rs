//! A small installation for the tests of rooms: two hospitals, three people, one case.

use axum::Extension;
use fhir::{Reference, ResourceType};
use futures::{SinkExt, StreamExt};
use kernel::{Clock, Id, Ids, Level, RandomIds, Role, SystemClock};
use platform::case::{KIND, STATE, Who, write_who};
use platform::directory::{Hospital, Person, Role as RoleOf, resources};
use platform::{Parts, Platform, Settings, Shared};
use records::sqlite::{Options, Sqlite};
use records::{Act, Change, Session, SessionChange, Store, Write};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

const PATIENCE: Duration = Duration::from_secs(10);

pub struct House {
    pub url: String,
    platform: Shared,
    media: media::Server,
    http: reqwest::Client,
    _folder: TempDir,
}

/// Somebody signed in: the session's secret.
pub struct Guest {
    cookie: String,
    token_sha256: [u8; 32],
}

fn id(text: &str) -> Id {
    Id::new(text).expect("an id")
}

fn at(ty: ResourceType, text: &str) -> Reference {
    Reference::new(ty, id(text))
}

const PEOPLE: [(&str, &str, Role); 3] = [
    ("anna", "county", Role::AskingDoctor),
    ("bo", "province", Role::Specialist),
    ("stranger", "province", Role::Specialist),
];

impl House {
    pub async fn open() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Sqlite::open(&folder.path().join("records"), Options::default()).expect("a store");
        found(&*store).await;
        let (clock, ids): (Arc<dyn Clock>, Arc<dyn Ids>) = (Arc::new(SystemClock), Arc::new(RandomIds));
        let data_dir = folder.path().to_owned();
        let parts = Parts { store, clock, ids, settings: Settings::default(), data_dir, secure: false, demo: true };
        let platform = Platform::open(parts).await.expect("a platform");
        let bind = "127.0.0.1:0".parse().expect("an address");
        let config = media::Config {
            bind,
            announce: vec![],
            threads: 1,
            codec: media::VideoCodec::Vp8,
            first_connection: 1,
            limits: media::Limits::default(),
        };
        let media = media::Server::start(config).expect("media");
        let rooms = care::room::Rooms::start(&platform, media.clone(), platform::turn::Turn::default());
        let routes = care::room::router().split_for_parts().0.layer(Extension(rooms));
        let routes = platform::wrap(routes, &platform);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { url, platform, media, http: reqwest::Client::new(), _folder: folder }
    }

    pub async fn sign_in(&self, name: &str) -> Guest {
        use base64::Engine;
        let mut secret = [0; 32];
        self.platform.ids.fill(&mut secret);
        let now = self.platform.clock.now();
        let token_sha256 = Sha256::digest(secret).into();
        let (person, practitioner_role) = (id(name), Some(id(&format!("{name}-role"))));
        let until = now + jiff::SignedDuration::from_hours(1);
        let session = Session { practitioner_role, ..Session::new(token_sha256, person, now, until) };
        self.commit(|c| c.sessions.push(SessionChange::Put(session)), "session.open").await;
        let cookie = format!("session={}", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(secret));
        Guest { cookie, token_sha256 }
    }

    /// Media connections that stand now.
    pub async fn connections(&self) -> usize {
        self.media.stats().await.expect("counts").connections
    }

    /// Waits until there are none.
    pub async fn no_connections(&self) {
        let start = Instant::now();
        while self.connections().await > 0 {
            assert!(start.elapsed() < PATIENCE, "media goes on");
        }
    }

    pub async fn sign_out(&self, guest: &Guest) {
        self.commit(|c| c.sessions.push(SessionChange::Close(guest.token_sha256)), "session.close").await;
    }

    async fn commit(&self, fill: impl FnOnce(&mut Change), what: &str) {
        let mut change = Change::of(Act { case: Some(at(ResourceType::SERVICE_REQUEST, "case")), ..Act::system(what) });
        fill(&mut change);
        self.platform.store.commit(change).await.expect("committed");
    }

    pub async fn hand_back(&self) {
        self.commit(|c| c.writes.push(next(request(&[]))), "consult.hand_back").await;
    }

    pub async fn invite(&self) {
        self.commit(|c| c.writes.push(next(request(&["bo"]))), "consult.assign").await;
    }

    pub async fn end_case(&self) {
        let mut task = task("case");
        task["executionPeriod"] = json!({"end": "2026-11-21T00:00:00Z"});
        self.commit(|c| c.writes.push(next(task)), "consult.close").await;
    }

    /// Refused looks in the ledger of the case, by what and whom, when there are so many.
    pub async fn refusals(&self, count: usize) -> Vec<String> {
        let case = at(ResourceType::SERVICE_REQUEST, "case");
        let start = Instant::now();
        loop {
            let entries = self.platform.store.entries_of_case(&case).await.expect("entries");
            let refused = entries.into_iter().filter(|e| e.act.params.get("allowed") == Some(&json!(false)));
            let named =
                refused.map(|e| format!("{} {}", e.act.what, e.act.person.map(String::from).unwrap_or_default()));
            let mut named: Vec<_> = named.collect();
            named.sort();
            named.dedup();
            // Notes of reads go through a queue into the ledger.
            if named.len() >= count || start.elapsed() > PATIENCE {
                return named;
            }
            tokio::task::yield_now().await;
        }
    }

    pub async fn post_room(&self, guest: &Guest, body: &Value) -> (u16, Value) {
        let request = self.http.post(format!("{}/api/consults/case/room", self.url)).header("cookie", &guest.cookie);
        let answer = request.json(body).send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    pub async fn post_room_of_nobody(&self) -> u16 {
        let request = self.http.post(format!("{}/api/consults/case/room", self.url)).json(&json!({}));
        request.send().await.expect("an answer").status().as_u16()
    }

    pub async fn token(&self, guest: &Guest, device: bool) -> String {
        let (status, body) = self.post_room(guest, &json!({"device": device})).await;
        assert_eq!(status, 200, "{body}");
        body["token"].as_str().expect("a token").to_owned()
    }

    pub async fn stream(
        &self,
        door: &str,
        who: Option<&Guest>,
        case: &str,
        token: Option<&str>,
        sdp: &str,
    ) -> (u16, String, String) {
        let mut request = self.http.post(format!("{}/{door}/{case}", self.url)).body(sdp.to_owned());
        if let Some(guest) = who {
            request = request.header("cookie", &guest.cookie);
        }
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let answer = request.header("content-type", "application/sdp").send().await.expect("an answer");
        let location = answer.headers().get("location").and_then(|l| l.to_str().ok()).unwrap_or_default().to_owned();
        (answer.status().as_u16(), location, answer.text().await.expect("a body"))
    }

    pub async fn at(&self, method: &str, location: &str, guest: &Guest, token: &str, body: &str) -> (u16, String) {
        let (status, _, text) = self.at_state(method, location, guest, token, body, None).await;
        (status, text)
    }

    /// The same with `If-Match`; also the `ETag` that came back.
    pub async fn at_state(
        &self,
        method: &str,
        location: &str,
        guest: &Guest,
        token: &str,
        body: &str,
        state: Option<&str>,
    ) -> (u16, String, String) {
        let method = method.parse().expect("a method");
        let request = self.http.request(method, format!("{}{location}", self.url)).header("cookie", &guest.cookie);
        let mut request = request.header("content-type", "application/trickle-ice-sdpfrag").bearer_auth(token);
        if let Some(state) = state {
            request = request.header("if-match", state);
        }
        let answer = request.body(body.to_owned()).send().await.expect("an answer");
        let etag = answer.headers().get("etag").and_then(|l| l.to_str().ok()).unwrap_or_default().to_owned();
        (answer.status().as_u16(), etag, answer.text().await.expect("a body"))
    }

    pub async fn socket(&self, guest: &Guest, token: &str) -> Result<Line, String> {
        let url = format!("{}/ws/rooms/case", self.url.replace("http://", "ws://"));
        let mut request = url.into_client_request().expect("a request");
        let headers = request.headers_mut();
        headers.insert("cookie", guest.cookie.parse().expect("a header"));
        headers.insert("sec-websocket-protocol", format!("consilium-room, {token}").parse().expect("a header"));
        let connected = tokio_tungstenite::connect_async(request).await;
        connected.map(|(socket, _)| Line(socket)).map_err(|e| e.to_string())
    }

    pub async fn enter(&self, guest: &Guest) -> Line {
        let token = self.token(guest, false).await;
        self.socket(guest, &token).await.expect("entered")
    }
}

/// A browser's line.
pub struct Line(tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>);

impl Line {
    async fn next(&mut self) -> Message {
        let next = tokio::time::timeout(PATIENCE, self.0.next()).await.expect("something comes");
        next.expect("the line is open").expect("a message")
    }

    /// The next message of this kind.
    pub async fn hear(&mut self, kind: &str) -> Value {
        self.until(kind, |_| true).await
    }

    pub async fn until(&mut self, kind: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            if let Message::Text(text) = self.next().await {
                let message: Value = serde_json::from_str(&text).expect("JSON");
                if message["type"] == kind && wanted(&message) {
                    return message;
                }
            }
        }
    }

    pub async fn say(&mut self, message: Value) {
        self.0.send(Message::text(message.to_string())).await.expect("sent");
    }

    /// The reason of the end.
    pub async fn ends(&mut self) -> String {
        loop {
            if let Message::Close(Some(frame)) = self.next().await {
                assert_eq!(u16::from(frame.code), 4403);
                return frame.reason.to_string();
            }
        }
    }
}

/// What a browser would send.
pub fn offer() -> String {
    use str0m::media::{Direction, MediaKind};
    let crypto = Arc::new(str0m::crypto::from_feature_flags());
    let mut rtc = str0m::Rtc::builder().set_crypto_provider(crypto).build(Instant::now());
    let mut change = rtc.sdp_api();
    for kind in [MediaKind::Audio, MediaKind::Video] {
        change.add_media(kind, Direction::SendRecv, None, None, None);
    }
    change.apply().expect("an offer").0.to_sdp_string()
}

fn next(body: Value) -> Write {
    let ty = if body["resourceType"] == "Task" { ResourceType::TASK } else { ResourceType::SERVICE_REQUEST };
    let id = body["id"].as_str().expect("an id").to_owned();
    Write::next(at(ty, &id), body, id_of("county")).in_case(at(ResourceType::SERVICE_REQUEST, &id))
}

fn id_of(text: &str) -> Id {
    id(text)
}

fn request(experts: &[&str]) -> Value {
    let who =
        |name: &&str| write_who(&Who { role: id(&format!("{name}-role")), person: id(name), hospital: id("province") });
    json!({
        "resourceType": "ServiceRequest", "id": "case", "status": "active", "intent": "order",
        "category": [{"coding": [{"system": KIND, "code": "live"}]}],
        "subject": {"reference": "Patient/p"}, "performer": experts.iter().map(who).collect::<Vec<_>>(),
    })
}

fn task(case: &str) -> Value {
    json!({
        "resourceType": "Task", "id": case, "status": "in-progress", "intent": "order",
        "businessStatus": {"coding": [{"system": STATE, "code": "waiting"}]},
        "focus": {"reference": format!("ServiceRequest/{case}")}, "owner": {"reference": "Organization/province"},
    })
}

async fn found(store: &dyn Store) {
    let mut change = Change::of(Act::system("test.found"));
    let mut put = |ty, body: Value, custodian: &str| {
        let id = body["id"].as_str().expect("an id").to_owned();
        let write = Write::new(at(ty, &id), body, id_of(custodian));
        let cased = matches!(ty, ResourceType::SERVICE_REQUEST | ResourceType::TASK);
        change.writes.push(if cased { write.in_case(at(ResourceType::SERVICE_REQUEST, &id)) } else { write });
    };
    for (hospital, level) in [("county", Level::County), ("province", Level::Province)] {
        let (name, parent) = (hospital.to_owned(), None);
        let hospital = Hospital { id: id(hospital), name_en: name.clone(), name, level, parent };
        put(ResourceType::ORGANIZATION, resources::write_hospital(&hospital), hospital.id.as_str());
    }
    for (name, hospital, role) in PEOPLE {
        let (name_en, title, title_en) = (None, None, None);
        let person = Person { id: id(name), name: name.to_owned(), name_en, title, title_en };
        put(ResourceType::PRACTITIONER, resources::write_person(&person), hospital);
        let (person, hospital, specialties) = (id(name), id(hospital), vec![]);
        let role = RoleOf { id: id(&format!("{name}-role")), person, hospital: hospital.clone(), role, specialties };
        put(ResourceType::PRACTITIONER_ROLE, resources::write_role(&role), hospital.as_str());
    }
    put(ResourceType::SERVICE_REQUEST, request(&["bo"]), "county");
    put(ResourceType::TASK, task("case"), "county");
    store.commit(change).await.expect("committed");
}
