//! Signing in and out, over HTTP.

use jiff::SignedDuration;
use kernel::Clock;
use platform::Settings;
use serde_json::json;
use std::time::{Duration, Instant};
use testkit::TestApp;

fn morning() -> kernel::Time {
    "2026-03-02T00:30:00Z".parse().unwrap()
}

#[tokio::test]
async fn sign_in_shows_who_i_am_and_out_again() {
    let app = TestApp::start().await;
    let doctor = app.nobody();
    doctor.get("/api/session").await.refused(401, "session.none");
    let opened = doctor.sign_in("ZHOU.Ming ", "consilium-demo").await;
    let cookie = opened.headers["set-cookie"].to_str().unwrap().to_owned();
    assert!(
        cookie.starts_with("session=") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    let me = opened.ok();
    assert_eq!(me["role"]["role"], "asking-doctor");
    assert_eq!(me["person"]["name"], "周明");
    assert_eq!(me["person"]["hospital"]["level"], "county");
    assert_eq!(me["demo"], true);
    assert_eq!(doctor.get("/api/session").await.ok()["person"], me["person"]);
    assert_eq!(doctor.delete("/api/session").await.status, 204);
    doctor.get("/api/session").await.refused(401, "session.none");
}

#[tokio::test]
async fn the_store_keeps_no_token() {
    let app = TestApp::start().await;
    let opened = app.nobody().sign_in("zhou.ming", "consilium-demo").await;
    let cookie = opened.headers["set-cookie"].to_str().unwrap();
    let token = cookie.split(['=', ';']).nth(1).unwrap().to_owned();
    assert_eq!(token.len(), 43, "256 bits");
    for file in ["records.sqlite", "records.sqlite-wal"] {
        let bytes = std::fs::read(app.folder().join("records").join(file)).unwrap();
        assert!(!bytes.windows(token.len()).any(|w| w == token.as_bytes()), "{file}");
    }
    assert!(!app.logs().contains(&token));
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_are_answered_alike() {
    let app = TestApp::start().await;
    let someone = app.nobody();
    let mut answers = vec![];
    // The least of each: a stall is nobody's.
    let mut times = [Duration::MAX; 2];
    for _ in 0..4 {
        for (at, name) in ["zhou.ming", "nobody.atall"].into_iter().enumerate() {
            let begun = Instant::now();
            let mut problem = someone.sign_in(name, "wrong-password").await.refused(401, "session.refused");
            times[at] = times[at].min(begun.elapsed());
            problem["request_id"] = json!(null);
            answers.push(problem);
        }
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
    let ratio = times[0].as_secs_f64() / times[1].as_secs_f64();
    assert!((0.4..2.5).contains(&ratio), "the time tells whether a name exists: {times:?}");
}

#[tokio::test]
async fn too_many_wrong_passwords_wait() {
    let app = TestApp::at(morning()).await;
    let someone = app.nobody();
    for _ in 0..10 {
        someone.sign_in("zhou.ming", "wrong").await.refused(401, "session.refused");
    }
    let waiting = someone.sign_in("zhou.ming", "consilium-demo").await;
    assert_eq!(waiting.headers["retry-after"], "600");
    assert_eq!(waiting.refused(429, "session.too-many")["params"]["retry_after_s"], 600);
    someone.sign_in("zhao.min", "consilium-demo").await.ok();
    app.clock().advance(SignedDuration::from_mins(10));
    someone.sign_in("zhou.ming", "consilium-demo").await.ok();
}

#[tokio::test]
async fn an_address_that_tries_many_names_waits() {
    let mut settings = Settings::default();
    settings.session.attempts_per_address = 5;
    let app = TestApp::with(settings, Some(morning())).await;
    let someone = app.nobody();
    for n in 0..5 {
        someone.sign_in(&format!("guess{n}"), "wrong").await.refused(401, "session.refused");
    }
    someone.sign_in("zhou.ming", "consilium-demo").await.refused(429, "session.too-many");
}

#[tokio::test]
async fn two_roles_are_chosen_between_and_the_old_token_dies() {
    let app = TestApp::start().await;
    let liu = app.nobody();
    let opened = liu.sign_in("liu.fang", "consilium-demo").await;
    let old = opened.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let me = opened.ok();
    assert_eq!(me["role"], json!(null));
    assert_eq!(me["roles"].as_array().unwrap().len(), 2);
    liu.get("/api/hospitals").await.refused(403, "session.no-role");
    liu.put("/api/session/role", &json!({"role": "li-wei-specialist"})).await.refused(404, "not_found");
    let specialist = json!({"role": "liu-fang-specialist"});
    assert_eq!(liu.put("/api/session/role", &specialist).await.ok()["role"]["role"], "specialist");
    assert_eq!(liu.get("/api/hospitals").await.ok()["hospitals"].as_array().unwrap().len(), 6);
    let thief = app.nobody();
    let stolen = thief.request("GET", "/api/session").header("cookie", old);
    thief.send(stolen).await.refused(401, "session.none");
}

#[tokio::test]
async fn a_session_ends_after_an_hour_unused_and_after_twelve_at_most() {
    let app = TestApp::at(morning()).await;
    let (used, unused) = (app.login("zhou.ming").await, app.login("zhao.min").await);
    let until: kernel::Time = used.get("/api/session").await.ok()["until"].as_str().unwrap().parse().unwrap();
    assert_eq!(until, app.clock().now() + SignedDuration::from_mins(60));
    for _ in 0..13 {
        app.clock().advance(SignedDuration::from_mins(50));
        used.get("/api/session").await.ok();
    }
    unused.get("/api/session").await.refused(401, "session.none");
    app.clock().advance(SignedDuration::from_mins(59));
    assert_eq!(used.get("/api/session").await.status, 200, "11 h 49 min");
    app.clock().advance(SignedDuration::from_mins(11));
    used.get("/api/session").await.refused(401, "session.none");
}
