//! Each kind of parameter, each modifier.

use super::*;
use crate::StoreError;

async fn check(f: &Fixture, of: &str, cases: &[(&str, &str, &[&str])]) {
    for (name, value, expect) in cases {
        let mut found = f.found(of, &[(name, value)]).await;
        found.sort();
        let expect: Vec<String> = expect.iter().map(|id| format!("{of}/{id}")).collect();
        assert_eq!(found, expect, "{of}?{name}={value}");
    }
}

pub async fn tokens(f: Fixture) {
    f.put(
        "h",
        &[
            (
                "Patient/a",
                json!({"gender": "male", "active": true, "identifier": [{"system": "urn:id", "value": "1,2"}]}),
            ),
            (
                "Patient/b",
                json!({"gender": "female", "identifier": [{"value": "7"}, {"system": "urn:other", "value": "8"}]}),
            ),
            ("Patient/c", json!({"deceasedBoolean": false, "telecom": [{"system": "phone", "value": "138"}]})),
            (
                "Patient/d",
                json!({"deceasedDateTime": "2026-01-01", "meta": {"tag": [{"system": "urn:t", "code": "demo"}]}}),
            ),
        ],
    )
    .await;
    check(
        &f,
        "Patient",
        &[
            ("gender", "male", &["a"]),
            ("gender", "male,female", &["a", "b"]),
            ("gender", "Male", &[]),
            ("gender:not", "male", &["b", "c", "d"]),
            ("active", "true", &["a"]),
            ("identifier", r"1\,2", &["a"]),
            ("identifier", r"urn:id|1\,2", &["a"]),
            ("identifier", "urn:other|", &["b"]),
            ("identifier", "|7", &["b"]),
            ("identifier", "|8", &[]),
            ("identifier", "urn:id|8", &[]),
            ("phone", "138", &["c"]),
            ("deceased", "false", &["a", "b", "c"]),
            ("deceased", "true", &["d"]),
            ("_tag", "urn:t|demo", &["d"]),
            ("_id", "a,d,nobody", &["a", "d"]),
        ],
    )
    .await;
}

pub async fn texts(f: Fixture) {
    f.put(
        "h",
        &[
            ("Patient/a", json!({"name": [{"text": "王小明", "family": "王", "given": ["小明"]}]})),
            (
                "Patient/b",
                json!({"name": [{"family": "Wáng", "given": ["Xiǎomíng"]}], "address": [{"city": "郑州市"}]}),
            ),
            ("Patient/c", json!({"name": [{"text": "O'Brien-MacDonald, ＺＯË"}]})),
        ],
    )
    .await;
    check(
        &f,
        "Patient",
        &[
            ("name", "王", &["a"]),
            ("name", "小", &["a"]),
            ("name", "明", &["a"]),
            ("name", "王明", &[]),
            ("name", "wang", &["a", "b"]),
            ("name", "wangxiaom", &["a"]),
            ("name", "wang xiao", &["a"]),
            ("name", "wxm", &["a"]),
            ("name:contains", "wxm", &[]),
            ("name", "XIAO", &["a", "b"]),
            ("name", "ming", &[]),
            ("name:contains", "ming", &["b"]),
            ("name:exact", "Wáng", &["b"]),
            ("name:exact", "Wang", &[]),
            ("name:exact", "小明", &["a"]),
            ("name:exact", "明", &[]),
            ("name:contains", "zoe", &["c"]),
            ("family", "王,wang", &["a", "b"]),
            ("address-city", "州", &["b"]),
            ("address", "郑州", &["b"]),
        ],
    )
    .await;
    let sorted = f.found("Patient", &[("_sort", "name")]).await;
    assert_eq!(sorted, ["Patient/c", "Patient/b", "Patient/a"]);
}

