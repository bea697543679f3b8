//! Whatever a hurried or hostile client sends to any operation of the API, a refusal is problem JSON (on the FHIR face an
//! OperationOutcome) with a stable code.

use serde_json::Value;
use testkit::{Answer, Client, TestApp};

/// Codes of requests that cannot be read; an operation may be quicker and refuse by its own.
const UNREADABLE: &[&str] = &["request.unreadable", "request.unfit", "request.media-type", "request.too-large"];

/// One operation of the description.
struct Operation {
    method: String,
    path: String,
    id: String,
    takes_json: bool,
}

fn operations() -> Vec<Operation> {
    let api: Value = serde_json::from_str(&consilium::app::openapi().unwrap()).unwrap();
    let mut found = vec![];
    for (path, methods) in api["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let Some(id) = operation["operationId"].as_str() else { continue };
            found.push(Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                id: id.to_owned(),
                takes_json: operation["requestBody"]["content"]["application/json"].is_object(),
            });
        }
    }
    found
}

/// The path with its parameters filled in.
fn filled(path: &str, with: &str) -> String {
    let parts = path.split('/').map(|part| if part.starts_with('{') { with } else { part });
    parts.collect::<Vec<_>>().join("/")
}

fn is_problem(operation: &Operation, sent: &str, answer: &Answer) {
    let of = format!(
        "{} {} {}, sent {sent}: {} {}",
        operation.id,
        operation.method,
        operation.path,
        answer.status,
        answer.text()
    );
    assert!((400..500).contains(&answer.status), "{of}");
    // The FHIR face says the same in FHIR's form.
    let in_fhir = operation.path.starts_with("/fhir");
    let kind = if in_fhir { "application/fhir+json; charset=utf-8" } else { "application/problem+json" };
    assert_eq!(answer.headers.get("content-type").map(|t| t.to_str().unwrap()), Some(kind), "{of}");
    // The answer to a HEAD says what it would hold, and holds nothing.
    if operation.method.eq_ignore_ascii_case("head") {
        return;
    }
    let issue = &answer.body["issue"][0];
    let code = if in_fhir { &issue["details"]["coding"][0]["code"] } else { &answer.body["code"] };
    let code = code.as_str().unwrap_or_default();
    let stable = code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b));
    assert!(!code.is_empty() && stable, "{of}");
    if in_fhir {
        assert!(issue["diagnostics"].as_str().is_some_and(|d| !d.is_empty()), "{of}");
        return;
    }
    assert!(
        answer.body["request_id"].is_string() && answer.body["detail"].as_str().is_some_and(|d| !d.is_empty()),
        "{of}"
    );
}

async fn send(
    client: &Client,
    operation: &Operation,
    path: &str,
    kind: &str,
    body: impl Into<reqwest::Body>,
) -> Answer {
    client.send(client.request(&operation.method, path).header("content-type", kind).body(body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_refused_by_every_operation_in_one_shape() {
    let app = TestApp::start().await;
    let all = operations();
    let with_json: Vec<&Operation> = all.iter().filter(|o| o.takes_json).collect();
    assert!(with_json.len() > 25, "only {} operations take JSON", with_json.len());
    // Two roles, so that each operation is reached by somebody who may: the shape must be the same for who may not.
    for who in ["zhou.ming", "chen.tao"] {
        let client = app.login(who).await;
        for operation in &with_json {
            // Opening a session with rubbish is refused like any other, and must not end this client's own.
            let path = filled(&operation.path, "0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f");
            let large = format!("{{\"x\": \"{}\"}}", "长".repeat(400_000));
            for (kind, body, sent) in [
                ("application/json", "{\"version\": ".to_owned(), "broken JSON"),
                ("application/json", "[]".to_owned(), "an array"),
                ("application/json", "7".to_owned(), "a number"),
                ("application/json", "{\"version\": {}, \"revision\": {}, \"draft\": 7, \"name\": [], \"reason\": 1, \"text\": 1, \"old\": 1, \"role\": 1, \"body\": 1, \"device\": 7, \"document\": 9}".to_owned(), "wrong types"),
                ("application/json", "\u{0}\u{1}".to_owned(), "control characters"),
                ("application/json", "[".repeat(100_000), "a tower of brackets"),
                ("text/plain", "{}".to_owned(), "another media type"),
                ("application/xml", "<a/>".to_owned(), "XML"),
                ("application/json", large, "more than is taken"),
            ] {
                let answer = send(&client, operation, &path, kind, body).await;
                is_problem(operation, sent, &answer);
                let code = answer.body["code"].as_str().unwrap();
                // Of a gateway's request nothing is read before its key has signed it.
                let unread = answer.status == 404 || code == "join.not-signed";
                if matches!(sent, "broken JSON" | "more than is taken" | "XML") && !unread {
                    assert!(UNREADABLE.contains(&code), "{} {sent}: {code}", operation.id);
                }
            }
        }
    }
    assert_eq!(app.login("zhou.ming").await.get("/api/session").await.status, 200, "it goes on serving");
}

#[tokio::test(flavor = "multi_thread")]
async fn paths_and_queries_that_mean_nothing_are_refused_in_the_same_shape() {
    let app = TestApp::start().await;
    let client = app.login("zhou.ming").await;
    let mut tried = 0;
    // The public page answers people: a page, not a problem.
    for operation in operations().iter().filter(|o| o.path.contains('{') && !o.path.starts_with("/verify")) {
        for part in ["%20", "..%2f..", "%FF", &"x".repeat(500), "a'--"] {
            let path = filled(&operation.path, part);
            let answer = client.send(client.request(&operation.method, &path).json(&serde_json::json!({}))).await;
            is_problem(operation, part, &answer);
            tried += 1;
        }
    }
    assert!(tried > 100, "only {tried}");
    for path in
        ["/api/consults?state=nowhere", "/api/consults?after=%FF", "/api/experts?from=yesterday", "/api/nothing/here"]
    {
        let answer = client.get(path).await;
        let operation = Operation { method: "GET".into(), path: path.into(), id: "query".into(), takes_json: false };
        is_problem(&operation, "a query", &answer);
    }
    let wrong = client.send(client.request("PATCH", "/api/consults")).await;
    assert_eq!((wrong.status, &wrong.body["code"]), (405, &Value::from("request.method")));
}
