//! HL7's FHIRPath suite (`tests-fhir-r4.xml`), every test of it: what is not answered as the suite does is listed with its reason in
//! `fhirpath_failures.txt`, and counted in `fhirpath_suite.json`. Both are compared; `UPDATE=1` writes them anew, keeping the reasons.
//!
//! The suite is taken from the crate `rh-fhirpath`, which carries it with its inputs (`cargo xtask test` fetches it).

use fhir::fhirpath::{Answer, Asking, Path, Unread};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path as File, PathBuf};

/// One test of the suite.
#[derive(Default)]
struct Case {
    /// Its group and name; those of the same name are numbered.
    name: String,
    input: Option<String>,
    expression: String,
    /// Why it must be refused.
    invalid: Option<String>,
    strict: bool,
    /// Whether only that there is an answer counts.
    predicate: bool,
    /// The type, where it is told, and the value of each item.
    outputs: Vec<(Option<String>, String)>,
}

enum Outcome {
    Passed,
    /// What in it is not spoken here.
    NotSpoken(String),
    /// What came instead.
    Failed(String),
}

/// The suite's folder, if it was fetched.
fn folder() -> Option<PathBuf> {
    let target = File::new(env!("CARGO_TARGET_TMPDIR")).parent()?;
    let folder = target.join("fhir/rh-fhirpath-0.3.0/tests/fixtures/hl7_fhirpath_tests");
    folder.exists().then_some(folder)
}

fn attribute(tag: &BytesStart, name: &str) -> Option<String> {
    let found = tag.try_get_attribute(name).expect("attributes")?;
    Some(found.value.into_owned())
}

fn cases(xml: &str) -> Vec<Case> {
    let mut reader = Reader::from_str(xml);
    let (mut cases, mut often) = (Vec::new(), BTreeMap::<String, usize>::new());
    let (mut group, mut case, mut text) = (String::new(), Case::default(), String::new());
    loop {
        match reader.read_event().expect("the suite is XML") {
            Event::Start(tag) | Event::Empty(tag) => {
                text.clear();
                match tag.name().as_ref() {
                    "group" => group = attribute(&tag, "name").expect("a name"),
                    "test" => {
                        let mut name = format!("{group}/{}", attribute(&tag, "name").unwrap_or_default());
                        let seen = often.entry(name.clone()).or_default();
                        *seen += 1;
                        if *seen > 1 {
                            let _ = write!(name, "({seen})");
                        }
                        case = Case {
                            name,
                            input: attribute(&tag, "inputfile"),
                            invalid: attribute(&tag, "invalid"),
                            strict: attribute(&tag, "mode").as_deref() == Some("strict"),
                            predicate: attribute(&tag, "predicate").as_deref() == Some("true"),
                            ..Case::default()
                        };
                    }
                    "expression" => case.invalid = attribute(&tag, "invalid").or(case.invalid.take()),
                    "output" => case.outputs.push((attribute(&tag, "type"), String::new())),
                    _ => {}
                }
            }
            Event::Text(part) => text += &part.xml10_content(),
            Event::GeneralRef(entity) => {
                let entity = format!("&{};", &*entity);
                text += &quick_xml::escape::unescape(&entity).expect("an entity of XML");
            }
            Event::End(tag) => match tag.name().as_ref() {
                "expression" => case.expression = std::mem::take(&mut text),
                "output" => case.outputs.last_mut().expect("an output").1 = std::mem::take(&mut text),
                "test" => cases.push(std::mem::take(&mut case)),
                _ => {}
            },
            Event::Eof => return cases,
            _ => {}
        }
    }
}

/// The input as JSON, which the package has beside the suite's XML.
fn input(folder: &File, name: Option<&str>) -> Option<Value> {
    let Some(name) = name else { return Some(json!({})) };
    let stem = name.split('.').next()?;
    serde_json::from_slice(&std::fs::read(folder.join(format!("input/{stem}.json"))).ok()?).ok()
}

