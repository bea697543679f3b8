//! Places, lists, what is shown for codes, types of identifiers, and what is missing.

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

/// The way along the surface in kilometres, by the haversine formula, which the store does not use.
fn way((lat, lon): (f64, f64), (lat_2, lon_2): (f64, f64)) -> f64 {
    let half = |a: f64, b: f64| ((b - a).to_radians() / 2.0).sin().powi(2);
    let h = half(lat, lat_2) + lat.to_radians().cos() * lat_2.to_radians().cos() * half(lon, lon_2);
    2.0 * 6_371.008_8 * h.sqrt().min(1.0).asin()
}

pub async fn near_as_brute_force_has_it(f: Fixture) {
    // The poles, both sides of the line of dates, a hospital's neighbours, and a net over the whole Earth.
    let mut places =
        vec![(90.0, 0.0), (-90.0, 0.0), (89.9, 170.0), (0.0, 180.0), (0.0, -180.0), (0.1, 179.9), (-0.1, -179.9)];
    places.extend((0..20).map(|n| (34.7466 + f64::from(n) * 0.01, 113.6254 - f64::from(n) * 0.02)));
    places
        .extend((-8..=8).flat_map(|lat| (-9..9).map(move |lon| (f64::from(lat) * 11.0, f64::from(lon) * 20.0 + 1.5))));
    let bodies: Vec<(String, Value)> = places
        .iter()
        .enumerate()
        .map(|(n, (lat, lon))| (format!("Location/p{n:03}"), json!({"position": {"latitude": lat, "longitude": lon}})))
        .collect();
    let bodies: Vec<(&str, Value)> = bodies.iter().map(|(at, body)| (at.as_str(), body.clone())).collect();
    f.put("h", &bodies).await;
    f.put(
        "h",
        &[("Location/nowhere", json!({})), ("Location/odd", json!({"position": {"latitude": 91, "longitude": 0}}))],
    )
    .await;
    let mut met = 0;
    for from in
        [(90.0, 13.0), (-89.95, 1.0), (0.0, 179.95), (0.0, -179.95), (34.75, 113.62), (51.0, -1.0), (-33.0, 151.0)]
    {
        for km in [0.0, 0.5, 7.3, 25.0, 130.0, 1_500.0, 12_000.0, 20_016.0, 50_000.0] {
            let found = f
                .store
                .search(
                    &Viewer::System,
                    &query("Location", &[("near", &format!("{}|{}|{km}|km", from.0, from.1))]).count(1_000),
                )
                .await
                .unwrap();
            let found: Vec<String> = found.matches.iter().map(|r| r.at.to_string()).collect();
            let within = |(_, place): &(usize, &(f64, f64))| way(from, **place) <= km + 1e-6;
            let expected: Vec<String> =
                places.iter().enumerate().filter(within).map(|(n, _)| format!("Location/p{n:03}")).collect();
            assert_eq!(found, expected, "{from:?} {km}");
            met += expected.len();
        }
    }
    assert!(met > 1_000, "{met}");
    check(&f, "Location", &[("near:missing", "true", &["nowhere", "odd"])]).await;
    f.put("h", &[("Location/p000", json!({"position": {"latitude": 10, "longitude": 10}}))]).await;
    check(
        &f,
        "Location",
        &[("near", "90|0|1|km", &[]), ("near", "10|10|1000|m", &["p000"]), ("near", "90|0|1,10|10|1", &["p000"])],
    )
    .await;
    f.put("h", &[("Encounter/e", json!({"location": [{"location": {"reference": "Location/p000"}}]}))]).await;
    check(&f, "Encounter", &[("location.near", "10|10|1", &["e"]), ("location.near", "11|10|1", &[])]).await;
    for value in ["10", "10|x", "95|0", "10|10|far", "10|10|1|parsec"] {
        let refused = f.store.search(&Viewer::System, &query("Location", &[("near", value)])).await;
        assert!(matches!(refused, Err(StoreError::BadQuery(_))), "{value}");
    }
}

pub async fn on_a_list(f: Fixture) {
    let entry = |of: &str| json!({"item": {"reference": of}});
    f.put(
        "h1",
        &[
            ("Patient/a", json!({})),
            ("Patient/b", json!({})),
            ("Patient/c", json!({})),
            (
                "List/l",
                json!({"entry": [entry("Patient/a"), {"deleted": false, "item": {"reference": "Patient/b"}},
                {"deleted": true, "item": {"reference": "Patient/c"}}, entry("Observation/o")]}),
            ),
            ("List/other", json!({"entry": [entry("Patient/c")]})),
            ("Observation/o", json!({})),
        ],
    )
    .await;
    f.put("h2", &[("List/hidden", json!({"entry": [entry("Patient/a")]}))]).await;
    check(
        &f,
        "Patient",
        &[
            ("_list", "l", &["a", "b"]),
            ("_list", "List/l", &["a", "b"]),
            ("_list", "l,other", &["a", "b", "c"]),
            ("_list", "nobody", &[]),
            ("_list", "hidden", &["a"]),
        ],
    )
    .await;
    check(&f, "Observation", &[("_list", "l", &["o"])]).await;
    let h1 = person(Some("h1"), &[]);
    assert_eq!(f.found_by(&h1, &query("Patient", &[("_list", "hidden")])).await, Vec::<String>::new());
    assert_eq!(f.found_by(&h1, &query("Patient", &[("_list", "l")])).await, ["Patient/a", "Patient/b"]);
    f.put("h1", &[("List/l", json!({"entry": [entry("Patient/c")]}))]).await;
    check(&f, "Patient", &[("_list", "l", &["c"])]).await;
    let refused = f.store.search(&Viewer::System, &query("Patient", &[("_list", "$current-problems")])).await;
    assert!(matches!(refused, Err(StoreError::BadQuery(_))));
}

