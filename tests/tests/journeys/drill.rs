//! A drill: the whole main job for somebody who does not exist. Marked wherever it is seen, in none of the numbers.

use super::consult::{case, expert, hand_in};
use super::step;
use fhir::{Reference, ResourceType};
use kernel::{Clock, Id};
use platform::drill::is_drill;
use records::Viewer;
use serde_json::{Value, json};
use testkit::{Client, TestApp};

const BEGIN: &str = "2026-11-21T02:00:00Z";

/// Hands a request in; with no patient it is of somebody unknown.
async fn request(doctor: &Client, patient: Option<&Value>, drill: bool) -> String {
    let form = json!({"form": "emergency", "patient": patient, "drill": drill, "urgency": "emergency", "kind": "live",
        "purpose": "演练：呼吸衰竭", "specialty": "respiratory", "callback_phone": "0376-8888888", "vitals": [], "labs": [],
        "consent": {"emergency_reason": "演练"}});
    let draft = doctor.post("/api/drafts/consult", &json!({"body": form})).await.ok();
    let case = doctor.post("/api/consults", &json!({"draft": draft["id"], "revision": draft["revision"]})).await;
    assert_eq!(case.status, 201, "{}", case.text());
    case.body["id"].as_str().unwrap().to_owned()
}

async fn sign(app: &TestApp, id: &str) {
    let (zhou, chen, li) = (app.login("zhou.ming").await, app.login("chen.tao").await, app.login("li.wei").await);
    if case(&chen, id).await["state"] == "submitted" {
        step(&chen, id, "first-look", json!({})).await.ok();
    }
    let role = expert(&chen, "Li Wei").await;
    step(&chen, id, "assign", json!({"experts": [role]})).await.ok();
    for what in ["accept", "start", "conclude"] {
        step(&li, id, what, json!({})).await.ok();
    }
    let words = json!({"findings": "无", "opinion": "无", "advice": "无", "password": "consilium-demo"});
    step(&li, id, "opinion", words).await.ok();
    zhou.get(&format!("/api/consults/{id}/opinion")).await.ok();
}

/// Whether the resources of a case are labelled, each that is there.
async fn labelled(app: &TestApp, id: &str) -> Vec<(String, bool)> {
    use ResourceType as R;
    let mut found = vec![];
    for ty in [R::SERVICE_REQUEST, R::TASK, R::APPOINTMENT, R::ENCOUNTER, R::QUESTIONNAIRE_RESPONSE, R::CONSENT] {
        let at = Reference::new(ty, Id::new(id).unwrap());
        if let Some(resource) = app.platform().store.read(&Viewer::System, &at).await.unwrap() {
            found.push((ty.to_string(), is_drill(&resource.value().unwrap())));
        }
    }
    found
}

fn value(overview: &Value, code: &str) -> u64 {
    let figures = overview["figures"].as_array().unwrap();
    figures.iter().find(|f| f["code"] == code).unwrap()["value"].as_u64().unwrap()
}

#[tokio::test]
async fn a_drill_is_marked_everywhere_and_counted_nowhere() {
    let app = TestApp::at(BEGIN.parse().unwrap()).await;
    let (zhou, chen, gao) = (app.login("zhou.ming").await, app.login("chen.tao").await, app.login("gao.yuan").await);
    let before = gao.get("/api/network/overview").await.ok();
    let made_up = json!({"name": "演练甲", "sex": "male", "birth_date": "1960", "identifier": {"kind": "drill"}});
    let patient = zhou.post("/api/patients", &made_up).await;
    assert_eq!((patient.status, &patient.body["drill"]), (201, &json!(true)), "{}", patient.text());
    assert_eq!(patient.body["unknown"], false, "nobody is to be identified");
    let id = patient.body["id"].clone();

    // One of somebody made up, one of nobody named.
    let (named, unnamed) = (request(&zhou, Some(&id), false).await, request(&zhou, None, true).await);
    for drill in [&named, &unnamed] {
        assert_eq!(case(&chen, drill).await["patient"]["drill"], true, "the desk sees it too");
    }
    let inbox = chen.get("/api/consults?waiting=me").await.ok();
    let marks = inbox["rows"].as_array().unwrap().iter().filter(|row| row["patient"]["drill"] == true).count();
    assert_eq!(marks, 2);
    let overview = gao.get("/api/network/overview").await.ok();
    assert_eq!(overview["drills"].as_array().unwrap().len(), 2);
    for code in ["today", "waiting", "in_session", "overdue"] {
        assert_eq!(value(&overview, code), value(&before, code), "{code}");
    }
    assert_eq!(overview["hours"], before["hours"]);

    // All the way to a signed opinion, beside a real one.
    let (real, _) = hand_in(&zhou, "00917711").await;
    sign(&app, &named).await;
    sign(&app, &real).await;
    let resources = labelled(&app, &named).await;
    assert!(resources.len() >= 5 && resources.iter().all(|(_, is)| *is), "{resources:?}");
    assert!(labelled(&app, &real).await.iter().all(|(_, is)| !is));
    let consulted = gao.get("/api/figures/consulted").await.ok();
    assert_eq!(consulted["value"], 1, "the real one alone");
    let overview = gao.get("/api/network/overview").await.ok();
    assert_eq!(value(&overview, "consulted"), value(&before, "consulted") + 1);
    let mine = chen.get("/api/network/cases?figure=today").await.ok();
    let listed: Vec<&str> = mine["cases"].as_array().unwrap().iter().filter_map(|c| c["id"].as_str()).collect();
    assert_eq!(listed, [real.as_str()]);
}

#[tokio::test]
async fn what_is_made_up_is_not_mixed_with_the_sick() {
    let app = TestApp::at(BEGIN.parse().unwrap()).await;
    let zhou = app.login("zhou.ming").await;
    let add = async |body: Value| {
        let made = zhou.post("/api/patients", &body).await;
        assert_eq!(made.status, 201, "{}", made.text());
        made.body
    };
    let drill = add(json!({"name": "演练乙", "sex": "female", "identifier": {"kind": "drill"}})).await;
    let real = add(json!({"name": "王小明", "sex": "male", "birth_date": "1960-05-01",
        "identifier": {"kind": "passport", "value": "E00112233"}}))
    .await;
    let unknown = add(json!({"sex": "male", "identifier": {"kind": "unknown"}})).await;
    let path = |of: &Value, what: &str| format!("/api/patients/{}/{what}", of["id"].as_str().unwrap());

    let word = json!({"other": drill["id"], "version": 1, "other_version": 1, "reason": "看起来一样"});
    zhou.post(&path(&real, "link"), &word).await.refused(422, "patient.drill");
    let known = json!({"version": 1, "known": drill["id"], "reason": "看起来一样"});
    zhou.post(&path(&unknown, "identify"), &known).await.refused(422, "patient.drill");
    let identity = json!({"name": "演练丙", "sex": "male", "identifier": {"kind": "drill"}});
    let made_up = json!({"version": 1, "identity": identity, "reason": "看起来一样"});
    zhou.post(&path(&unknown, "identify"), &made_up).await.refused(422, "patient.drill");

    let referral = json!({"patient": drill["id"], "severity": "critical", "care": "icu", "specialty": "respiratory",
        "reason": "演练", "needs": [], "hospitals": ["province"], "cited": []});
    zhou.post("/api/referrals", &referral).await.refused(422, "referral.drill");
    let report =
        json!({"patient": drill["id"], "disease": "sars", "class": "suspected", "found_at": app.clock().now()});
    zhou.post("/api/outbreak/cases", &report).await.refused(422, "outbreak.drill");
}