fn judge(case: &Case, folder: &File) -> Outcome {
    let Some(input) = input(folder, case.input.as_deref()) else {
        return Outcome::Failed("its input is not in the package".into());
    };
    let path = match Path::read(&case.expression) {
        Ok(path) => path,
        Err(Unread::Unspoken(what)) => return Outcome::NotSpoken(what),
        Err(Unread::Wrong(_)) if case.invalid.is_some() => return Outcome::Passed,
        Err(Unread::Wrong(why)) => return Outcome::Failed(format!("refused: {why}")),
    };
    // What FHIRPath calls a semantic error is found by types, which only the strict reading asks for.
    let strict = case.strict || case.invalid.as_deref() == Some("semantic");
    let now = "2026-05-01T08:30:00Z".parse().ok();
    let told = |answers: &[Answer]| {
        let each = answers.iter().map(|a| format!("{} {}", a.ty.as_deref().unwrap_or("?"), a.text));
        let told = each.collect::<Vec<_>>().join(", ");
        if told.is_empty() { "nothing".to_owned() } else { told.chars().take(100).collect() }
    };
    match path.of(&input, Asking { now, strict }) {
        Err(_) if case.invalid.is_some() => Outcome::Passed,
        Err(why) => Outcome::Failed(format!("refused: {why}")),
        Ok(answers) if case.invalid.is_some() => Outcome::Failed(format!("{}, not refused", told(&answers))),
        Ok(answers) if case.predicate && case.outputs.iter().any(|(_, v)| (v == "true") != answers.is_empty()) => {
            Outcome::Passed
        }
        Ok(answers) => {
            let same = answers.len() == case.outputs.len()
                && answers.iter().zip(&case.outputs).all(|(ours, (ty, value))| is(ours, ty.as_deref(), value));
            if same { Outcome::Passed } else { Outcome::Failed(told(&answers)) }
        }
    }
}

/// Whether the answer is of the type, where one is told, and has the value.
fn is(ours: &Answer, ty: Option<&str>, value: &str) -> bool {
    let of = ours.ty.as_deref().and_then(|ours| ours.split_once('.')).map_or("", |(_, name)| name);
    let value = value.strip_prefix("@T").or(value.strip_prefix('@')).unwrap_or(value);
    let number = |text: &str| text.parse::<Decimal>().ok();
    ty.is_none_or(|ty| of.eq_ignore_ascii_case(ty))
        && (ours.text == value || number(value).is_some_and(|n| number(&ours.text) == Some(n)))
}

/// The file's lines: what is told of, and why.
fn reasons(text: &str) -> BTreeMap<String, String> {
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.split_once(" # ").unwrap_or((line, ""))).map(|(a, b)| (a.to_owned(), b.to_owned())).collect()
}

#[test]
fn every_test_of_the_suite_is_answered_or_listed() {
    let Some(folder) = folder() else {
        eprintln!("skipped: HL7's FHIRPath suite is not here; `cargo xtask test` fetches it");
        return;
    };
    let suite = std::fs::read_to_string(folder.join("tests-fhir-r4.xml")).expect("the suite");
    let cases = cases(&suite);
    let (mut passed, mut unspoken, mut failed) = (0, BTreeMap::<String, usize>::new(), Vec::new());
    for case in &cases {
        match judge(case, &folder) {
            Outcome::Passed => passed += 1,
            Outcome::NotSpoken(what) => *unspoken.entry(what).or_default() += 1,
            Outcome::Failed(what) => failed.push(format!("{}: {what}", case.name.replace(" # ", " "))),
        }
    }
    let not_spoken: usize = unspoken.values().sum();
    let counts = json!({"tests": cases.len(), "passed": passed, "not_spoken": not_spoken, "failed": failed.len()});
    eprintln!("{counts}");
    let here = File::new(env!("CARGO_MANIFEST_DIR")).join("tests/validate");
    let (list, tally) = (here.join("fhirpath_failures.txt"), here.join("fhirpath_suite.json"));
    let text = std::fs::read_to_string(&list).unwrap_or_default();
    let known = reasons(&text);
    let found: Vec<String> =
        unspoken.iter().map(|(what, often)| format!("not spoken: {what} {often}")).chain(failed).collect();
    if std::env::var_os("UPDATE").is_some() {
        let head = text.lines().take_while(|line| line.starts_with('#')).map(|line| format!("{line}\n"));
        let lines = found.iter().map(|line| format!("{line} # {}\n", known.get(line).map_or("", String::as_str)));
        std::fs::write(&list, head.chain(lines).collect::<String>()).expect("the list is written");
        std::fs::write(&tally, format!("{counts}\n")).expect("the counts are written");
    }
    let known = reasons(&std::fs::read_to_string(&list).unwrap_or_default());
    let listed = |line: &&String| known.get(*line).is_some_and(|why| why.len() > 10);
    let new: Vec<_> = found.iter().filter(|line| !listed(line)).collect();
    let gone: Vec<_> = known.keys().filter(|line| !found.contains(line)).collect();
    assert!(
        new.is_empty() && gone.is_empty(),
        "found and not listed with a reason: {new:#?}\nlisted and not found: {gone:#?}"
    );
    let kept = std::fs::read_to_string(&tally).ok().and_then(|text| serde_json::from_str::<Value>(&text).ok());
    assert_eq!(kept, Some(counts), "`UPDATE=1` writes the counts");
}
