//! The calendar of a person in a foreign program: what is booked, moved, cancelled; what it must not say; whom it leaves.

use super::consult::{expert, hand_in};
use super::step;
use jiff::SignedDuration;
use records::{Act, Change};
use serde_json::json;
use testkit::{Answer, Client, TestApp};

const BEGIN: &str = "2026-11-21T02:00:00Z";

/// Makes a link; its path on this server.
pub(super) async fn linked(client: &Client) -> String {
    let made = client.post("/api/calendar/link", &json!({})).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let address = made.body["address"].as_str().unwrap();
    format!("/{}", address.splitn(4, '/').nth(3).unwrap())
}

/// As a calendar program asks: without a cookie.
async fn asked(app: &TestApp, path: &str) -> Answer {
    app.nobody().get(&format!("{path}?lang=en")).await
}

/// The calendar's lines, put together again.
async fn lines(app: &TestApp, path: &str) -> Vec<String> {
    let answer = asked(app, path).await;
    assert_eq!(
        (answer.status, &answer.headers["content-type"]),
        (200, &"text/calendar; charset=utf-8".parse().unwrap())
    );
    let text = answer.text();
    assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
    text.replace("\r\n ", "").split_terminator("\r\n").map(str::to_owned).collect()
}

/// The members of the event with this id, as `NAME:value`.
pub(super) async fn event(app: &TestApp, path: &str, id: &str) -> Option<Vec<String>> {
    let lines = lines(app, path).await;
    let mut events = lines.split(|line| line == "BEGIN:VEVENT").skip(1);
    events.find(|event| event.contains(&format!("UID:{id}@consilium"))).map(<[String]>::to_vec)
}

pub(super) fn said<'a>(event: &'a [String], name: &str) -> &'a str {
    let found = event.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    found.unwrap_or_else(|| panic!("{name} in {event:?}"))
}

fn sequence(event: &[String]) -> u64 {
    said(event, "SEQUENCE").parse().unwrap()
}

