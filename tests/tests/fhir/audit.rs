//! The ledger as AuditEvents: what they say, who sees them, how they are searched.

use super::guard::signed;
use super::{OTHER, OWN, begun, created, found, link, observation, patient, refused, sent};
use fhir::validate::{Options, Severity, validate};
use records::Entry;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use testkit::{Client, TestApp};

/// Who answers for the hospital of `zhou.ming`.
const ADMINISTRATOR: &str = "he.jing";

/// The number of the last entry of this operation.
async fn until(app: &TestApp, what: &str) -> u64 {
    until_one(app, |entry| entry.act.what == what).await.number
}

/// Waits until such an entry is in the ledger, and gives the last: looks are gathered for a moment.
async fn until_one(app: &TestApp, is: impl Fn(&Entry) -> bool) -> Entry {
    let store = &app.platform().store;
    let mut sealed = store.sealed();
    loop {
        let entries = store.entries_before(None, u64::MAX, 10_000).await.unwrap();
        if let Some(entry) = entries.into_iter().find(|e| is(e)) {
            return entry;
        }
        tokio::time::timeout(std::time::Duration::from_secs(20), sealed.changed()).await.unwrap().unwrap();
    }
}

fn events(bundle: &Value) -> Vec<Value> {
    let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
    entries.into_iter().filter(|e| e["search"]["mode"] == "match").map(|e| e["resource"].clone()).collect()
}

fn act(event: &Value) -> &str {
    event["subtype"][1]["code"].as_str().unwrap()
}

fn number(event: &Value) -> u64 {
    event["id"].as_str().unwrap().strip_prefix("ledger-").unwrap().parse().unwrap()
}

async fn all(client: &Client, query: &str) -> Vec<Value> {
    let mut path = format!("/fhir/AuditEvent?{query}");
    let mut all = vec![];
    loop {
        let bundle = client.get(&path).await.ok();
        all.extend(events(&bundle));
        match link(&bundle, "next") {
            Some(next) => path = next,
            None => return all,
        }
    }
}

#[tokio::test]
async fn every_entry_of_a_consultation_is_an_audit_event_that_fits() {
    let app = TestApp::start().await;
    let case = signed(&app).await;
    until(&app, "consult.show").await;
    let auditor = app.client(OWN, &["unrestricted"]).await;
    let last = until(&app, "opinion.sign").await;
    let all = all(&auditor, "_count=200").await;
    let numbers: Vec<u64> = all.iter().map(number).collect();
    assert!(numbers.windows(2).all(|pair| pair[0] == pair[1] + 1), "newest first, without a gap: {numbers:?}");
    assert!(numbers[0] >= last && numbers.last() == Some(&1), "{numbers:?}");
    let mut kinds = BTreeSet::new();
    for event in &all {
        let found = validate(event, Options { warnings: false, ..Options::default() });
        assert!(found.iter().all(|f| f.severity != Severity::Error), "{found:?} {event}");
        kinds.insert((act(event).to_owned(), event["action"].as_str().unwrap().to_owned()));
    }
    for (what, action) in [
        ("patient.create", "C"),
        ("consult.request", "C"),
        ("consult.assign", "U"),
        ("consult.show", "R"),
        ("opinion.sign", "CU"),
    ] {
        assert!(kinds.iter().any(|(k, a)| k == what && action.contains(a)), "{what} {action}: {kinds:?}");
    }
    let text = Value::from(all.clone()).to_string();
    assert!(!text.contains("王小明") && !text.contains("重症肺炎"), "neither a name nor what was typed");

    // The entry and its hash are the ledger's own.
    let entry = app.platform().store.entries(last - 1, 1).await.unwrap().remove(0);
    let signed = auditor.get(&format!("/fhir/AuditEvent/ledger-{last}")).await;
    assert_eq!((signed.status, &signed.headers["etag"]), (200, &"W/\"1\"".parse().unwrap()));
    let hash: String = entry.hash.iter().map(|b| format!("{b:02x}")).collect();
    assert!(signed.text().contains(&hash));
    let profile = signed.body["meta"]["profile"][0].as_str().unwrap();
    assert!(
        profile.starts_with("https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.Patient"),
        "{profile}"
    );
    let of_case = found(&auditor, &format!("/fhir/AuditEvent?entity=ServiceRequest/{case}&_count=1000")).await;
    assert!(of_case.contains(&format!("AuditEvent/ledger-{last}")), "{of_case:?}");
    assert!(of_case.len() < all.len());

    // One version, which never changes.
    let path = format!("/fhir/AuditEvent/ledger-{last}");
    let history = auditor.get(&format!("{path}/_history")).await.ok();
    assert_eq!(history["entry"].as_array().unwrap().len(), 1);
    assert_eq!(history["entry"][0]["resource"], signed.body);
    assert_eq!(auditor.get(&format!("{path}/_history/1")).await.ok(), signed.body);
    refused(&auditor.get(&format!("{path}/_history/2")).await, 404, "not_found");
    refused(&auditor.get("/fhir/AuditEvent/_history").await, 400, "GET AuditEvent");
    assert_eq!(sent(&auditor, "GET", &path, &[("if-none-match", "W/\"1\"")], None).await.status, 304);
    for id in ["ledger-0", "ledger-99999999", "ledger-x", "7"] {
        refused(&auditor.get(&format!("/fhir/AuditEvent/{id}")).await, 404, "not_found");
    }
}

