//! "The one that matches", also when many ask at once.

use super::{OTHER, begun, created, refused, sent};
use serde_json::{Value, json};
use std::collections::HashSet;

fn with_number(number: &str) -> Value {
    json!({"resourceType": "Patient", "identifier": [{"system": "http://his", "value": number}]})
}

#[tokio::test]
async fn created_when_none_matches() {
    let (_app, client) = begun(&[]).await;
    let body = with_number("7").to_string();
    let create = async |criteria: &str| {
        sent(&client, "POST", "/fhir/Patient", &[("if-none-exist", criteria)], Some(&body)).await
    };
    let first = create("identifier=http://his|7").await;
    assert_eq!(first.status, 201, "{}", first.text());
    let again = create("identifier=http://his|7").await;
    assert_eq!((again.status, &again.body["id"]), (200, &first.body["id"]), "{}", again.text());
    created(&client, &with_number("7")).await;
    refused(&create("identifier=http://his|7").await, 412, "fhir.several-match");
    refused(&create("").await, 412, "fhir.no-criteria");
    refused(&create("nonsense=1").await, 400, "nonsense");
    refused(&create("_count=1").await, 412, "fhir.no-criteria");
    refused(&client.post("/fhir/Patient?identifier=http://his|7", &with_number("7")).await, 400, "If-None-Exist");
}

#[tokio::test]
async fn of_thirty_two_at_once_one_creates() {
    let (_app, client) = begun(&[]).await;
    let one = async |n: usize| {
        let body = with_number("8").to_string();
        // The same criteria, said in two orders.
        let criteria = if n.is_multiple_of(2) {
            "identifier=http://his|8&gender:missing=true"
        } else {
            "gender:missing=true&identifier=http://his|8"
        };
        sent(&client, "POST", "/fhir/Patient", &[("if-none-exist", criteria)], Some(&body)).await
    };
    let all = futures::future::join_all((0..32).map(one)).await;
    let ids: HashSet<String> = all
        .iter()
        .map(|a| {
            assert!(matches!(a.status, 200 | 201), "{}", a.text());
            a.body["id"].to_string()
        })
        .collect();
    assert_eq!(ids.len(), 1);
    assert_eq!(all.iter().filter(|a| a.status == 201).count(), 1);
    // What the winner made is deleted: its claim stands in nobody's way.
    let id = all[0].body["id"].as_str().unwrap();
    assert_eq!(client.delete(&format!("/fhir/Patient/{id}")).await.status, 204);
    assert_eq!(one(0).await.status, 201);
}

#[tokio::test]
async fn what_another_hospital_has_does_not_match() {
    let (app, client) = begun(&[]).await;
    let other = app.client(OTHER, &[]).await;
    let theirs = created(&other, &with_number("9")).await;
    let made = sent(
        &client,
        "POST",
        "/fhir/Patient",
        &[("if-none-exist", "identifier=9")],
        Some(&with_number("9").to_string()),
    )
    .await;
    assert_eq!(made.status, 201, "{}", made.text());
    assert!(!theirs.contains(made.body["id"].as_str().unwrap()));
    assert_eq!(client.delete("/fhir/Patient?identifier=9").await.status, 204);
    assert_eq!(other.get(&format!("/fhir/{theirs}")).await.status, 200, "theirs stays");
}

#[tokio::test]
async fn updated_patched_and_deleted_by_what_matches() {
    let (_app, client) = begun(&[]).await;
    let path = "/fhir/Patient?identifier=http://his|10";
    let made = client.put(path, &with_number("10")).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let mut next = with_number("10");
    next["active"] = true.into();
    let updated = client.put(path, &next).await;
    assert_eq!((updated.status, &updated.body["id"]), (200, &made.body["id"]), "{}", updated.text());
    next["id"] = "another".into();
    refused(&client.put(path, &next).await, 400, "fhir.wrong-id");
    refused(&client.put("/fhir/Patient", &with_number("10")).await, 412, "fhir.no-criteria");
    let patch = r#"[{"op":"add","path":"/gender","value":"male"}]"#;
    let typed = [("content-type", "application/json-patch+json")];
    let patched = sent(&client, "PATCH", path, &typed, Some(patch)).await;
    assert_eq!((patched.status, &patched.body["gender"]), (200, &json!("male")), "{}", patched.text());
    refused(&sent(&client, "PATCH", "/fhir/Patient?identifier=none", &typed, Some(patch)).await, 404, "");
    assert_eq!(client.delete(path).await.status, 204);
    assert_eq!(client.delete(path).await.status, 204, "nothing matches any more");
    refused(&client.delete("/fhir/Patient").await, 412, "fhir.no-criteria");
    let of_many = async |_n: usize| client.put("/fhir/Patient?identifier=http://his|11", &with_number("11")).await;
    let all = futures::future::join_all((0..8).map(of_many)).await;
    let ids: HashSet<String> = all.iter().map(|a| a.body["id"].to_string()).collect();
    assert_eq!(
        (ids.len(), all.iter().filter(|a| a.status == 201).count()),
        (1, 1),
        "{:?}",
        all.iter().map(|a| a.text()).collect::<Vec<_>>()
    );
}
