//! A hospital joins: the invitation, the real command of the hospital's machine, what it sends and what is refused, the board,
//! silence and return.

use base64::Engine;
use federation::join::invitation::Invitation;
use jiff::SignedDuration;
use kernel::Clock;
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Child, Command, Output};
use testkit::{Client, TestApp};
use tests::program::binary;

const DAY: SignedDuration = SignedDuration::from_hours(24);

async fn start() -> TestApp {
    // The machines' commands have the machine's clock; what is told of a time that is over is tested with the centre's.
    TestApp::at(kernel::SystemClock.now()).await
}

async fn invite(by: &Client, hospital: &str) -> String {
    let input = json!({"hospital": hospital, "contact": "赵工", "phone": "0376-8880000"});
    by.post("/api/admin/join/invitations", &input).await.ok()["line"].as_str().unwrap().to_owned()
}

/// The centre's clock, so far ahead of the machine's.
fn set_ahead(app: &TestApp, by: SignedDuration) {
    let (machine, centre) = (kernel::SystemClock.now(), app.clock().now());
    app.clock().advance(machine.duration_since(centre) + by);
}

/// `consilium gateway …` as a process.
async fn gateway(args: &[&str], dir: &Path) -> (bool, String) {
    let mut command = Command::new(binary().unwrap());
    command.arg("gateway").args(args).arg("--dir").arg(dir);
    // Beside the program under test, which answers it.
    let ended = tokio::task::spawn_blocking(move || command.output()).await.unwrap();
    let Output { status, stdout, stderr } = ended.unwrap();
    (status.success(), String::from_utf8([stdout, stderr].concat()).unwrap())
}

/// A gateway that runs; gone with the value.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn row(by: &Client, hospital: &str) -> Value {
    let board = by.get("/api/admin/join?count=200").await.ok();
    let rows = board["rows"].as_array().unwrap();
    rows.iter().find(|r| r["hospital"]["id"] == hospital).cloned().unwrap_or_else(|| panic!("no {hospital}: {board:#}"))
}

/// A hospital that has joined, with its probes.
pub async fn joined(app: &TestApp) {
    let dir = tempfile::tempdir().unwrap();
    let line = invite(&app.login("admin").await, "guangshan").await;
    let (good, said) = gateway(&["join", &line], dir.path()).await;
    assert!(good, "{said}");
}

fn files(dir: &Path) -> Vec<String> {
    let Ok(found) = std::fs::read_dir(dir) else { return vec![] };
    found.map(|f| f.unwrap().file_name().into_string().unwrap()).collect()
}

