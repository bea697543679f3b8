//! Who sees what.

use super::*;
use crate::{Grant, Revoke, Scope};

async fn world(f: &Fixture) {
    let case = at("ServiceRequest/c1");
    let of = |at: &str, body: Value| write(at, &body, "h1");
    let mut change = change("x")
        .write(of("Organization/h1", json!({"name": "one"})))
        .write(of("Patient/p1", json!({"gender": "male"})))
        .write(of("Patient/p2", json!({"gender": "female"})))
        .write(of("ServiceRequest/c1", json!({"subject": {"reference": "Patient/p1"}})))
        .write(of("Observation/cited", json!({"subject": {"reference": "Patient/p1"}})).in_case(case.clone()))
        .write(of("Observation/other", json!({"subject": {"reference": "Patient/p1"}})))
        .write(of("Observation/p2s", json!({"subject": {"reference": "Patient/p2"}})))
        .write(of("Observation/nobodys", json!({})).in_case(case));
    change.act.patient = Some(at("Patient/p1"));
    f.commit(change).await.unwrap();
}

async fn seen(f: &Fixture, viewer: &Viewer) -> String {
    let mut all = vec![];
    for of in ["Observation", "Organization", "Patient", "ServiceRequest"] {
        let mut found = f.found_by(viewer, &query(of, &[])).await;
        found.sort();
        for at_ in &found {
            assert!(f.store.read(viewer, &at(at_)).await.unwrap().is_some(), "{at_} is found and read alike");
        }
        all.extend(found.iter().filter_map(|at| at.split('/').nth(1)).map(str::to_owned));
    }
    all.join(" ")
}

async fn grant(f: &Fixture, subject: &str, scope: Scope, until: Option<Time>) {
    let mut change = change("x");
    change.grants.push(Grant { subject: subject.parse().unwrap(), scope, until });
    f.commit(change).await.unwrap();
}

pub async fn custody_is_seen_and_nothing_else(f: Fixture) {
    world(&f).await;
    assert_eq!(seen(&f, &Viewer::System).await, "cited nobodys other p2s h1 p1 p2 c1");
    assert_eq!(seen(&f, &person(Some("h1"), &[])).await, "cited nobodys other p2s h1 p1 p2 c1");
    for blind in [person(Some("h2"), &[]), person(None, &[]), person(Some("unheard-of"), &["person:eve"])] {
        assert_eq!(seen(&f, &blind).await, "h1");
        for hidden in ["Patient/p1", "Observation/cited"] {
            assert_eq!(f.store.read(&blind, &at(hidden)).await.unwrap(), None);
            assert_eq!(f.store.read_version(&blind, &at(hidden), 1).await.unwrap(), None);
            assert_eq!(f.store.history(&blind, &at(hidden)).await.unwrap(), []);
        }
    }
}

pub async fn the_directory_is_seen_by_all(f: Fixture) {
    f.put(
        "h1",
        &[
            ("Organization/h1", json!({})),
            ("Location/l", json!({})),
            ("Practitioner/d", json!({"name": [{"text": "李伟"}]})),
            ("PractitionerRole/r", json!({"practitioner": {"reference": "Practitioner/d"}})),
            ("HealthcareService/s", json!({})),
            ("Schedule/s", json!({})),
        ],
    )
    .await;
    let anyone = person(None, &[]);
    for of in ["Organization", "Location", "Practitioner", "PractitionerRole", "HealthcareService"] {
        assert_eq!(f.found_by(&anyone, &query(of, &[])).await.len(), 1, "{of}");
    }
    assert_eq!(f.found_by(&anyone, &query("Schedule", &[])).await.len(), 0);
    let role = query("PractitionerRole", &[("practitioner.name", "李"), ("_include", "PractitionerRole:practitioner")]);
    let page = f.store.search(&anyone, &role).await.unwrap();
    assert_eq!((page.matches.len(), page.included.len()), (1, 1));
}

pub async fn grants_open_their_scope(f: Fixture) {
    world(&f).await;
    grant(&f, "person:patients", Scope::Patient(at("Patient/p1")), None).await;
    grant(&f, "desk:cases", Scope::Case(at("ServiceRequest/c1")), None).await;
    grant(&f, "hospital:single", Scope::Resource(at("Patient/p2")), None).await;
    assert_eq!(seen(&f, &person(None, &["person:patients"])).await, "cited other h1 p1 c1");
    assert_eq!(seen(&f, &person(None, &["desk:cases"])).await, "cited nobodys h1 c1");
    assert_eq!(seen(&f, &person(None, &["hospital:single"])).await, "h1 p2");
    assert_eq!(seen(&f, &person(None, &["desk:cases", "hospital:single"])).await, "cited nobodys h1 p2 c1");
    assert_eq!(seen(&f, &person(None, &["person:cases", "desk:single", "hospital:patients"])).await, "h1");
    assert_eq!(seen(&f, &person(Some("h2"), &["person:patients"])).await, "cited other h1 p1 c1");
}

