//! Value sets, concepts, places that are part of others: sets that stand in resources themselves.

use super::*;
use crate::StoreError;

fn concept(code: &str, below: &[Value]) -> Value {
    match below.is_empty() {
        true => json!({"code": code}),
        false => json!({"code": code, "concept": below}),
    }
}

/// A system of five codes in three levels, one placed by a property, and four observations coded by it.
async fn coded(f: &Fixture, hospital: &str) {
    let tree = concept("disease", &[concept("lung", &[concept("pneumonia", &[])]), concept("heart", &[])]);
    let mut viral = concept("viral", &[]);
    viral["property"] = json!([{"code": "parent", "valueCode": "pneumonia"}, {"code": "kind", "valueString": "acute"}]);
    let system = json!({"url": "urn:s", "content": "complete", "concept": [tree, viral]});
    let coding = |system: &str, code: &str| json!({"code": {"coding": [{"system": system, "code": code}]}});
    f.put(
        hospital,
        &[
            ("CodeSystem/s", system),
            ("Observation/viral", coding("urn:s", "viral")),
            ("Observation/lung", coding("urn:s", "lung")),
            ("Observation/heart", coding("urn:s", "heart")),
            ("Observation/other", coding("urn:t", "lung")),
            ("Observation/none", json!({"status": "final"})),
        ],
    )
    .await;
}

async fn check(f: &Fixture, of: &str, cases: &[(&str, &str, &[&str])]) {
    for (name, value, expect) in cases {
        let mut found = f.found(of, &[(name, value)]).await;
        found.sort();
        let expect: Vec<String> = expect.iter().map(|id| format!("{of}/{id}")).collect();
        assert_eq!(found, expect, "{of}?{name}={value}");
    }
}

async fn refused(f: &Fixture, viewer: &Viewer, of: &str, name: &str, value: &str) -> StoreError {
    f.store.search(viewer, &query(of, &[(name, value)])).await.expect_err(&format!("{of}?{name}={value}"))
}

pub async fn concepts_and_what_they_subsume(f: Fixture) {
    coded(&f, "h").await;
    check(
        &f,
        "Observation",
        &[
            ("code:below", "urn:s|lung", &["lung", "viral"]),
            ("code:below", "urn:s|disease", &["heart", "lung", "viral"]),
            ("code:below", "urn:s|viral,urn:s|heart", &["heart", "viral"]),
            ("code:above", "urn:s|viral", &["lung", "viral"]),
            ("code:above", "urn:s|disease", &[]),
            ("_has:DiagnosticReport:result:code:below", "urn:s|lung", &[]),
        ],
    )
    .await;
    f.put("h", &[("DiagnosticReport/r", json!({"result": [{"reference": "Observation/viral"}]}))]).await;
    check(&f, "DiagnosticReport", &[("result.code:below", "urn:s|lung", &["r"])]).await;
    f.put("h", &[("CodeSystem/part", json!({"url": "urn:part", "content": "fragment", "concept": [{"code": "a"}]}))])
        .await;
    let grouped =
        json!({"url": "urn:g", "content": "complete", "hierarchyMeaning": "grouped-by", "concept": [{"code": "a"}]});
    f.put("h", &[("CodeSystem/g", grouped)]).await;
    for value in ["lung", "urn:s|nothing", "urn:unheld|a", "urn:part|a", "urn:g|a"] {
        let error = refused(&f, &Viewer::System, "Observation", "code:below", value).await;
        assert!(matches!(error, StoreError::BadQuery(_)), "{value}: {error}");
    }
}

