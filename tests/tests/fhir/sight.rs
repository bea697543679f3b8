//! Who may, and that what one may not see does not exist.

use super::{OTHER, OWN, begun, created, found, observation, patient, refused, sent};
use serde_json::json;
use testkit::TestApp;

#[tokio::test]
async fn nobody_without_a_session_or_a_token() {
    let (app, client) = begun(&[]).await;
    let at = created(&client, &patient("王")).await;
    for (method, path) in [
        ("GET", format!("/fhir/{at}")),
        ("GET", "/fhir/Patient".into()),
        ("POST", "/fhir".into()),
        ("GET", "/fhir/_history".into()),
        ("POST", "/fhir/Patient/$validate".into()),
    ] {
        let answer = sent(&app.nobody(), method, &path, &[], Some("{}")).await;
        refused(&answer, 401, "session.none");
        assert!(answer.headers["www-authenticate"].to_str().unwrap().starts_with("Bearer"));
        for token in ["csl_AAAA", "", "csl_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            refused(&sent(&app.nobody().with_token(token), method, &path, &[], Some("{}")).await, 401, "session.none");
        }
    }
}

#[tokio::test]
async fn a_client_that_was_ended_opens_nothing() {
    let app = TestApp::start().await;
    let platform = app.platform();
    let new = platform::clients::NewClient {
        name: "his".into(),
        hospital: kernel::Id::new(OWN).unwrap(),
        strict: true,
        create_by_put: false,
        unrestricted: false,
    };
    let now = platform.clock.now();
    let token = platform::clients::added(&*platform.store, &*platform.ids, now, new.clone()).await.unwrap();
    let taken = platform::clients::added(&*platform.store, &*platform.ids, now, new.clone()).await;
    assert!(matches!(taken, Err(platform::clients::Refusal::Taken)));
    let client = app.nobody().with_token(&token);
    created(&client, &patient("王")).await;
    platform::clients::ended(&*platform.store, now, "his").await.unwrap();
    // The ledger's tail tells every process; the answer may cross it on the way.
    let begun = std::time::Instant::now();
    loop {
        let answer = client.get("/fhir/Patient").await;
        if answer.status == 401 {
            break;
        }
        assert!(begun.elapsed().as_secs() < 20, "still open");
    }
    assert!(platform::clients::ended(&*platform.store, now, "his").await.is_err());
    platform::clients::added(&*platform.store, &*platform.ids, now, new).await.unwrap();
    assert!(!app.logs().contains(&token[4..]), "no token in a log");
}

#[tokio::test]
async fn another_hospitals_record_does_not_exist() {
    let (app, own) = begun(&[]).await;
    let other = app.client(OTHER, &["create-by-put"]).await;
    let theirs = created(&other, &patient("吴")).await;
    let their_o = created(&other, &observation(&theirs, "39.0")).await;
    let all = app.client(OWN, &["unrestricted"]).await;
    assert_eq!(all.get(&format!("/fhir/{theirs}")).await.status, 200);

    let mine = created(&own, &patient("王")).await;
    let nothing = own.get("/fhir/Patient/nobody").await;
    for path in [
        format!("/fhir/{theirs}"),
        format!("/fhir/{theirs}/_history"),
        format!("/fhir/{theirs}/_history/1"),
        format!("/fhir/{theirs}/$everything"),
        format!("/fhir/{theirs}/Observation"),
    ] {
        let answer = own.get(&path).await;
        refused(&answer, 404, "not_found");
        let text = |a: &testkit::Answer| a.body["issue"][0]["details"]["text"].clone();
        assert_eq!(text(&answer), text(&nothing), "{path}");
    }
    assert_eq!(found(&own, "/fhir/Patient").await, std::slice::from_ref(&mine));
    for path in [
        "/fhir/Observation",
        "/fhir/Observation?value-quantity=39",
        "/fhir/Patient?_has:Observation:subject:code=8310-5",
        "/fhir/Patient?family=吴",
    ] {
        assert_eq!(found(&own, path).await, Vec::<String>::new(), "{path}");
    }
    assert_eq!(own.get("/fhir/Patient?_total=accurate").await.ok()["total"], 1);
    assert!(!own.get("/fhir/_history?_count=1000").await.text().contains(&theirs));
    let about = observation(&theirs, "36.0");
    refused(&own.post("/fhir/Observation", &about).await, 422, "fhir.no-patient");
    refused(&own.post("/fhir/Observation", &observation("Patient/nobody", "36.0")).await, 422, "fhir.no-patient");
    let id = theirs.strip_prefix("Patient/").unwrap();
    let body = json!({"resourceType": "Patient", "id": id});
    let there = own.put(&format!("/fhir/{theirs}"), &body).await;
    let absent = own.put("/fhir/Patient/nobody", &json!({"resourceType": "Patient", "id": "nobody"})).await;
    assert_eq!((there.status, absent.status), (405, 405));
    refused(&own.delete(&format!("/fhir/{theirs}")).await, 404, "");
    assert_eq!(other.get(&format!("/fhir/{their_o}")).await.body["meta"]["versionId"], "1");
}

