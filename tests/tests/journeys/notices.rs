//! Who is told, on which screen, and what happens to mail that cannot be sent, over HTTP.

use super::consult::{case, expert, hand_in};
use super::step;
use jiff::SignedDuration;
use platform::Settings;
use platform::settings::MailTls;
use serde_json::{Value, json};
use std::time::Duration;
use testkit::{Client, TestApp};

const BEGIN: &str = "2026-11-21T02:00:00Z";

async fn notices(client: &Client) -> (Vec<String>, u64) {
    let list = client.get("/api/notices").await.ok();
    let all = list["notices"].as_array().unwrap().iter();
    (all.map(|n| n["what"].as_str().unwrap().to_owned()).collect(), list["unread"].as_u64().unwrap())
}

#[tokio::test]
async fn each_is_told_what_waits_for_them_and_has_read_it_everywhere() {
    let mut app = TestApp::start().await;
    let (zhou, chen, li) = (app.login("zhou.ming").await, app.login("chen.tao").await, app.login("li.wei").await);
    let before = (notices(&zhou).await.1, notices(&chen).await.1, notices(&li).await.1);
    let mut heard = chen.events(None).await;
    let (id, number) = hand_in(&zhou, "00212345").await;
    let told = loop {
        let act = heard.next(Duration::from_secs(30)).await.unwrap().data;
        if act["what"] == "consult.request" {
            break act;
        }
    };
    assert_eq!((&told["params"]["number"], &told["params"]["tell"]), (&json!(number), &json!(["desk:province"])));
    let (what, unread) = notices(&chen).await;
    assert_eq!((what[0].as_str(), unread), ("consult.request", before.1 + 1));
    assert_eq!(notices(&zhou).await.1, before.0, "nobody is told what they did themselves");
    let newest = chen.get("/api/notices").await.ok()["notices"][0].clone();
    assert_eq!((&newest["case"], newest["params"].get("tell")), (&json!(id), None));
    assert!(!newest.to_string().contains("王"), "a notice names no patient: {newest}");

    step(&chen, &id, "first-look", json!({})).await.ok();
    let role = expert(&chen, "Li Wei").await;
    step(&chen, &id, "assign", json!({"experts": [role], "start": "2126-01-01T00:00:00Z"})).await.ok();
    assert_eq!(notices(&li).await, (notices(&li).await.0, before.2 + 1));
    assert_eq!(notices(&li).await.0[0], "consult.assign");

    // Read on one screen, read on the other, and after a new start.
    let to = li.get("/api/notices").await.ok()["notices"][0]["number"].clone();
    let (phone, other) = (app.login("li.wei").await, app.login("zhang.jun").await);
    let mut stream = phone.events(None).await;
    li.post("/api/notices/read", &json!({"to": to})).await.ok();
    let read = loop {
        let act = stream.next(Duration::from_secs(30)).await.unwrap().data;
        if act["what"] == "notify.read" {
            break act;
        }
    };
    assert_eq!(read["params"]["to"], to);
    assert_eq!((notices(&phone).await.1, notices(&other).await.1), (0, 0));
    li.post("/api/notices/read", &json!({"to": u64::MAX})).await.refused(422, "notify.not_yet");
    app.restart().await;
    let li = app.login("li.wei").await;
    let (what, unread) = notices(&li).await;
    assert_eq!((what[0].as_str(), unread), ("consult.assign", 0));
    assert_eq!(case(&li, &id).await["state"], "scheduled");
}

#[tokio::test]
async fn mail_that_cannot_be_sent_is_tried_again_and_then_seen_and_run_again_by_a_person() {
    let mut settings = Settings::default();
    // Nobody listens there: the port was free a moment ago.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    settings.mail.server = "127.0.0.1".into();
    settings.mail.port = closed;
    settings.mail.tls = MailTls::None;
    settings.mail.from = "Consilium <consilium@centre.example>".into();
    let app = TestApp::with(settings, Some(BEGIN.parse().unwrap())).await;
    let (zhou, chen, admin) = (app.login("zhou.ming").await, app.login("chen.tao").await, app.login("admin").await);
    for wrong in ["chen", "a@b\r\nBcc: x@y.example", &format!("{}@b.example", "a".repeat(300))] {
        chen.put("/api/notices/address", &json!({"mail": wrong})).await.refused(422, "notify.no_address");
    }
    chen.put("/api/notices/address", &json!({"mail": "chen.tao@centre.example"})).await.ok();
    let list = chen.get("/api/notices").await.ok();
    assert_eq!((&list["mail"], &list["sends_mail"]), (&json!("chen.tao@centre.example"), &json!(true)));
    hand_in(&zhou, "00222345").await;
    let dead = async || admin.get("/api/jobs/dead").await.ok()["jobs"].as_array().unwrap().clone();
    app.run_jobs().await;
    assert_eq!(dead().await, Vec::<Value>::new(), "not before somebody had the time to read it");
    for _ in 0..52 {
        app.clock().advance(SignedDuration::from_mins(5));
        app.run_jobs().await;
        for somebody in [&zhou, &chen, &admin] {
            somebody.get("/api/session").await.ok();
        }
    }
    let letters = dead().await;
    assert!(!letters.is_empty(), "tried for three hours");
    for letter in &letters {
        assert_eq!((&letter["kind"], &letter["attempts"]), (&json!("notify.mail"), &json!(16)));
    }
    assert!(letters[0]["why"].as_str().unwrap().contains("mail server"), "{}", letters[0]);
    for stranger in [&zhou, &chen] {
        stranger.get("/api/jobs/dead").await.refused(404, "not_found");
    }
    let key = json!({"key": letters[0]["key"]});
    chen.post("/api/jobs/retry", &key).await.refused(404, "not_found");
    admin.post("/api/jobs/retry", &key).await.ok();
    assert!(dead().await.iter().all(|letter| letter["key"] != key["key"]), "it lives");
    admin.post("/api/jobs/retry", &key).await.refused(404, "not_found");

    // Who has read it meanwhile gets no mail: the job ends without one.
    let chen = app.login("chen.tao").await;
    let to = chen.get("/api/notices").await.ok()["notices"][0]["number"].clone();
    chen.post("/api/notices/read", &json!({"to": to})).await.ok();
    for _ in 0..9 {
        app.clock().advance(SignedDuration::from_mins(5));
        app.run_jobs().await;
    }
    let dead = app.login("admin").await.get("/api/jobs/dead").await.ok()["jobs"].clone();
    assert!(dead.as_array().unwrap().iter().all(|letter| letter["key"] != key["key"]), "{dead}");
}
