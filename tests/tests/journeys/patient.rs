//! Somebody unknown is identified afterwards; two records of one person are linked, and parted again.

use super::identity::slices;
use super::step;
use serde_json::{Value, json};
use testkit::{Client, TestApp};

async fn emergency(doctor: &Client, upload: Option<Vec<u8>>) -> (String, Value) {
    let form = json!({"form": "emergency", "patient": null, "urgency": "emergency", "kind": "live",
        "purpose": "昏迷", "specialty": "critical-care", "callback_phone": "0376-8881234",
        "consent": {"emergency_reason": "意识不清"}});
    let draft = doctor.post("/api/drafts/consult", &json!({"body": form})).await.ok();
    let id = draft["id"].as_str().unwrap().to_owned();
    if let Some(bytes) = upload {
        doctor.put_bytes(&format!("/api/consults/{id}/files/ct?name=f"), bytes).await.ok();
    }
    let handed_in = json!({"draft": draft["id"], "revision": draft["revision"]});
    doctor.post("/api/consults", &handed_in).await.ok();
    let case = doctor.get(&format!("/api/consults/{id}")).await.ok();
    (id, case["patient"].clone())
}

fn person(name: &str, number: &str) -> Value {
    json!({"name": name, "sex": "male", "birth_date": "1960-05-01", "identifier": {"kind": "passport", "value": number}})
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_unknown_is_identified_and_nothing_that_refers_to_them_is_rewritten() {
    let app = TestApp::start().await;
    let (zhou, chen) = (app.login("zhou.ming").await, app.login("chen.tao").await);
    let li = app.login_as("li.wei", Some("specialist")).await;
    let ct = slices("Li^Dashan=李^大山", "E88800002", "9").remove(0);
    let (id, unknown) = emergency(&zhou, Some(ct)).await;
    let me = li.get("/api/session").await.ok();
    step(&chen, &id, "assign", json!({"experts": [me["role"]["id"]]})).await.ok();
    assert_eq!(unknown["unknown"], true);
    let patient = unknown["id"].as_str().unwrap();
    let path = format!("/api/patients/{patient}/identify");
    let seen = zhou.get(&format!("/api/patients/{patient}")).await.ok();
    let say =
        |identity: Value, reason: &str| json!({"version": seen["version"], "identity": identity, "reason": reason});

    zhou.post(&path, &say(person("王小明", "E88800001"), " ")).await.refused(422, "patient.reason");
    let nameless = json!({"sex": "male", "identifier": {"kind": "unknown"}});
    zhou.post(&path, &say(nameless, "家属辨认")).await.refused(422, "patient.invalid");
    zhou.post(&path, &json!({"version": 1, "reason": "家属辨认"})).await.refused(422, "patient.which");
    let stale = json!({"version": 7, "identity": person("王小明", "E88800001"), "reason": "家属辨认"});
    zhou.post(&path, &stale).await.refused(409, "patient.changed");
    for stranger in [&chen, &li, &app.login("zhao.min").await] {
        stranger.post(&path, &say(person("王小明", "E88800001"), "家属辨认")).await.refused(404, "not_found");
    }
    // The CT names somebody else: a stop, with both sides.
    let stop = zhou.post(&path, &say(person("王小明", "E88800001"), "家属辨认")).await;
    let stop = stop.refused(409, "patient.patient_mismatch");
    let people = &stop["params"]["people"][0];
    assert_eq!((&people["in_file"]["name"], &people["in_case"]["name"]), (&json!("李大山"), &json!("王小明")));
    let known = zhou.post(&path, &say(person("李大山", "E88800002"), "身份证，家属辨认")).await.ok();
    assert_eq!((&known["name"], &known["unknown"], &known["id"]), (&json!("李大山"), &json!(false), &json!(patient)));
    zhou.post(&path, &say(person("李大山", "E88800002"), "再次")).await.refused(409, "patient.identified");

    assert_eq!(zhou.get(&format!("/api/consults/{id}")).await.ok()["patient"]["name"], "李大山");
    assert_eq!(li.get(&format!("/api/consults/{id}")).await.ok()["patient"]["name"], "李大山", "the expert too");
    assert_eq!(
        chen.get(&format!("/api/consults/{id}")).await.ok()["patient"]["name"],
        "李*山",
        "the desk sees the mask"
    );
    let found = zhou.get(&format!("/api/patients?q={}", unknown["identifier"]["value"].as_str().unwrap())).await.ok();
    assert_eq!(found["patients"][0]["id"], json!(patient), "found by the name it had meanwhile");
    let at = format!("ServiceRequest/{id}").parse().unwrap();
    let store = &app.platform().store;
    let request = store.read(&records::Viewer::System, &at).await.unwrap().unwrap();
    assert_eq!(request.value().unwrap()["subject"]["reference"], format!("Patient/{patient}"));
    let entries = store.entries_of_case(&at).await.unwrap();
    let act = &entries.iter().find(|e| e.act.what == "patient.identify").expect("in the case's ledger").act;
    assert_eq!(act.why.as_deref(), Some("身份证，家属辨认"));
    assert!(!serde_json::to_string(act).unwrap().contains("李大山"), "no name in the ledger");
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_unknown_turns_out_to_be_known_here() {
    let app = TestApp::start().await;
    let zhou = app.login("zhou.ming").await;
    let known = zhou.post("/api/patients", &person("赵大海", "E99900001")).await.ok();
    let (id, unknown) = emergency(&zhou, None).await;
    let patient = unknown["id"].as_str().unwrap();
    let path = format!("/api/patients/{patient}/identify");
    let typed = json!({"version": 1, "identity": person("赵大海", "E99900001"), "reason": "护照"});
    let exists = zhou.post(&path, &typed).await.refused(409, "patient.exists");
    assert_eq!(exists["params"]["patient"], known["id"]);
    let card = zhou.post(&path, &json!({"version": 1, "known": known["id"], "reason": "护照"})).await.ok();
    assert_eq!((&card["name"], &card["linked"]), (&json!("赵大海"), &json!([known["id"]])));
    let other = zhou.get(&format!("/api/patients/{}", known["id"].as_str().unwrap())).await.ok();
    assert_eq!(other["linked"], json!([patient]));
    assert_eq!(zhou.get(&format!("/api/consults/{id}")).await.ok()["patient"]["id"], json!(patient));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_taken_for_somebody_else_is_unknown_again() {
    let app = TestApp::start().await;
    let zhou = app.login("zhou.ming").await;
    let (_, unknown) = emergency(&zhou, None).await;
    let one = unknown["id"].as_str().unwrap().to_owned();
    let mut other = person("王建军", "E77711111");
    other["sex"] = "male".into();
    let two = zhou.post("/api/patients", &other).await.ok()["id"].as_str().unwrap().to_owned();
    let taken_for = json!({"version": 1, "known": two, "reason": "面容相似"});
    let identified = zhou.post(&format!("/api/patients/{one}/identify"), &taken_for).await.ok();
    assert_eq!((&identified["name"], &identified["unknown"]), (&json!("王建军"), &json!(false)));
    let pair = zhou.get(&format!("/api/patients/{one}/pair/{two}")).await.ok();
    assert_eq!(pair["linked"], true);
    let apart = json!({"other": two, "version": pair["left"]["version"], "other_version": pair["right"]["version"], "reason": "家属到院，并非本人"});
    zhou.post(&format!("/api/patients/{one}/unlink"), &apart).await.ok();
    let again = zhou.get(&format!("/api/patients/{one}")).await.ok();
    assert_eq!((&again["unknown"], &again["name"]), (&json!(true), &json!("")), "{again}");
    assert_eq!(zhou.get(&format!("/api/patients/{two}")).await.ok()["name"], "王建军", "the other stays who he is");
    let identity =
        json!({"version": again["version"], "identity": person("刘福", "E77722222"), "reason": "家属带来证件"});
    let known = zhou.post(&format!("/api/patients/{one}/identify"), &identity).await.ok();
    assert_eq!(known["name"], "刘福");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_records_of_one_person_are_linked_found_together_and_parted_again() {
    let app = TestApp::start().await;
    let zhou = app.login("zhou.ming").await;
    let (id, unknown) = emergency(&zhou, None).await;
    let one = unknown["id"].as_str().unwrap().to_owned();
    let identity = json!({"version": 1, "identity": person("孙玉兰", "E77700001"), "reason": "家属辨认"});
    zhou.post(&format!("/api/patients/{one}/identify"), &identity).await.ok();
    let mut again = person("孙玉兰", "E77700002");
    again["name"] = "Maria Sommer".into();
    let two = zhou.post("/api/patients", &again).await.ok()["id"].as_str().unwrap().to_owned();
    let mut same = person("孙玉兰", "E77700003");
    same["sex"] = "female".into();
    let three = zhou.post("/api/patients", &same).await.ok()["id"].clone();
    let proposed = zhou.get(&format!("/api/patients/{one}/matches")).await.ok();
    assert_eq!(proposed["patients"].as_array().unwrap().iter().map(|p| p["id"].clone()).collect::<Vec<_>>(), [three]);

    let pair = zhou.get(&format!("/api/patients/{one}/pair/{two}")).await.ok();
    assert_eq!((&pair["differs"], &pair["linked"]), (&json!(["name", "identifier"]), &json!(false)));
    let word = |reason: &str, pair: &Value| json!({"other": two, "version": pair["left"]["version"], "other_version": pair["right"]["version"], "reason": reason});
    let link = format!("/api/patients/{one}/link");
    zhou.post(&link, &word("", &pair)).await.refused(422, "patient.reason");
    let old = json!({"other": two, "version": 1, "other_version": 1, "reason": "同一人"});
    zhou.post(&link, &old).await.refused(409, "patient.changed");
    let own = json!({"other": one, "version": 2, "other_version": 2, "reason": "同一人"});
    zhou.post(&link, &own).await.refused(422, "patient.same");
    app.login("zhao.min").await.post(&link, &word("同一人", &pair)).await.refused(404, "not_found");
    let rows = async || {
        let found = zhou.get("/api/consults?q=Maria").await.ok();
        found["rows"].as_array().unwrap().iter().map(|r| r["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(rows().await, Vec::<Value>::new(), "not by another person's name");
    zhou.post(&link, &word("护照换发，已核对", &pair)).await.ok();
    zhou.post(&link, &word("再次", &pair)).await.refused(409, "patient.linked");

    assert_eq!(rows().await, [json!(id)], "found by the other record's name, although the case stays with its own");
    let found = zhou.get("/api/patients?q=E77700002").await.ok();
    assert_eq!(found["patients"].as_array().unwrap().len(), 2);

    let pair = zhou.get(&format!("/api/patients/{one}/pair/{two}")).await.ok();
    assert_eq!(pair["linked"], true);
    zhou.post(&format!("/api/patients/{one}/unlink"), &word("同名不同人", &pair)).await.ok();
    assert_eq!(rows().await, Vec::<Value>::new());
    let pair = zhou.get(&format!("/api/patients/{one}/pair/{two}")).await.ok();
    zhou.post(&format!("/api/patients/{one}/unlink"), &word("再次", &pair)).await.refused(409, "patient.not_linked");
    let at = format!("Patient/{one}").parse().unwrap();
    let entries = app.platform().store.entries_of_patient(&at, 0).await.unwrap();
    // A refusal is an entry too, and may come after what was done later.
    let done = entries.iter().filter(|e| e.act.params.get("allowed") != Some(&json!(false)));
    let whats: Vec<_> = done.map(|e| e.act.what.as_str()).filter(|w| w.ends_with("link")).collect();
    assert_eq!(whats, ["patient.link", "patient.unlink"]);
}
