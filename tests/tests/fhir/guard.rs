//! What slices own, each type by each interaction: refused with 422 that names the owner, and unchanged.

use super::{OWN, found, refused, sent};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use testkit::{Client, TestApp};

const PATCH: &[(&str, &str)] = &[("content-type", "application/json-patch+json")];

/// A case seen through to its signed opinion, by the demonstration's people.
pub async fn signed(app: &TestApp) -> String {
    let (zhou, chen, li) = (app.login("zhou.ming").await, app.login("chen.tao").await, app.login("li.wei").await);
    let patient = json!({"name": "王小明", "sex": "male", "birth_date": "1960-05-01",
        "identifier": {"kind": "passport", "value": "E1234567"}, "phone": "13900012345"});
    let patient = zhou.post("/api/patients", &patient).await.ok();
    let mut form = json!({"form": "full", "patient": patient["id"], "urgency": "urgent", "kind": "live",
        "purpose": "是否需要气管插管?", "specialty": "respiratory", "complaint": "发热5天", "history": "5天前发热",
        "diagnosis": "重症肺炎", "vitals": [{"time": "2026-11-21T01:30:00Z", "spo2": "91", "temperature": "38.60"}],
        "labs": [], "consent": {}});
    let draft = zhou.post("/api/drafts/consult", &json!({"body": form})).await.ok();
    let id = draft["id"].as_str().unwrap().to_owned();
    let pdf = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n".to_vec();
    let file = format!("/api/consults/{id}/files/0192f0c1-7d6e-7cc3-98c4-dc0c0c000123?name=consent.pdf");
    assert_eq!(zhou.put_bytes(&file, pdf).await.status, 200);
    let files = zhou.get(&format!("/api/consults/{id}/files")).await.ok();
    form["consent"] = json!({"document": files["documents"][0]["id"]});
    let saved =
        zhou.put(&format!("/api/drafts/consult/{id}"), &json!({"revision": draft["revision"], "body": form})).await;
    let handed_in = json!({"draft": id, "revision": saved.ok()["revision"]});
    assert_eq!(zhou.post("/api/consults", &handed_in).await.status, 201);
    step(&chen, &id, "first-look", json!({})).await;
    let me = li.get("/api/session").await.ok();
    step(&chen, &id, "assign", json!({"experts": [me["role"]["id"]]})).await;
    for name in ["accept", "start", "conclude"] {
        step(&li, &id, name, json!({})).await;
    }
    let words =
        json!({"findings": "双肺磨玻璃影", "opinion": "重症肺炎", "advice": "转ICU", "password": "consilium-demo"});
    step(&li, &id, "opinion", words).await;
    step(&zhou, &id, "messages", json!({"text": "谢谢"})).await;
    id
}

/// An expert's hours, a duty and a leave.
async fn calendar(app: &TestApp) {
    let li = app.login("li.wei").await;
    let (chen, role) = (app.login("chen.tao").await, li.get("/api/session").await.ok()["role"]["id"].clone());
    let path = format!("/api/rota/{}", role.as_str().unwrap());
    let hours = json!({"version": 0, "hours": [{"days": ["mon"], "from": "08:00:00", "to": "17:00:00"}], "limit": 9});
    let now = chen.put(&format!("{path}/hours"), &hours).await.ok();
    let (from, to) = (app.platform().clock.now(), app.platform().clock.now() + jiff::SignedDuration::from_hours(9));
    let leave = json!({"version": now["version"], "from": from.to_string(), "to": to.to_string(), "reason": "sick"});
    let now = li.post(&format!("{path}/leaves"), &leave).await;
    assert_eq!(now.status, 201, "{}", now.text());
    let (from, to) = (to, to + jiff::SignedDuration::from_hours(9));
    let duty = json!({"version": now.body["version"], "from": from.to_string(), "to": to.to_string(),
        "specialty": "respiratory", "rank": 1});
    assert_eq!(chen.post(&format!("{path}/duties"), &duty).await.status, 201);
}

async fn step(client: &Client, case: &str, step: &str, more: Value) {
    let seen = client.get(&format!("/api/consults/{case}")).await.ok();
    let mut body = json!({"version": seen["version"]});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    client.post(&format!("/api/consults/{case}/{step}"), &body).await.ok();
}

#[tokio::test]
async fn what_a_slice_owns_is_changed_by_it_alone() {
    let app = TestApp::at("2026-11-21T02:00:00Z".parse().unwrap()).await;
    signed(&app).await;
    crate::journeys::outbreak::one_of_each(&app).await;
    calendar(&app).await;
    crate::join::joined(&app).await;
    // Whoever is let in furthest: sees all, chooses ids.
    let client = app.client(OWN, &["unrestricted", "create-by-put", "warn"]).await;
    let mut owned: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for (ty, _) in exchange::fhir::guard::OWNERS {
        let bundle = client.get(&format!("/fhir/{ty}?_count=3")).await.ok();
        let resources = bundle["entry"].as_array().into_iter().flatten().map(|e| e["resource"].clone());
        owned.insert((*ty).to_owned(), resources.collect());
    }
    let missing: Vec<_> = owned.iter().filter(|(_, all)| all.is_empty()).map(|(ty, _)| ty.as_str()).collect();
    // These were not needed for this case.
    assert_eq!(missing, ["Bundle", "CommunicationRequest", "HealthcareService", "ImagingStudy", "Media"]);
    let mut tried = 0;
    for (ty, all) in &owned {
        for resource in all {
            let at = format!("{ty}/{}", resource["id"].as_str().unwrap());
            every_interaction(&client, ty, &at, resource).await;
            tried += 1;
        }
    }
    assert!(tried >= 20, "{tried}");
}

