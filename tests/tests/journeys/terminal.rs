//! The terminals of a hospital: kept by its administrator, taken by its meetings, never by two at once.

use super::calendar::{event, linked, said};
use super::consult::{case, expert, hand_in};
use super::step;
use serde_json::{Value, json};
use testkit::{Client, TestApp};

/// Ten in the morning in Zhengzhou.
const BEGIN: &str = "2026-11-21T02:00:00Z";
const NOON: &str = "2026-11-21T04:00:00Z";

fn terminal(name: &str) -> Value {
    json!({"kind": "terminal", "name": name, "manufacturer": "宝利通", "model": "G7500", "serial": "8L-2211"})
}

async fn make(he: &Client, fields: &Value) -> String {
    let made = he.post("/api/admin/hospitals/guangshan/devices", fields).await.ok();
    made["id"].as_str().unwrap().to_owned()
}

/// A case of Guangshan's that can be assigned.
async fn ready(zhou: &Client, chen: &Client, passport: &str) -> String {
    let (id, _) = hand_in(zhou, passport).await;
    step(chen, &id, "first-look", json!({})).await.ok();
    id
}

#[tokio::test]
async fn two_meetings_never_join_by_one_terminal() {
    let app = TestApp::at(BEGIN.parse().unwrap()).await;
    let (he, zhou, chen) = (app.login("he.jing").await, app.login("zhou.ming").await, app.login("chen.tao").await);
    let (li, zhang) = (expert(&chen, "Li Wei").await, expert(&chen, "Zhang Jun").await);
    let (a, b) = (ready(&zhou, &chen, "00771234").await, ready(&zhou, &chen, "00781234").await);
    let one = make(&he, &terminal("一号终端")).await;
    step(&chen, &a, "assign", json!({"experts": [li], "start": NOON})).await.ok();
    assert_eq!(case(&zhou, &a).await["scheduled"]["terminal"], "一号终端");
    let feeds = [(linked(&zhou).await, "一号终端"), (linked(&app.login("li.wei").await).await, "Virtual room")];
    for (feed, place) in &feeds {
        assert_eq!(said(&event(&app, feed, &a).await.unwrap(), "LOCATION"), *place, "each where they are to be");
    }

    // Another expert, the virtual room: and still nobody to sit before.
    let wanted = json!({"experts": [zhang], "start": "2026-11-21T04:15:00Z"});
    let refused = step(&chen, &b, "assign", wanted.clone()).await.refused(409, "schedule.no_terminal");
    assert!(refused["detail"].as_str().unwrap().contains("asking hospital"), "{refused}");
    let later = json!({"experts": [zhang], "start": "2026-11-21T04:30:00Z"});
    step(&chen, &b, "assign", later).await.ok();
    assert_eq!(case(&zhou, &b).await["scheduled"]["terminal"], "一号终端");
    let mut despite = wanted.clone();
    despite["despite"] = "一台借自急诊科".into();
    let done = step(&chen, &b, "assign", despite).await.ok();
    assert_eq!(done["against"][0]["code"], "schedule.no_terminal");
    assert_eq!(case(&zhou, &b).await["scheduled"]["terminal"], Value::Null);

    // With a second one there is one for each, and a case keeps the one it has.
    make(&he, &terminal("二号终端")).await;
    step(&chen, &b, "assign", wanted.clone()).await.ok();
    assert_eq!(case(&zhou, &b).await["scheduled"]["terminal"], "二号终端");
    step(&chen, &a, "assign", json!({"experts": [li], "start": "2026-11-21T06:00:00Z"})).await.ok();
    step(&chen, &b, "assign", json!({"experts": [zhang], "start": "2026-11-21T04:20:00Z"})).await.ok();
    assert_eq!(case(&zhou, &b).await["scheduled"]["terminal"], "二号终端");
    let appointments = zhou.get(&format!("/fhir/Appointment?based-on=ServiceRequest/{a}")).await.ok();
    let participants = appointments["entry"][0]["resource"]["participant"].as_array().unwrap().clone();
    assert!(participants.iter().any(|p| p["actor"]["reference"] == format!("Device/{one}")), "{participants:?}");

    // Called off: its time is another's.
    step(&zhou, &a, "cancel", json!({"reason": "患者转院"})).await.ok();
    let c = ready(&zhou, &chen, "00791234").await;
    step(&chen, &c, "assign", json!({"experts": [li], "start": "2026-11-21T06:00:00Z"})).await.ok();
    assert_eq!(case(&zhou, &c).await["scheduled"]["terminal"], "一号终端");
}

