//! The FHIR face over HTTP, as programs and people meet it.

mod audit;
mod bad_input;
mod bundle;
mod conditional;
mod docs;
mod examples;
mod guard;
mod interactions;
mod programs;
mod reading;
mod search;
mod sight;

use serde_json::{Value, json};
use testkit::{Answer, Client, TestApp};

/// The hospital of the demonstration's doctor `zhou.ming`.
pub const OWN: &str = "guangshan";
/// The hospital of `zhao.min`.
pub const OTHER: &str = "lushi";

/// The program and a client of a hospital.
pub async fn begun(options: &[&str]) -> (TestApp, Client) {
    let app = TestApp::start().await;
    let client = app.client(OWN, options).await;
    (app, client)
}

/// A woman of this family name.
pub fn patient(family: &str) -> Value {
    json!({"resourceType": "Patient", "name": [{"family": family}], "gender": "female"})
}

/// A temperature.
pub fn observation(patient: &str, value: &str) -> Value {
    let mut body = json!({"resourceType": "Observation", "status": "final", "subject": {"reference": patient},
        "code": {"coding": [{"system": "http://loinc.org", "code": "8310-5"}]},
        "valueQuantity": {"unit": "Cel", "system": "http://unitsofmeasure.org", "code": "Cel"}});
    body["valueQuantity"]["value"] = serde_json::from_str(value).unwrap();
    body
}

/// Creates, and says `Type/id`.
pub async fn created(client: &Client, body: &Value) -> String {
    let ty = body["resourceType"].as_str().unwrap();
    let answer = client.post(&format!("/fhir/{ty}"), body).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    format!("{ty}/{}", answer.body["id"].as_str().unwrap())
}

/// Sends with headers; a body goes as it is.
pub async fn sent(client: &Client, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&str>) -> Answer {
    let mut request = client.request(method, path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if let Some(body) = body {
        request = request.body(body.to_owned());
    }
    client.send(request).await
}

/// The entries of a Bundle that match, as `Type/id`.
pub fn matches(bundle: &Value) -> Vec<String> {
    let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
    let found = entries.iter().filter(|e| e["search"]["mode"] == "match").map(|e| &e["resource"]);
    found.map(|r| format!("{}/{}", r["resourceType"].as_str().unwrap(), r["id"].as_str().unwrap())).collect()
}

/// What `GET` finds.
pub async fn found(client: &Client, path: &str) -> Vec<String> {
    matches(&client.get(path).await.ok())
}

/// The path of a link, below the program's address.
pub fn link(bundle: &Value, relation: &str) -> Option<String> {
    let links = bundle["link"].as_array()?;
    let url = links.iter().find(|l| l["relation"] == relation)?["url"].as_str()?;
    Some(url[url.find("/fhir").unwrap()..].to_owned())
}

/// A refusal as an OperationOutcome of this status, saying this.
#[track_caller]
pub fn refused(answer: &Answer, status: u16, says: &str) {
    let text = answer.text();
    assert_eq!(answer.status, status, "{}: {text}", answer.of);
    assert_eq!(answer.body["resourceType"], "OperationOutcome", "{}: {text}", answer.of);
    assert!(text.contains(says), "{}: {says} is not said: {text}", answer.of);
    assert!(answer.headers["content-type"].to_str().unwrap().starts_with("application/fhir+json"), "{}", answer.of);
}