pub async fn grants_end(f: Fixture) {
    world(&f).await;
    let scope = || Scope::Case(at("ServiceRequest/c1"));
    let expert = person(None, &["person:expert"]);
    grant(&f, "person:expert", scope(), Some(f.later(60))).await;
    assert_eq!(seen(&f, &expert).await, "cited nobodys h1 c1");
    f.clock.advance(jiff::SignedDuration::from_secs(59));
    assert_eq!(seen(&f, &expert).await, "cited nobodys h1 c1");
    f.clock.advance(jiff::SignedDuration::from_secs(1));
    assert_eq!(seen(&f, &expert).await, "h1");
    grant(&f, "person:expert", scope(), None).await;
    let revoke = async |until| {
        let mut change = change("x");
        change.revokes.push(Revoke { subject: "person:expert".parse().unwrap(), scope: scope(), until });
        f.commit(change).await.unwrap();
    };
    revoke(f.later(100)).await;
    assert_eq!(seen(&f, &expert).await, "cited nobodys h1 c1");
    // A sooner end stays.
    revoke(f.later(200)).await;
    f.clock.advance(jiff::SignedDuration::from_secs(100));
    assert_eq!(seen(&f, &expert).await, "h1");
    grant(&f, "person:expert", scope(), Some(f.later(60))).await;
    assert_eq!(seen(&f, &expert).await, "cited nobodys h1 c1");
    revoke(f.now()).await;
    assert_eq!(seen(&f, &expert).await, "h1");
}

pub async fn grants_of_what_comes_later(f: Fixture) {
    grant(&f, "person:e", Scope::Case(at("ServiceRequest/c1")), None).await;
    let expert = person(None, &["person:e"]);
    assert_eq!(seen(&f, &expert).await, "");
    world(&f).await;
    assert_eq!(seen(&f, &expert).await, "cited nobodys h1 c1");
    // What moves into the case is seen, what was seen stays so for its history.
    let moved = write("Observation/p2s", &json!({}), "h1").in_case(at("ServiceRequest/c1"));
    f.commit(change("x").write(moved)).await.unwrap();
    assert_eq!(seen(&f, &expert).await, "cited nobodys p2s h1 c1");
    assert_eq!(f.store.history(&expert, &at("Observation/p2s")).await.unwrap().len(), 2);
    // A compartment follows the body.
    grant(&f, "person:of-p2", Scope::Patient(at("Patient/p2")), None).await;
    assert_eq!(seen(&f, &person(None, &["person:of-p2"])).await, "h1 p2");
    f.put("h1", &[("Observation/other", json!({"subject": {"reference": "Patient/p2"}}))]).await;
    assert_eq!(seen(&f, &person(None, &["person:of-p2"])).await, "other h1 p2");
}

pub async fn invisible_at_every_hop(f: Fixture) {
    world(&f).await;
    // Another hospital's report on a patient of h1: its writer sees the report, not the patient.
    f.put(
        "h2",
        &[(
            "DiagnosticReport/r",
            json!({"subject": {"reference": "Patient/p1"}, "result": [{"reference": "Observation/other"}]}),
        )],
    )
    .await;
    let h2 = person(Some("h2"), &[]);
    let count = async |viewer: &Viewer, params: &[(&str, &str)]| {
        let page = f.store.search(viewer, &query("DiagnosticReport", params)).await.unwrap();
        (page.matches.len(), page.included.len())
    };
    for params in [
        &[("patient.gender", "male")][..],
        &[("result.patient", "p1")],
        &[("patient._id", "p1")],
        &[("patient.gender:not", "female")],
        &[("patient._has:Observation:patient:status:missing", "true")],
    ] {
        assert_eq!(count(&Viewer::System, params).await.0, 1, "{params:?}");
        assert_eq!(count(&h2, params).await.0, 0, "{params:?}");
    }
    let include = [("_include", "DiagnosticReport:subject"), ("_include", "DiagnosticReport:result")];
    assert_eq!(count(&Viewer::System, &include).await, (1, 2));
    assert_eq!(count(&h2, &include).await, (1, 0));
    // And the other way: h1 sees its patient, not the report.
    let has = query("Patient", &[("_has:DiagnosticReport:patient:result", "Observation/other")]);
    assert_eq!(f.found_by(&Viewer::System, &has).await, ["Patient/p1"]);
    assert_eq!(f.found_by(&person(Some("h1"), &[]), &has).await, Vec::<String>::new());
    let back = query("Patient", &[("_revinclude", "DiagnosticReport:patient"), ("_id", "p1")]);
    assert_eq!(f.store.search(&person(Some("h1"), &[]), &back).await.unwrap().included, []);
    assert_eq!(f.store.search(&Viewer::System, &back).await.unwrap().included.len(), 1);
}
