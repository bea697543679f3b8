//! From the request of a county doctor to the answer: the main job, over HTTP.

use super::step;
use serde_json::{Value, json};
use testkit::{Client, TestApp};

const PASSWORD: &str = "consilium-demo";

/// A patient of the doctor's own hospital, a saved draft with its consent uploaded, and the case that it becomes.
pub async fn hand_in(doctor: &Client, phone: &str) -> (String, String) {
    let patient = json!({"name": "王小明", "sex": "male", "birth_date": "1960-05-01",
        "identifier": {"kind": "passport", "value": format!("E{phone}")}, "phone": format!("139{phone}")});
    let patient = doctor.post("/api/patients", &patient).await;
    assert_eq!(patient.status, 201, "{}", patient.text());
    let mut form = json!({
        "form": "full", "patient": patient.body["id"], "urgency": "urgent", "kind": "live",
        "purpose": "是否需要气管插管?", "specialty": "respiratory", "complaint": "发热5天", "history": "5天前发热",
        "diagnosis": "重症肺炎", "vitals": [{"time": "2026-11-21T01:30:00Z", "spo2": "91", "temperature": "38.60"}],
        "labs": [], "consent": {},
    });
    let draft = doctor.post("/api/drafts/consult", &json!({"body": form})).await.ok();
    let id = draft["id"].as_str().unwrap().to_owned();
    let upload = "0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f".replace("07398f", &phone[..6]);
    let pdf = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n".to_vec();
    let path = format!("/api/consults/{id}/files/{upload}?name=consent.pdf");
    let put = doctor.put_bytes(&path, pdf).await;
    assert_eq!(put.status, 200, "{}", put.text());
    let files = doctor.get(&format!("/api/consults/{id}/files")).await.ok();
    form["consent"] = json!({"document": files["documents"][0]["id"]});
    let path = format!("/api/drafts/consult/{id}");
    let saved = doctor.put(&path, &json!({"revision": draft["revision"], "body": form})).await.ok();
    let case = doctor.post("/api/consults", &json!({"draft": id, "revision": saved["revision"]})).await;
    assert_eq!(case.status, 201, "{}", case.text());
    (id, case.body["number"].as_str().unwrap().to_owned())
}

pub async fn case(client: &Client, id: &str) -> Value {
    client.get(&format!("/api/consults/{id}")).await.ok()
}

pub async fn expert(client: &Client, name_en: &str) -> Value {
    let all = client.get("/api/experts").await.ok();
    let all = all["experts"].as_array().unwrap();
    all.iter().find(|e| e["name_en"] == name_en).unwrap_or_else(|| panic!("{name_en} in {all:?}"))["role"].clone()
}

#[tokio::test]
async fn a_county_doctor_gets_a_signed_opinion() {
    let app = TestApp::start().await;
    let (zhou, chen, li) = (app.login("zhou.ming").await, app.login("chen.tao").await, app.login("li.wei").await);
    let (id, number) = hand_in(&zhou, "00012345").await;

    let inbox = chen.get("/api/consults?waiting=me").await.ok();
    let row = inbox["rows"].as_array().unwrap().iter().find(|r| r["number"] == json!(number)).unwrap();
    assert_eq!(row["patient"]["name"], "王*明");
    step(&chen, &id, "first-look", json!({})).await.ok();
    let role = expert(&chen, "Li Wei").await;
    step(&chen, &id, "assign", json!({"experts": [role]})).await.ok();

    assert_eq!(case(&li, &id).await["patient"]["name"], "王小明");
    step(&li, &id, "accept", json!({})).await.ok();
    step(&li, &id, "start", json!({})).await.ok();
    step(&li, &id, "conclude", json!({})).await.ok();
    let words = json!({"findings": "双肺磨玻璃影", "opinion": "重症肺炎", "advice": "转ICU"});
    let mut wrong = words.clone();
    wrong["password"] = "not mine".into();
    step(&li, &id, "opinion", wrong).await.refused(403, "opinion.wrong_password");
    let mut right = words.clone();
    right["password"] = PASSWORD.into();
    step(&li, &id, "opinion", right).await.ok();

    let opinion = zhou.get(&format!("/api/consults/{id}/opinion")).await.ok();
    assert_eq!(opinion["advice"], "转ICU");
    assert_eq!(case(&zhou, &id).await["state"], "delivered");
    step(&zhou, &id, "answer", json!({"answer": "adopted"})).await.ok();
    // Access lasts, the talk is over.
    for who in [&zhou, &li] {
        let over = who.post(&format!("/api/consults/{id}/room"), &json!({})).await.refused(409, "room.over");
        assert_eq!(over["params"]["state"], "acknowledged");
    }
    assert_eq!(case(&li, &id).await["answer"]["answer"], "adopted");
    step(&zhou, &id, "close", json!({})).await.ok();
    for who in [&zhou, &li] {
        who.post(&format!("/api/consults/{id}/room"), &json!({})).await.refused(404, "not_found");
    }
    chen.get(&format!("/api/consults/{id}")).await.refused(404, "not_found");
}

#[tokio::test]
async fn what_is_not_allowed_looks_like_nothing() {
    let app = TestApp::start().await;
    let zhou = app.login("zhou.ming").await;
    let (id, _) = hand_in(&zhou, "00022345").await;
    let path = format!("/api/consults/{id}");
    app.nobody().get(&path).await.refused(401, "session.none");
    for stranger in ["zhao.min", "li.wei", "gao.yuan", "he.jing"] {
        app.login(stranger).await.get(&path).await.refused(404, "not_found");
    }
}

#[tokio::test]
async fn of_two_dispatchers_one_is_told_who_was_first() {
    let app = TestApp::start().await;
    let (zhou, chen, sun) = (app.login("zhou.ming").await, app.login("chen.tao").await, app.login("sun.li").await);
    let (id, _) = hand_in(&zhou, "00032345").await;
    let version = case(&sun, &id).await["version"].clone();
    step(&chen, &id, "first-look", json!({})).await.ok();
    let late = sun.post(&format!("/api/consults/{id}/first-look"), &json!({"version": version})).await;
    let problem = late.refused(409, "consult.taken");
    assert_eq!(problem["params"]["by"]["name_en"], "Chen Tao");
    let wrong = step(&chen, &id, "first-look", json!({})).await.refused(409, "consult.wrong_state");
    assert_eq!((&wrong["params"]["state"], &wrong["params"]["by"]["name_en"]), (&json!("triaged"), &json!("Chen Tao")));
}

#[tokio::test]
async fn a_room_is_not_booked_twice() {
    let app = TestApp::start().await;
    let (zhou, chen) = (app.login("zhou.ming").await, app.login("chen.tao").await);
    let ((first, number), (second, _)) = (hand_in(&zhou, "00042345").await, hand_in(&zhou, "00052345").await);
    let rooms = chen.get("/api/rooms").await.ok();
    let room = rooms["rooms"].as_array().unwrap().iter().find(|r| r["virtual"] == false).unwrap()["id"].clone();
    let (li, wang) = (expert(&chen, "Li Wei").await, expert(&chen, "Wang Lan").await);
    let booking = |who: &Value| json!({"experts": [who], "room": room, "start": "2126-11-21T03:00:00Z"});
    step(&chen, &first, "assign", booking(&li)).await.ok();
    let taken = step(&chen, &second, "assign", booking(&wang)).await.refused(409, "schedule.taken");
    assert_eq!((&taken["params"]["what"], &taken["params"]["case_number"]), (&json!("room"), &json!(number)));
    assert_eq!(taken["params"]["until"], "2126-11-21T03:30:00Z");
}
