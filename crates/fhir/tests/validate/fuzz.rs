//! Whatever comes, validation answers: no panic, and never more than was asked for.

use super::all;
use fhir::fhirpath::{Asking, Path};
use fhir::validate::{Code, DEPTH_MAX, Options, Severity, validate};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

/// Values that parsers and rules stumble over.
fn nasty() -> impl Strategy<Value = Value> {
    let numbers =
        ["0", "-0", "1e999999999", "-1e-999999999", "99999999999999999999999999", "1.0000000000000000000000001"];
    let texts = [
        "",
        " ",
        "#",
        "#x",
        "Patient/",
        "Patient/1",
        "urn:uuid:",
        "0000",
        "2020-02-30",
        "\u{0}",
        "𝕏\u{202e}",
        "<div>",
        "a|b",
        "http://a/Patient/1/_history/",
        "99999999999",
    ];
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        prop::sample::select(numbers.to_vec()).prop_map(|n| serde_json::from_str(n).expect("a number")),
        prop::sample::select(texts.to_vec()).prop_map(Value::from),
        "\\PC{0,40}".prop_map(Value::from),
        Just(json!([])),
        Just(json!({})),
        Just(json!([null, {}, [], "x"])),
        Just(json!({"id": "x"})),
        Just(json!({"reference": "#x", "type": "Patient"})),
        Just(json!({"resourceType": "Patient", "contained": [{"resourceType": "Patient", "id": "x"}]})),
        Just(json!({"coding": [{"system": "http://loinc.org", "code": 7}, null]})),
        Just(json!({"value": 1, "code": "kg", "comparator": "<"})),
        Just(json!({"extension": [{"url": 1, "valueReference": {"extension": [[]]}}]})),
    ]
}

/// One change at a place that a row of numbers leads to.
fn change(value: &mut Value, way: &[usize], how: u8, new: Value) {
    let mut here = value;
    for step in &way[..way.len() - 1] {
        let deeper = match here {
            Value::Object(members) if !members.is_empty() => {
                let at = step % members.len();
                members.values().nth(at).is_some_and(|v| v.is_object() || v.is_array())
            }
            Value::Array(items) if !items.is_empty() => {
                let at = step % items.len();
                items[at].is_object() || items[at].is_array()
            }
            _ => false,
        };
        if !deeper {
            break;
        }
        here = match here {
            Value::Object(members) => {
                let at = step % members.len();
                members.values_mut().nth(at).expect("counted")
            }
            Value::Array(items) => {
                let at = step % items.len();
                &mut items[at]
            }
            _ => return,
        };
    }
    let at = way[way.len() - 1];
    match here {
        Value::Object(members) if !members.is_empty() => {
            let name = members.keys().nth(at % members.len()).expect("counted").clone();
            match how {
                0 => drop(members.shift_remove(&name)),
                1 => drop(members.insert(format!("_{name}"), new)),
                2 => drop(members.insert(format!("{name}x"), new)),
                3 => drop(members.insert(name, Value::Array(vec![new]))),
                _ => drop(members.insert(name, new)),
            }
        }
        Value::Array(items) if !items.is_empty() => {
            let at = at % items.len();
            match how {
                0 => drop(items.remove(at)),
                1 => items.push(new),
                2 => items.extend(items.clone()),
                _ => items[at] = new,
            }
        }
        other => *other = new,
    }
}

#[test]
fn mutated_examples_never_panic() {
    let Some(all) = all() else { return };
    let small: Vec<&Value> = all.iter().filter(|e| e.bytes < 20_000).map(|e| &e.value).collect();
    let way = prop::collection::vec(0_usize..1000, 1..8);
    let changes = prop::collection::vec((way, 0_u8..8, nasty()), 1..6);
    // PROPTEST_CASES asks for more.
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    runner
        .run(&(0..small.len(), changes), |(which, changes)| {
            let mut value = small[which].clone();
            for (way, how, new) in changes {
                change(&mut value, &way, how, new);
            }
            let issues = validate(&value, Options { warnings: true, issues_max: 20 });
            prop_assert!(issues.len() <= 21);
            for issue in issues {
                prop_assert!(issue.location.len() < 1500 && issue.text.len() < 1500, "{issue}");
                prop_assert!(!issue.location.is_empty() && !issue.text.is_empty());
            }
            Ok(())
        })
        .unwrap_or_else(|e| panic!("{e}"));
}

