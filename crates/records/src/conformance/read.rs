//! Reading what was written.

use super::*;

pub async fn decimals_survive(f: Fixture) {
    let body: Value = serde_json::from_str(
        r#"{"resourceType":"Observation","valueQuantity":{"value":37.50},"component":[{"valueQuantity":{"value":0.000}},{"valueQuantity":{"value":12345678901234567890.12345678901234567890}}]}"#,
    )
    .unwrap();
    let text = body.to_string();
    f.commit(change("x").write(Write::new(at("Observation/o1"), body, id("h1")))).await.unwrap();
    let read = f.store.read(&Viewer::System, &at("Observation/o1")).await.unwrap().unwrap();
    let kept = text.strip_prefix(r#"{"resourceType":"Observation""#).unwrap();
    let json = std::str::from_utf8(&read.json).unwrap();
    assert_eq!(
        json,
        format!(
            r#"{{"resourceType":"Observation","id":"o1","meta":{{"versionId":"1","lastUpdated":"2026-11-21T00:00:00.000Z"}}{kept}"#
        )
    );
}

pub async fn versions_and_history(f: Fixture) {
    for n in 1..=3 {
        f.put(
            "h1",
            &[("Patient/p1", json!({"multipleBirthInteger": n, "meta": {"versionId": "99", "tag": [{"code": "a"}]}}))],
        )
        .await;
        f.clock.advance(jiff::SignedDuration::from_secs(1));
    }
    let p1 = at("Patient/p1");
    let history = f.store.history(&Viewer::System, &p1).await.unwrap();
    assert_eq!(history.iter().map(|r| r.version).collect::<Vec<_>>(), [3, 2, 1]);
    for version in &history {
        let value = version.value().unwrap();
        assert_eq!(value["multipleBirthInteger"], json!(version.version));
        assert_eq!(value["meta"]["versionId"], json!(version.version.to_string()));
        assert_eq!(value["meta"]["tag"][0]["code"], "a");
        assert_eq!(version.stored_at, beginning() + jiff::SignedDuration::from_secs(version.version as i64 - 1));
        let one = f.store.read_version(&Viewer::System, &p1, version.version).await.unwrap();
        assert_eq!(one.as_ref(), Some(version));
    }
    assert_eq!(f.store.read(&Viewer::System, &p1).await.unwrap().as_ref(), history.first());
    assert_eq!(f.store.read_version(&Viewer::System, &p1, 4).await.unwrap(), None);
    assert_eq!(f.store.read(&Viewer::System, &at("Patient/nobody")).await.unwrap(), None);
    assert_eq!(f.store.history(&Viewer::System, &at("Patient/nobody")).await.unwrap(), []);
}

pub async fn history_goes_on_before_a_version(f: Fixture) {
    for n in 1..=5 {
        f.put("h1", &[("Patient/p1", json!({"multipleBirthInteger": n}))]).await;
    }
    let gone = Write { body: None, ..write("Patient/p1", &json!({}), "h1") };
    f.commit(change("x").write(gone)).await.unwrap();
    let p1 = at("Patient/p1");
    let page = async |viewer: &Viewer, before: u64, limit: usize| {
        let found = f.store.history_before(viewer, &p1, before, limit).await.unwrap();
        found.iter().map(|r| r.version).collect::<Vec<_>>()
    };
    let all = Viewer::System;
    assert_eq!(page(&all, u64::MAX >> 1, 2).await, [6, 5]);
    assert_eq!(page(&all, 7, 9).await, [6, 5, 4, 3, 2, 1]);
    assert_eq!(page(&all, 5, 2).await, [4, 3]);
    assert_eq!(page(&all, 6, 1).await, [5]);
    assert_eq!(page(&all, 1, 9).await, [0; 0]);
    assert_eq!(page(&person(Some("h1"), &[]), 4, 9).await, [3, 2, 1]);
    assert_eq!(page(&person(Some("h2"), &[]), 4, 9).await, [0; 0]);
    assert!(f.store.history_before(&all, &p1, 7, 1).await.unwrap()[0].deleted);
}

pub async fn whose_compartment_it_is_in(f: Fixture) {
    let of = |patient: &str| json!({"subject": {"reference": patient}});
    f.put("h1", &[("Patient/p1", json!({})), ("Observation/o1", of("Patient/p1")), ("Observation/o2", json!({}))])
        .await;
    let patient = async |of: &str| f.store.read(&Viewer::System, &at(of)).await.unwrap().unwrap().patient;
    assert_eq!(patient("Patient/p1").await, Some(at("Patient/p1")));
    assert_eq!(patient("Observation/o1").await, Some(at("Patient/p1")));
    assert_eq!(patient("Observation/o2").await, None);
    f.put("h1", &[("Observation/o1", of("Patient/later"))]).await;
    assert_eq!(patient("Observation/o1").await, Some(at("Patient/later")));
}

pub async fn deleted_and_brought_back(f: Fixture) {
    f.put("h1", &[("Patient/p1", json!({"gender": "male"}))]).await;
    let gone = Write { body: None, ..write("Patient/p1", &json!({}), "h1") };
    f.commit(change("x").write(gone)).await.unwrap();
    let p1 = at("Patient/p1");
    assert_eq!(f.store.read(&Viewer::System, &p1).await.unwrap(), None);
    assert_eq!(f.found("Patient", &[]).await, Vec::<String>::new());
    assert_eq!(f.found("Patient", &[("gender", "male")]).await, Vec::<String>::new());
    let history = f.store.history(&Viewer::System, &p1).await.unwrap();
    assert_eq!(history.iter().map(|r| r.deleted).collect::<Vec<_>>(), [true, false]);
    assert!(f.store.history(&person(Some("h2"), &[]), &p1).await.unwrap().is_empty());
    f.put("h1", &[("Patient/p1", json!({"gender": "female"}))]).await;
    assert_eq!(f.found("Patient", &[("gender", "female")]).await, ["Patient/p1"]);
    assert_eq!(f.store.read(&Viewer::System, &p1).await.unwrap().unwrap().version, 3);
    f.store.verify().await.unwrap();
}

pub async fn custodian_and_case_stay(f: Fixture) {
    let case = at("ServiceRequest/c1");
    f.commit(change("x").write(write("Observation/o1", &json!({}), "h1").in_case(case.clone()))).await.unwrap();
    f.put("h2", &[("Observation/o1", json!({"status": "final"}))]).await;
    let read = f.store.read(&Viewer::System, &at("Observation/o1")).await.unwrap().unwrap();
    assert_eq!((read.custodian, read.case), (id("h1"), Some(case)));
}

pub async fn reads_its_own_writes(f: Fixture) {
    for n in 0..50 {
        let at_ = format!("Patient/p{n}");
        f.put("h1", &[(&at_, json!({"identifier": [{"value": format!("i{n}")}]}))]).await;
        assert_eq!(f.found("Patient", &[("identifier", &format!("i{n}"))]).await, [at_]);
    }
}
