//! Every rule that the walk judges on the official examples, whole and with something broken in them, judged as well by a
//! FHIRPath that was not written here (PyPI `fhirpathpy`).
//!
//! `cargo xtask test` fetches both; without them the test says so and compares nothing.

use super::definitions::{Definitions, How, Rule};
use super::{Code, Options, validate};
use crate::fhirpath::{Around, holds};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A rule, the type of what it was judged on and that itself, the resource and the root around it.
type Met = (&'static Rule, &'static str, Value, Value, Value);

/// What was met in an example, and how often each rule was met in all.
#[derive(Default)]
struct Meetings {
    met: Vec<Met>,
    often: BTreeMap<&'static str, usize>,
}

thread_local! {
    static MEETINGS: RefCell<Option<Meetings>> = const { RefCell::new(None) };
}

/// Most judgements of one rule in one example that are compared: a StructureDefinition has thousands alike.
const EACH: usize = 2;
/// Most examples on which one rule is compared: those of every resource are met on all.
const EXAMPLES: usize = 150;
/// Most bytes of an example.
const BYTES: usize = 15_000;

/// Called by the walk for each rule it comes to.
pub(super) fn met(rule: &'static Rule, of: &'static str, value: &Value, around: Around) {
    MEETINGS.with_borrow_mut(|meetings| {
        let Some(Meetings { met, often }) = meetings else { return };
        let here = met.iter().filter(|(known, ..)| std::ptr::eq(*known, rule)).count();
        let ever = often.entry(&rule.expression).or_default();
        if here < EACH && *ever < EXAMPLES * EACH {
            *ever += 1;
            met.push((rule, of, value.clone(), around.resource.clone(), around.root.clone()));
        }
    });
}