#[tokio::test]
async fn who_sees_who_looked() {
    let app = TestApp::start().await;
    let case = signed(&app).await;
    let (zhou, zhao, li) = (app.login("zhou.ming").await, app.login("zhao.min").await, app.login("li.wei").await);
    let admin = app.login_as(ADMINISTRATOR, Some("hospital-administrator")).await;
    let page = zhou.get(&format!("/api/consults/{case}")).await.ok();
    let of = page["patient"]["id"].as_str().unwrap().to_owned();
    zhao.get(&format!("/api/consults/{case}")).await.refused(404, "not_found");
    until_one(&app, |e| e.act.person.as_ref().is_some_and(|p| p.as_str() == "zhao-min") && e.act.case.is_some()).await;
    let show = all(&zhou, &format!("patient={of}&subtype=consult.show&agent=Practitioner/li-wei")).await;
    let looked = show.first().expect("who treats sees that the expert looked");
    assert_eq!(looked["agent"][2]["name"], "李伟");
    let one = format!("/fhir/AuditEvent/{}", looked["id"].as_str().unwrap());

    // Of a patient and of a case: as `access.looks` lets.
    let (of_patient, of_case) = (format!("patient=Patient/{of}"), format!("entity=ServiceRequest/{case}"));
    for (who, query, sees) in [
        (&zhou, &of_patient, true),
        (&zhou, &of_case, true),
        (&li, &of_case, true),
        (&li, &of_patient, false),
        (&zhao, &of_patient, false),
        (&zhao, &of_case, false),
        (&admin, &of_patient, true),
        (&admin, &of_case, true),
    ] {
        let answer = who.get(&format!("/fhir/AuditEvent?{query}")).await;
        if sees {
            assert!(!events(&answer.ok()).is_empty(), "{query}");
        } else {
            refused(&answer, 404, "not_found");
        }
    }
    for (who, sees) in [(&zhou, true), (&li, true), (&zhao, false), (&admin, true)] {
        let answer = who.get(&one).await;
        assert_eq!(answer.status, if sees { 200 } else { 404 }, "{}", answer.text());
    }
    // Everything is for who answers for a hospital: what its people did, and what was done to its patients.
    refused(&zhou.get("/fhir/AuditEvent").await, 404, "not_found");
    let ours = all(&admin, "_count=1000").await;
    assert!(ours.iter().any(|e| e["id"] == looked["id"]), "an expert of another hospital looked at a patient of ours");
    assert!(ours.iter().any(|e| e["outcome"] == "4" && e.to_string().contains("zhao-min")), "and who was refused");
    let other = app.client(OTHER, &[]).await;
    created(&other, &patient("吴")).await;
    let theirs = until(&app, "fhir.create").await;
    assert!(all(&admin, "_count=1000").await.iter().all(|e| number(e) != theirs));
    refused(&admin.get(&format!("/fhir/AuditEvent/ledger-{theirs}")).await, 404, "not_found");
    assert!(all(&admin, &format!("_id=ledger-{theirs},{}", looked["id"].as_str().unwrap())).await.len() == 1);
    // Whether there is such a patient at another hospital is not told, nor whose entry it was that was refused.
    let hers = |e: &Entry| e.act.person.as_ref().is_some_and(|p| p.as_str() == "he-jing");
    let refusal = |e: &Entry| e.act.what == "fhir.audit.read" && e.act.params["allowed"] == json!(false);
    let tried = until_one(&app, |e| hers(e) && refusal(e)).await;
    let tried = admin.get(&format!("/fhir/AuditEvent/ledger-{}", tried.number)).await.ok();
    assert_eq!(tried["entity"][0]["what"]["reference"], format!("AuditEvent/ledger-{theirs}"), "{tried}");
    assert!(!tried.to_string().contains("Patient/"), "{tried}");
    for nobody in ["nobody".to_owned(), theirs_of(&app, theirs).await] {
        assert_eq!(all(&admin, &format!("patient={nobody}")).await, Vec::<Value>::new(), "{nobody}");
    }
    for name in ["chen.tao", "admin", "gao.yuan"] {
        let who = app.login(name).await;
        for path in ["/fhir/AuditEvent".to_owned(), one.clone(), format!("{one}/_history"), format!("{one}/_history/1")]
        {
            refused(&who.get(&path).await, 404, "not_found");
        }
    }
    // A program sees nothing of who looked, one that was let see everything all of it.
    let program = app.client(OWN, &[]).await;
    for path in ["/fhir/AuditEvent".to_owned(), format!("/fhir/AuditEvent?{of_patient}"), one.clone()] {
        refused(&program.get(&path).await, 404, "not_found");
        refused(&sent(&app.nobody(), "GET", &path, &[], None).await, 401, "session.none");
    }
    let auditor = app.client(OWN, &["unrestricted"]).await;
    assert_eq!(auditor.get(&format!("/fhir/AuditEvent/ledger-{theirs}")).await.status, 200);
    assert!(all(&auditor, "_count=1000").await.len() > ours.len());
    // Who asked for the log stands in it.
    until(&app, "fhir.audit.read").await;
    let asked = all(&auditor, "subtype=urn:consilium:act|fhir.audit.search&agent=he-jing").await;
    assert!(!asked.is_empty());
}