/// Extensions in extensions. `json!` would copy what it is given, level by level.
fn deep(levels: usize) -> Value {
    (0..levels).fold(json!({"url": "urn:x", "valueCode": "x"}), |inner, _| {
        let mut outer = json!({"url": "urn:x"});
        outer["extension"] = Value::Array(vec![inner]);
        outer
    })
}

#[test]
fn what_is_nested_too_deep_is_refused_and_no_stack_grows() {
    for (levels, refused) in [(DEPTH_MAX / 2 - 3, false), (DEPTH_MAX / 2 + 3, true), (10_000, true)] {
        let mut patient = json!({"resourceType": "Patient", "extension": []});
        patient["extension"] = Value::Array(vec![deep(levels)]);
        let issues = validate(&patient, Options { warnings: false, issues_max: 100 });
        assert_eq!(issues.iter().any(|i| i.code == Code::TooCostly), refused, "{levels}: {issues:?}");
        assert_eq!(issues.is_empty(), !refused);
        // What is dropped is dropped one level at a time: the parser never builds such a thing, this test does.
        let mut rest = patient["extension"].take();
        while let Some(inner) = rest.pointer_mut("/0/extension").map(Value::take) {
            rest = inner;
        }
    }
}

#[test]
fn findings_are_bounded_and_the_rest_is_counted() {
    let names: Vec<Value> = (0..100_000).map(|_| json!({"use": "nobody"})).collect();
    let patient = json!({"resourceType": "Patient", "name": names});
    let issues = validate(&patient, Options::default());
    assert_eq!(issues.len(), 101);
    let last = issues.last().expect("there are some");
    assert_eq!((last.code, last.severity), (Code::TooCostly, Severity::Error));
    assert_eq!(last.text, "99901 more findings are not told");
}

#[test]
fn foreign_names_are_cut() {
    let long = "n".repeat(1_000_000);
    let mut patient = json!({"resourceType": "Patient", "gender": long});
    patient["name"] = json!([{ "given": [long] }]);
    patient.as_object_mut().expect("an object").insert(long, json!(1));
    let issues = validate(&patient, Options { warnings: false, issues_max: 100 });
    assert_eq!(issues.len(), 2, "{}", issues.len());
    assert!(issues.iter().all(|i| i.text.len() < 500 && i.location.len() < 500));
}

#[test]
fn rules_that_cost_too_much_are_said_not_to_be_judged() {
    let codings: Vec<Value> =
        (0..10_000).map(|i| json!({"system": "http://loinc.org", "code": format!("{i}")})).collect();
    let mut others = codings.clone();
    others.iter_mut().for_each(|coding| coding["system"] = json!("http://a.b"));
    let observation = json!({
        "resourceType": "Observation", "status": "final", "code": {"coding": codings}, "valueInteger": 1,
        "component": [{"code": {"coding": others}}],
    });
    let issues = validate(&observation, Options { warnings: false, issues_max: 100 });
    let [issue] = &issues[..] else { panic!("{issues:?}") };
    assert_eq!((issue.severity, issue.code, issue.rule), (Severity::Information, Code::NotSupported, Some("obs-7")));
}

#[test]
fn many_references_to_many_contained_resources_are_looked_up() {
    let contained: Vec<Value> =
        (0..50_000).map(|i| json!({"resourceType": "Practitioner", "id": format!("p{i}")})).collect();
    let all: Vec<Value> = (0..50_000).map(|i| json!({"reference": format!("#p{}", 49_999 - i)})).collect();
    let patient = json!({"resourceType": "Patient", "contained": contained, "generalPractitioner": all});
    assert_eq!(validate(&patient, Options { warnings: false, issues_max: 100 }), []);
}

