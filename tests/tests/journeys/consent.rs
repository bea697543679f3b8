//! An emergency goes ahead without the paper, which is owed within a day, and stays owed until it is there.

use super::step;
use jiff::SignedDuration;
use serde_json::{Value, json};
use testkit::{Client, TestApp};

async fn emergency(doctor: &Client) -> String {
    let form = json!({"form": "emergency", "patient": null, "urgency": "emergency", "kind": "live",
        "purpose": "昏迷，瞳孔不等大", "specialty": "neurosurgery", "callback_phone": "0376-8881234",
        "consent": {"emergency_reason": "意识不清，家属未到"}});
    let draft = doctor.post("/api/drafts/consult", &json!({"body": form})).await.ok();
    let handed_in = json!({"draft": draft["id"], "revision": draft["revision"]});
    doctor.post("/api/consults", &handed_in).await.ok()["id"].as_str().unwrap().to_owned()
}

async fn paper(doctor: &Client, case: &str, upload: &str) -> Value {
    let pdf = format!("%PDF-1.4\n1 0 obj<</A({upload})>>endobj\ntrailer<<>>\n%%EOF\n").into_bytes();
    let path = format!("/api/consults/{case}/files/{upload}?name=consent.pdf");
    doctor.put_bytes(&path, pdf).await.ok()["files"][0]["document"].clone()
}

fn step_of(case: &Value, step: &str) -> Value {
    let steps = case["steps"].as_array().unwrap();
    steps.iter().find(|s| s["step"] == step).unwrap_or(&Value::Null).clone()
}

#[tokio::test]
async fn an_emergency_adds_its_consent_within_the_day() {
    let app = TestApp::at("2026-11-21T02:00:00Z".parse().unwrap()).await;
    let (zhou, chen) = (app.login("zhou.ming").await, app.login("chen.tao").await);
    let id = emergency(&zhou).await;
    let path = format!("/api/consults/{id}");
    let owed = zhou.get(&path).await.ok();
    assert_eq!(owed["consent"]["due"], "2026-11-22T02:00:00Z");
    assert_eq!((&owed["consent"]["on_file"], &step_of(&owed, "consent")["allowed"]), (&json!(false), &json!(true)));
    let seen_by_desk = chen.get(&path).await.ok();

    app.clock().advance(SignedDuration::from_mins(40));
    let add = |document: &Value| json!({"document": document});
    let nowhere = add(&json!("0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f"));
    zhou.post(&format!("{path}/consent"), &nowhere).await.refused(422, "consult.no_consent");
    let document = paper(&zhou, &id, "scan-1").await;
    chen.post(&format!("{path}/consent"), &add(&document)).await.refused(404, "not_found");
    zhou.post(&format!("{path}/consent"), &add(&document)).await.ok();
    zhou.post(&format!("{path}/consent"), &add(&document)).await.refused(409, "consult.consent_on_file");

    let shown = zhou.get(&path).await.ok();
    assert_eq!(shown["consent"]["on_file"], true);
    assert_eq!(
        (&shown["consent"]["given_at"], &shown["consent"]["late_reason"]),
        (&json!("2026-11-21T02:40:00Z"), &Value::Null)
    );
    assert_eq!(shown["consent"]["emergency_reason"], "意识不清，家属未到", "why it went ahead without stays readable");
    assert_eq!(step_of(&shown, "consent")["why"], "consent_on_file");
    assert!(shown["timeline"].as_array().unwrap().iter().any(|a| a["what"] == "consult.add_consent"));
    // A paper overtakes nobody: the dispatcher's look still counts.
    let looked = json!({"version": seen_by_desk["version"]});
    chen.post(&format!("{path}/first-look"), &looked).await.ok();
}

#[tokio::test]
async fn after_its_day_a_consent_needs_a_reason() {
    let app = TestApp::at("2026-11-21T02:00:00Z".parse().unwrap()).await;
    let zhou = app.login("zhou.ming").await;
    let id = emergency(&zhou).await;
    let document = paper(&zhou, &id, "scan-1").await;
    let path = format!("/api/consults/{id}/consent");
    app.clock().advance(SignedDuration::from_mins(24 * 60 + 1));
    let zhou = app.login("zhou.ming").await;
    zhou.post(&path, &json!({"document": document})).await.refused(422, "consult.no_reason");
    zhou.post(&path, &json!({"document": document, "reason": " \n"})).await.refused(422, "consult.no_reason");
    let long = json!({"document": document, "reason": "长".repeat(2_001)});
    zhou.post(&path, &long).await.refused(422, "consult.too_long");
    zhou.post(&path, &json!({"document": document, "reason": "家属次日到院"})).await.ok();
    let shown = zhou.get(&format!("/api/consults/{id}")).await.ok();
    assert_eq!(shown["consent"]["late_reason"], "家属次日到院");
    // What was never advised on owes nothing.
    let other = emergency(&zhou).await;
    step(&zhou, &other, "cancel", json!({"reason": "已转院"})).await.ok();
    let path = format!("/api/consults/{other}/consent");
    zhou.post(&path, &json!({"document": document})).await.refused(409, "consult.wrong_state");
}