#[tokio::test]
async fn a_calendar_follows_the_case_and_says_nothing_of_the_patient() {
    let app = &TestApp::at(BEGIN.parse().unwrap()).await;
    let (zhou, chen, li) = (app.login("zhou.ming").await, app.login("chen.tao").await, app.login("li.wei").await);
    let (zhang, zhao) = (app.login("zhang.jun").await, app.login("zhao.min").await);
    assert_eq!(li.get("/api/calendar/link").await.ok(), json!({}));
    app.nobody().get("/api/calendar/link").await.refused(401, "session.none");
    let of_li = linked(&li).await;
    assert_eq!(li.get("/api/calendar/link").await.ok(), json!({"since": BEGIN}));
    let (of_zhou, of_zhang, of_zhao) = (linked(&zhou).await, linked(&zhang).await, linked(&zhao).await);
    assert_eq!(lines(app, &of_li).await.last().unwrap(), "END:VCALENDAR", "empty, and a calendar");

    // Booked.
    let (id, number) = hand_in(&zhou, "00412345").await;
    assert_eq!(event(app, &of_zhou, &id).await, None, "asked for, and not yet arranged");
    let role = expert(&chen, "Li Wei").await;
    let rooms = chen.get("/api/rooms").await.ok();
    let room = rooms["rooms"].as_array().unwrap().iter().find(|r| r["virtual"] == false).unwrap().clone();
    let booking = json!({"experts": [role], "start": "2026-11-21T03:00:00Z", "room": room["id"]});
    step(&chen, &id, "assign", booking).await.ok();
    let booked = event(app, &of_li, &id).await.expect("the expert's");
    for (name, value) in [
        ("SUMMARY", format!("Consultation {number}\\, Respiratory")),
        ("DTSTART", "20261121T030000Z".into()),
        ("DTEND", "20261121T033000Z".into()),
        ("DTSTAMP", "20261121T020000Z".into()),
        ("LOCATION", room["name_en"].as_str().unwrap().replace(',', "\\,")),
        ("STATUS", "TENTATIVE".into()),
        ("TRANSP", "OPAQUE".into()),
    ] {
        assert_eq!(said(&booked, name), value, "{name}");
    }
    assert!(said(&booked, "URL").ends_with(&format!("/cases/{id}")));
    assert_eq!(event(app, &of_zhou, &id).await.as_ref(), Some(&booked), "and the asking doctor's");
    for other in [&of_zhang, &of_zhao] {
        assert!(!lines(app, other).await.contains(&"BEGIN:VEVENT".to_owned()), "nobody else's");
    }
    let whole =
        format!("{}{}", asked(app, &of_li).await.text(), asked(app, &of_zhou).await.text()).replace("\r\n ", "");
    let chinese = app.nobody().get(&of_li).await.text().replace("\r\n ", "");
    assert!(chinese.contains(&format!("SUMMARY:远程会诊 {number} 呼吸内科\r\n")), "{chinese}");
    for secret in ["王小明", "王", "Wang", "E00412345", "13900412345", "1960", "插管", "发热", "肺炎"] {
        assert!(!whole.contains(secret) && !chinese.contains(secret), "{secret} in {whole}{chinese}");
    }

    // Asked again, nothing new.
    let first = asked(app, &of_li).await;
    let (etag, cache) = (first.headers["etag"].clone(), &first.headers["cache-control"]);
    assert_eq!(cache, "private, no-cache");
    app.clock().advance(SignedDuration::from_mins(5));
    let again = async |etag| {
        let nobody = app.nobody();
        nobody.send(nobody.request("GET", &format!("{of_li}?lang=en")).header("if-none-match", etag)).await.status
    };
    assert_eq!(again(etag.clone()).await, 304, "time alone changes nothing");

    // Moved, accepted.
    let moved = json!({"experts": [role], "start": "2026-11-21T05:00:00Z"});
    step(&chen, &id, "assign", moved).await.ok();
    assert_eq!(again(etag).await, 200);
    let later = event(app, &of_li, &id).await.unwrap();
    assert_eq!((said(&later, "DTSTART"), said(&later, "LOCATION")), ("20261121T050000Z", "Virtual room"));
    assert_eq!(said(&later, "LAST-MODIFIED"), "20261121T020500Z");
    assert!(sequence(&later) > sequence(&booked), "{later:?}");
    step(&li, &id, "accept", json!({})).await.ok();
    assert_eq!(said(&event(app, &of_zhou, &id).await.unwrap(), "STATUS"), "CONFIRMED");

    // On call, and may be booked all the same.
    let duty = json!({"version": 0, "from": "2026-11-21T10:00:00Z", "to": "2026-11-22T00:00:00Z",
        "specialty": "respiratory", "rank": 1});
    let duty = chen.post(&format!("/api/rota/{}/duties", role.as_str().unwrap()), &duty).await;
    let of_duty = event(app, &of_li, duty.body["id"].as_str().unwrap()).await.expect("the duty");
    assert_eq!((said(&of_duty, "TRANSP"), said(&of_duty, "SUMMARY")), ("TRANSPARENT", "On call: Respiratory (no. 1)"));

    let id_of_duty = duty.body["id"].as_str().unwrap();
    let path = format!("/api/rota/{}/duties/{id_of_duty}?version=1", role.as_str().unwrap());
    chen.delete(&path).await.ok();
    let out = event(app, &of_li, id_of_duty).await.expect("a duty that was taken out is told of");
    assert_eq!((said(&out, "STATUS"), said(&out, "TRANSP")), ("CANCELLED", "TRANSPARENT"));
    assert!(sequence(&out) > sequence(&of_duty));

    // Cancelled, for both.
    step(&zhou, &id, "cancel", json!({"reason": "患者已转院"})).await.ok();
    for of in [&of_li, &of_zhou] {
        let over = event(app, of, &id).await.unwrap();
        assert_eq!((said(&over, "STATUS"), said(&over, "TRANSP")), ("CANCELLED", "TRANSPARENT"));
        assert!(sequence(&over) > sequence(&later) && !over.concat().contains("转院"));
    }

    // Another link: the former leads nowhere. Withdrawn: neither does this.
    let other = linked(&li).await;
    asked(app, &of_li).await.refused(404, "not_found");
    assert!(event(app, &other, &id).await.is_some());
    assert_eq!(li.delete("/api/calendar/link").await.status, 204);
    asked(app, &other).await.refused(404, "not_found");
    assert_eq!(li.get("/api/calendar/link").await.ok(), json!({}));
    for wrong in ["/calendar/x.ics", "/calendar/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.ics"] {
        asked(app, wrong).await.refused(404, "not_found");
    }

    // Somebody who may not sign in any more has no calendar either.
    let store = &app.platform().store;
    let me = zhou.get("/api/session").await.ok()["person"]["id"].as_str().unwrap().to_owned();
    let account = store.account_of(&kernel::Id::new(me).unwrap()).await.unwrap().unwrap();
    let mut change = Change::of(Act::system("test.disable"));
    change.accounts.push(records::AccountChange::Put(records::Account { enabled: false, ..account }));
    store.commit(change).await.unwrap();
    asked(app, &of_zhou).await.refused(404, "not_found");

    // What was a month ago is not shown, and no log line holds an address.
    let again = linked(&li).await;
    app.clock().advance(SignedDuration::from_hours(24 * 29));
    assert!(event(app, &again, &id).await.is_some());
    app.clock().advance(SignedDuration::from_hours(30));
    assert_eq!(event(app, &again, &id).await, None);
    let logs = app.logs();
    for path in [&of_li, &of_zhou, &other, &again] {
        assert!(!logs.contains(&path[10..30]), "a token in a log line");
    }
}

#[tokio::test]
async fn a_program_that_asks_without_end_is_told_to_wait() {
    let app = TestApp::at(BEGIN.parse().unwrap()).await;
    let li = app.login("li.wei").await;
    let path = linked(&li).await;
    for _ in 0..60 {
        assert_eq!(asked(&app, &path).await.status, 200);
    }
    let refused = asked(&app, &path).await;
    assert!(refused.headers.contains_key("retry-after"));
    refused.refused(429, "session.too-many");
    app.clock().advance(SignedDuration::from_mins(10));
    assert_eq!(asked(&app, &path).await.status, 200);
}