pub async fn references_and_identifiers(f: Fixture) {
    f.put(
        "h",
        &[
            ("Observation/a", json!({"subject": {"reference": "Patient/1"}})),
            ("Observation/b", json!({"subject": {"reference": "Group/1"}})),
            ("Observation/c", json!({"subject": {"identifier": {"system": "urn:id", "value": "7"}}})),
            ("Observation/d", json!({"subject": {"reference": "https://far.example/fhir/Patient/2"}})),
            ("Observation/e", json!({"subject": {"reference": "urn:uuid:5b1e"}})),
        ],
    )
    .await;
    check(
        &f,
        "Observation",
        &[
            ("subject", "Patient/1", &["a"]),
            ("subject", "1", &["a", "b"]),
            ("subject:Group", "1", &["b"]),
            ("subject:Patient", "Group/1", &[]),
            ("patient", "1", &["a"]),
            ("patient", "Patient/1,Patient/2", &["a", "d"]),
            ("subject:identifier", "urn:id|7", &["c"]),
            ("subject:identifier", "7", &["c"]),
            ("subject:identifier", "urn:x|7", &[]),
            ("subject", "urn:uuid:5b1e", &["e"]),
            ("subject:missing", "false", &["a", "b", "c", "d", "e"]),
            ("subject", "Patient/unknown", &[]),
        ],
    )
    .await;
}

pub async fn dates(f: Fixture) {
    f.put(
        "h",
        &[
            ("Observation/day", json!({"effectiveDateTime": "2026-03-10"})),
            ("Observation/instant", json!({"effectiveInstant": "2026-03-10T08:00:00+08:00"})),
            ("Observation/month", json!({"effectiveDateTime": "2026-03"})),
            ("Observation/open", json!({"effectivePeriod": {"start": "2026-03-09T12:00:00Z"}})),
            ("Observation/week", json!({"effectivePeriod": {"start": "2026-03-01", "end": "2026-03-07"}})),
        ],
    )
    .await;
    check(
        &f,
        "Observation",
        &[
            ("date", "2026-03-10", &["day", "instant"]),
            ("date", "2026-03", &["day", "instant", "month", "week"]),
            ("date", "ge2026-03-10", &["day", "instant", "month", "open"]),
            ("date", "lt2026-03-09", &["month", "week"]),
            ("date", "gt2026-03-10", &["month", "open"]),
            ("date", "sa2026-03-07", &["day", "instant", "open"]),
            ("date", "eb2026-03-09", &["week"]),
            ("date", "ne2026-03-10", &["month", "open", "week"]),
            ("date", "2026-03-10T00:00:00Z", &["instant"]),
            ("date", "2026-03-01,2026-03-10", &["day", "instant"]),
            ("_lastUpdated", "ge2026-11-21", &["day", "instant", "month", "open", "week"]),
            ("_lastUpdated", "lt2026-11-21", &[]),
        ],
    )
    .await;
    let both = f.found("Observation", &[("date", "ge2026-03-08"), ("date", "lt2026-03-10")]).await;
    assert_eq!(both, ["Observation/month", "Observation/open"]);
}

