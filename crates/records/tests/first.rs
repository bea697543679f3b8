//! The first steps: what is written is read, found, and vouched for.
use kernel::{Clock, Id, ManualClock, Time};
use records::sqlite::{Options, Sqlite};
use records::*;
use serde_json::json;
use std::sync::Arc;

#[tokio::test]
async fn written_read_found_verified() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::at("2026-11-21T00:00:00Z".parse::<Time>().unwrap()));
    let options = Options { clock: clock.clone(), ..Options::default() };
    let store = Sqlite::open(dir.path(), options.clone()).unwrap();
    let hospital = Id::new("guangshan").unwrap();
    let at: fhir::Reference = "Patient/p1".parse().unwrap();
    let body = json!({"resourceType": "Patient", "name": [{"text": "王小明"}], "gender": "male"});
    let receipt = store
        .commit(Change::of(Act::system("patient.create")).write(Write::new(at.clone(), body, hospital.clone())))
        .await
        .unwrap();
    assert_eq!(receipt.number, Some(1));
    let case: fhir::Reference = "ServiceRequest/c1".parse().unwrap();
    let body: serde_json::Value = serde_json::from_str(
        r#"{"resourceType":"Observation","status":"final","subject":{"reference":"Patient/p1"},"valueQuantity":{"value":37.50}}"#,
    )
    .unwrap();
    let o: fhir::Reference = "Observation/o1".parse().unwrap();
    store
        .commit(Change::of(Act::system("x")).write(Write::new(o.clone(), body, hospital.clone()).in_case(case.clone())))
        .await
        .unwrap();
    let read = store.read(&Viewer::System, &o).await.unwrap().unwrap();
    assert_eq!(
        std::str::from_utf8(&read.json).unwrap(),
        r#"{"resourceType":"Observation","id":"o1","meta":{"versionId":"1","lastUpdated":"2026-11-21T00:00:00.000Z"},"status":"final","subject":{"reference":"Patient/p1"},"valueQuantity":{"value":37.50}}"#
    );
    assert_eq!(read.case, Some(case));
    let q = |of: &str| Query::of(fhir::ResourceType::from_name(of).unwrap());
    for query in [
        q("Patient").with("name", "小明"),
        q("Patient").with("_has:Observation:patient:status", "final"),
        q("Observation").with("subject", "Patient/p1").with("_sort", "-_lastUpdated"),
        q("Observation").with("patient.name:exact", "王小明"),
        q("Observation").with("value-quantity", "37.5"),
        q("Observation").with("status:not", "entered-in-error").with("code:missing", "true"),
    ] {
        let page = store.search(&Viewer::System, &query).await.unwrap();
        assert_eq!(page.matches.len(), 1, "{query:?}");
        let own = Viewer::Person { custody: Some(hospital.clone()), subjects: vec![] };
        assert_eq!(store.search(&own, &query).await.unwrap().matches.len(), 1, "{query:?}");
        let other = Viewer::Person { custody: Some(Id::new("lushi").unwrap()), subjects: vec![] };
        assert_eq!(store.search(&other, &query).await.unwrap().matches.len(), 0, "{query:?}");
    }
    assert!(store.search(&Viewer::System, &q("Patient").with("nonsense", "1")).await.is_err());
    assert_eq!(store.verify().await.unwrap().versions, 2);
    store.close().await;
    let store = Sqlite::open(dir.path(), options).unwrap();
    assert_eq!(store.verify().await.unwrap().entries, 2);
    assert_eq!(*store.sealed().borrow(), 2);
    let _ = clock.now();
}
