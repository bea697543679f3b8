//! What expressions give, on small values.

use super::run::Run;
use super::value::Item;
use super::{Around, Meaning, Unread, read};
use serde_json::{Value, json};
use std::collections::HashSet;

fn choices() -> HashSet<Box<str>> {
    HashSet::from(["multipleBirth".into(), "value".into()])
}

fn check(value: &Value, cases: &[(&str, &str)]) {
    for (text, expect) in cases {
        let rule = read(text, &choices(), Meaning::Rules).unwrap_or_else(|why| panic!("{text}: {why}"));
        let got = match Run::new(value, Around { resource: value, root: value }, Meaning::Rules).all(&rule) {
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
    let said = |text: &str| read(text, &choices(), Meaning::Standard).map(|_| ());
    for text in ["a.frobnicate()", "a.matches(b)", "a.extension(b)", "%vs", "$that"] {
        assert!(matches!(said(text), Err(Unread::Unspoken(_))), "{text}");
    }
    for text in ["(a", "a b", "'a", "a.where()", "@20", "@2020-13", "'\\u00'", "a is nothing", "1 /* 2", "a[", "-"] {
        assert!(matches!(said(text), Err(Unread::Wrong(_))), "{text}");
    }
}

#[test]
fn deep_and_long_expressions_are_refused_and_need_no_stack() {
    for (open, close) in [("(", ")"), ("a.where(", ")"), ("a[", "]"), ("iif(a, ", ")"), ("1 + (", ")")] {
        let text = format!("{}a{}", open.repeat(5_000), close.repeat(5_000));
        assert!(matches!(read(&text, &choices(), Meaning::Standard), Err(Unread::Wrong(_))), "{open}");
        let text = format!("{}a{}", open.repeat(18), close.repeat(18));
        assert!(read(&text, &choices(), Meaning::Standard).is_ok(), "{open}");
    }
    let value = json!({"a": 1});
    for (first, more) in
        [("a", ".a"), ("1", "+1"), ("a", "|a"), ("-", "-"), ("a", ".exists()"), ("a", "[0]"), ("a", " is b")]
    {
        let of = |steps| if first == "-" { more.repeat(steps) + "1" } else { first.to_owned() + &more.repeat(steps) };
        for steps in [90, 5_000] {
            assert!(matches!(read(&of(steps), &choices(), Meaning::Rules), Err(Unread::Wrong(_))), "{more}");
        }
        let rule = read(&of(75), &choices(), Meaning::Rules).unwrap();
        let _ = Run::new(&value, Around { resource: &value, root: &value }, Meaning::Rules).all(&rule);
    }
}

#[test]
fn what_would_grow_is_refused() {
    let value =
        json!({"resourceType": "Patient", "name": (0..40).map(|_| json!({"family": "abcdefgh"})).collect::<Vec<_>>()});
    for text in [
        "name.aggregate($total & $total & 'a')",
        "name.aggregate($total.combine($total), 1)",
        "name.aggregate(iif($total.empty(), 'a', $total.replace('a', 'aaaaaaaaaa')))",
        "name.aggregate(iif($total.empty(), 'a', $total.replaceMatches('(.*)', '$1$1$1$1')))",
    ] {
        let rule = read(text, &choices(), Meaning::Standard).unwrap();
        let around = Around { resource: &value, root: &value };
        let why = Run::new(&value, around, Meaning::Standard).all(&rule).expect_err(text);
        assert!(why == "it would take too long" || why == "it makes too long a text", "{text}: {why}");
    }
}

#[test]
fn the_first_of_whatever_is_one() {
    let value = json!({"a": [3, 1, 2]});
    check(
        &value,
        &[("(3 | 1 | 2).first()", "3"), ("a.where($this > 0).first()", "3"), ("a.sort().first()", "1"), ("a[1]", "1")],
    );
}

#[test]
fn what_is_computed() {
    check(
        &json!({"n": 12.50, "d": "2026-05-01"}),
        &[
            ("0.1 + 0.2 = 0.3", "true"),
            ("n * 2", "25.0"),
            ("7 div 2 + 7 mod 2", "4"),
            ("1 / 0", ""),
            ("9223372036854775807 + 1", ""),
            ("79228162514264337593543950335.0 * 10", ""),
            ("'a' - 'b'", "the two cannot be computed with"),
            ("2 'kg' + 500 'g'", "2.5 'kg'"),
            ("@2024-01-31 + 1 month", "2024-02-29"),
            ("@2024 + 24 months", "2026"),
            ("@9999-12-31 + 1 day", ""),
            ("@2024-01-01 + 9999999999999999999999999 years", ""),
            ("@T23:30 + 1 hour", "00:30"),
            ("d < @2026-05-02", "true"),
            ("(1 | 2).aggregate($this + $total, 0)", "3"),
            ("now()", "nobody told what time it is"),
            ("1000.exp()", ""),
            ("(-1).ln()", ""),
            ("2.power(1000)", ""),
        ],
    );
}