pub async fn numbers_and_quantities(f: Fixture) {
    let value = |v: &str, unit: Value| {
        let mut quantity: Value = serde_json::from_str(&format!(r#"{{"value":{v}}}"#)).unwrap();
        quantity.as_object_mut().unwrap().extend(unit.as_object().unwrap().clone());
        json!({"valueQuantity": quantity})
    };
    f.put(
        "h",
        &[
            (
                "Observation/a",
                value("5.4", json!({"unit": "毫摩尔/升", "system": "http://unitsofmeasure.org", "code": "mmol/L"})),
            ),
            ("Observation/b", value("97", json!({"unit": "mg/dL"}))),
            ("Observation/c", value("-2", json!({}))),
            ("RiskAssessment/r", json!({"prediction": [{"probabilityDecimal": 0.25}]})),
            ("RiskAssessment/s", json!({"prediction": [{"probabilityDecimal": 0.5}, {"probabilityDecimal": 0.75}]})),
        ],
    )
    .await;
    check(
        &f,
        "Observation",
        &[
            ("value-quantity", "5.4", &["a"]),
            ("value-quantity", "5", &["a"]),
            ("value-quantity", "5.40", &["a"]),
            ("value-quantity", "5.41", &[]),
            ("value-quantity", "gt5|http://unitsofmeasure.org|mmol/L", &["a"]),
            ("value-quantity", "gt5|http://other|mmol/L", &[]),
            ("value-quantity", "gt5||mmol/L", &["a"]),
            ("value-quantity", "gt5||毫摩尔/升", &["a"]),
            ("value-quantity", "gt5||mg/dL", &["b"]),
            ("value-quantity", "gt5", &["a", "b"]),
            ("value-quantity", "lt0", &["c"]),
            ("value-quantity", "ap100", &["b"]),
            ("value-quantity", "ne97", &["a", "c"]),
            ("value-quantity", "le97", &["a", "b", "c"]),
        ],
    )
    .await;
    check(
        &f,
        "RiskAssessment",
        &[("probability", "0.25", &["r"]), ("probability", "gt0.5", &["s"]), ("probability", "0.25,0.75", &["r", "s"])],
    )
    .await;
}

pub async fn composites_and_uris(f: Fixture) {
    let part = |code: &str, n: i64| json!({"code": {"coding": [{"system": "http://loinc.org", "code": code}]}, "valueQuantity": {"value": n}});
    f.put(
        "h",
        &[
            ("Observation/a", json!({"component": [part("8480-6", 150), part("8462-4", 80)]})),
            ("Observation/b", json!({"component": [part("8480-6", 110), part("8462-4", 150)]})),
            ("Observation/c", part("8480-6", 160)),
            (
                "Observation/d",
                json!({
            "code": {"coding": [{"code": "lineage"}]},
            "valueCodeableConcept": {"coding": [{"system": "urn:v", "code": "omicron"}]}}),
            ),
            (
                "Observation/e",
                json!({
            "code": {"coding": [{"code": "glucose"}]},
            "valueQuantity": {"value": 7.1, "unit": "mmol/l", "system": "http://unitsofmeasure.org", "code": "mmol/L"}}),
            ),
            ("ValueSet/v", json!({"url": "http://example.org/v"})),
            ("Questionnaire/q", json!({"derivedFrom": ["http://example.org/q|2"]})),
            ("QuestionnaireResponse/qr", json!({"questionnaire": "http://example.org/q|2"})),
        ],
    )
    .await;
    check(
        &f,
        "Observation",
        &[
            ("component-code-value-quantity", "8480-6$gt140", &["a"]),
            ("component-code-value-quantity", "http://loinc.org|8480-6$gt140", &["a"]),
            ("component-code-value-quantity", "urn:x|8480-6$gt140", &[]),
            ("combo-code-value-quantity", "8480-6$gt140", &["a", "c"]),
            ("code-value-quantity", "8480-6$160", &["c"]),
            ("code-value-quantity", "glucose$7.1", &["e"]),
            ("code-value-quantity", "glucose$gt7|http://unitsofmeasure.org|mmol/L", &["e"]),
            ("code-value-quantity", "glucose$gt7||mmol/L", &["e"]),
            ("code-value-quantity", "glucose$gt7||mmol/l", &["e"]),
            ("code-value-quantity", "glucose$gt7||mg/dL", &[]),
            ("combo-code-value-quantity:missing", "true", &["d"]),
            ("combo-code", "8480-6", &["a", "b", "c"]),
            ("combo-code:not", "8480-6", &["d", "e"]),
            ("combo-value-quantity", "ne160", &["a", "b", "e"]),
            ("combo-value-quantity:missing", "true", &["d"]),
            ("code-value-concept", "lineage$omicron", &["d"]),
            ("code-value-concept", "lineage$urn:v|omicron", &["d"]),
            ("code-value-concept", "lineage$urn:w|omicron", &[]),
        ],
    )
    .await;
    // By the least of all its numbers, wherever they stand; without one it comes last.
    let sorted = f.found("Observation", &[("_sort", "combo-value-quantity")]).await.join(" ");
    assert_eq!(sorted, "Observation/e Observation/a Observation/b Observation/c Observation/d");
    check(&f, "ValueSet", &[("url", "http://example.org/v", &["v"]), ("url", "http://example.org", &[])]).await;
    check(
        &f,
        "QuestionnaireResponse",
        &[
            ("questionnaire", "http://example.org/q|2", &["qr"]),
            ("questionnaire", "http://example.org/q", &["qr"]),
            ("questionnaire", "http://example.org/q|3", &[]),
        ],
    )
    .await;
}

pub async fn missing_not_and_lists(f: Fixture) {
    f.put(
        "h",
        &[
            ("Task/a", json!({"status": "requested", "owner": {"reference": "Organization/h"}})),
            ("Task/b", json!({"status": "accepted", "executionPeriod": {"end": "2026-01-01"}})),
            ("Task/c", json!({})),
        ],
    )
    .await;
    check(
        &f,
        "Task",
        &[
            ("status:missing", "true", &["c"]),
            ("status:missing", "false", &["a", "b"]),
            ("owner:missing", "true", &["b", "c"]),
            ("period:missing", "false", &["b"]),
            ("status:not", "requested,accepted", &["c"]),
            ("status", "requested,accepted", &["a", "b"]),
        ],
    )
    .await;
    assert_eq!(f.found("Task", &[("status", "requested"), ("owner:missing", "true")]).await, Vec::<String>::new());
    assert_eq!(f.found("Task", &[("status", "accepted"), ("owner:missing", "true")]).await, ["Task/b"]);
}

pub async fn chains_and_has(f: Fixture) {
    f.put(
        "h",
        &[
            ("Organization/o1", json!({"name": "光山县人民医院"})),
            ("Organization/o2", json!({"name": "卢氏县人民医院"})),
            ("Patient/p1", json!({"gender": "male", "managingOrganization": {"reference": "Organization/o1"}})),
            ("Patient/p2", json!({"gender": "female", "managingOrganization": {"reference": "Organization/o2"}})),
            ("Patient/p3", json!({})),
            ("Observation/b1", json!({"status": "final", "subject": {"reference": "Patient/p1"}})),
            ("Observation/b2", json!({"status": "preliminary", "subject": {"reference": "Patient/p2"}})),
            ("Observation/b3", json!({"status": "final", "subject": {"reference": "Patient/nobody"}})),
            (
                "DiagnosticReport/r1",
                json!({"subject": {"reference": "Patient/p1"}, "result": [{"reference": "Observation/b1"}]}),
            ),
        ],
    )
    .await;
    check(
        &f,
        "Observation",
        &[
            ("subject:Patient.gender", "male", &["b1"]),
            ("subject.gender", "female", &["b2"]),
            ("patient.organization.name", "光山", &["b1"]),
            ("patient.gender:not", "male", &["b2"]),
            ("patient.gender:missing", "true", &[]),
            ("patient._id", "p1", &["b1"]),
            ("patient._has:DiagnosticReport:patient:result", "Observation/b1", &["b1"]),
        ],
    )
    .await;
    check(
        &f,
        "Patient",
        &[
            ("_has:Observation:patient:status", "final", &["p1"]),
            ("_has:Observation:subject:status", "final,preliminary", &["p1", "p2"]),
            ("_has:Observation:patient:_has:DiagnosticReport:result:patient", "Patient/p1", &["p1"]),
            ("organization.name", "卢氏", &["p2"]),
            ("organization:missing", "true", &["p3"]),
        ],
    )
    .await;
    check(&f, "DiagnosticReport", &[("result.patient.organization.name", "人民", &["r1"])]).await;
}

pub async fn includes(f: Fixture) {
    f.put(
        "h",
        &[
            ("Patient/p1", json!({"managingOrganization": {"reference": "Organization/h"}})),
            ("Organization/h", json!({})),
            (
                "ServiceRequest/s1",
                json!({"subject": {"reference": "Patient/p1"}, "requester": {"reference": "PractitionerRole/r"}}),
            ),
            ("ServiceRequest/s2", json!({"subject": {"reference": "Patient/p1"}})),
            ("Task/t1", json!({"focus": {"reference": "ServiceRequest/s1"}})),
        ],
    )
    .await;
    let included = async |of: &str, params: &[(&str, &str)]| {
        let page = f.store.search(&Viewer::System, &query(of, params)).await.unwrap();
        let mut all: Vec<String> = page.included.iter().map(|r| r.at.to_string()).collect();
        all.sort();
        (page.matches.len(), all.join(" "))
    };
    let include = included("ServiceRequest", &[("_include", "ServiceRequest:subject")]).await;
    assert_eq!(include, (2, "Patient/p1".into()));
    let typed = included("ServiceRequest", &[("_include", "ServiceRequest:subject:Group")]).await;
    assert_eq!(typed, (2, String::new()));
    let reverse = included("ServiceRequest", &[("_revinclude", "Task:focus")]).await;
    assert_eq!(reverse, (2, "Task/t1".into()));
    let again = [("_include:iterate", "Patient:organization"), ("_include", "ServiceRequest:subject")];
    assert_eq!(included("ServiceRequest", &again).await, (2, "Organization/h Patient/p1".into()));
    let own = included("Patient", &[("_revinclude", "ServiceRequest:patient")]).await;
    assert_eq!(own, (1, "ServiceRequest/s1 ServiceRequest/s2".into()));
}

pub async fn what_is_not_understood_is_refused(f: Fixture) {
    for (of, name, value) in [
        ("Patient", "nonsense", "1"),
        ("Patient", "gender:below", "male"),
        ("Patient", "name:not", "x"),
        ("Patient", "birthdate", "yesterday"),
        ("Patient", "name.family", "x"),
        ("Patient", "organization.nonsense", "x"),
        ("Patient", "_sort", "gender"),
        ("Patient", "_sort", "nonsense"),
        ("Patient", "_include", "Patient"),
        ("Patient", "_include", "Patient:name"),
        ("Patient", "_include:foo", "Patient:organization"),
        ("Patient", "_has:Observation:patient", "x"),
        ("Patient", "_has:Nothing:patient:code", "x"),
        ("Patient", "_count", "many"),
        ("Patient", "_total", "accurate"),
        ("Patient", "_filter", "x"),
        ("Location", "near", "1|x"),
        ("Observation", "value-quantity", "much"),
        ("Observation", "code-value-quantity", "8480-6"),
        ("Observation", "code-value-quantity", "8480-6$ne5"),
        ("Observation", "status:missing", "perhaps"),
        ("Patient", "link.link.link.link.link.gender", "male"),
    ] {
        let refused = f.store.search(&Viewer::System, &query(of, &[(name, value)])).await;
        assert!(matches!(refused, Err(StoreError::BadQuery(_))), "{of}?{name}={value}: {refused:?}");
    }
    let bad_token = Query { after: Some("zz".into()), ..query("Patient", &[]) };
    assert!(matches!(f.store.search(&Viewer::System, &bad_token).await, Err(StoreError::BadQuery(_))));
}

pub async fn an_update_moves_in_every_index(f: Fixture) {
    let body = |n: i64, unit: &str, subject: &str, day: &str| {
        json!({"status": if n == 1 { "preliminary" } else { "final" },
            "code": {"coding": [{"code": format!("c{n}")}]}, "subject": {"reference": subject},
            "effectivePeriod": {"start": day}, "valueQuantity": {"value": n, "code": unit},
            "note": [{"text": "x"}], "instantiatesUri": format!("urn:{n}")})
    };
    let tests = |n: i64| {
        [
            ("status".to_owned(), (if n == 1 { "preliminary" } else { "final" }).to_owned()),
            ("code".into(), format!("c{n}")),
            ("subject".into(), format!("Patient/{n}")),
            ("date".into(), format!("sa2026-0{n}-01")),
            ("value-quantity".into(), n.to_string()),
            ("code-value-quantity".into(), format!("c{n}${n}")),
        ]
    };
    f.put("h", &[("Observation/o", body(1, "a", "Patient/1", "2026-01-02"))]).await;
    for n in [2, 1, 2] {
        f.put("h", &[("Observation/o", body(n, "b", &format!("Patient/{n}"), &format!("2026-0{n}-02")))]).await;
        for (name, value) in tests(n) {
            assert_eq!(f.found("Observation", &[(&name, &value)]).await, ["Observation/o"], "{name}={value}");
        }
        for (name, value) in tests(3 - n).iter().filter(|t| t.0 != "date") {
            assert_eq!(f.found("Observation", &[(name, value)]).await, Vec::<String>::new(), "{name}={value}");
        }
    }
    assert_eq!(f.found("Observation", &[]).await, ["Observation/o"]);
    assert_eq!(f.found("Observation", &[("date", "2026-02-02")]).await, Vec::<String>::new());
}

pub async fn counted_as_it_is_seen(f: Fixture) {
    for n in 0..30 {
        let (hospital, gender) = (if n % 3 == 0 { "h1" } else { "h2" }, if n % 2 == 0 { "male" } else { "female" });
        let (p, o) = (format!("Patient/p{n}"), format!("Observation/o{n}"));
        let of = json!({"subject": {"reference": p}, "status": "final"});
        f.put(hospital, &[(&p, json!({"gender": gender})), (&o, of)]).await;
    }
    let count = async |viewer: &Viewer, of: &str, params: &[(&str, &str)], most: usize| {
        f.store.count(viewer, &query(of, params).count(1), most).await.unwrap()
    };
    let (all, h1) = (Viewer::System, person(Some("h1"), &[]));
    assert_eq!(count(&all, "Patient", &[], 1000).await, 30);
    assert_eq!(count(&h1, "Patient", &[], 1000).await, 10);
    assert_eq!(count(&all, "Patient", &[("gender", "male,female")], 1000).await, 30);
    assert_eq!(count(&h1, "Patient", &[("gender", "male")], 1000).await, 5);
    assert_eq!(count(&h1, "Observation", &[("subject.gender", "male"), ("status", "final")], 1000).await, 5);
    assert_eq!(count(&person(None, &[]), "Patient", &[("gender", "male")], 1000).await, 0);
    assert_eq!(count(&all, "Patient", &[], 7).await, 8, "just past the bound");
}

pub async fn a_patients_compartment(f: Fixture) {
    f.put(
        "h1",
        &[
            ("Patient/p1", json!({})),
            ("Patient/p2", json!({"link": [{"other": {"reference": "Patient/p1"}, "type": "seealso"}]})),
            ("Observation/by", json!({"performer": [{"reference": "Patient/p1"}]})),
            ("Observation/of", json!({"subject": {"reference": "Patient/p1"}})),
            ("Observation/other", json!({"subject": {"reference": "Patient/p2"}})),
            ("Observation/focus", json!({"focus": [{"reference": "Patient/p1"}]})),
        ],
    )
    .await;
    let p1 = [("_compartment", "Patient/p1")];
    assert_eq!(f.found("Observation", &p1).await, ["Observation/by", "Observation/of"]);
    assert_eq!(f.found("Patient", &p1).await, ["Patient/p1", "Patient/p2"]);
    assert_eq!(f.found("Observation", &[("_compartment", "Patient/none")]).await, Vec::<String>::new());
    for (of, value) in [("Organization", "Patient/p1"), ("Observation", "Group/g"), ("Observation", "p1")] {
        let refused = f.store.search(&Viewer::System, &query(of, &[("_compartment", value)])).await;
        assert!(matches!(refused, Err(StoreError::BadQuery(_))), "{of} {value}");
    }
}
