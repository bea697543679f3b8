//! The second factor over HTTP: set up, asked for, used once, recovered from, given up.

use jiff::SignedDuration;
use kernel::Clock;
use platform::{Lang, Op, session};
use serde_json::{Value, json};
use testkit::{Client, TestApp};

const PASSWORD: &str = "consilium-demo";

async fn start() -> TestApp {
    TestApp::at("2026-03-02T00:30:00Z".parse().unwrap()).await
}

async fn prove(client: &Client, code: &str) -> testkit::Answer {
    client.post("/api/session/factor/proof", &json!({"code": code})).await
}

fn outcomes(recent: &Value) -> Vec<&str> {
    recent["tries"].as_array().unwrap().iter().map(|t| t["outcome"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn set_up_and_asked_for_at_the_next_sign_in() {
    let app = start().await;
    let li = app.login("li.wei").await;
    let elsewhere = app.login("li.wei").await;
    assert_eq!(li.get("/api/session").await.ok()["factor"], json!({"codes_left": 0, "demanded": false}));
    let wrong = json!({"password": "not the password"});
    li.post("/api/session/factor", &wrong).await.refused(403, "session.wrong-password");
    let (authenticator, done) = li.enrol_factor(PASSWORD, app.clock().now()).await;
    assert_eq!(done["recovery_codes"].as_array().unwrap().len(), 10);
    assert_eq!(done["me"]["factor"]["codes_left"], 10);
    elsewhere.get("/api/session").await.refused(401, "session.none");
    li.get("/api/hospitals").await.ok();

    app.clock().advance(SignedDuration::from_secs(60));
    let again = app.nobody();
    let me = again.sign_in("li.wei", PASSWORD).await.ok();
    assert_eq!((me["step"].as_str(), &me["roles"], &me["role"]), (Some("prove"), &json!([]), &json!(null)));
    again.get("/api/hospitals").await.refused(401, "session.none");
    again.get("/api/session/recent").await.refused(401, "session.none");
    again.post("/api/session/factor", &json!({"password": PASSWORD})).await.refused(401, "session.none");
    prove(&again, "000000").await.refused(403, "session.factor-wrong");
    let code = authenticator.code(app.clock().now());
    let me = prove(&again, &code).await.ok();
    assert_eq!((me["step"].as_str(), me["role"]["role"].as_str()), (Some("done"), Some("specialist")));
    again.get("/api/hospitals").await.ok();

    let thief = app.nobody();
    thief.sign_in("li.wei", PASSWORD).await.ok();
    prove(&thief, &code).await.refused(403, "session.factor-used");
    app.clock().advance(SignedDuration::from_secs(30));
    prove(&thief, &code).await.refused(403, "session.factor-used");
    let recent = again.get("/api/session/recent").await.ok();
    assert_eq!(recent["open"].as_array().unwrap().len(), 3, "{recent}");
    assert!(outcomes(&recent).contains(&"factor-refused"), "{recent}");
}

#[tokio::test]
async fn wrong_codes_wait_and_a_recovery_code_signs_in_once() {
    let app = start().await;
    let li = app.login("li.wei").await;
    let (authenticator, done) = li.enrol_factor(PASSWORD, app.clock().now()).await;
    let recovery = done["recovery_codes"][3].as_str().unwrap().to_owned();
    app.clock().advance(SignedDuration::from_secs(60));
    let again = app.nobody();
    again.sign_in("li.wei", PASSWORD).await.ok();
    for _ in 0..5 {
        prove(&again, "123456").await.refused(403, "session.factor-wrong");
    }
    prove(&again, &authenticator.code(app.clock().now())).await.refused(429, "session.too-many");
    app.clock().advance(SignedDuration::from_mins(10));
    assert_eq!(prove(&again, &recovery.to_lowercase()).await.ok()["factor"]["codes_left"], 9);
    let other = app.nobody();
    other.sign_in("li.wei", PASSWORD).await.ok();
    prove(&other, &recovery).await.refused(403, "session.factor-wrong");
    let fresh = again.post("/api/session/factor/codes", &json!({"password": PASSWORD})).await.ok();
    assert_eq!(fresh["recovery_codes"].as_array().unwrap().len(), 10);
    let former = done["recovery_codes"][4].as_str().unwrap();
    prove(&other, former).await.refused(403, "session.factor-wrong");
    prove(&other, fresh["recovery_codes"][0].as_str().unwrap()).await.ok();
}

#[tokio::test]
async fn two_at_once_with_one_code_are_one_too_many() {
    let app = start().await;
    let li = app.login("li.wei").await;
    let (authenticator, _) = li.enrol_factor(PASSWORD, app.clock().now()).await;
    app.clock().advance(SignedDuration::from_secs(60));
    let (a, b) = (app.nobody(), app.nobody());
    a.sign_in("li.wei", PASSWORD).await.ok();
    b.sign_in("li.wei", PASSWORD).await.ok();
    let code = authenticator.code(app.clock().now());
    let (one, two) = tokio::join!(prove(&a, &code), prove(&b, &code));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 403]);
}

#[tokio::test]
async fn fresh_means_now() {
    let app = start().await;
    let li = app.login("li.wei").await;
    let role = app.platform().directory.role(&"li-wei-specialist".parse().unwrap()).unwrap();
    let actor = kernel::Actor {
        person: role.person.clone(),
        role: role.role,
        hospital: role.hospital.clone(),
        practitioner_role: role.id.clone(),
    };
    let refusal = async |code: Option<&str>| {
        let op = Op::new(app.platform().clone(), actor.clone(), Lang::Zh);
        session::fresh_factor(&op, code).await.err().map(|problem| problem.code)
    };
    assert_eq!(refusal(None).await, Some("session.factor-none"));
    assert_eq!(refusal(Some("123456")).await, Some("session.factor-none"));
    let (authenticator, done) = li.enrol_factor(PASSWORD, app.clock().now()).await;
    let until: kernel::Time = done["me"]["factor"]["fresh_until"].as_str().unwrap().parse().unwrap();
    assert_eq!(until, app.clock().now() + session::prove::FRESH);
    assert_eq!(refusal(None).await, Some("session.factor-stale"), "an act outside the session proved nothing");
    assert_eq!(refusal(Some("123456")).await, Some("session.factor-wrong"));
    app.clock().advance(SignedDuration::from_secs(60));
    let code = authenticator.code(app.clock().now());
    assert_eq!(refusal(Some(&code)).await, None);
    assert_eq!(refusal(Some(&code)).await, Some("session.factor-used"));
}

#[tokio::test]
async fn given_up_with_password_and_code() {
    let app = start().await;
    let li = app.login("li.wei").await;
    let (authenticator, _) = li.enrol_factor(PASSWORD, app.clock().now()).await;
    app.clock().advance(SignedDuration::from_secs(60));
    let end = async |password: &str, code: &str| {
        li.post("/api/session/factor/end", &json!({"password": password, "code": code})).await
    };
    let code = authenticator.code(app.clock().now());
    end("wrong password", &code).await.refused(403, "session.wrong-password");
    end(PASSWORD, "000000").await.refused(403, "session.factor-wrong");
    assert_eq!(end(PASSWORD, &code).await.status, 204);
    assert_eq!(app.nobody().sign_in("li.wei", PASSWORD).await.ok()["step"], "done");
}

#[tokio::test]
async fn an_offer_is_for_its_person_and_a_quarter_of_an_hour() {
    let app = start().await;
    let (li, zhang) = (app.login("li.wei").await, app.login("zhang.jun").await);
    let offer = li.post("/api/session/factor", &json!({"password": PASSWORD})).await.ok();
    let code = testkit::Authenticator::of(offer["secret"].as_str().unwrap()).code(app.clock().now());
    let confirmation = json!({"sealed": offer["sealed"], "code": code});
    let path = "/api/session/factor/confirmation";
    zhang.post(path, &confirmation).await.refused(422, "session.offer-over");
    app.clock().advance(SignedDuration::from_mins(15));
    li.post(path, &confirmation).await.refused(422, "session.offer-over");
    assert!(app.nobody().sign_in("li.wei", PASSWORD).await.ok()["factor"]["since"].is_null());
}

#[tokio::test]
async fn another_password_ends_the_other_sessions_and_keeps_the_signing_key() {
    let app = start().await;
    let (li, elsewhere) = (app.login("li.wei").await, app.login("li.wei").await);
    let renew = async |password: &str, next: &str| {
        li.put("/api/session/password", &json!({"password": password, "next": next})).await
    };
    renew(PASSWORD, "short").await.refused(422, "session.unfit-password");
    renew("wrong password", "a new password").await.refused(403, "session.wrong-password");
    assert_eq!(renew(PASSWORD, "a new password").await.status, 204);
    elsewhere.get("/api/session").await.refused(401, "session.none");
    li.get("/api/session").await.ok();
    app.nobody().sign_in("li.wei", PASSWORD).await.refused(401, "session.refused");
    app.nobody().sign_in("li.wei", "a new password").await.ok();
    let account = app.platform().store.account("li.wei").await.unwrap().unwrap();
    assert!(app.platform().pki.unlock(&account.keys.unwrap(), "a new password").is_ok());
}

#[tokio::test]
async fn sign_ins_are_listed_and_all_sessions_end() {
    let app = start().await;
    let (one, two) = (app.login("zhou.ming").await, app.login("zhou.ming").await);
    app.clock().advance(SignedDuration::from_secs(1));
    app.nobody().sign_in("zhou.ming", "wrong password").await.refused(401, "session.refused");
    // A refused try is kept after its answer.
    let mut recent = Value::Null;
    for _ in 0..200 {
        recent = one.get("/api/session/recent").await.ok();
        if recent["tries"].as_array().unwrap().len() == 3 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(outcomes(&recent), ["password-refused", "opened", "opened"]);
    assert_eq!(recent["tries"][0]["address"], "127.0.0.1");
    let this: Vec<_> = recent["open"].as_array().unwrap().iter().map(|s| s["this"] == true).collect();
    assert_eq!(this.iter().filter(|t| **t).count(), 1, "{recent}");
    assert_eq!(one.post("/api/session/close-all", &json!({"keep_this": true})).await.status, 204);
    two.get("/api/session").await.refused(401, "session.none");
    one.get("/api/session").await.ok();
    assert_eq!(one.post("/api/session/close-all", &json!({"keep_this": false})).await.status, 204);
    one.get("/api/session").await.refused(401, "session.none");
}

#[tokio::test]
async fn behind_a_trusted_proxy_the_address_is_the_browsers() {
    let mut settings = platform::Settings::default();
    settings.http.trusted_proxies = vec!["127.0.0.0/8".to_owned()];
    settings.session.attempts_per_address = 3;
    let app = TestApp::with(settings, Some("2026-03-02T00:30:00Z".parse().unwrap())).await;
    let client = app.nobody();
    let attempt = async |from: &str, name: &str| {
        let request = client.request("POST", "/api/session").header("x-forwarded-for", from);
        client.send(request.json(&json!({"name": name, "password": "wrong password"}))).await
    };
    for n in 0..3 {
        attempt("9.9.9.9, 203.0.113.5", &format!("guess{n}")).await.refused(401, "session.refused");
    }
    attempt("8.8.8.8, 203.0.113.5", "guess").await.refused(429, "session.too-many");
    attempt("203.0.113.6", "guess").await.refused(401, "session.refused");
}