#[tokio::test]
async fn two_dispatchers_who_want_the_last_terminal_do_not_both_get_it() {
    let app = TestApp::at(BEGIN.parse().unwrap()).await;
    let (he, zhou) = (app.login("he.jing").await, app.login("zhou.ming").await);
    let (chen, sun) = (app.login("chen.tao").await, app.login("sun.li").await);
    make(&he, &terminal("一号终端")).await;
    let (li, zhang) = (expert(&chen, "Li Wei").await, expert(&chen, "Zhang Jun").await);
    for round in 0..8 {
        let (a, b) = (
            ready(&zhou, &chen, &format!("00{round}81234")).await,
            ready(&zhou, &chen, &format!("00{round}91234")).await,
        );
        let start = format!("2026-11-21T{:02}:00:00Z", 4 + round);
        let (first, second) = tokio::join!(
            step(&chen, &a, "assign", json!({"experts": [li], "start": start})),
            step(&sun, &b, "assign", json!({"experts": [zhang], "start": start})),
        );
        let mut codes = [first, second].map(|answer| answer.body["code"].as_str().unwrap_or("done").to_owned());
        codes.sort_unstable();
        assert_eq!(codes, ["done", "schedule.no_terminal"], "round {round}");
    }
}

#[tokio::test]
async fn devices_are_kept_by_their_own_administrators() {
    let app = TestApp::at(BEGIN.parse().unwrap()).await;
    let he = app.login("he.jing").await;
    let of = "/api/admin/hospitals/guangshan/devices";
    let id = make(&he, &terminal(" 一号终端 ")).await;
    he.post(of, &terminal("一号终端")).await.refused(422, "directory.unfit");
    let faults = async |fields: Value| {
        let refused = he.post(of, &fields).await.refused(422, "directory.unfit");
        let all = refused["params"]["faults"].as_array().unwrap();
        let said = all.iter().map(|f| format!("{} {}", f["field"].as_str().unwrap(), f["code"].as_str().unwrap()));
        said.collect::<Vec<_>>().join(", ")
    };
    assert_eq!(faults(json!({"kind": "gateway", "name": " "})).await, "kind unknown, name missing");
    assert_eq!(faults(json!({"kind": "ct", "name": "x".repeat(101)})).await, "name too-long");
    assert_eq!(faults(json!({"kind": "ct", "name": "CT", "serial": "s".repeat(61)})).await, "serial too-long");
    assert_eq!(faults(json!({"kind": "ct", "name": "CT", "place": "room-1"})).await, "place unknown");
    let made = he
        .post("/api/admin/hospitals/guangshan/places", &json!({"kind": "room", "name": "CT室", "name_en": "CT room"}))
        .await;
    let room = made.ok()["id"].clone();
    let ct = make(&he, &json!({"kind": "ct", "name": "CT", "place": room, "manufacturer": " ", "serial": "77"})).await;
    let rows = he.get(of).await.ok()["devices"].clone();
    assert_eq!(rows[0], json!({"id": ct, "kind": "ct", "name": "CT", "place": room, "serial": "77", "active": true}));
    assert_eq!((&rows[1]["id"], &rows[1]["name"]), (&json!(id), &json!("一号终端")));
    let body = app.login("zhou.ming").await.get(&format!("/fhir/Device/{ct}")).await.ok();
    assert_eq!(
        body["type"]["coding"][1],
        json!({"system": "http://dicom.nema.org/resources/ontology/DCM", "code": "CT"})
    );

    // Out of use, its name is another's; it comes back under another name.
    let path = format!("/api/admin/devices/{id}");
    let mut out = terminal("一号终端");
    out["active"] = false.into();
    he.put(&path, &out).await.ok();
    make(&he, &terminal("一号终端")).await;
    out["active"] = true.into();
    he.put(&path, &out).await.refused(422, "directory.unfit");
    out["name"] = "旧终端".into();
    he.put(&path, &out).await.ok();

    // Not another hospital's to see or to touch, and nobody else's.
    he.get("/api/admin/hospitals/provincial/devices").await.refused(404, "not_found");
    for name in ["zhou.ming", "chen.tao", "gao.yuan"] {
        let other = app.login(name).await;
        other.get(of).await.refused(404, "not_found");
        other.put(&path, &out).await.refused(404, "not_found");
    }
    he.put("/api/admin/devices/none", &out).await.refused(404, "not_found");
}
