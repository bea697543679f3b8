//! What the installation does for itself: a file that nothing names goes after a day, a file of a case stays.

use jiff::SignedDuration;
use serde_json::json;
use testkit::TestApp;

#[tokio::test]
async fn a_file_that_nothing_names_goes_after_a_day() {
    let app = TestApp::at("2026-11-21T02:00:00Z".parse().unwrap()).await;
    let zhou = app.login("zhou.ming").await;
    let draft = zhou.post("/api/drafts/consult", &json!({"body": {}})).await.ok();
    let case = draft["id"].as_str().unwrap();
    let pdf = b"%PDF-1.4\n%%EOF\n".to_vec();
    let kept = zhou.put_bytes(&format!("/api/consults/{case}/files/kept?name=kept.pdf"), pdf).await.ok();
    let document = kept["files"][0]["document"].as_str().unwrap().to_owned();
    let store = &app.platform().store;
    let unnamed = store.blob_put(b"an upload whose commit never came".as_slice().into()).await.unwrap();

    app.clock().advance(SignedDuration::from_hours(23));
    assert_eq!(consilium::upkeep::once(app.platform()).await.unwrap(), 0, "not yet a day");
    assert!(store.blob(&unnamed, None).await.unwrap().is_some());
    app.clock().advance(SignedDuration::from_hours(2));
    assert_eq!(consilium::upkeep::once(app.platform()).await.unwrap(), 1);
    assert_eq!(store.blob(&unnamed, None).await.unwrap(), None);
    let zhou = app.login("zhou.ming").await;
    let shown = zhou.get(&format!("/api/consults/{case}/documents/{document}")).await;
    assert_eq!(shown.status, 200, "what a case names stays: {}", shown.text());
}
