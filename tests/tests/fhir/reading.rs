//! Searches and what is built on them.

use super::{begun, created, found, link, matches, observation, patient, refused, sent};
use serde_json::{Value, json};
use std::collections::HashSet;

#[tokio::test]
async fn searched_by_address_and_by_form() {
    let (_app, client) = begun(&[]).await;
    let (wang, li) = (created(&client, &patient("王")).await, created(&client, &patient("李")).await);
    let o = created(&client, &observation(&wang, "38.60")).await;
    assert_eq!(found(&client, "/fhir/Patient?family=王").await, std::slice::from_ref(&wang));
    assert_eq!(
        found(&client, "/fhir/Observation?subject.family=王&value-quantity=gt38").await,
        std::slice::from_ref(&o)
    );
    assert_eq!(found(&client, &format!("/fhir/Observation?subject={li}")).await, Vec::<String>::new());
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let answer = sent(&client, "POST", "/fhir/Patient/_search", &form, Some("family=%E6%9D%8E")).await.ok();
    assert_eq!(matches(&answer), std::slice::from_ref(&li));
    let bundle = client.get(&format!("/fhir/Observation?_include=Observation:subject&_id={}", &o[12..])).await.ok();
    assert_eq!(bundle["type"], "searchset");
    let modes: Vec<&str> =
        bundle["entry"].as_array().unwrap().iter().map(|e| e["search"]["mode"].as_str().unwrap()).collect();
    assert_eq!(modes, ["match", "include"]);
    assert!(bundle["entry"][0]["fullUrl"].as_str().unwrap().ends_with(&format!("/fhir/{o}")));
    assert!(bundle["total"].is_null(), "no total unless asked");
    assert_eq!(client.get("/fhir/Patient?_total=accurate&_count=1").await.ok()["total"], 2);
    assert_eq!(client.get("/fhir/Patient?_total=estimate").await.ok()["total"], 2);
    let count = client.get("/fhir/Patient?_summary=count").await.ok();
    assert_eq!((&count["total"], &count["entry"]), (&json!(2), &Value::Null));
}

#[tokio::test]
async fn parameters_that_nobody_knows_are_named_or_refused() {
    let (_app, client) = begun(&[]).await;
    created(&client, &patient("王")).await;
    let path = "/fhir/Patient?family=王&nonsense=1";
    let lenient = client.get(path).await.ok();
    assert_eq!(matches(&lenient).len(), 1);
    let outcome = lenient["entry"].as_array().unwrap().iter().find(|e| e["search"]["mode"] == "outcome").unwrap();
    assert!(outcome["resource"].to_string().contains("nonsense"));
    assert!(!link(&lenient, "self").unwrap().contains("nonsense"), "the link says what was done");
    refused(&sent(&client, "GET", path, &[("prefer", "handling=strict")], None).await, 400, "nonsense");
    for wrong in
        ["birthdate=yesterday", "name:sounds=a", "_sort=nonsense", "_include=Patient", "_total=x", "_summary=x"]
    {
        refused(&client.get(&format!("/fhir/Patient?{wrong}")).await, 400, "");
    }
    refused(&client.get("/fhir/Patients").await, 404, "Patients");
    refused(&client.get("/fhir/what/is/this/for").await, 404, "");
}

#[tokio::test]
async fn pages_lead_on_and_cannot_be_changed() {
    let (app, client) = begun(&[]).await;
    let mut all = HashSet::new();
    for n in 0..25 {
        all.insert(created(&client, &patient(&format!("P{n:02}"))).await);
    }
    let mut seen = vec![];
    let mut path = Some("/fhir/Patient?_sort=-family&_count=4&gender=female".to_owned());
    let mut second = None;
    while let Some(at) = path {
        let page = client.get(&at).await.ok();
        seen.extend(matches(&page));
        path = link(&page, "next");
        second = second.or(path.clone());
    }
    assert_eq!(seen.len(), 25);
    assert_eq!(seen.iter().cloned().collect::<HashSet<_>>(), all);
    let second = second.unwrap();
    let (head, token) = second.split_once("_page=").unwrap();
    let mut changed: Vec<char> = token.chars().collect();
    changed[20] = if changed[20] == 'A' { 'B' } else { 'A' };
    let changed: String = changed.into_iter().collect();
    for wrong in [
        format!("{head}_page={changed}"),
        format!("{head}_page="),
        format!("{head}_page=zz"),
        second.replace("gender=female", "gender=male"),
        second.replace("/Patient", "/Observation"),
    ] {
        let answer = client.get(&wrong).await;
        match wrong.ends_with("_page=") {
            true => assert_eq!(matches(&answer.ok()).len(), 4, "no token is the first page"),
            false => refused(&answer, 400, ""),
        }
    }
    let colleague = app.client(super::OWN, &[]).await;
    refused(&colleague.get(&second).await, 400, "fhir.page");
}