/// The rule as another is asked: what this crate reads as the whole text is written so.
fn asked(expression: &str) -> String {
    let mut text = String::new();
    let mut rest = expression;
    while let Some((before, after)) = rest.split_once("matches('") {
        let (mut end, bytes) = (0, after.as_bytes());
        while bytes[end] != b'\'' {
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        text += &format!("{before}matches('^(?:{})$'", &after[..end]);
        rest = &after[end + 1..];
    }
    text + rest
}

/// The target folder: this test's program lies in it.
fn target() -> Option<PathBuf> {
    Some(std::env::current_exe().ok()?.ancestors().nth(3)?.to_path_buf())
}

fn examples() -> Option<Vec<(String, Value)>> {
    let folder = target()?.join("fhir/hl7.fhir.r4.examples-4.0.1/package");
    let mut files: Vec<_> = folder.read_dir().ok()?.flatten().collect();
    files.sort_by_key(std::fs::DirEntry::file_name);
    let mut all = Vec::new();
    for file in files {
        let bytes = std::fs::read(file.path()).ok()?;
        if bytes.len() <= BYTES
            && let Ok(value) = serde_json::from_slice(&bytes)
        {
            all.push((file.file_name().to_string_lossy().into_owned(), value));
        }
    }
    Some(all)
}

/// Takes away one member, chosen by a number: rules about what must be there break.
fn broken(value: &Value, mut seed: usize) -> Value {
    let mut value = value.clone();
    let mut here = &mut value;
    while let Value::Object(members) = here {
        let names: Vec<String> = members.keys().filter(|k| *k != "resourceType").cloned().collect();
        if names.is_empty() {
            break;
        }
        let name = names[seed % names.len()].clone();
        seed /= names.len();
        let deeper = members[&name].is_object() || members[&name].get(0).is_some_and(Value::is_object);
        if seed.is_multiple_of(3) || !deeper {
            members.shift_remove(&name);
            break;
        }
        here = match members.get_mut(&name) {
            Some(Value::Array(items)) => &mut items[0],
            Some(object) => object,
            None => break,
        };
    }
    value
}

/// What is compared: rule, what is said here, and where it was.
struct Judgement {
    rule: &'static Rule,
    ours: Result<bool, String>,
    told: String,
}

/// Judges all, and writes what another is asked.
fn judge(examples: &[(String, Value)], questions: &Path) -> std::io::Result<Vec<Judgement>> {
    let mut out = BufWriter::new(File::create(questions)?);
    let mut all = Vec::new();
    MEETINGS.set(Some(Meetings::default()));
    for (place, (name, value)) in examples.iter().enumerate() {
        for value in [value.clone(), broken(value, place * 31 + 7), broken(value, place * 17 + 5)] {
            let issues = validate(&value, Options { warnings: true, issues_max: 10_000 });
            for (rule, of, on, resource, root) in taken() {
                let around = Around { resource: &resource, root: &root };
                let ours = match &rule.how {
                    How::Expression(expression) => {
                        holds(expression, &on, around, &mut 1_000_000).map_err(str::to_owned)
                    }
                    // What the walk judges itself is compared by what it said of the whole.
                    _ => Ok(!issues.iter().any(|i| i.code == Code::Invariant && i.rule == Some(&rule.key))),
                };
                // What is not asked for need not be told: some resources are large.
                let told =
                    |name: &str, what: &Value| if rule.expression.contains(name) { what.clone() } else { Value::Null };
                let (within, root) = (told("%resource", &resource), told("%rootResource", &root));
                let question =
                    json!({"rule": asked(&rule.expression), "of": of, "on": on, "resource": within, "root": root});
                writeln!(out, "{question}")?;
                let on: String = on.to_string().chars().take(300).collect();
                all.push(Judgement { rule, ours, told: format!("{name}: {of}: {on}") });
            }
        }
    }
    MEETINGS.take();
    out.flush()?;
    Ok(all)
}

fn taken() -> Vec<Met> {
    MEETINGS.with_borrow_mut(|meetings| meetings.as_mut().map(|m| std::mem::take(&mut m.met)).unwrap_or_default())
}

/// What the other says, a line for each question.
fn answers(python: &Path, questions: &Path) -> Vec<Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/fhirpath.py");
    let input = File::open(questions).expect("the questions");
    let output = Command::new(python).arg(script).stdin(input).output().expect("the interpreter runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout.split(|b| *b == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect()
}

/// Rules on which the other is wrong or cannot answer, and why.
const ITS_OWN: [(&str, &str); 5] = [
    ("dom-3", "`as` refuses several items there; R4's rule means `ofType`"),
    ("que-7", "`is Boolean` is only System.Boolean there; R4's rule means the type of the answer"),
    ("rng-2", "it does not compare quantities"),
    ("txt-1", "it does not know htmlChecks()"),
    ("txt-2", "it does not know htmlChecks()"),
];

#[test]
fn another_fhirpath_agrees_on_every_rule() {
    let python = target().map(|target| target.join("venv/bin/python")).filter(|python| python.exists());
    let (Some(examples), Some(python)) = (examples(), python) else {
        eprintln!("skipped: `cargo xtask test rust` fetches the official examples and fhirpathpy");
        return;
    };
    let questions = tempfile::NamedTempFile::new().expect("a file for the questions");
    let judgements = judge(&examples, questions.path()).expect("questions are written");
    let answers = answers(&python, questions.path());
    assert_eq!(answers.len(), judgements.len());
    let (mut broke, mut rules) = (0, BTreeSet::new());
    let mut wrong: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for (Judgement { rule, ours, told }, theirs) in judgements.iter().zip(&answers) {
        rules.insert(&*rule.expression);
        broke += usize::from(*ours == Ok(false));
        let same = ours.as_ref().ok() == theirs.as_bool().as_ref()
            // Of several elements the walk's own rule may have broken on another one.
            || (matches!(rule.how, How::Walk) && *ours == Ok(false) && theirs == true);
        if !same && ITS_OWN.iter().all(|(key, _)| **key != *rule.key) {
            let first = || (0, format!("ours {ours:?} theirs {theirs} {} {told}", rule.expression));
            wrong.entry(rule.key.to_string()).or_insert_with(first).0 += 1;
        }
    }
    let (judged, known) = (judgements.len(), Definitions::r4().rules.len());
    eprintln!("{judged} judgements of {} of {known} rules compared, {broke} of them broken", rules.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(judged > 8_000 && broke > 100 && rules.len() > 180, "{judged} {broke} {}", rules.len());
}