pub async fn value_sets_hold_codes(f: Fixture) {
    coded(&f, "h").await;
    let set = |url: &str, compose: Value| json!({"url": url, "compose": compose});
    let listed = json!({"include": [{"system": "urn:s", "concept": [{"code": "lung"}, {"code": "heart"}]}]});
    let below = json!({"include": [{"system": "urn:s", "filter": [{"property": "concept", "op": "is-a", "value": "lung"}]}],
        "exclude": [{"system": "urn:s", "concept": [{"code": "lung"}]}]});
    let acute =
        json!({"include": [{"system": "urn:s", "filter": [{"property": "kind", "op": "=", "value": "acute"}]}]});
    let both = json!({"include": [{"valueSet": ["urn:v:listed"]}, {"valueSet": ["urn:v:below"]}]});
    let meet = json!({"include": [{"system": "urn:s", "valueSet": ["urn:v:listed"]}]});
    let round = json!({"include": [{"valueSet": ["urn:v:round"]}]});
    let odd =
        json!({"include": [{"system": "urn:s", "filter": [{"property": "concept", "op": "regex", "value": ".*"}]}]});
    f.put(
        "h",
        &[
            ("ValueSet/listed", set("urn:v:listed", listed)),
            ("ValueSet/below", set("urn:v:below", below)),
            ("ValueSet/acute", set("urn:v:acute", acute)),
            ("ValueSet/both", set("urn:v:both", both)),
            ("ValueSet/meet", set("urn:v:meet", meet)),
            ("ValueSet/round", set("urn:v:round", round)),
            ("ValueSet/odd", set("urn:v:odd", odd)),
            (
                "ValueSet/expanded",
                json!({"url": "urn:v:x", "version": "2", "expansion": {"contains": [{"system": "urn:t", "code": "lung",
                    "contains": [{"system": "urn:s", "code": "heart"}]}]}}),
            ),
            ("Patient/m", json!({"gender": "male"})),
            ("Patient/x", json!({"gender": "unheard-of"})),
            ("Patient/n", json!({})),
        ],
    )
    .await;
    check(
        &f,
        "Observation",
        &[
            ("code:in", "urn:v:listed", &["heart", "lung"]),
            ("code:in", "ValueSet/listed", &["heart", "lung"]),
            ("code:in", "listed", &["heart", "lung"]),
            ("code:not-in", "urn:v:listed", &["none", "other", "viral"]),
            ("code:in", "urn:v:below", &["viral"]),
            ("code:in", "urn:v:acute", &["viral"]),
            ("code:in", "urn:v:both", &["heart", "lung", "viral"]),
            ("code:in", "urn:v:meet", &["heart", "lung"]),
            ("code:in", "urn:v:x", &["heart", "other"]),
            ("code:in", "urn:v:x|2", &["heart", "other"]),
            ("code:in", "urn:v:below,urn:v:x", &["heart", "other", "viral"]),
        ],
    )
    .await;
    // One of those that R4 binds elements to; the element has codes without a system.
    let bound = "http://hl7.org/fhir/ValueSet/administrative-gender";
    check(&f, "Patient", &[("gender:in", bound, &["m"]), ("gender:not-in", bound, &["n", "x"])]).await;
    for value in ["urn:v:none", "urn:v:x|3", "ValueSet/none", "urn:v:round", "urn:v:odd"] {
        let error = refused(&f, &Viewer::System, "Observation", "code:in", value).await;
        assert!(matches!(error, StoreError::BadQuery(_) | StoreError::TooCostly(_)), "{value}: {error}");
    }
    let error = refused(&f, &Viewer::System, "Observation", "subject:in", "urn:v:listed").await;
    assert!(matches!(error, StoreError::BadQuery(_)), "{error}");
}

pub async fn a_set_has_a_bound(f: Fixture) {
    let codes = |n: usize| (0..n).map(|n| json!({"code": format!("c{n}")})).collect::<Vec<_>>();
    let set =
        |url: &str, n: usize| json!({"url": url, "compose": {"include": [{"system": "urn:s", "concept": codes(n)}]}});
    let coded = |n: usize| json!({"code": {"coding": [{"system": "urn:s", "code": format!("c{n}")}]}});
    f.put(
        "h",
        &[
            ("ValueSet/all", set("urn:v:all", 2_000)),
            ("ValueSet/more", set("urn:v:more", 2_001)),
            ("Observation/first", coded(0)),
            ("Observation/last", coded(1_999)),
            ("Observation/past", coded(2_000)),
        ],
    )
    .await;
    check(&f, "Observation", &[("code:in", "urn:v:all", &["first", "last"]), ("code:not-in", "urn:v:all", &["past"])])
        .await;
    let error = refused(&f, &Viewer::System, "Observation", "code:in", "urn:v:more").await;
    assert!(matches!(error, StoreError::TooCostly(_)), "{error}");
}

pub async fn a_set_that_is_not_seen_is_not_there(f: Fixture) {
    coded(&f, "h1").await;
    let listed = json!({"include": [{"system": "urn:s", "concept": [{"code": "lung"}]}]});
    f.put("h1", &[("ValueSet/v", json!({"url": "urn:v", "compose": listed}))]).await;
    f.put("h2", &[("Observation/mine", json!({"code": {"coding": [{"system": "urn:s", "code": "lung"}]}}))]).await;
    let (h1, h2) = (person(Some("h1"), &[]), person(Some("h2"), &[]));
    assert_eq!(f.found_by(&h1, &query("Observation", &[("code:in", "urn:v")])).await, ["Observation/lung"]);
    for (name, value) in [("code:in", "urn:v"), ("code:in", "ValueSet/v"), ("code:below", "urn:s|lung")] {
        let unseen = refused(&f, &h2, "Observation", name, value).await.to_string();
        let unheard = value.replace("urn:v", "urn:w").replace("Set/v", "Set/w").replace("urn:s", "urn:w");
        let unheard = refused(&f, &h2, "Observation", name, &unheard).await.to_string();
        assert_eq!(
            unseen.replace("urn:v", "").replace("urn:s", "").replace("Set/v", ""),
            unheard.replace("urn:w", "").replace("Set/w", "")
        );
    }
}

