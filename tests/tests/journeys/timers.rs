//! What happens when nobody does what is due, over HTTP, with a clock that the test moves.

use super::consult::{case, expert, hand_in};
use super::step;
use jiff::SignedDuration;
use serde_json::{Value, json};
use testkit::{Client, TestApp};

const BEGIN: &str = "2026-11-21T02:00:00Z";

async fn start() -> TestApp {
    TestApp::at(BEGIN.parse().unwrap()).await
}

/// Minutes pass, and what is due is done.
async fn pass(app: &TestApp, minutes: i64) {
    app.clock().advance(SignedDuration::from_mins(minutes));
    app.run_jobs().await;
}

/// What happened by itself so far, in order.
async fn happened(client: &Client, id: &str) -> Vec<String> {
    let page = case(client, id).await;
    let acts = page["timeline"].as_array().unwrap().iter();
    let acts = acts.filter(|a| a["what"].as_str().unwrap().starts_with("timer."));
    acts.map(|a| {
        assert_eq!(a["by"], Value::Null, "by nobody: {a}");
        let who = a["params"]["who"].as_str().map(|who| format!(" {who}")).unwrap_or_default();
        format!("{}{who} {}", a["what"].as_str().unwrap(), &a["at"].as_str().unwrap()[11..16])
    })
    .collect()
}

fn ahead(page: &Value) -> (String, String) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (text(&page["next"]["what"]), text(&page["next"]["at"]))
}

fn pair(what: &str, at: &str) -> (String, String) {
    (what.into(), at.into())
}

#[tokio::test]
async fn a_request_nobody_looks_at_is_said_before_and_told_once() {
    let mut app = start().await;
    let (zhou, chen) = (app.login("zhou.ming").await, app.login("chen.tao").await);
    let (id, number) = hand_in(&zhou, "00112345").await;
    let inbox = chen.get("/api/consults").await.ok();
    let row = inbox["rows"].as_array().unwrap().iter().find(|r| r["number"] == json!(number)).unwrap();
    assert_eq!(ahead(row), pair("first-look", "2026-11-21T02:15:00Z"), "visible before it happens");
    assert_eq!(row["next"]["tells"], json!(["desk", "asking"]));

    pass(&app, 14).await;
    assert_eq!(happened(&zhou, &id).await, Vec::<String>::new());
    // The program is started anew in between: the job stands in the store.
    app.restart().await;
    let chen = app.login("chen.tao").await;
    let mut heard = chen.events(None).await;
    pass(&app, 1).await;
    // The stream carries more than acts: that a figure has changed, for one.
    let told = loop {
        let event = heard.next(std::time::Duration::from_secs(5)).await.unwrap().data;
        if !event["what"].is_null() {
            break event;
        }
    };
    assert_eq!((&told["what"], &told["params"]["number"]), (&json!("timer.first_look"), &json!(number)));
    assert!(told["params"]["tell"].as_array().unwrap().contains(&json!("desk:province")), "{told}");
    assert!(told["params"]["tell"].as_array().unwrap().contains(&json!("person:zhou-ming")), "{told}");
    pass(&app, 0).await;
    app.restart().await;
    pass(&app, 0).await;
    let (zhou, chen) = (app.login("zhou.ming").await, app.login("chen.tao").await);
    assert_eq!(happened(&zhou, &id).await, ["timer.first_look 02:15"], "once, however often the job runs");
    assert_eq!(ahead(&case(&zhou, &id).await), pair("administrator", "2026-11-21T02:30:00Z"));

    step(&chen, &id, "first-look", json!({})).await.ok();
    pass(&app, 30).await;
    assert_eq!(happened(&zhou, &id).await, ["timer.first_look 02:15"], "the step overtook what was ahead");
    assert_eq!(ahead(&case(&zhou, &id).await), pair("expert-in-room", "2026-11-21T06:00:00Z"));
}