#[tokio::test]
async fn three_hospitals_and_two_of_them_badly() {
    let app = start().await;
    let (admin, he) = (app.login("admin").await, app.login("he.jing").await);
    let dirs = tempfile::tempdir().unwrap();
    let at = |name: &str| dirs.path().join(name);

    // Another hospital's.
    let line = invite(&he, "guangshan").await;
    let (good, said) = gateway(&["join", &line, "--hospital", "xinyang"], &at("other")).await;
    assert!(!good && said.contains("join.other-hospital"), "{said}");
    assert_eq!(files(&at("other")), Vec::<String>::new());
    assert_eq!(row(&he, "guangshan").await["state"], "invited");

    // The right one.
    let (good, said) = gateway(&["join", &line, "--hospital", "guangshan"], &at("right")).await;
    assert!(good, "{said}");
    for name in ["line-down", "line-up", "round-trip", "media", "file"] {
        assert!(said.contains(&format!("{name:<12} passed")), "{name}: {said}");
    }
    assert!(said.contains("test-call    not yet tried"), "{said}");
    assert_eq!(files(&at("right")), ["gateway.json"]);
    let mode =
        std::os::unix::fs::PermissionsExt::mode(&at("right").join("gateway.json").metadata().unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    let probes = app.folder().join("probes");
    assert_eq!(files(&probes), Vec::<String>::new(), "the probe's file is gone");
    let here = row(&he, "guangshan").await;
    assert_eq!((&here["state"], &here["failing"]), (&json!("probed"), &json!([])), "{here:#}");
    assert_eq!((&here["contact"]["name"], &here["contact"]["phone"]), (&json!("赵工"), &json!("0376-8880000")));
    let states: Vec<_> = here["probes"].as_array().unwrap().iter().map(|p| p["state"].as_str().unwrap()).collect();
    assert_eq!(states, [["passed"; 5].as_slice(), &["not-tried"; 4]].concat());

    // Again, as after a lost answer: the same gateway. From another folder: another key, refused.
    let (good, said) = gateway(&["join", &line], &at("right")).await;
    assert!(good, "{said}");
    let (good, said) = gateway(&["join", &line], &at("thief")).await;
    assert!(!good && said.contains("join.used") && said.contains("call the centre at once"), "{said}");
    assert_eq!(files(&at("thief")), Vec::<String>::new());
    let elsewhere = invite(&admin, "xinyang").await;
    let (good, said) = gateway(&["join", &elsewhere], &at("right")).await;
    assert!(!good && said.contains("is the gateway of hospital guangshan already"), "{said}");

    // A person tries camera and voice: what failed stands in the way, what was tried again does not.
    let tried = "/api/admin/join/guangshan/tried";
    let found = |name: &str, state: &str, figures: Value, said: &str| json!({"probes": [{"name": name, "state": state, "figures": figures, "took_ms": 2100, "said": said}]});
    let figure = |name: &str, value: f64, unit: &str| json!({"name": name, "value": value, "unit": unit});
    let seen = json!([figure("frames", 23.6, "/s"), figure("spread", 41.2, "1")]);
    for bad in [
        json!({"probes": []}),
        found("file", "passed", json!([figure("bytes", 1.0, "By")]), ""),
        found("camera", "passed", json!([]), ""),
        found("camera", "failed", json!([]), "words of my own"),
        found("loudspeaker", "passed", json!([figure("played", 3.0, "1"), figure("heard", 2.0, "1")]), ""),
    ] {
        he.post(tried, &bad).await.refused(422, "join.report");
    }
    assert_eq!(he.post(tried, &found("camera", "failed", json!([]), "denied")).await.status, 204);
    let level = json!([figure("level", 31.0, "dB")]);
    assert_eq!(he.post(tried, &found("microphone", "passed", level, "")).await.status, 204);
    let here = row(&he, "guangshan").await;
    assert_eq!((&here["state"], &here["failing"]), (&json!("failing"), &json!(["camera"])), "{here:#}");
    assert_eq!(here["probes"][5]["tried"]["by"]["id"], "he-jing");
    he.post("/api/admin/join/guangshan/accept", &json!({})).await.refused(409, "join.failing");
    assert_eq!(he.post(tried, &found("camera", "passed", seen, "")).await.status, 204);
    let (good, said) = gateway(&["probe"], &at("right")).await;
    assert!(good, "{said}");
    let here = row(&he, "guangshan").await;
    let states: Vec<_> = here["probes"].as_array().unwrap().iter().map(|p| p["state"].as_str().unwrap()).collect();
    assert_eq!(states, [["passed"; 7].as_slice(), &["not-tried"; 2]].concat(), "a run of the gateway keeps them");
    for path in ["trial", "call", "tried"] {
        let path = format!("/api/admin/join/xinyang/{path}");
        let said = if path.ends_with("trial") {
            he.get(&path).await
        } else {
            he.post(&path, &found("camera", "failed", json!([]), "")).await
        };
        assert!([404, 422].contains(&said.status), "{path}: {}", said.text());
    }
    assert_eq!(he.get("/api/admin/join/guangshan/trial").await.ok()["call_seconds"], 45);
    admin.get("/api/admin/join/xinyang/trial").await.refused(409, "join.not-joined");
    let call = "/api/admin/join/guangshan/call";
    he.post(call, &json!({"publish": "v=0", "receive": ""})).await.refused(406, "media.offer_not_acceptable");
    let long = "a".repeat(64 * 1024 + 1);
    he.post(call, &json!({"publish": "", "receive": long})).await.refused(413, "media.offer_too_long");

    // Accepted by both sides; a second word of one side is not the other's.
    let path = "/api/admin/join/guangshan/accept";
    assert_eq!(admin.post(path, &json!({})).await.ok()["accepted"], false);
    assert_eq!(admin.post(path, &json!({})).await.ok()["accepted"], false);
    assert_eq!(he.post(path, &json!({})).await.ok()["accepted"], true);
    let accepted = row(&admin, "guangshan").await;
    assert_eq!(accepted["state"], "accepted");
    assert!(accepted["centre"]["by"]["name"].is_string() && accepted["own"]["by"]["name"].is_string(), "{accepted:#}");

    let sheet = he.get("/api/admin/join/guangshan/sheet").await;
    assert_eq!((sheet.status, &sheet.bytes[..5]), (200, &b"%PDF-"[..]));
    app.login("zhou.ming").await.get("/api/admin/join/guangshan/sheet").await.refused(404, "not_found");

    // Taken back: the key opens nothing any more.
    he.post("/api/admin/join/invitations", &json!({"hospital": "guangshan", "contact": "a", "phone": "1"}))
        .await
        .refused(409, "join.joined");
    assert_eq!(he.post("/api/admin/join/guangshan/withdraw", &json!({})).await.status, 204);
    let (good, said) = gateway(&["probe"], &at("right")).await;
    assert!(!good && said.contains("join.not-signed"), "{said}");
    let (good, said) = gateway(&["join", &line], &at("new")).await;
    assert!(!good && said.contains("join.withdrawn"), "{said}");
    // A new invitation goes into the old folder: another key.
    let again = invite(&he, "guangshan").await;
    let (good, said) = gateway(&["join", &again], &at("right")).await;
    assert!(good, "{said}");
    let secret = Invitation::read(&again).unwrap().secret;
    let secret = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(secret);
    assert!(!app.logs().contains(&secret), "the secret is in no log");

    // Late: the invitation has ended when the machine shows it.
    app.clock().advance(DAY + SignedDuration::from_secs(1));
    let (good, said) = gateway(&["join", &elsewhere], &at("late")).await;
    assert!(!good && said.contains("join.late") && said.contains("Ask the centre for a new one"), "{said}");
    assert_eq!(files(&at("late")), Vec::<String>::new(), "nothing half written");
    assert_eq!(row(&app.login("admin").await, "xinyang").await["state"], "late");
}

#[tokio::test]
async fn an_invitation_of_another_authority_sends_nothing() {
    let (app, dirs) = (start().await, tempfile::tempdir().unwrap());
    let line = invite(&app.login("admin").await, "xinyang").await;
    let forged = Invitation { authority: [7; 32], ..Invitation::read(&line).unwrap() }.line();
    let dir = dirs.path().join("g");
    let (good, said) = gateway(&["join", &forged], &dir).await;
    assert!(!good && said.contains("join.wrong-centre"), "{said}");
    assert_eq!(files(&dir), Vec::<String>::new(), "no key was made for it");
    let (good, said) = gateway(&["join", &line[..40]], &dir).await;
    assert!(!good && said.contains("not an invitation"), "{said}");
    let wrong = Invitation { secret: [7; 32], ..Invitation::read(&line).unwrap() }.line();
    let (good, said) = gateway(&["join", &wrong], &dir).await;
    assert!(!good && said.contains("join.unknown"), "{said}");
    assert_eq!(files(&dir), Vec::<String>::new());
}

#[tokio::test]
async fn silence_is_told_to_both_sides_and_ends_with_the_next_heartbeat() {
    let (app, dirs) = (start().await, tempfile::tempdir().unwrap());
    let (admin, he) = (app.login("admin").await, app.login("he.jing").await);
    let dir = dirs.path().join("g");
    let line = invite(&admin, "guangshan").await;
    assert!(gateway(&["join", &line], &dir).await.0);
    let told = async |by: &Client, what: &str| {
        let notices = by.get("/api/notices").await.ok();
        notices.to_string().matches(&format!("\"{what}\"")).count()
    };
    assert_eq!(told(&he, "join.out").await, 0);
    let beat = async |said: &str| {
        let mut run = Command::new(binary().unwrap());
        let run = Running(run.args(["gateway", "run", "--dir"]).arg(&dir).spawn().unwrap());
        for _ in 0..600 {
            let here = row(&he, "guangshan").await;
            if here["gateway"]["last_seen"].is_string() && here["state"] == said {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        drop(run);
    };
    set_ahead(&app, SignedDuration::ZERO);
    beat("probed").await;
    let here = row(&he, "guangshan").await;
    assert_eq!((&here["state"], &here["gateway"]["clock_off"]), (&json!("probed"), &json!(false)), "{here:#}");
    // The centre itself was down for ten minutes: it heard nobody, and says nothing of anybody for another one.
    app.clock().advance(SignedDuration::from_mins(10));
    app.run_jobs().await;
    assert_eq!(told(&he, "join.out").await, 0);
    app.clock().advance(SignedDuration::from_secs(61));
    assert_eq!(row(&he, "guangshan").await["state"], "out");
    app.run_jobs().await;
    assert_eq!((told(&he, "join.out").await, told(&admin, "join.out").await), (1, 1));
    app.run_jobs().await;
    assert_eq!(told(&he, "join.out").await, 1, "once");
    // The machine goes on by the centre's clock, and says that its own is behind.
    set_ahead(&app, SignedDuration::from_mins(15));
    beat("probed").await;
    let here = row(&he, "guangshan").await;
    assert_eq!((&here["state"], &here["gateway"]["clock_off"]), (&json!("probed"), &json!(true)), "{here:#}");
    assert_eq!((told(&he, "join.back").await, told(&admin, "join.back").await), (1, 1));

    // The outage was a ticket; nobody had taken it, so it ended by itself.
    let outages = async |by: &Client| by.get("/api/admin/outages").await.ok()["outages"].clone();
    let first = outages(&he).await;
    assert_eq!(first.as_array().unwrap().len(), 1, "{first:#}");
    assert_eq!((&first[0]["state"], &first[0]["cause"]), (&json!("ended"), &json!("by-itself")));
    assert_eq!((&first[0]["silences"], &first[0]["hospital"]["id"]), (&json!(1), &json!("guangshan")));

    // Silent again within ten minutes: the same one. It is taken, and waits for a word when the gateway is back.
    app.clock().advance(SignedDuration::from_secs(61));
    app.run_jobs().await;
    let same = outages(&he).await;
    assert_eq!(
        (&same[0]["id"], &same[0]["silences"], &same[0]["state"]),
        (&first[0]["id"], &json!(2), &json!("silent"))
    );
    let path = |what: &str| format!("/api/admin/outages/{}/{what}", same[0]["id"].as_str().unwrap());
    for stranger in ["zhou.ming", "chen.tao"] {
        let stranger = app.login(stranger).await;
        stranger.post(&path("take"), &json!({})).await.refused(404, "not_found");
        stranger.get("/api/admin/outages").await.refused(404, "not_found");
    }
    he.post(&path("take"), &json!({})).await.ok();
    assert_eq!(told(&admin, "join.outage_take").await, 1, "the centre hears who looks after it");
    he.post(&path("take"), &json!({})).await.refused(409, "join.outage-yours");
    he.post(&path("notes"), &json!({"text": "已联系电信"})).await.ok();
    he.post(&path("notes"), &json!({"text": " "})).await.refused(422, "join.outage-text");
    he.post(&path("notes"), &json!({"text": "x".repeat(2_001)})).await.refused(422, "join.outage-text");
    let close = json!({"cause": "line", "text": "光缆被挖断"});
    he.post(&path("close"), &close).await.refused(409, "join.outage-silent");
    set_ahead(&app, SignedDuration::from_mins(8));
    beat("probed").await;
    let back = outages(&admin).await;
    assert_eq!((&back[0]["state"], &back[0]["taken"]["by"]["name"]), (&json!("back"), &json!("何静")));
    he.post(&path("close"), &close).await.ok();
    he.post(&path("close"), &close).await.refused(409, "join.outage-over");
    let closed = admin.get("/api/admin/outages?hospital=guangshan").await.ok();
    let row = &closed["outages"][0];
    assert_eq!(
        (&row["cause"], &row["text"], &row["notes"][0]["text"]),
        (&json!("line"), &json!("光缆被挖断"), &json!("已联系电信"))
    );
    // Five minutes and three of the time since it joined, from when it was heard of last.
    let (seconds, of) = (row["seconds"].as_i64().unwrap(), &closed["hospitals"][0]);
    assert!((400..900).contains(&seconds), "{seconds}");
    assert_eq!(of["seconds"], json!(seconds));
    let available = of["available"].as_i64().unwrap();
    assert!((0..6_000).contains(&available), "it joined a quarter of an hour ago: {available}");
    assert_eq!(closed["hospitals"][0]["outages"], 1);

    // Closed with a word: the next silence is another outage. Taken back, nobody waits for it any more.
    app.clock().advance(SignedDuration::from_secs(61));
    app.run_jobs().await;
    let other = outages(&he).await;
    assert_ne!(other[0]["id"], row["id"]);
    admin.post("/api/admin/join/guangshan/withdraw", &json!({})).await.ok();
    let ended = outages(&he).await;
    assert_eq!((&ended[0]["state"], &ended[0]["cause"]), (&json!("ended"), &json!("withdrawn")));
}

#[tokio::test]
async fn a_certificate_is_renewed_with_its_key_when_a_third_of_its_life_is_left() {
    let (app, dirs) = (start().await, tempfile::tempdir().unwrap());
    let dir = dirs.path().join("g");
    let line = invite(&app.login("admin").await, "guangshan").await;
    assert!(gateway(&["join", &line], &dir).await.0);
    let kept = || -> Value { serde_json::from_slice(&std::fs::read(dir.join("gateway.json")).unwrap()).unwrap() };
    let first = kept();
    // A machine that runs at this many days by the centre's clock, until it was heard of; the certificate's end then.
    let until = async |days: i64| -> Value {
        set_ahead(&app, DAY * i32::try_from(days).unwrap());
        let he = app.login("he.jing").await;
        let begun = app.clock().now();
        let mut run = Command::new(binary().unwrap());
        let _run = Running(run.args(["gateway", "run", "--dir"]).arg(&dir).spawn().unwrap());
        for _ in 0..600 {
            let here = row(&he, "guangshan").await["gateway"].clone();
            let seen = here["last_seen"].as_str().is_some_and(|at| at.parse::<kernel::Time>().unwrap() >= begun);
            // Whether it renews is decided right after the heartbeat that is answered; then the machine writes it down.
            if seen && (days < 60 || (here["until"] != first["until"] && kept()["until"] == here["until"])) {
                return here["until"].clone();
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("not heard of on day {days}");
    };
    assert_eq!(until(59).await, first["until"], "a third and a day is left");
    assert_eq!(kept(), first);
    let renewed = until(61).await;
    let second = kept();
    assert_eq!((&second["until"], &second["key_pem"]), (&renewed, &first["key_pem"]), "the same key");
    assert_ne!(second["certificate_pem"], first["certificate_pem"]);
    // Past the first certificate's end the second is good; a machine that was off until its end is a stranger.
    assert_eq!(until(100).await, renewed);
    set_ahead(&app, DAY * 152);
    let (good, said) = gateway(&["probe"], &dir).await;
    assert!(!good && said.contains("join.expired") && said.contains("invite the hospital again"), "{said}");
}

#[tokio::test]
async fn who_may_and_what_a_stranger_gets() {
    let app = start().await;
    let he = app.login("he.jing").await;
    let input = |hospital: &str| json!({"hospital": hospital, "contact": "a", "phone": "1"});
    for (who, hospital, status) in
        [("he.jing", "xinyang", 404), ("zhou.ming", "guangshan", 404), ("chen.tao", "guangshan", 404)]
    {
        let by = app.login(who).await;
        assert_eq!(by.post("/api/admin/join/invitations", &input(hospital)).await.status, status, "{who}");
    }
    he.post("/api/admin/join/guangshan/accept", &json!({})).await.refused(404, "not_found");
    invite(&he, "guangshan").await;
    he.post("/api/admin/join/guangshan/accept", &json!({})).await.refused(409, "join.not-joined");
    let long = json!({"hospital": "guangshan", "contact": "长".repeat(101), "phone": "1"});
    he.post("/api/admin/join/invitations", &long).await.refused(422, "join.contact");
    let board = he.get("/api/admin/join?count=1").await.ok();
    assert_eq!((board["rows"].as_array().unwrap().len(), &board["rows"][0]["state"]), (1, &json!("invited")));
    let next = he.get(&format!("/api/admin/join?count=200&after={}", board["next"].as_str().unwrap())).await.ok();
    assert!(
        next["rows"].as_array().unwrap().iter().all(|r| r["hospital"]["id"] != "guangshan" && r["state"] == "none")
    );
    let stranger = app.nobody();
    for (method, path) in [
        ("POST", "/api/join/heartbeat"),
        ("POST", "/api/join/renew"),
        ("POST", "/api/join/report"),
        ("POST", "/api/join/line"),
        ("GET", "/api/join/line/100"),
        ("PUT", "/api/join/file"),
        ("GET", "/api/join/file"),
        ("DELETE", "/api/join/file"),
    ] {
        for by in [&stranger, &he] {
            let answer = by.send(by.request(method, path)).await;
            assert_eq!(
                (answer.status, answer.body["code"].as_str()),
                (401, Some("join.not-signed")),
                "{method} {path}"
            );
        }
    }
}
