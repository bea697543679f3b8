//! The ring of an emergency: all who are on call are called at once, the first is silent, the second says yes and is in the
//! virtual room; who comes later hears who was quicker.

use super::consult::{case, expert};
use fhir::{Reference, ResourceType};
use jiff::SignedDuration;
use kernel::{Id, Role};
use records::{Act, Change, Write};
use serde_json::{Value, json};
use testkit::{Client, TestApp};

const BEGIN: &str = "2026-11-21T02:00:00Z";

/// A second expert of the specialty: another role of somebody at the desk.
async fn sun(app: &TestApp) -> Client {
    let id = |text: &str| Id::new(text).unwrap();
    let role = platform::directory::Role {
        id: id("sun-li-expert"),
        person: id("sun-li"),
        hospital: id("province"),
        role: Role::Specialist,
        specialties: vec!["respiratory".into()],
    };
    let at = Reference::new(ResourceType::PRACTITIONER_ROLE, role.id.clone());
    let body = platform::directory::resources::write_role(&role);
    let platform = app.platform();
    let change = Change::of(Act::system("test.appoint")).write(Write::new(at.clone(), body, role.hospital));
    platform.store.commit(change).await.unwrap();
    platform.directory.refresh(&*platform.store, vec![at]).await.unwrap();
    app.login_as("sun.li", Some("specialist")).await
}

async fn emergency(doctor: &Client) -> String {
    let patient = json!({"name": "王小明", "sex": "male", "birth_date": "1960-05-01",
        "identifier": {"kind": "passport", "value": "E00998877"}});
    let patient = doctor.post("/api/patients", &patient).await;
    let form = json!({"form": "emergency", "patient": patient.body["id"], "urgency": "emergency", "kind": "live",
        "purpose": "呼吸衰竭，请指导通气", "specialty": "respiratory", "callback_phone": "0376-8888888", "vitals": [], "labs": [],
        "consent": {"emergency_reason": "病情危急，家属在赶来途中"}});
    let draft = doctor.post("/api/drafts/consult", &json!({"body": form})).await.ok();
    let body = json!({"draft": draft["id"], "revision": draft["revision"]});
    let case = doctor.post("/api/consults", &body).await;
    assert_eq!(case.status, 201, "{}", case.text());
    case.body["id"].as_str().unwrap().to_owned()
}

/// Puts somebody on call for the hours around the test.
async fn on_call(desk: &Client, name_en: &str, rank: u32) {
    let role = expert(desk, name_en).await.as_str().unwrap().to_owned();
    let duty = json!({"version": 0, "from": "2026-11-21T00:00:00Z", "to": "2026-11-21T08:00:00Z",
        "specialty": "respiratory", "rank": rank});
    let added = desk.post(&format!("/api/rota/{role}/duties"), &duty).await;
    assert_eq!(added.status, 201, "{}", added.text());
}

async fn answer(expert: &Client, id: &str) -> testkit::Answer {
    expert.post(&format!("/api/consults/{id}/answer-ring"), &json!({})).await
}

async fn last_notice(client: &Client) -> Value {
    client.get("/api/notices").await.ok()["notices"][0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_answers_while_the_first_is_silent() {
    let app = TestApp::at(BEGIN.parse().unwrap()).await;
    let (zhou, chen) = (app.login("zhou.ming").await, app.login("chen.tao").await);
    let (li, sun, zhang) = (app.login("li.wei").await, sun(&app).await, app.login("zhang.jun").await);
    on_call(&chen, "Li Wei", 1).await;
    on_call(&chen, "Sun Li", 2).await;
    let id = emergency(&zhou).await;
    app.run_jobs().await;

    // Both are called in the first second, and hear from where and for what, and nothing of the patient.
    for called in [&li, &sun] {
        let notice = last_notice(called).await;
        assert_eq!((&notice["what"], &notice["case"]), (&json!("timer.ring"), &json!(id)));
        assert_eq!(notice["params"]["specialty"], "respiratory");
        assert!(notice["params"]["from_hospital"]["name"].is_string() && !notice.to_string().contains("王小明"));
        called.get(&format!("/api/consults/{id}")).await.refused(404, "not_found");
    }
    let ring = case(&zhou, &id).await["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .find(|a| a["what"] == "timer.ring")
        .unwrap()
        .clone();
    let names = ["Li Wei", "Sun Li"].map(Value::from);
    assert_eq!(
        ring["params"]["on_call"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| c["expert"]["name_en"].clone())
            .collect::<Vec<_>>(),
        names
    );
    // Who is not called, and who is no expert, does not find it.
    for other in [&zhang, &zhou, &chen] {
        answer(other, &id).await.refused(404, "not_found");
    }

    app.clock().advance(SignedDuration::from_secs(90));
    let now = answer(&sun, &id).await.ok();
    assert_eq!(now["state"], "waiting");
    let page = case(&sun, &id).await;
    assert_eq!((&page["state"], &page["advising"][0]["name_en"]), (&json!("waiting"), &json!("Sun Li")));
    assert!(page["booking"]["room"].is_null() || page["room"]["open"].is_boolean(), "a virtual room");
    sun.post(&format!("/api/consults/{id}/room"), &json!({})).await.ok();
    for told in [&zhou, &chen, &li] {
        let notice = last_notice(told).await;
        assert_eq!((&notice["what"], &notice["by"]["name_en"]), (&json!("consult.answer_ring"), &json!("Sun Li")));
    }
    // Late, and not left to wonder.
    let late = answer(&li, &id).await;
    late.refused(409, "consult.answered");
    li.get(&format!("/api/consults/{id}")).await.refused(404, "not_found");
    // Nothing more is due of the ring.
    app.clock().advance(SignedDuration::from_mins(3));
    app.run_jobs().await;
    let acts = case(&zhou, &id).await["timeline"].to_string();
    assert!(!acts.contains("timer.first_look") && !acts.contains("timer.accept"), "{acts}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_answer_at_once_one_has_it() {
    let app = TestApp::at(BEGIN.parse().unwrap()).await;
    let (zhou, chen) = (app.login("zhou.ming").await, app.login("chen.tao").await);
    let (li, sun) = (app.login("li.wei").await, sun(&app).await);
    let id = emergency(&zhou).await;
    app.run_jobs().await;
    // Nobody is on call: all of the specialty are called. The desk has looked meanwhile.
    super::step(&chen, &id, "first-look", json!({})).await.ok();
    let (one, other) = tokio::join!(answer(&li, &id), answer(&sun, &id));
    let mut all = [one.status, other.status];
    all.sort_unstable();
    assert_eq!(all, [200, 409], "{} {}", one.text(), other.text());
    let page = case(&zhou, &id).await;
    assert_eq!(page["advising"].as_array().unwrap().len(), 1);
    // What is no emergency has no ring.
    let (urgent, _) = super::consult::hand_in(&zhou, "00192345").await;
    answer(&li, &urgent).await.refused(404, "not_found");
}