#[tokio::test]
async fn who_is_expected_is_reminded_once_when_the_room_opens() {
    let mut app = start().await;
    let (zhou, chen, zhang) = (app.login("zhou.ming").await, app.login("chen.tao").await, app.login("zhang.jun").await);
    let (id, _) = hand_in(&zhou, "00172345").await;
    step(&chen, &id, "first-look", json!({})).await.ok();
    let role = expert(&chen, "Zhang Jun").await;
    step(&chen, &id, "assign", json!({"experts": [role], "start": "2026-11-21T03:00:00Z"})).await.ok();
    step(&zhang, &id, "accept", json!({})).await.ok();
    let page = case(&zhou, &id).await;
    assert_eq!(ahead(&page), pair("remind", "2026-11-21T02:45:00Z"), "said before it happens");
    assert_eq!(page["next"]["tells"], json!(["experts", "asking"]));
    pass(&app, 44).await;
    assert_eq!(happened(&zhou, &id).await, Vec::<String>::new());
    pass(&app, 1).await;
    app.restart().await;
    pass(&app, 0).await;
    let (zhou, chen, zhang) = (app.login("zhou.ming").await, app.login("chen.tao").await, app.login("zhang.jun").await);
    assert_eq!(happened(&zhou, &id).await, ["timer.remind 02:45"], "once");
    let last = async |who: &Client| who.get("/api/notices").await.ok()["notices"][0]["what"].clone();
    assert_eq!((last(&zhou).await, last(&zhang).await), (json!("timer.remind"), json!("timer.remind")));
    assert_ne!(last(&chen).await, "timer.remind", "the desk expects nobody in its own room");

    // Moved: for the other time, too. Moved to what begins at once: they have just heard.
    step(&chen, &id, "assign", json!({"experts": [role], "start": "2026-11-21T03:50:00Z"})).await.ok();
    pass(&app, 50).await;
    assert_eq!(happened(&zhou, &id).await, ["timer.remind 02:45", "timer.remind 03:35"]);
    step(&chen, &id, "assign", json!({"experts": [role], "start": "2026-11-21T03:45:00Z"})).await.ok();
    assert_eq!(ahead(&case(&zhou, &id).await), pair("call", "2026-11-21T03:45:00Z"));
}

#[tokio::test]
async fn a_reminder_that_comes_too_late_is_none() {
    let app = start().await;
    let (zhou, chen) = (app.login("zhou.ming").await, app.login("chen.tao").await);
    let (id, _) = hand_in(&zhou, "00182345").await;
    step(&chen, &id, "first-look", json!({})).await.ok();
    let role = expert(&chen, "Zhang Jun").await;
    step(&chen, &id, "assign", json!({"experts": [role], "start": "2026-11-21T02:50:00Z"})).await.ok();
    // Nothing ran until it began.
    pass(&app, 50).await;
    assert_eq!(happened(&zhou, &id).await, ["timer.call expert 02:50"]);
}

#[tokio::test]
async fn a_late_expert_is_replaced_and_without_another_it_is_a_no_show() {
    let app = start().await;
    let (zhou, chen) = (app.login("zhou.ming").await, app.login("chen.tao").await);
    let (zhang, li) = (app.login("zhang.jun").await, app.login("li.wei").await);
    let (id, _) = hand_in(&zhou, "00122345").await;
    step(&chen, &id, "first-look", json!({})).await.ok();
    let role = expert(&chen, "Zhang Jun").await;
    step(&chen, &id, "assign", json!({"experts": [role], "start": "2026-11-21T02:10:00Z"})).await.ok();
    step(&zhang, &id, "accept", json!({})).await.ok();
    assert_eq!(ahead(&case(&zhang, &id).await), pair("call", "2026-11-21T02:10:00Z"));

    pass(&app, 10).await;
    assert_eq!(happened(&zhou, &id).await, ["timer.call expert 02:10"]);
    pass(&app, 3).await;
    pass(&app, 2).await;
    let (before, page) = (happened(&zhou, &id).await, case(&zhou, &id).await);
    assert_eq!(before[1..], ["timer.standby expert 02:13", "timer.dispatcher expert 02:15"]);
    let asked = page["timeline"].as_array().unwrap().iter().find(|a| a["what"] == "timer.standby").unwrap();
    let asked = asked["params"]["standby"]["name_en"].as_str().unwrap().to_owned();
    assert_eq!((page["state"].as_str(), ahead(&page)), (Some("waiting"), pair("swap", "2026-11-21T02:20:00Z")));
    li.get(&format!("/api/consults/{id}")).await.refused(404, "not_found");

    pass(&app, 5).await;
    let page = case(&zhou, &id).await;
    assert_eq!((&page["state"], &page["advising"][0]["name_en"]), (&json!("scheduled"), &json!(asked)));
    let swap = page["timeline"].as_array().unwrap().iter().find(|a| a["what"] == "timer.swap").unwrap();
    assert_eq!(swap["params"]["out"][0]["name_en"], "Zhang Jun");
    zhang.get(&format!("/api/consults/{id}")).await.refused(404, "not_found");

    // Nobody comes any more: each free expert of the specialty is tried once, then the dispatcher has it back.
    for _ in 0..60 {
        if case(&zhou, &id).await["state"] == "no-show" {
            break;
        }
        pass(&app, 1).await;
    }
    let last = happened(&zhou, &id).await.pop().unwrap();
    assert!(last.starts_with("timer.no_show expert"), "{last}");
    let waiting = chen.get("/api/consults?waiting=me").await.ok();
    assert!(waiting["rows"].as_array().unwrap().iter().any(|r| r["id"] == json!(id)), "it waits for the dispatcher");
}