pub async fn parts_of_places(f: Fixture) {
    let part = |of: &str| json!({"partOf": {"reference": of}});
    let at = |place: &str| json!({"location": [{"location": {"reference": place}}]});
    f.put(
        "h1",
        &[
            ("Location/house", json!({})),
            ("Location/floor", part("Location/house")),
            ("Location/room", part("Location/floor")),
            ("Location/ring-a", part("Location/ring-b")),
            ("Location/ring-b", part("Location/ring-a")),
            ("Encounter/house", at("Location/house")),
            ("Encounter/room", at("Location/room")),
            ("Encounter/ring", at("Location/ring-a")),
            ("Encounter/inner", json!({"partOf": {"reference": "Encounter/hidden"}})),
            ("Encounter/deep", json!({"partOf": {"reference": "Encounter/inner"}})),
        ],
    )
    .await;
    f.put("h2", &[("Encounter/hidden", json!({"partOf": {"reference": "Encounter/room"}}))]).await;
    check(
        &f,
        "Encounter",
        &[
            ("location:below", "Location/house", &["house", "room"]),
            ("location:below", "floor", &["room"]),
            ("location:above", "Location/room", &["house", "room"]),
            ("location:below", "Location/ring-b", &["ring"]),
            ("location:below", "Location/nowhere", &[]),
            ("part-of:below", "Encounter/room", &["deep", "hidden", "inner"]),
        ],
    )
    .await;
    check(&f, "Location", &[("partof:below", "Location/house", &["floor", "room"])]).await;
    // Through what one may not see leads no way.
    let h1 = person(Some("h1"), &[]);
    let below = query("Encounter", &[("part-of:below", "Encounter/room")]);
    assert_eq!(f.found_by(&h1, &below).await, Vec::<String>::new());
    let known = query("Encounter", &[("part-of:below", "Encounter/hidden")]);
    assert_eq!(f.found_by(&h1, &known).await, ["Encounter/inner", "Encounter/deep"]);
    for (name, value) in [("subject:below", "Patient/p"), ("location:below", "http://x/y z"), ("subject:below", "p")] {
        let error = refused(&f, &Viewer::System, "Encounter", name, value).await;
        assert!(matches!(error, StoreError::BadQuery(_)), "{error}");
    }
    let many: Vec<(String, Value)> = (0..2_001).map(|n| (format!("Location/m{n}"), part("Location/many"))).collect();
    for some in many.chunks(500) {
        let bodies: Vec<(&str, Value)> = some.iter().map(|(at, body)| (at.as_str(), body.clone())).collect();
        f.put("h1", &bodies).await;
    }
    let error = refused(&f, &Viewer::System, "Encounter", "location:below", "Location/many").await;
    assert!(matches!(error, StoreError::TooCostly(_)), "{error}");
    f.put("h1", &[("Location/m0", json!({})), ("Location/m1", json!({})), ("Encounter/m", at("Location/m2000"))]).await;
    check(&f, "Encounter", &[("location:below", "Location/many", &["m"])]).await;
}

pub async fn addresses_by_how_they_begin(f: Fixture) {
    let url = |url: &str| json!({"url": url});
    f.put(
        "h",
        &[
            ("ValueSet/a", url("http://acme.org/fhir/ValueSet/123")),
            ("ValueSet/b", url("http://acme.org/fhir/ValueSet")),
            ("ValueSet/c", url("http://acme.org/other")),
            ("ValueSet/d", url("urn:oid:1.2.3")),
            ("Patient/p", json!({"meta": {"profile": ["http://acme.org/fhir/StructureDefinition/patient"]}})),
        ],
    )
    .await;
    check(
        &f,
        "ValueSet",
        &[
            ("url:below", "http://acme.org/fhir/", &["a", "b"]),
            ("url:below", "http://acme.org/fhir/ValueSet", &["a", "b"]),
            ("url:below", "http://acme.org/", &["a", "b", "c"]),
            ("url:below", "http://acme.org/fhir/ValueSet/123", &["a"]),
            ("url:above", "http://acme.org/fhir/ValueSet/123/_history/5", &["a", "b"]),
            ("url:above", "http://acme.org/other", &["c"]),
            ("url:above", "http://acme.org/otherwise", &[]),
        ],
    )
    .await;
    check(&f, "Patient", &[("_profile:below", "http://acme.org/fhir/", &["p"]), ("_profile:below", "http://b/", &[])])
        .await;
    f.put("h", &[("ValueSet/a", url("http://moved.org/1"))]).await;
    check(
        &f,
        "ValueSet",
        &[("url:below", "http://acme.org/fhir/", &["b"]), ("url:below", "http://moved.org/", &["a"])],
    )
    .await;
    let error = refused(&f, &Viewer::System, "ValueSet", "url:below", "urn:oid:1").await;
    assert!(matches!(error, StoreError::BadQuery(_)), "{error}");
}