/// The patient of an entry.
async fn theirs_of(app: &TestApp, number: u64) -> String {
    let entry = app.platform().store.entries(number - 1, 1).await.unwrap().remove(0);
    entry.act.patient.unwrap().id.to_string()
}

#[tokio::test]
async fn searches_page_by_page_and_by_each_parameter() {
    let (app, client) = begun(&["create-by-put"]).await;
    let auditor = app.client(OWN, &["unrestricted"]).await;
    let at = created(&client, &patient("王")).await;
    let mut last = String::new();
    for n in 0..7 {
        last = created(&client, &observation(&at, &format!("3{n}.0"))).await;
    }
    client.delete(&format!("/fhir/{last}")).await;
    client.get(&format!("/fhir/{at}")).await.ok();
    let read = until_one(&app, |e| e.act.what == "fhir.read").await;
    // What is asked from now on stands in the ledger as well, and after this.
    let of = format!("patient={at}&date=le{}", read.at);
    let whole = all(&auditor, &of).await;
    assert_eq!(whole.len(), 10, "{whole:?}");
    let paged = all(&auditor, &format!("{of}&_count=3")).await;
    assert_eq!(paged, whole, "page by page it is the same");
    assert_eq!(all(&auditor, &format!("{of}&_count=1")).await, whole);
    let in_compartment = auditor.get(&format!("/fhir/{at}/AuditEvent?_count=4&date=le{}", read.at)).await.ok();
    assert_eq!(events(&in_compartment), whole[..4]);
    let on = auditor.get(&link(&in_compartment, "next").unwrap()).await.ok();
    assert_eq!(events(&on), whole[4..8]);
    for (query, count) in [
        ("action=C", 8),
        ("action=C,D", 9),
        ("action=D", 1),
        ("type=rest", 10),
        ("type=http://dicom.nema.org/resources/ontology/DCM|110114", 0),
        ("subtype=read", 1),
        ("outcome=0", 10),
        ("outcome=4", 0),
        ("entity=Patient/nobody", 0),
        ("date=ge2000-01-01&date=le2999", 10),
        ("date=lt2000", 0),
        ("_lastUpdated=gt2000", 10),
        ("_sort=-date&_total=none", 10),
        ("unknown=1", 10),
    ] {
        assert_eq!(all(&auditor, &format!("{of}&{query}")).await.len(), count, "{query}");
    }
    assert_eq!(all(&auditor, &format!("{of}&entity={last}")).await.len(), 2, "made and deleted");
    let entry = app.platform().store.entries_before(None, u64::MAX, 1).await.unwrap().remove(0);
    let now = entry.at.to_string();
    assert!(
        all(&auditor, &format!("action=C&date=le{now}")).await.len() >= 8,
        "found by time through the whole ledger"
    );
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let posted = sent(&auditor, "POST", "/fhir/AuditEvent/_search", &form, Some(&format!("{of}&action=D"))).await;
    assert_eq!(events(&posted.ok()).len(), 1);
    let summary = auditor.get(&format!("/fhir/AuditEvent?{of}&_count=1&_summary=true")).await.ok();
    assert_eq!(events(&summary)[0]["meta"]["tag"][0]["code"], "SUBSETTED");
    let batch = json!({"resourceType": "Bundle", "type": "batch", "entry": [
        {"request": {"method": "GET", "url": format!("AuditEvent?{of}&action=D")}},
        {"request": {"method": "GET", "url": format!("AuditEvent/{}", whole[0]["id"].as_str().unwrap())}},
    ]});
    let batch = auditor.post("/fhir", &batch).await.ok();
    assert_eq!(batch["entry"][0]["resource"]["entry"][0]["resource"]["action"], "D");
    assert_eq!(batch["entry"][1]["resource"]["id"], whole[0]["id"]);

    // What is not answered is refused when strict, else named.
    let strict = [("prefer", "handling=strict")];
    refused(&sent(&auditor, "GET", "/fhir/AuditEvent?site=x", &strict, None).await, 400, "fhir.unknown-parameter");
    let named = auditor.get(&format!("/fhir/AuditEvent?{of}&site=x")).await.ok();
    assert!(named.to_string().contains("fhir.unknown-parameter"));
    refused(&auditor.get("/fhir/AuditEvent?date:missing=true").await, 400, "fhir.modifier");
    refused(&auditor.get("/fhir/AuditEvent?_summary=count").await, 400, "fhir.not-counted");
    let next = link(&auditor.get("/fhir/AuditEvent?_count=1").await.ok(), "next").unwrap();
    refused(&auditor.get(&format!("{next}x")).await, 400, "fhir.page");
    refused(&auditor.get(&next.replace("_count=1", "_count=2")).await, 400, "fhir.page");

    // What is told is what is done.
    let told = auditor.get("/fhir/metadata").await.ok();
    let types = told["rest"][0]["resource"].as_array().unwrap().clone();
    let ours = types.iter().find(|t| t["type"] == "AuditEvent").unwrap();
    let codes: Vec<_> = ours["interaction"].as_array().unwrap().iter().map(|i| i["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["read", "vread", "history-instance", "search-type"]);
    assert!(types.iter().all(|t| !t["searchRevInclude"].to_string().contains("AuditEvent:")));
}