#[tokio::test]
async fn a_patients_compartment_everything_and_the_latest() {
    let (_app, client) = begun(&[]).await;
    let (wang, li) = (created(&client, &patient("王")).await, created(&client, &patient("李")).await);
    let mut own = HashSet::from([wang.clone()]);
    for n in 0..6 {
        let mut body = observation(&wang, "37.0");
        body["effectiveDateTime"] = format!("2026-11-0{}", n + 1).into();
        body["code"]["coding"][0]["code"] = if n % 2 == 0 { "8310-5" } else { "8867-4" }.into();
        own.insert(created(&client, &body).await);
        created(&client, &observation(&li, "37.0")).await;
    }
    let condition = json!({"resourceType": "Condition", "subject": {"reference": wang}});
    let condition = created(&client, &condition).await;
    own.insert(condition.clone());
    assert_eq!(found(&client, &format!("/fhir/{wang}/Condition")).await, [condition]);
    assert_eq!(found(&client, &format!("/fhir/{wang}/Observation?code=8867-4")).await.len(), 3);
    refused(&client.get(&format!("/fhir/{wang}/Organization")).await, 400, "compartment");
    refused(&client.get("/fhir/Patient/nobody/Condition").await, 404, "");
    let (mut seen, mut path) = (vec![], Some(format!("/fhir/{wang}/$everything?_count=3")));
    while let Some(at) = path {
        let page = client.get(&at).await.ok();
        seen.extend(matches(&page));
        path = link(&page, "next");
    }
    assert_eq!(seen.len(), own.len());
    assert_eq!(seen.into_iter().collect::<HashSet<_>>(), own);
    refused(&client.get(&format!("/fhir/{wang}/$everything?sort=2020")).await, 400, "sort");
    let latest = client.get(&format!("/fhir/Observation/$lastn?patient={wang}&max=2")).await.ok();
    let times: Vec<&str> = latest["entry"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["resource"]["effectiveDateTime"].as_str().unwrap())
        .collect();
    assert_eq!(times, ["2026-11-06", "2026-11-05", "2026-11-04", "2026-11-03"]);
    refused(&client.get("/fhir/Observation/$lastn").await, 400, "patient");
}

#[tokio::test]
async fn the_statement_is_open_and_true() {
    let (app, client) = begun(&["warn"]).await;
    // Who looked is not for a hospital's program.
    let auditor = app.client(super::OWN, &["unrestricted"]).await;
    let statement = app.nobody().get("/fhir/metadata").await.ok();
    assert_eq!(
        (&statement["resourceType"], &statement["fhirVersion"]),
        (&json!("CapabilityStatement"), &json!("4.0.1"))
    );
    let types = statement["rest"][0]["resource"].as_array().unwrap();
    let mut asked = 0;
    for ty in types {
        let name = ty["type"].as_str().unwrap();
        let codes: Vec<&str> =
            ty["interaction"].as_array().unwrap().iter().map(|i| i["code"].as_str().unwrap()).collect();
        let made = client.post(&format!("/fhir/{name}"), &json!({"resourceType": name})).await;
        assert_eq!(made.status == 201, codes.contains(&"create"), "{name}: {}", made.text());
        // Each parameter that is told is understood.
        for param in ty["searchParam"].as_array().unwrap().iter().step_by(7) {
            let (code, kind) = (param["name"].as_str().unwrap(), param["type"].as_str().unwrap());
            let value = match kind {
                "date" => "2026",
                "number" | "quantity" => "1",
                "composite" => continue,
                "special" if code == "near" => "34.7|113.6",
                _ => "x",
            };
            let strict = [("prefer", "handling=strict")];
            let asks = if name == "AuditEvent" { &auditor } else { &client };
            let answer = sent(asks, "GET", &format!("/fhir/{name}?{code}={value}&_count=1"), &strict, None).await;
            assert_eq!(answer.status, 200, "{name}.{code}: {}", answer.text());
            asked += 1;
        }
    }
    assert!(types.len() == 146 && asked > 200, "{} {asked}", types.len());
}