#[tokio::test]
async fn an_expert_who_waits_alone_is_not_the_late_one() {
    let app = start().await;
    let (zhou, chen, li) = (app.login("zhou.ming").await, app.login("chen.tao").await, app.login("li.wei").await);
    let (id, _) = hand_in(&zhou, "00132345").await;
    step(&chen, &id, "first-look", json!({})).await.ok();
    let role = expert(&chen, "Li Wei").await;
    step(&chen, &id, "assign", json!({"experts": [role]})).await.ok();
    step(&li, &id, "accept", json!({})).await.ok();
    app.run_jobs().await;
    assert_eq!(happened(&zhou, &id).await, ["timer.call expert 02:00"]);
    li.post(&format!("/api/consults/{id}/room"), &json!({})).await.ok();
    // Looks are gathered for a moment before they stand in the ledger.
    for _ in 0..100 {
        if case(&zhou, &id).await["next"]["who"] == "asking" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    for _ in 0..10 {
        pass(&app, 1).await;
    }
    assert_eq!(
        happened(&zhou, &id).await[1..],
        ["timer.call asking 02:03", "timer.dispatcher asking 02:05", "timer.no_show asking 02:10"]
    );
    let page = case(&li, &id).await;
    assert_eq!((&page["state"], &page["advising"][0]["name_en"]), (&json!("no-show"), &json!("Li Wei")));
    step(&li, &id, "start", json!({})).await.ok();
}

#[tokio::test]
async fn a_lost_line_closes_nothing_and_late_words_are_asked_for() {
    let app = start().await;
    let (zhou, chen, li) = (app.login("zhou.ming").await, app.login("chen.tao").await, app.login("li.wei").await);
    let (id, _) = hand_in(&zhou, "00142345").await;
    step(&chen, &id, "first-look", json!({})).await.ok();
    let role = expert(&chen, "Li Wei").await;
    step(&chen, &id, "assign", json!({"experts": [role]})).await.ok();
    step(&li, &id, "accept", json!({})).await.ok();
    step(&li, &id, "start", json!({})).await.ok();
    step(&li, &id, "suspend", json!({"reason": "断线"})).await.ok();
    pass(&app, 15).await;
    assert!(happened(&zhou, &id).await.contains(&"timer.line 02:15".to_owned()));
    let page = case(&li, &id).await;
    assert_eq!((&page["state"], &page["room"]["open"]), (&json!("suspended"), &json!(true)));
    li.post(&format!("/api/consults/{id}/room"), &json!({})).await.ok();
    step(&li, &id, "resume", json!({})).await.ok();
    step(&li, &id, "conclude", json!({})).await.ok();
    assert_eq!(ahead(&case(&zhou, &id).await), pair("opinion", "2026-11-21T04:00:00Z"));
    app.clock().advance(SignedDuration::from_mins(50));
    app.clock().advance(SignedDuration::from_mins(55));
    app.run_jobs().await;
    let (zhou, li) = (app.login("zhou.ming").await, app.login("li.wei").await);
    assert_eq!(happened(&zhou, &id).await.pop().unwrap(), "timer.opinion 04:00");

    let words =
        json!({"findings": "双肺磨玻璃影", "opinion": "重症肺炎", "advice": "转ICU", "password": "consilium-demo"});
    step(&li, &id, "opinion", words).await.ok();
    pass(&app, 59).await;
    let zhou = app.login("zhou.ming").await;
    assert_eq!(happened(&zhou, &id).await.pop().unwrap(), "timer.opinion 04:00");
    pass(&app, 1).await;
    assert_eq!(happened(&zhou, &id).await.pop().unwrap(), "timer.acknowledge 05:00");
    step(&zhou, &id, "answer", json!({"answer": "adopted"})).await.ok();
    pass(&app, 45).await;
    assert_eq!(case(&zhou, &id).await["next"], Value::Null, "nothing is ahead of an answered case");
}
