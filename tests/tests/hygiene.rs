//! What must not happen: foreign pages acting, large bodies, odd requests, names in logs, a server that does not stop.

use serde_json::json;
use std::time::{Duration, Instant};
use testkit::TestApp;

#[tokio::test]
async fn a_foreign_page_cannot_act() {
    let app = TestApp::start().await;
    let zhou = app.login("zhou.ming").await;
    let from = |origin: &str| {
        let request = zhou.request("POST", "/api/drafts/consult").json(&json!({"body": {}}));
        let mut request = request.build().unwrap();
        request.headers_mut().insert("origin", origin.parse().unwrap());
        reqwest::RequestBuilder::from_parts(reqwest::Client::new(), request)
    };
    for foreign in ["https://evil.example", "null", "http://127.0.0.1:1"] {
        zhou.send(from(foreign)).await.refused(403, "origin.foreign");
    }
    assert_eq!(zhou.get("/api/drafts/consult").await.ok()["drafts"], json!([]));
    assert_eq!(zhou.send(from(&app.url)).await.status, 201);
    let login = app.nobody();
    let foreign = login.request("POST", "/api/session").header("sec-fetch-site", "cross-site");
    login.send(foreign.json(&json!({"name": "x", "password": "y"}))).await.refused(403, "origin.foreign");
}

#[tokio::test]
async fn sixty_megabytes_are_refused_and_the_server_goes_on() {
    let app = TestApp::start().await;
    let zhou = app.login("zhou.ming").await;
    let large = vec![b' '; 60 * 1024 * 1024];
    let request = || zhou.request("POST", "/api/drafts/consult").header("content-type", "application/json");
    zhou.send(request().body(large)).await.refused(413, "request.too-large");
    let just_over = format!("{{\"body\":{{\"t\":\"{}\"}}}}", "x".repeat(1024 * 1024));
    zhou.send(request().body(just_over)).await.refused(413, "request.too-large");
    let fits = format!("{{\"body\":{{\"t\":\"{}\"}}}}", "x".repeat(1000 * 1024));
    assert_eq!(zhou.send(request().body(fits)).await.status, 201);
}

#[tokio::test]
async fn who_is_refused_unread_hears_why() {
    let app = TestApp::start().await;
    let stranger = app.nobody();
    let within_the_bound = format!("{{\"x\":\"{}\"}}", "x".repeat(900 * 1024));
    for _ in 0..20 {
        for (path, code) in [("/api/join/report", "join.not-signed"), ("/api/uploads", "session.none")] {
            let request = stranger.request("POST", path).header("content-type", "application/json");
            stranger.send(request.body(within_the_bound.clone())).await.refused(401, code);
        }
    }
}

#[tokio::test]
async fn every_error_is_a_problem_with_a_code() {
    let app = TestApp::start().await;
    let zhou = app.login("zhou.ming").await;
    zhou.get("/api/nothing").await.refused(404, "not_found");
    zhou.post("/nowhere", &json!({})).await.refused(404, "not_found");
    zhou.delete("/api/hospitals").await.refused(405, "request.method");
    let text = zhou.request("POST", "/api/drafts/consult").body("hello");
    zhou.send(text).await.refused(415, "request.media-type");
    zhou.post("/api/drafts/consult", &json!({"body": 1, "x": 2})).await.refused(422, "draft.unfit");
    zhou.get("/api/drafts/consult/a_b").await.refused(400, "request.unreadable");
    app.nobody().get("/api/hospitals").await.refused(401, "session.none");
}

#[tokio::test]
async fn answers_carry_an_id_and_safe_headers() {
    let app = TestApp::start().await;
    let someone = app.nobody();
    for path in ["/health/live", "/api/session", "/", "/api/openapi.json"] {
        let answer = someone.get(path).await;
        for header in ["x-request-id", "x-content-type-options", "referrer-policy", "x-frame-options"] {
            assert!(answer.headers.contains_key(header), "{path}: {header}");
        }
    }
    let (one, two) = (someone.get("/health/live").await, someone.get("/health/live").await);
    assert_ne!(one.headers["x-request-id"], two.headers["x-request-id"]);
}

