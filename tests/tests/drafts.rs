//! What is being written is never lost, and never shown to another.

use jiff::SignedDuration;
use serde_json::json;
use testkit::TestApp;

#[tokio::test]
async fn a_draft_is_begun_saved_listed_and_dropped() {
    let app = TestApp::start().await;
    let zhou = app.login("zhou.ming").await;
    let typed = r#"{"body": {"purpose": "为何", "weight_kg": 70.50}}"#;
    let begin = zhou.request("POST", "/api/drafts/consult").header("content-type", "application/json").body(typed);
    let begun = zhou.send(begin).await.ok();
    let path = format!("/api/drafts/consult/{}", begun["id"].as_str().unwrap());
    let shown = zhou.get(&path).await;
    assert!(shown.text().contains("70.50"), "a number stays as typed: {}", shown.text());
    let revision = &begun["revision"];
    let saved = zhou.put(&path, &json!({"revision": revision, "body": {"purpose": "改"}})).await.ok();
    assert!(saved["revision"].as_u64() > revision.as_u64());
    let listed = zhou.get("/api/drafts/consult").await.ok();
    assert_eq!(listed["drafts"].as_array().unwrap().len(), 1);
    assert_eq!(listed["drafts"][0]["body"]["purpose"], "改");
    assert_eq!(zhou.delete(&path).await.status, 204);
    zhou.get(&path).await.refused(404, "not_found");
    assert_eq!(zhou.get("/api/drafts/consult").await.ok()["drafts"], json!([]));
}

#[tokio::test]
async fn what_completes_a_case_is_drafted_under_its_id() {
    let app = TestApp::start().await;
    let zhou = app.login("zhou.ming").await;
    zhou.post("/api/drafts/resubmit", &json!({"body": {}})).await.refused(422, "draft.named");
    let path = "/api/drafts/resubmit/0199a000-0000-7000-8000-000000000001";
    zhou.get(path).await.refused(404, "not_found");
    let first = zhou.put(path, &json!({"revision": 0, "body": {"history": "补充"}})).await.ok();
    zhou.put(path, &json!({"revision": 0, "body": {"history": "另一处"}})).await.refused(409, "draft.conflict");
    let _ = zhou.put(path, &json!({"revision": first["revision"], "body": {"history": "补充体征"}})).await.ok();
    assert_eq!(zhou.get(path).await.ok()["body"]["history"], "补充体征");
    assert_eq!(zhou.get("/api/drafts/consult").await.ok()["drafts"], json!([]), "it is no request of its own");
    app.login("zhao.min").await.get(path).await.refused(404, "not_found");
}

#[tokio::test]
async fn two_editors_do_not_overwrite_each_other() {
    let app = TestApp::start().await;
    let (here, there) = (app.login("zhou.ming").await, app.login("zhou.ming").await);
    let begun = here.post("/api/drafts/consult", &json!({"body": {}})).await.ok();
    let path = format!("/api/drafts/consult/{}", begun["id"].as_str().unwrap());
    let save = |text: &str| json!({"revision": begun["revision"], "body": {"purpose": text}});
    let first = here.put(&path, &save("first")).await.ok();
    let problem = there.put(&path, &save("second")).await.refused(409, "draft.conflict");
    assert_eq!(problem["params"]["revision"], first["revision"]);
    assert!(problem["params"]["saved_at"].is_string());
    assert_eq!(here.get(&path).await.ok()["body"]["purpose"], "first");
}

#[tokio::test]
async fn a_session_that_ends_while_writing_keeps_the_draft() {
    let app = TestApp::at("2026-03-02T00:30:00Z".parse().unwrap()).await;
    let zhou = app.login("zhou.ming").await;
    let begun = zhou.post("/api/drafts/consult", &json!({"body": {"purpose": "写到一半"}})).await.ok();
    let path = format!("/api/drafts/consult/{}", begun["id"].as_str().unwrap());
    app.clock().advance(SignedDuration::from_mins(61));
    let more = json!({"revision": begun["revision"], "body": {"purpose": "写到一半，又一句"}});
    zhou.put(&path, &more).await.refused(401, "session.none");
    let again = app.login("zhou.ming").await;
    assert_eq!(again.get(&path).await.ok()["body"]["purpose"], "写到一半");
    assert_eq!(again.put(&path, &more).await.status, 200, "what the browser still held is saved");
}

#[tokio::test]
async fn a_restart_keeps_drafts_and_sessions() {
    let mut app = TestApp::start().await;
    let zhou = app.login("zhou.ming").await;
    let begun = zhou.post("/api/drafts/consult", &json!({"body": {"purpose": "停电"}})).await.ok();
    let session = zhou.get("/api/session").await.ok();
    app.restart().await;
    let again = app.login("zhou.ming").await;
    assert_eq!(again.get("/api/session").await.ok()["person"], session["person"]);
    let path = format!("/api/drafts/consult/{}", begun["id"].as_str().unwrap());
    assert_eq!(again.get(&path).await.ok()["body"]["purpose"], "停电");
}

#[tokio::test]
async fn nobody_reads_or_writes_anothers_draft() {
    let app = TestApp::start().await;
    let (zhou, zhao) = (app.login("zhou.ming").await, app.login("zhao.min").await);
    let begun = zhou.post("/api/drafts/consult", &json!({"body": {"secret": 1}})).await.ok();
    let path = format!("/api/drafts/consult/{}", begun["id"].as_str().unwrap());
    zhao.get(&path).await.refused(404, "not_found");
    zhao.delete(&path).await;
    zhao.put(&path, &json!({"revision": 0, "body": {}})).await.refused(404, "not_found");
    zhao.put(&path, &json!({"revision": 1, "body": {}})).await.refused(409, "draft.conflict");
    assert_eq!(zhou.get(&path).await.ok()["body"]["secret"], 1);
    app.nobody().get(&path).await.refused(401, "session.none");
}

#[tokio::test]
async fn an_opinions_draft_has_its_cases_id_and_odd_kinds_and_bodies_are_refused() {
    let app = TestApp::start().await;
    let li = app.login("li.wei").await;
    li.post("/api/drafts/opinion", &json!({"body": {}})).await.refused(422, "draft.named");
    let saved = li.put("/api/drafts/opinion/case-1", &json!({"revision": 0, "body": {"findings": "x"}})).await.ok();
    assert_eq!(saved["id"], "case-1");
    li.get("/api/drafts/poem").await.refused(404, "not_found");
    li.post("/api/drafts/consult", &json!({"body": [1]})).await.refused(422, "draft.unfit");
    li.post("/api/drafts/consult", &json!({})).await.refused(422, "request.unfit");
    let broken =
        li.request("POST", "/api/drafts/consult").header("content-type", "application/json").body("{\"body\":");
    li.send(broken).await.refused(400, "request.unreadable");
}