pub async fn what_is_shown_and_of_which_type(f: Fixture) {
    let identifier = |ty: Value| json!({"identifier": [{"system": "urn:id", "value": "7", "type": ty}]});
    let mr = json!({"coding": [{"system": "urn:types", "code": "MR"}], "text": "Medical record number"});
    f.put(
        "h",
        &[
            (
                "Observation/a",
                json!({"code": {"text": "收缩压", "coding": [{"code": "8480-6", "display": "Systolic blood pressure"}]},
                "subject": {"reference": "Patient/p", "display": "王小明"}, "status": "final"}),
            ),
            ("Observation/b", json!({"code": {"text": "Blood culture"}, "subject": {"display": "unknown man"}})),
            ("Observation/c", json!({"code": {"coding": [{"code": "x"}]}})),
            ("Observation/d", json!({})),
            ("Patient/p", identifier(mr)),
            ("Patient/q", identifier(json!({"coding": [{"code": "MR"}]}))),
            ("Patient/r", json!({"identifier": [{"system": "urn:types", "value": "7"}]})),
        ],
    )
    .await;
    check(
        &f,
        "Observation",
        &[
            ("code:text", "systolic", &["a"]),
            ("code:text", "blood", &["b"]),
            ("code:text", "SYSTOLIC BLOOD", &["a"]),
            ("code:text", "缩压", &["a"]),
            ("code:text", "压,blood", &["a", "b"]),
            ("code:text", "culture", &[]),
            ("subject:text", "小明", &["a"]),
            ("subject:text", "Unknown", &["b"]),
            ("patient:text", "王", &["a"]),
            ("status:text", "final", &[]),
            ("code:missing", "true", &["d"]),
            ("code:missing", "false", &["a", "b", "c"]),
            ("subject:missing", "true", &["c", "d"]),
        ],
    )
    .await;
    check(
        &f,
        "Patient",
        &[
            ("identifier:of-type", "urn:types|MR|7", &["p"]),
            ("identifier:of-type", "|MR|7", &["q"]),
            ("identifier:of-type", "urn:types|MR|8", &[]),
            ("identifier:of-type", "urn:types|7|MR", &[]),
            ("identifier:text", "medical", &["p"]),
        ],
    )
    .await;
    f.put("h", &[("Observation/a", json!({"code": {"text": "changed"}})), ("Patient/p", json!({}))]).await;
    check(&f, "Observation", &[("code:text", "systolic", &[]), ("code:text", "changed", &["a"])]).await;
    check(&f, "Patient", &[("identifier:of-type", "urn:types|MR|7", &[])]).await;
    for (of, name, value) in [
        ("Patient", "identifier:of-type", "MR|7"),
        ("Patient", "identifier:of-type", "urn:types||7"),
        ("Patient", "name:text", "x"),
        ("Patient", "birthdate:of-type", "a|b|c"),
    ] {
        let refused = f.store.search(&Viewer::System, &query(of, &[(name, value)])).await;
        assert!(matches!(refused, Err(StoreError::BadQuery(_))), "{name}={value}");
    }
}

pub async fn missing_of_every_kind(f: Fixture) {
    let full = json!({"status": "final", "code": {"coding": [{"code": "c"}]}, "subject": {"reference": "Patient/p"},
        "effectiveDateTime": "2026-01-01", "valueQuantity": {"value": 1}, "component": [{"code": {"coding": [{"code": "x"}]},
        "valueQuantity": {"value": 2}}], "meta": {"profile": ["http://x/y"], "source": "urn:source"}});
    f.put("h", &[("Observation/full", full), ("Observation/empty", json!({}))]).await;
    f.put(
        "h",
        &[
            ("RiskAssessment/full", json!({"prediction": [{"probabilityDecimal": 0.5}]})),
            ("RiskAssessment/empty", json!({})),
        ],
    )
    .await;
    f.put("h", &[("Patient/full", json!({"name": [{"family": "x"}]})), ("Patient/empty", json!({}))]).await;
    for (of, code) in [
        ("Observation", "status"),
        ("Observation", "subject"),
        ("Observation", "date"),
        ("Observation", "value-quantity"),
        ("Observation", "code-value-quantity"),
        ("Observation", "component-code-value-quantity"),
        ("Observation", "_profile"),
        ("Observation", "_source"),
        ("RiskAssessment", "probability"),
        ("Patient", "family"),
    ] {
        let name = format!("{code}:missing");
        check(&f, of, &[(&name, "true", &["empty"]), (&name, "false", &["full"])]).await;
    }
}

pub async fn care_within_a_time(f: Fixture) {
    f.put(
        "h",
        &[
            ("Encounter/long", json!({"period": {"start": "2026-01-01", "end": "2026-03-01"}})),
            ("Encounter/later", json!({"period": {"start": "2026-05-01"}})),
            ("Encounter/whenever", json!({})),
            ("Coverage/c", json!({})),
        ],
    )
    .await;
    check(
        &f,
        "Encounter",
        &[
            ("_care", "2026-02-01/2026-02-02", &["long", "whenever"]),
            ("_care", "2026-04-01/", &["later", "whenever"]),
            ("_care", "/2026-04-01", &["long", "whenever"]),
            ("_care", "2026-03-01/2026-05-01", &["later", "long", "whenever"]),
            ("_care", "2026-03-02/2026-04-30", &["whenever"]),
        ],
    )
    .await;
    check(&f, "Coverage", &[("_care", "2026-03-02/2026-04-30", &["c"])]).await;
    let refused = f.store.search(&Viewer::System, &query("Encounter", &[("_care", "yesterday/")])).await;
    assert!(matches!(refused, Err(StoreError::BadQuery(_))));
}