#[tokio::test]
async fn health_and_metrics_answer_machines() {
    let app = TestApp::start().await;
    let machine = app.nobody();
    assert_eq!(machine.get("/health/live").await.text(), "live\n");
    assert_eq!(machine.get("/health/ready").await.text(), "ready\n");
    const REFUSED: &str = "consilium_requests_total{method=\"POST\",route=\"/api/session\",status=\"401\"}";
    // The counters are the process's: without nextest other tests count beside this one.
    let counted = async |name: &str| -> u64 {
        let text = machine.get("/metrics").await.text();
        text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok()).unwrap_or(0)
    };
    let before = (counted(REFUSED).await, counted("consilium_sign_in_refused_total").await);
    machine.sign_in("zhou.ming", "wrong").await;
    let after = (counted(REFUSED).await, counted("consilium_sign_in_refused_total").await);
    assert!(after.0 > before.0 && after.1 > before.1, "{before:?} {after:?}");
    assert!(!machine.get("/metrics").await.text().contains("zhou"));
}

/// Plants a name wherever a person may type one, and searches every log for it.
#[tokio::test]
async fn no_log_holds_a_name_a_password_or_a_query() {
    const PLANTED: [&str; 4] = ["欧阳植入", "planted-password", "13712345678", "植入的病情"];
    let app = TestApp::start().await;
    let zhou = app.login("zhou.ming").await;
    app.nobody().sign_in(PLANTED[0], PLANTED[1]).await;
    zhou.get(&format!("/api/patients?q={}", PLANTED[0])).await;
    zhou.get(&format!("/api/patients?q={}", PLANTED[2])).await;
    zhou.get(&format!("/api/nowhere/{}", PLANTED[0])).await;
    zhou.get(&format!("/cases/{}", PLANTED[0])).await;
    let patient = json!({
        "family": "欧阳", "given": "植入", "sex": "female", "birth_date": "1980-01-01",
        "identifier": {"kind": "passport", "value": "E12345678"}, "phone": PLANTED[2],
    });
    zhou.post("/api/patients", &patient).await;
    zhou.post("/api/patients", &json!({"family": PLANTED[0], "sex": 7})).await;
    let draft = json!({"body": {"purpose": PLANTED[3], "complaint": PLANTED[0]}});
    let begun = zhou.post("/api/drafts/consult", &draft).await.ok();
    zhou.post("/api/consults", &json!({"draft": begun["id"], "revision": begun["revision"]})).await;
    let logs = app.logs();
    assert!(logs.contains("/api/drafts/{kind}"), "requests are logged by route: {}", logs.len());
    for planted in PLANTED.iter().chain(&["欧阳", "E12345678"]) {
        let at = logs.find(planted);
        assert!(at.is_none(), "{planted} in: {}", at.map_or("", |at| line_around(&logs, at)));
    }
    let encoded = "%E6%AC%A7%E9%98%B3";
    assert!(!logs.contains(encoded), "an encoded query is a query too");
}

fn line_around(text: &str, at: usize) -> &str {
    let from = text[..at].rfind('\n').map_or(0, |n| n + 1);
    let to = text[at..].find('\n').map_or(text.len(), |n| at + n);
    &text[from..to]
}

#[tokio::test]
async fn stopping_ends_streams_and_keeps_what_was_acknowledged() {
    let mut app = TestApp::start().await;
    let zhou = app.login("zhou.ming").await;
    let mut stream = zhou.events(None).await;
    stream.any().await.unwrap();
    let begun = zhou.post("/api/drafts/consult", &json!({"body": {"kept": true}})).await.ok();
    let stopping = Instant::now();
    app.stop().await;
    assert!(stopping.elapsed() < Duration::from_secs(20), "{:?}", stopping.elapsed());
    assert!(stream.ends(Duration::from_secs(20)).await);
    app.restart().await;
    let again = app.login("zhou.ming").await;
    let path = format!("/api/drafts/consult/{}", begun["id"].as_str().unwrap());
    assert_eq!(again.get(&path).await.ok()["body"]["kept"], true);
}
