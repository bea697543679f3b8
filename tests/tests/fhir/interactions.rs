//! Create, read, update, patch, delete, history of one resource.

use super::{begun, created, patient, refused, sent};
use serde_json::{Value, json};

#[tokio::test]
async fn a_resource_lives_and_ends() {
    let (_app, client) = begun(&[]).await;
    let made = client.post("/fhir/Patient", &patient("王")).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let id = made.body["id"].as_str().unwrap().to_owned();
    let path = format!("/fhir/Patient/{id}");
    assert!(made.headers["location"].to_str().unwrap().ends_with(&format!("{path}/_history/1")));
    assert_eq!(made.headers["etag"], "W/\"1\"");
    assert!(made.headers.contains_key("last-modified"));
    let read = client.get(&path).await;
    assert_eq!(read.bytes, made.bytes, "what was answered is what is read");
    assert_eq!(read.headers["content-type"], "application/fhir+json; charset=utf-8");

    let mut next = read.body.clone();
    next["active"] = true.into();
    let tag = [("if-match", "W/\"1\""), ("content-type", "application/fhir+json")];
    let updated = sent(&client, "PUT", &path, &tag, Some(&next.to_string())).await;
    assert_eq!((updated.status, &updated.body["meta"]["versionId"]), (200, &json!("2")), "{}", updated.text());
    refused(&sent(&client, "PUT", &path, &tag, Some(&next.to_string())).await, 412, "fhir.stale");

    let patch = json!([{"op": "replace", "path": "/gender", "value": "male"}]).to_string();
    let typed = [("content-type", "application/json-patch+json")];
    let patched = sent(&client, "PATCH", &path, &typed, Some(&patch)).await;
    assert_eq!((patched.status, &patched.body["gender"]), (200, &json!("male")), "{}", patched.text());
    refused(
        &sent(&client, "PATCH", &path, &[("content-type", "application/fhir+json")], Some("{}")).await,
        415,
        "Patch",
    );

    let first = client.get(&format!("{path}/_history/1")).await;
    assert_eq!(first.bytes, made.bytes);
    refused(&client.get(&format!("{path}/_history/9")).await, 404, "");
    refused(&client.get(&format!("{path}/_history/x")).await, 404, "");

    assert_eq!(client.delete(&path).await.status, 204);
    assert_eq!(client.delete(&path).await.status, 204, "it stays deleted");
    refused(&client.get(&path).await, 410, "fhir.deleted");
    refused(&client.get(&format!("{path}/_history/4")).await, 410, "fhir.deleted");
    let history = client.get(&format!("{path}/_history")).await.ok();
    let told: Vec<String> = history["entry"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| {
            format!("{} {} {}", e["request"]["method"], e["response"]["status"], e["response"]["etag"]).replace('"', "")
        })
        .collect();
    assert_eq!(told, [r"DELETE 204 W/\4\", r"PUT 200 W/\3\", r"PUT 200 W/\2\", r"POST 201 W/\1\"]);
    let back = client.put(&path, &next).await;
    assert_eq!((back.status, &back.body["meta"]["versionId"]), (200, &json!("5")), "{}", back.text());
}

#[tokio::test]
async fn what_is_sent_comes_back_exactly() {
    // What R4 does not know is refused to strict clients.
    let (_app, client) = begun(&["warn"]).await;
    let sent_text = r#"{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":1.50,"unit":"a"},"component":[{"code":{"text":"c"},"valueQuantity":{"value":0.000}},{"code":{"text":"d"},"valueQuantity":{"value":12345678901234567890.123456789}}],"_effectiveDateTime":{"extension":[{"url":"http://x","valueDecimal":6.0e+1}]},"unheardOf":{"z":1,"a":[true,2.10]}}"#;
    let made =
        sent(&client, "POST", "/fhir/Observation", &[("content-type", "application/fhir+json")], Some(sent_text)).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let read = client.get(&format!("/fhir/Observation/{}", made.body["id"].as_str().unwrap())).await.text();
    let rest = sent_text.strip_prefix(r#"{"resourceType":"Observation""#).unwrap();
    assert!(read.ends_with(rest), "{read}");
    let found = client.get("/fhir/Observation").await.text();
    assert!(found.contains(rest), "{found}");
    let pretty =
        client.get(&format!("/fhir/Observation/{}?_pretty=true", made.body["id"].as_str().unwrap())).await.text();
    assert!(pretty.contains("\n") && pretty.contains("1.50") && pretty.contains("6.0e+1"), "{pretty}");
}

#[tokio::test]
async fn conditions_of_reading_and_preferences_of_writing() {
    let (_app, client) = begun(&[]).await;
    let at = created(&client, &patient("王")).await;
    let path = format!("/fhir/{at}");
    let read = client.get(&path).await;
    for (name, value) in [
        ("if-none-match", "W/\"1\""),
        ("if-none-match", "*"),
        ("if-modified-since", read.headers["last-modified"].to_str().unwrap()),
    ] {
        let known = sent(&client, "GET", &path, &[(name, value)], None).await;
        assert_eq!((known.status, known.bytes.len()), (304, 0), "{name}");
    }
    assert_eq!(sent(&client, "GET", &path, &[("if-none-match", "W/\"2\"")], None).await.status, 200);
    let old = [("if-modified-since", "Wed, 21 Oct 2015 07:28:00 GMT")];
    assert_eq!(sent(&client, "GET", &path, &old, None).await.status, 200);

    let body = patient("李").to_string();
    let minimal = sent(&client, "POST", "/fhir/Patient", &[("prefer", "return=minimal")], Some(&body)).await;
    assert_eq!((minimal.status, minimal.bytes.len()), (201, 0));
    assert!(minimal.headers.contains_key("location"));
    let said = sent(&client, "POST", "/fhir/Patient", &[("prefer", "return=OperationOutcome")], Some(&body)).await;
    assert_eq!((said.status, &said.body["resourceType"]), (201, &json!("OperationOutcome")));

    for (path, accept) in [(path.clone(), "application/fhir+xml"), (format!("{path}?_format=xml"), "*/*")] {
        refused(&sent(&client, "GET", &path, &[("accept", accept)], None).await, 406, "JSON");
    }
    for part in ["_summary=true", "_elements=gender", "_summary=text", "_summary=data"] {
        let cut = client.get(&format!("{path}?{part}")).await.ok();
        assert_eq!(cut["meta"]["tag"][0]["code"], "SUBSETTED", "{part}");
    }
    assert!(client.get(&format!("{path}?_elements=gender")).await.ok()["name"].is_null());
}

#[tokio::test]
async fn ids_are_chosen_by_imports_alone() {
    let (app, client) = begun(&[]).await;
    let import = app.client(super::OWN, &["create-by-put"]).await;
    let named = |id: &str| json!({"resourceType": "Patient", "id": id});
    refused(&client.put("/fhir/Patient/p-1", &named("p-1")).await, 405, "POST");
    assert_eq!(import.put("/fhir/Patient/p-1", &named("p-1")).await.status, 201);
    assert_eq!(import.put("/fhir/Patient/p-1", &named("p-1")).await.status, 200);
    refused(&import.put("/fhir/Patient/p-2", &named("p-3")).await, 400, "fhir.wrong-id");
    refused(&import.put("/fhir/Patient/p-2", &json!({"resourceType": "Patient"})).await, 400, "fhir.no-id");
    let ours = "0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f";
    refused(&import.put(&format!("/fhir/Patient/{ours}"), &named(ours)).await, 422, "fhir.id-of-ours");
    let new = [("if-none-match", "*")];
    refused(
        &sent(&import, "PUT", "/fhir/Patient/p-1", &new, Some(&named("p-1").to_string())).await,
        412,
        "fhir.exists",
    );
}

#[tokio::test]
async fn histories_of_a_type_and_of_all_page_back_to_the_beginning() {
    let (_app, client) = begun(&[]).await;
    let mut written: Vec<String> = vec![];
    for n in 0..7 {
        let at = created(&client, &patient(&format!("N{n}"))).await;
        created(&client, &super::observation(&at, "1.0")).await;
        let mut body: Value = client.get(&format!("/fhir/{at}")).await.ok();
        body["active"] = true.into();
        assert_eq!(client.put(&format!("/fhir/{at}"), &body).await.status, 200);
        written.extend([format!("{at}/1"), format!("{at}/2")]);
    }
    written.reverse();
    let versions = async |start: &str| {
        let (mut all, mut path, mut pages) = (vec![], Some(start.to_owned()), 0);
        while let Some(at) = path {
            let page = client.get(&at).await.ok();
            assert_eq!(page["type"], "history");
            for e in page["entry"].as_array().into_iter().flatten() {
                let r = &e["resource"];
                all.push(format!("{}/{}/{}", r["resourceType"], r["id"], r["meta"]["versionId"]).replace('"', ""));
            }
            path = super::link(&page, "next");
            pages += 1;
            assert!(pages < 100, "it ends");
        }
        all
    };
    assert_eq!(versions("/fhir/Patient/_history?_count=3").await, written);
    let all = versions("/fhir/_history?_count=40").await;
    assert_eq!(all.iter().filter(|v| v.starts_with("Patient/")).cloned().collect::<Vec<_>>(), written);
    assert!(all.iter().any(|v| v.starts_with("Organization/")), "the directory is seen by all");
    assert_eq!(versions("/fhir/Patient/_history?_since=2999-01-01").await, Vec::<String>::new());
    assert_eq!(versions("/fhir/Patient/_history?_at=1999").await, Vec::<String>::new());
    let now = client.get(&format!("/fhir/{}", written[0].rsplit_once('/').unwrap().0)).await.ok();
    let at = now["meta"]["lastUpdated"].as_str().unwrap();
    let current = versions(&format!("/fhir/Patient/_history?_at=ge{at}").replace("ge", "")).await;
    assert!(current.contains(&written[0]) && !current.contains(&written[1]), "{current:?}");
    let one = written[0].rsplit_once('/').unwrap().0;
    assert_eq!(versions(&format!("/fhir/{one}/_history?_count=1")).await, written[..2]);
    refused(&client.get("/fhir/Patient/_history?_since=yesterday").await, 400, "not a date");
}