/// Expressions of everything that computes, on what computing stumbles over.
fn expression() -> impl Strategy<Value = String> {
    let leaves = [
        "{}",
        "true",
        "0",
        "-1",
        "7",
        "9223372036854775807",
        "0.5",
        "-1.50",
        "0.0000000000000000000000000001",
        "79228162514264337593543950335.0",
        "''",
        "'a'",
        "'1.5 \\'mg\\''",
        "'2020-02-29'",
        "'T10:30'",
        "'𝕏\\u0301'",
        "@2020-02-29",
        "@0001",
        "@9999-12-31T23:59:59.999+14:00",
        "@T23:59",
        "@2020-01-01T10",
        "4 days",
        "1 'mg'",
        "0 'kg'",
        "99999999999999999999 years",
        "-3 months",
        "1000000000 seconds",
        "$this",
        "$index",
        "$total",
        "%resource",
        "name.given",
        "birthDate",
        "deceased",
        "descendants()",
        "extension.value",
        "now()",
        "today()",
    ];
    let operators = [
        "+", "-", "*", "/", "div", "mod", "&", "|", "=", "!=", "~", "!~", "<", "<=", ">", ">=", "and", "or", "xor",
        "implies", "in", "contains",
    ];
    let alone = [
        "abs",
        "ceiling",
        "children",
        "count",
        "convertsToDate",
        "descendants",
        "distinct",
        "empty",
        "exp",
        "first",
        "floor",
        "hasValue",
        "highBoundary",
        "isDistinct",
        "join",
        "last",
        "length",
        "ln",
        "lowBoundary",
        "lower",
        "not",
        "precision",
        "resolve",
        "round",
        "single",
        "sort",
        "sqrt",
        "tail",
        "toBoolean",
        "toChars",
        "toDate",
        "toDateTime",
        "toDecimal",
        "toInteger",
        "toQuantity",
        "toString",
        "toTime",
        "trim",
        "truncate",
        "type",
        "upper",
    ];
    let asking = [
        "aggregate",
        "all",
        "combine",
        "comparable",
        "contains",
        "endsWith",
        "exclude",
        "exists",
        "highBoundary",
        "indexOf",
        "intersect",
        "join",
        "lastIndexOf",
        "log",
        "lowBoundary",
        "power",
        "repeat",
        "round",
        "select",
        "skip",
        "sort",
        "split",
        "startsWith",
        "subsetOf",
        "substring",
        "supersetOf",
        "take",
        "union",
        "where",
    ];
    let leaf = prop::sample::select(leaves.to_vec()).prop_map(str::to_owned);
    leaf.prop_recursive(5, 32, 3, move |inner| {
        let name = |names: &[&'static str]| prop::sample::select(names.to_vec());
        prop_oneof![
            (inner.clone(), name(&operators), inner.clone()).prop_map(|(a, of, b)| format!("({a} {of} {b})")),
            (inner.clone(), name(&alone)).prop_map(|(a, of)| format!("({a}).{of}()")),
            (inner.clone(), name(&asking), inner.clone()).prop_map(|(a, of, b)| format!("({a}).{of}({b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a})[{b}]")),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| format!("iif({a}, {b}, {c})")),
            (inner.clone(), inner.clone(), inner).prop_map(|(a, b, c)| format!("({a}).replace({b}, {c})")),
        ]
    })
}

#[test]
fn whatever_is_asked_is_answered_or_refused() {
    let patient: Value = serde_json::from_str(
        r#"{
            "resourceType": "Patient", "name": [{"given": ["a", null], "_given": [null, {"id": "g"}]}, {"family": "b"}],
            "birthDate": "2020-02", "deceasedDateTime": "2020-13-01", "contained": [{"resourceType": "Nothing", "id": 7}],
            "extension": [{"url": "u", "valueQuantity": {"value": 1e400, "unit": "g"}}, {"valueDecimal": 1e-40}],
            "multipleBirthInteger": 1.5
        }"#,
    )
    .expect("JSON");
    let now = "2026-05-01T08:30:00Z".parse().ok();
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    runner
        .run(&(expression(), any::<bool>()), |(text, strict)| {
            let path = Path::read(&text).map_err(|why| TestCaseError::fail(format!("{text}: {why}")))?;
            let _ = path.of(&patient, Asking { now, strict });
            Ok(())
        })
        .unwrap_or_else(|e| panic!("{e}"));
}

#[test]
fn no_text_is_too_odd_to_be_read() {
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    let odd = "[-@T0-9:.+a-c'`%$()\\[\\]{}|&~!=<>/* \\\\u𝕏]{0,40}";
    runner
        .run(&odd, |text| {
            let _ = Path::read(&text);
            Ok(())
        })
        .unwrap_or_else(|e| panic!("{e}"));
}