#[tokio::test]
async fn people_by_their_role() {
    let (app, client) = begun(&[]).await;
    let at = created(&client, &patient("王")).await;
    let path = format!("/fhir/{at}");
    let doctor = app.login("zhou.ming").await;
    assert_eq!(doctor.get(&path).await.status, 200);
    assert_eq!(found(&doctor, "/fhir/Patient?family=王").await, std::slice::from_ref(&at));
    assert_eq!(doctor.post("/fhir/Observation", &observation(&at, "36.6")).await.status, 201);
    refused(&doctor.post("/fhir/Organization", &json!({"resourceType": "Organization"})).await, 422, "directory");
    // Another hospital's doctor and the centre's expert see nothing of it; an expert does not write.
    for name in ["zhao.min", "li.wei"] {
        let who = app.login(name).await;
        refused(&who.get(&path).await, 404, "not_found");
        assert_eq!(found(&who, "/fhir/Patient?family=王").await, Vec::<String>::new(), "{name}");
    }
    let expert = app.login("li.wei").await;
    refused(&expert.post("/fhir/Basic", &json!({"resourceType": "Basic"})).await, 404, "");
    // Who administers or dispatches sees the directory and nothing else.
    for (name, role) in [("chen.tao", "dispatcher"), ("cen.yi", "hospital-administrator")] {
        let Some(who) = login(&app, name, role).await else { continue };
        refused(&who.get(&path).await, 404, "");
        refused(&who.get("/fhir/Patient").await, 404, "");
        assert!(!found(&who, "/fhir/Organization").await.is_empty(), "{name}");
        refused(&who.post("/fhir/Basic", &json!({"resourceType": "Basic"})).await, 404, "");
    }
    let looked = app.platform().store.entries_of_patient(&at.parse().unwrap(), 0).await.unwrap();
    let acts: Vec<&str> = looked.iter().map(|e| e.act.what.as_str()).collect();
    assert!(acts.contains(&"fhir.create"), "{acts:?}");
}

/// The people of the whole demonstration are not all here.
async fn login(app: &TestApp, name: &str, role: &str) -> Option<testkit::Client> {
    let known = app.platform().store.account(name).await.unwrap().is_some();
    if known { Some(app.login_as(name, Some(role)).await) } else { None }
}

#[tokio::test]
async fn what_was_read_stands_in_the_ledger() {
    let (mut app, client) = begun(&[]).await;
    let at = created(&client, &patient("王")).await;
    let o = created(&client, &observation(&at, "37.0")).await;
    client.get(&format!("/fhir/{o}")).await.ok();
    client.get("/fhir/Observation").await.ok();
    client.get(&format!("/fhir/{at}/$everything")).await.ok();
    app.restart().await;
    let entries = app.platform().store.entries_of_patient(&at.parse().unwrap(), 0).await.unwrap();
    let mut acts: Vec<&str> = entries.iter().map(|e| e.act.what.as_str()).collect();
    acts.sort_unstable();
    acts.dedup();
    assert_eq!(acts, ["fhir.create", "fhir.everything", "fhir.read", "fhir.search"]);
}
