//! Programs added and ended on the administrator's page, while the server runs.

use super::{OTHER, OWN, created, patient};
use serde_json::{Value, json};
use testkit::{Client, TestApp};

const PAGE: &str = "/api/admin/clients";

fn wanted(name: &str, hospital: &str) -> Value {
    json!({"name": name, "hospital": hospital, "strict": true, "create_by_put": false, "unrestricted": false})
}

fn names(listed: &Value) -> Vec<&str> {
    listed["clients"].as_array().unwrap().iter().map(|c| c["name"].as_str().unwrap()).collect()
}

async fn end(client: &Client, added: &Value) -> testkit::Answer {
    client.post(&format!("{PAGE}/{}/end", added["client"]["id"].as_str().unwrap()), &json!({})).await
}

#[tokio::test]
async fn a_program_is_added_works_and_is_ended_while_the_server_runs() {
    let app = TestApp::start().await;
    let admin = app.login("admin").await;
    let added = admin.post(PAGE, &wanted(" 光山 HIS ", OWN)).await.ok();
    assert_eq!(added["client"]["name"], "光山 HIS");
    let token = added["token"].as_str().unwrap();
    assert!(added["address"].as_str().unwrap().ends_with("/fhir"), "{added}");
    let program = app.nobody().with_token(token);
    created(&program, &patient("新")).await;

    let listed = admin.get(PAGE).await;
    assert!(!listed.text().contains(token), "shown once");
    assert_eq!(listed.ok()["clients"][0]["hospital"], OWN);
    admin.post(PAGE, &wanted("光山 HIS", OTHER)).await.refused(409, "clients.name-taken");

    let ended = end(&admin, &added).await.ok();
    assert!(ended["ended_at"].is_string(), "{ended}");
    assert_eq!(program.get("/fhir/Patient").await.status, 401);
    assert_eq!(end(&admin, &added).await.ok()["id"], ended["id"], "a second time changes nothing");
    let again = admin.post(PAGE, &wanted("光山 HIS", OTHER)).await.ok();
    assert_ne!(again["token"], added["token"]);
    assert_eq!(names(&admin.get(PAGE).await.ok()), ["光山 HIS", "光山 HIS"], "the one in use first");
    assert!(!app.logs().contains(token), "a token is in the log");
}

#[tokio::test]
async fn a_hospitals_administrator_sees_and_ends_their_own_and_adds_none() {
    let app = TestApp::start().await;
    let (admin, he) = (app.login("admin").await, app.login("he.jing").await);
    let own = admin.post(PAGE, &wanted("own", OWN)).await.ok();
    let other = admin.post(PAGE, &wanted("other", OTHER)).await.ok();
    let mut all = wanted("all", OWN);
    all["unrestricted"] = true.into();
    let all = admin.post(PAGE, &all).await.ok();
    let listed = he.get(PAGE).await.ok();
    assert_eq!((names(&listed), &listed["may_add"]), (vec!["own"], &json!(false)));
    he.post(PAGE, &wanted("mine", OWN)).await.refused(404, "not_found");
    end(&he, &other).await.refused(404, "not_found");
    end(&he, &all).await.refused(404, "not_found");
    assert!(end(&he, &own).await.ok()["ended_at"].is_string());
    app.login("zhou.ming").await.get(PAGE).await.refused(404, "not_found");
}

#[tokio::test]
async fn what_makes_no_program_is_refused_by_name() {
    let app = TestApp::start().await;
    let admin = app.login("admin").await;
    admin.post(PAGE, &wanted("  ", OWN)).await.refused(422, "clients.name");
    admin.post(PAGE, &wanted(&"长".repeat(101), OWN)).await.refused(422, "clients.name");
    admin.post(PAGE, &wanted("x", "nowhere")).await.refused(422, "clients.no-hospital");
    admin.post(PAGE, &wanted("x", "a/b")).await.refused(422, "clients.no-hospital");
    admin.post(&format!("{PAGE}/nobody/end"), &json!({})).await.refused(404, "not_found");
    assert_eq!(admin.get(PAGE).await.ok()["clients"], json!([]));
}