/// Writes of every kind to one owned resource.
async fn every_interaction(client: &Client, ty: &str, at: &str, resource: &Value) {
    let path = format!("/fhir/{at}");
    let id = resource["id"].as_str().unwrap();
    let versions = async || client.get(&format!("{path}/_history")).await.ok()["entry"].as_array().unwrap().len();
    let before = versions().await;
    let mut changed = resource.clone();
    changed["language"] = "en".into();
    let bare = json!({"resourceType": ty, "id": id});
    let matching = format!("/fhir/{ty}?_id={id}");
    let patch = r#"[{"op":"add","path":"/language","value":"en"}]"#;
    refused(&client.put(&path, &changed).await, 422, "fhir.owned");
    refused(&client.put(&path, &bare).await, 422, "fhir.owned");
    refused(&client.put(&matching, &bare).await, 422, "fhir.owned");
    refused(&sent(client, "PATCH", &path, PATCH, Some(patch)).await, 422, "fhir.owned");
    refused(&sent(client, "PATCH", &matching, PATCH, Some(patch)).await, 422, "fhir.owned");
    refused(&client.delete(&path).await, 422, "fhir.owned");
    refused(&client.delete(&matching).await, 422, "fhir.owned");
    for (method, url) in [
        ("PUT", at.to_owned()),
        ("DELETE", at.to_owned()),
        ("PUT", format!("{ty}?_id={id}")),
        ("DELETE", format!("{ty}?_id={id}")),
    ] {
        for kind in ["batch", "transaction"] {
            let mut entry = json!({"request": {"method": method, "url": url}});
            if method == "PUT" {
                entry["resource"] = bare.clone();
            }
            let body = json!({"resourceType": "Bundle", "type": kind, "entry": [entry]});
            let answer = client.post("/fhir", &body).await;
            match kind {
                "transaction" => refused(&answer, 422, "fhir.owned"),
                _ => assert_eq!(answer.ok()["entry"][0]["response"]["status"], "422", "{method} {url}"),
            }
        }
    }
    assert_eq!(versions().await, before, "{at} is as it was");
}

#[tokio::test]
async fn what_says_that_it_is_ours_is_not_taken() {
    let app = TestApp::start().await;
    let client = app.client(OWN, &["unrestricted", "create-by-put", "warn"]).await;
    for (ty, owner) in exchange::fhir::guard::OWNERS {
        let body = json!({"resourceType": ty, "identifier": [{"system": "urn:consilium:case-number", "value": "1"}]});
        let owner = owner.split([' ', ',']).next().unwrap();
        let answer = client.post(&format!("/fhir/{ty}"), &body).await;
        refused(&answer, 422, "fhir.owned");
        refused(&answer, 422, owner);
        let entry = json!({"request": {"method": "POST", "url": ty}, "resource": body});
        let bundle = json!({"resourceType": "Bundle", "type": "transaction", "entry": [entry]});
        refused(&client.post("/fhir", &bundle).await, 422, "fhir.owned");
        let mut chosen = body.clone();
        chosen["id"] = "chosen".into();
        refused(&client.put(&format!("/fhir/{ty}/chosen"), &chosen).await, 422, "fhir.owned");
    }
    let smuggled = r#"[{"op":"add","path":"/extension","value":[{"url":"urn:consilium:extension:name-key"}]}]"#;
    let at = super::created(&client, &super::patient("王")).await;
    refused(&sent(&client, "PATCH", &format!("/fhir/{at}"), PATCH, Some(smuggled)).await, 422, "fhir.owned");
}

#[tokio::test]
async fn the_directory_and_the_ledger_are_not_written_over_fhir() {
    let app = TestApp::start().await;
    let client = app.client(OWN, &[]).await;
    for ty in ["AuditEvent", "HealthcareService", "Location", "Organization", "Practitioner", "PractitionerRole"] {
        refused(&client.post(&format!("/fhir/{ty}"), &json!({"resourceType": ty})).await, 422, "fhir.owned");
    }
    let migration = app.client(OWN, &["unrestricted"]).await;
    refused(&migration.post("/fhir/AuditEvent", &json!({"resourceType": "AuditEvent"})).await, 422, "ledger");
    let made = migration.post("/fhir/Practitioner", &json!({"resourceType": "Practitioner"})).await;
    assert_eq!(made.status, 201, "a migration brings its own: {}", made.text());
}

#[tokio::test]
async fn a_patient_with_a_case_is_not_deleted() {
    let app = TestApp::start().await;
    let id = signed(&app).await;
    let client = app.client(OWN, &[]).await;
    assert_eq!(found(&client, &format!("/fhir/ServiceRequest?_id={id}")).await.len(), 1);
    let request = client.get(&format!("/fhir/ServiceRequest/{id}")).await.ok();
    let patient = request["subject"]["reference"].as_str().unwrap();
    refused(&client.delete(&format!("/fhir/{patient}")).await, 422, "fhir.owned");
}
