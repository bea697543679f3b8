//! What a broken or hostile sender sends: bounded, refused by name, nothing written.

use super::{begun, created, found, observation, patient, refused, sent};
use serde_json::json;

const JSON: &[(&str, &str)] = &[("content-type", "application/fhir+json")];

#[tokio::test]
async fn bodies_that_are_refused() {
    // Whoever wants to be warned alone is bounded all the same.
    let (_app, client) = begun(&["warn"]).await;
    let deep = format!(r#"{{"resourceType":"Patient","extension":{}1{}}}"#, "[".repeat(10_000), "]".repeat(10_000));
    let deep_enough = format!(r#"{{"resourceType":"Patient","x":{}1{}}}"#, "[".repeat(70), "]".repeat(70));
    let digits = format!(r#"{{"resourceType":"Patient","multipleBirthInteger":{}}}"#, "7".repeat(1_000_000));
    let circle = json!({"resourceType": "Patient", "contained": [
        {"resourceType": "Organization", "id": "a", "partOf": {"reference": "#b"}},
        {"resourceType": "Organization", "id": "b", "partOf": {"reference": "#a"}}]})
    .to_string();
    let large = format!(r#"{{"resourceType":"Patient","x":"{}"}}"#, "x".repeat(9 << 20));
    for (body, status, says) in [
        (deep.as_str(), 400, "nested deeper than 80"),
        (&deep_enough, 422, "nested deeper than 64"),
        (&digits, 400, "a number of 1000000 characters"),
        (r#"{"resourceType":"Patient","gender":"male","gender":"female"}"#, 400, "stands twice"),
        (r#"{"resourceType":"Patient","gender":"\udc00"}"#, 400, "json.unreadable"),
        (r#"{"resourceType":"Observation"}"#, 400, "fhir.wrong-type"),
        (r#"{"resourceType":7}"#, 400, "fhir.no-type"),
        (r#"{}"#, 400, "fhir.no-type"),
        (r#"[]"#, 400, "fhir.no-object"),
        (r#""#, 400, "json.empty"),
        (r#"<Patient/>"#, 400, "json.unreadable"),
        (&circle, 422, "fhir.contained-circle"),
        (&large, 422, "more than"),
    ] {
        let answer = sent(&client, "POST", "/fhir/Patient", JSON, Some(body)).await;
        refused(&answer, status, says);
        assert!(answer.bytes.len() < 2_000, "an answer is short: {} bytes", answer.bytes.len());
    }
    let latin = client
        .send(
            client.request("POST", "/fhir/Patient").body(b"{\"resourceType\":\"Patient\",\"x\":\"\xff\xfe\"}".to_vec()),
        )
        .await;
    refused(&latin, 400, "json.unreadable");
    assert_eq!(found(&client, "/fhir/Patient").await, Vec::<String>::new());
}

#[tokio::test]
async fn sixty_megabytes_are_not_taken() {
    let (_app, client) = begun(&[]).await;
    let body = vec![b' '; 60 << 20];
    refused(&client.send(client.request("POST", "/fhir/Patient").body(body.clone())).await, 413, "request.too-large");
    let pieces =
        futures::stream::iter(body.chunks(1 << 20).map(|c| Ok::<_, std::io::Error>(c.to_vec())).collect::<Vec<_>>());
    let piecemeal = client.request("POST", "/fhir/Patient").body(reqwest::Body::wrap_stream(pieces));
    refused(&client.send(piecemeal).await, 413, "request.too-large");
    assert_eq!(found(&client, "/fhir/Patient").await, Vec::<String>::new());
}

#[tokio::test]
async fn a_bundle_of_fifty_thousand_entries() {
    let (_app, client) = begun(&[]).await;
    let one = r#"{"request":{"method":"POST","url":"Patient"},"resource":{"resourceType":"Patient"}}"#;
    for kind in ["batch", "transaction"] {
        let body = format!(r#"{{"resourceType":"Bundle","type":"{kind}","entry":[{}]}}"#, vec![one; 50_000].join(","));
        refused(&sent(&client, "POST", "/fhir", JSON, Some(&body)).await, 413, "fhir.bundle-too-long");
    }
    assert_eq!(found(&client, "/fhir/Patient").await, Vec::<String>::new());
}

#[tokio::test]
async fn entries_that_are_none() {
    let (_app, client) = begun(&[]).await;
    for entry in ["1", "null", "\"x\"", "[]", "{}", "{\"request\":7}", "{\"resource\":{}}"] {
        let body = |kind| format!(r#"{{"resourceType":"Bundle","type":"{kind}","entry":[{entry}]}}"#);
        let batch = sent(&client, "POST", "/fhir", JSON, Some(&body("batch"))).await.ok();
        assert_eq!(batch["entry"][0]["response"]["status"], "400", "{entry}: {batch}");
        refused(&sent(&client, "POST", "/fhir", JSON, Some(&body("transaction"))).await, 400, "fhir.no-request");
    }
}

#[tokio::test]
async fn searches_that_are_refused_or_bounded() {
    let (_app, client) = begun(&[]).await;
    let at = created(&client, &patient("王")).await;
    created(&client, &observation(&at, "1")).await;
    let chained = format!("/fhir/Observation?subject:Patient.{}family=a", "link:Patient.".repeat(499));
    refused(&client.get(&chained).await, 400, "links");
    let has = format!("/fhir/Patient?{}code=a", "_has:Observation:subject:".repeat(500));
    refused(&client.get(&has).await, 400, "");
    refused(&client.get(&format!("/fhir/Patient?family={}", "a".repeat(20_000))).await, 414, "fhir.query-too-long");
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let form = sent(&client, "POST", "/fhir/Patient/_search", &form, Some(&"a=1&".repeat(250_000))).await;
    refused(&form, 414, "fhir.query-too-long");
    let page = client.get("/fhir/Patient?_count=1000000000").await.ok();
    assert_eq!(super::matches(&page).len(), 1);
    refused(&client.get("/fhir/Patient?_count=99999999999999999999999999").await, 400, "fhir.count");
    let loops = "/fhir/Observation?_include=Observation:subject&_revinclude:iterate=Observation:subject&_include:iterate=Observation:subject&_include:iterate=Patient:link";
    assert_eq!(client.get(loops).await.ok()["entry"].as_array().unwrap().len(), 2);
    let many = format!("/fhir/Patient?{}", "family=a&".repeat(300));
    refused(&client.get(&many).await, 400, "more than");
    let sorted = format!("/fhir/Patient?_sort={}", vec!["birthdate"; 1_500].join(","));
    refused(&client.get(&sorted).await, 400, "more than 10 keys");
    // Each of the 148 types that a Provenance may be of, and for each the same again.
    let fan = "target._has:Provenance:target:target._has:Provenance:target:_id=a";
    refused(&client.get(&format!("/fhir/Provenance?{fan}")).await, 400, "more than 1000 tests");
    let wide = format!("/fhir/Provenance?{}", vec!["target._has:Provenance:target:_id=a"; 60].join("&"));
    refused(&client.get(&wide).await, 400, "more than 1000 tests");
    let tiny = client.get("/fhir/RiskAssessment?probability=0.0e-2147483648").await.ok();
    assert!(super::matches(&tiny).is_empty());
}

#[tokio::test]
async fn thirty_two_writers_of_one_resource() {
    let (_app, client) = begun(&[]).await;
    let at = created(&client, &patient("王")).await;
    let body = json!({"resourceType": "Patient", "id": at.strip_prefix("Patient/").unwrap()}).to_string();
    let path = format!("/fhir/{at}");
    let tagged = async |_n| sent(&client, "PUT", &path, &[("if-match", "W/\"1\"")], Some(&body)).await;
    let all = futures::future::join_all((0..32).map(tagged)).await;
    assert_eq!(all.iter().filter(|a| a.status == 200).count(), 1);
    for late in all.iter().filter(|a| a.status != 200) {
        refused(late, 412, "fhir.stale");
    }
    let plain = async |_n| sent(&client, "PUT", &path, &[], Some(&body)).await.status;
    let all = futures::future::join_all((0..32).map(plain)).await;
    assert_eq!(all, [200; 32]);
    assert_eq!(client.get(&path).await.ok()["meta"]["versionId"], "34");
}
