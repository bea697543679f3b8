//! Batches and transactions.

use super::{OTHER, begun, created, found, observation, patient, refused, sent};
use serde_json::{Value, json};

fn entry(method: &str, url: &str, resource: Value) -> Value {
    json!({"request": {"method": method, "url": url}, "resource": resource})
}

fn bundle(kind: &str, entries: Vec<Value>) -> Value {
    json!({"resourceType": "Bundle", "type": kind, "entry": entries})
}

fn statuses(answer: &Value) -> Vec<&str> {
    answer["entry"].as_array().unwrap().iter().map(|e| e["response"]["status"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_transaction_links_its_entries() {
    let (_app, client) = begun(&[]).await;
    let old = created(&client, &patient("旧")).await;
    let doctor = json!({"resourceType": "Patient", "identifier": [{"value": "K"}]});
    created(&client, &doctor).await;
    let mut p = entry("POST", "Patient", patient("王"));
    p["fullUrl"] = "urn:uuid:11111111-1111-4111-8111-111111111111".into();
    let mut o = entry("POST", "Observation", observation("urn:uuid:11111111-1111-4111-8111-111111111111", "1.50"));
    o["resource"]["focus"] = json!([{"reference": "Patient?identifier=K"}]);
    let mut conditional = entry("POST", "Patient", doctor);
    conditional["request"]["ifNoneExist"] = "identifier=K".into();
    let entries =
        vec![entry("GET", "Patient?family=王", Value::Null), o, p, entry("DELETE", &old, Value::Null), conditional];
    let whole = [("prefer", "return=representation")];
    let body = bundle("transaction", entries).to_string();
    let answer = sent(&client, "POST", "/fhir", &whole, Some(&body)).await.ok();
    assert_eq!(answer["type"], "transaction-response");
    assert_eq!(statuses(&answer), ["200", "201", "201", "204", "200"]);
    assert_eq!(answer["entry"][0]["resource"]["entry"].as_array().unwrap().len(), 1, "read after the writes");
    let p = &answer["entry"][2]["resource"];
    let o = &answer["entry"][1]["resource"];
    assert_eq!(o["subject"]["reference"], format!("Patient/{}", p["id"].as_str().unwrap()));
    assert!(o["focus"][0]["reference"].as_str().unwrap().starts_with("Patient/"));
    assert_eq!(o["valueQuantity"]["value"].to_string(), "1.50");
    assert_eq!(client.get(&format!("/fhir/{old}")).await.status, 410);
    let read = client.get(&format!("/fhir/Observation/{}", o["id"].as_str().unwrap())).await.ok();
    assert_eq!(&read, o);
}

#[tokio::test]
async fn a_transaction_is_all_or_nothing() {
    let (app, client) = begun(&[]).await;
    let other = app.client(OTHER, &[]).await;
    let theirs = created(&other, &patient("吴")).await;
    let own = created(&client, &patient("王")).await;
    let good = || entry("POST", "Patient", patient("新"));
    let id = own.strip_prefix("Patient/").unwrap();
    let mut stale = entry("PUT", &own, json!({"resourceType": "Patient", "id": id}));
    stale["request"]["ifMatch"] = "W/\"7\"".into();
    let mut twice = entry("POST", "Patient", patient("a"));
    twice["fullUrl"] = "urn:uuid:1".into();
    let mut none = good();
    none["request"]["ifNoneExist"] = "family=王,新".into();
    for (bad, status, says) in [
        (vec![entry("POST", "Observation", observation("urn:uuid:2", "1"))], 422, "urn:uuid:2"),
        (vec![entry("POST", "Observation", observation("Patient?identifier=none", "1"))], 412, "matches"),
        (vec![entry("POST", "Observation", observation(&theirs, "1"))], 422, "fhir.no-patient"),
        (vec![entry("DELETE", &theirs, Value::Null)], 404, ""),
        (vec![stale], 412, "fhir.stale"),
        (vec![twice.clone(), twice], 400, "fhir.named-twice"),
        (
            vec![entry("DELETE", &own, Value::Null), entry("PUT", &own, json!({"resourceType": "Patient", "id": id}))],
            400,
            "fhir.written-twice",
        ),
        (vec![entry("POST", "Nonsense", patient("a"))], 404, "Nonsense"),
        (vec![entry("SHOUT", "Patient", patient("a"))], 400, "SHOUT"),
        (vec![entry("POST", "Patient", Value::Null)], 400, "no resource"),
        (vec![entry("POST", "Organization", json!({"resourceType": "Organization"}))], 422, "directory"),
        (vec![entry("PUT", "Patient/chosen", json!({"resourceType": "Patient", "id": "chosen"}))], 405, ""),
        (vec![json!({"resource": patient("x")})], 400, "request.url"),
    ] {
        let mut entries = vec![good()];
        entries.extend(bad);
        let answer = client.post("/fhir", &bundle("transaction", entries)).await;
        refused(&answer, status, says);
        assert!(
            answer.body["issue"][0]["expression"][0].as_str().unwrap_or("Bundle.entry[").starts_with("Bundle.entry["),
            "{}",
            answer.text()
        );
        assert_eq!(found(&client, "/fhir/Patient").await, std::slice::from_ref(&own), "nothing is written");
    }
    assert_eq!(other.get(&format!("/fhir/{theirs}")).await.status, 200);
}

#[tokio::test]
async fn a_batch_does_what_it_can() {
    let (_app, client) = begun(&[]).await;
    let own = created(&client, &patient("王")).await;
    let entries = vec![
        entry("POST", "Patient", patient("一")),
        entry("GET", &own, Value::Null),
        entry("GET", "Patient/nobody", Value::Null),
        entry("POST", "Organization", json!({"resourceType": "Organization"})),
        entry("GET", "Patient?family=王", Value::Null),
        entry("GET", &format!("{own}/_history"), Value::Null),
        entry("SHOUT", "Patient", Value::Null),
        entry("DELETE", "Patient?family=nobody", Value::Null),
    ];
    let answer = client.post("/fhir", &bundle("batch", entries)).await.ok();
    assert_eq!(answer["type"], "batch-response");
    assert_eq!(statuses(&answer), ["201", "200", "404", "422", "200", "200", "400", "204"]);
    assert_eq!(answer["entry"][1]["resource"]["name"][0]["family"], "王");
    assert_eq!(answer["entry"][3]["response"]["outcome"]["resourceType"], "OperationOutcome");
    refused(&client.post("/fhir", &bundle("collection", vec![])).await, 400, "fhir.bundle-type");
    refused(&client.post("/fhir", &patient("x")).await, 400, "fhir.no-bundle");
    assert_eq!(client.post("/fhir", &bundle("batch", vec![])).await.ok()["entry"], Value::Null);
}

#[tokio::test]
async fn two_entries_with_the_same_condition_make_one() {
    let (_app, client) = begun(&[]).await;
    let mut one = entry("POST", "Patient", json!({"resourceType": "Patient", "identifier": [{"value": "Z"}]}));
    one["request"]["ifNoneExist"] = "identifier=Z".into();
    let mut two = one.clone();
    two["fullUrl"] = "urn:uuid:z".into();
    let o = entry("POST", "Observation", observation("urn:uuid:z", "1"));
    let answer = client.post("/fhir", &bundle("transaction", vec![one, two, o])).await.ok();
    assert_eq!(statuses(&answer), ["201", "200", "201"]);
    assert_eq!(answer["entry"][0]["response"]["location"], answer["entry"][1]["response"]["location"]);
    assert_eq!(found(&client, "/fhir/Observation?subject.identifier=Z").await.len(), 1);
}

#[tokio::test]
async fn transactions_in_opposite_order_both_end() {
    let (_app, client) = begun(&[]).await;
    let (a, b) = (created(&client, &patient("a")).await, created(&client, &patient("b")).await);
    let put =
        |at: &str| entry("PUT", at, json!({"resourceType": "Patient", "id": at.strip_prefix("Patient/").unwrap()}));
    let (there, back) = (bundle("transaction", vec![put(&a), put(&b)]), bundle("transaction", vec![put(&b), put(&a)]));
    let one = async |n: usize| client.post("/fhir", if n.is_multiple_of(2) { &there } else { &back }).await;
    let all = futures::future::join_all((0..16).map(one)).await;
    for answer in &all {
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    for at in [a, b] {
        assert_eq!(client.get(&format!("/fhir/{at}")).await.ok()["meta"]["versionId"], "17");
    }
}
