//! `docs/CONFORMANCE.md`: what is spoken, how far it is proven, and what is open. Made of what the program says of itself, of the lists
//! that the tests hold both ways, and of requests that are really refused; `UPDATE=1` writes it.

use super::known::Known;
use super::{Example, all, list};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;
use testkit::TestApp;

/// What the validation's test holds: `file code location count # why`.
const INVALID: &str = include_str!("../../../../crates/fhir/definitions/examples-that-fail.txt");

/// What is not spoken: what, a request that is refused for it, the status, and why it is so.
const GAPS: &[(&str, &str, u16, &str)] = &[
    ("XML, RDF", "/fhir/Patient?_format=xml", 406, "JSON alone is spoken"),
    ("`_filter`", "/fhir/Patient?_filter=name+eq+a", 400, "no language for it is read here"),
    ("`_query`", "/fhir/Patient?_query=a", 400, "there are no named queries"),
    ("`_contained`, `_containedType`", "/fhir/Patient?_contained=true", 400, "what is contained is not searched"),
    (
        "`_sort` by a code, a reference, a uri",
        "/fhir/Patient?_sort=gender",
        400,
        "hashes of them are indexed, which have no order",
    ),
    ("`_list=$current-…`", "/fhir/Patient?_list=$current-problems", 400, "the server makes no lists"),
    (
        "phrases in `_text` and `_content`",
        "/fhir/Patient?_content=%22a+b%22",
        400,
        "the full-text index holds words without places",
    ),
    (
        "`_sort` over several types",
        "/fhir?_type=Patient,Observation&_sort=_lastUpdated",
        400,
        "types are given one after the other",
    ),
    (
        "`ne` in a composite",
        "/fhir/Observation?code-value-quantity=a$ne1",
        400,
        "an index row is found, its absence is not",
    ),
    (
        "terminology operations (`$expand`, `$lookup`, `$translate` …)",
        "/fhir/ValueSet/a/$expand",
        404,
        "sets are looked into by `:in`, `:below` and `:above`",
    ),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_document_says_what_is_so() {
    let app = TestApp::start().await;
    let client = app.client(super::super::OWN, &[]).await;
    for (what, path, status, _) in GAPS {
        let answer = client.send(client.request("GET", path).header("prefer", "handling=strict")).await;
        assert_eq!(answer.status, *status, "{what} is said to be refused: {}", answer.text());
    }
    let Some(all) = all() else { return };
    let statement = app.nobody().get("/fhir/metadata").await.ok();
    let text = document(&statement, all);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/CONFORMANCE.md");
    if std::env::var_os("UPDATE").is_some_and(|told| told == "1") {
        std::fs::write(&file, &text).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(kept == text, "docs/CONFORMANCE.md is out of date: UPDATE=1 writes it\n{text}");
}

fn document(statement: &Value, all: &[Example]) -> String {
    let mut text = HEAD.to_owned();
    spoken(&mut text, &statement["rest"][0]);
    parameters(&mut text, &statement["rest"][0]);
    examples(&mut text, all);
    fhirpath(&mut text);
    text += "\n## What is open\n| what | refused with | why |\n|---|---|---|\n";
    for (what, _, status, why) in GAPS {
        let _written = writeln!(text, "| {what} | {status} | {why} |");
    }
    text += TAIL;
    text
}

const HEAD: &str = "\
# How far FHIR R4 goes here

Written by the test `fhir::examples::conformance`, which fails when this page is out of date; how to use the face is told in [FHIR.md](FHIR.md). What
each number rests on stands beside it. Open means open: nothing here was left out because it fails.
";

const TAIL: &str = "
Open without a request that shows it: profiles are not judged, patches by FHIRPath or merge are not read, a code without a system of its own
(`status`, `gender`) is found without its implicit system alone, and in a composite the unit as it is shown is not looked at where the unit has a code.
";

/// Interactions, and of how many types.
fn spoken(text: &mut String, rest: &Value) {
    let codes = |value: &Value| -> Vec<String> {
        value.as_array().into_iter().flatten().map(|i| i["code"].as_str().unwrap().to_owned()).collect()
    };
    let mut of_types: BTreeMap<String, usize> = BTreeMap::new();
    let mut operations: BTreeMap<String, usize> = BTreeMap::new();
    let types = rest["resource"].as_array().unwrap();
    for resource in types {
        for code in codes(&resource["interaction"]) {
            *of_types.entry(code).or_default() += 1;
        }
        for operation in resource["operation"].as_array().into_iter().flatten() {
            *operations.entry(format!("${}", operation["name"].as_str().unwrap())).or_default() += 1;
        }
        for (name, code) in [("conditionalCreate", "conditional create"), ("conditionalUpdate", "conditional update")] {
            *of_types.entry(code.to_owned()).or_default() += usize::from(resource[name] == true);
        }
        let one = resource["conditionalDelete"] == "single";
        *of_types.entry("conditional delete of the one that matches".to_owned()).or_default() += usize::from(one);
    }
    *text += "\n## Interactions\nAs `GET /fhir/metadata` tells them; a test holds that to the routes.\n\n| what | types |\n|---|---|\n";
    for code in codes(&rest["interaction"]) {
        let _written = writeln!(text, "| {code} | the whole system |");
    }
    for (code, n) in of_types.iter().chain(&operations) {
        let _written = writeln!(text, "| {code} | {n} of {} |", types.len());
    }
}

/// Search parameters by what their values are, with prefixes and modifiers.
fn parameters(text: &mut String, rest: &Value) {
    let mut kinds: BTreeMap<&str, (usize, BTreeSet<&str>)> = BTreeMap::new();
    for param in
        rest["resource"].as_array().unwrap().iter().flat_map(|r| r["searchParam"].as_array().into_iter().flatten())
    {
        let (n, modifiers) = kinds.entry(param["type"].as_str().unwrap()).or_default();
        *n += 1;
        let told = param["documentation"].as_str().and_then(|d| d.strip_prefix("Modifiers: ")).unwrap_or_default();
        modifiers.extend(told.trim_end_matches('.').split(", ").filter(|m| !m.is_empty()));
    }
    *text += "\n## Search parameters\nThose of R4 and our own, counted once for every type that has them.\n\n| values | parameters | prefixes | modifiers |\n|---|---|---|---|\n";
    for (kind, (n, modifiers)) in kinds {
        let prefixes = match kind {
            "date" | "number" | "quantity" => "eq ne gt ge lt le sa eb ap",
            "composite" => "of a last part that is a number, quantity or date: eq gt ge lt le",
            _ => "",
        };
        let modifiers: Vec<String> = modifiers.iter().map(|m| format!("`:{m}`")).collect();
        let of_type = if kind == "reference" { " and a type's name" } else { "" };
        let _written = writeln!(text, "| {kind} | {} | {prefixes} | {}{of_type} |", grouped(n), modifiers.join(" "));
    }
    *text += "\nBesides: chains and `_has` to four links, `_include`, `_revinclude` and `:iterate`, `_sort`, `_count`, `_total`, `_summary`, `_elements`, `_type`.\n";
}

/// The official examples: stored, validated, found.
fn examples(text: &mut String, all: &[Example]) {
    let known = Known::read(&std::fs::read_to_string(list()).unwrap());
    let stored = all.len() - known.count("not-stored");
    let pairs: usize = all.iter().map(|e| e.asked.len()).sum();
    let questions: usize = all.iter().flat_map(|e| e.asked.values()).map(Vec::len).sum();
    let kinds: BTreeSet<(&str, &str)> = all.iter().flat_map(|e| e.asked.keys().map(|c| (e.ty(), c.as_str()))).collect();
    let invalid: BTreeSet<&str> =
        INVALID.lines().filter(|l| !l.starts_with('#')).filter_map(|l| l.split(' ').next()).collect();
    let rows = [
        ("in npm `hl7.fhir.r4.examples` 4.0.1", all.len(), "its 5,307th file is the package's own"),
        ("stored over HTTP, by PUT", all.len() - known.count("refused"), "`tests/tests/fhir/examples`"),
        (
            "stored behind the face, which refuses them",
            stored + known.count("refused") - all.len(),
            "the same; why: below",
        ),
        ("read back as sent, every number as typed", stored - known.count("changed"), "the same"),
        (
            "valid",
            all.len() - invalid.len(),
            "`crates/fhir/tests/validate/examples.rs`; the others are wrong, each told why in `crates/fhir/definitions/examples-that-fail.txt`",
        ),
        ("kinds of question: a type and a parameter", kinds.len(), "what occurs in them"),
        (
            "pairs of an example and a parameter",
            pairs,
            "values taken out by the FHIRPath of @medplum/core: `tests/e2e/questions.mjs`",
        ),
        ("questions of these pairs", questions, "each value in every form that R4 knows, twelve a pair at most"),
        (
            "pairs of which every question finds the example",
            pairs - known.count("not-found"),
            "`EXAMPLES=all`; a sample whenever the tests run",
        ),
    ];
    *text += "\n## The official examples\n| examples | number | by |\n|---|---|---|\n";
    for (what, n, by) in rows {
        let _written = writeln!(text, "| {what} | {} | {by} |", grouped(n));
    }
    let mut reasons: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (key, why) in &known.reasons {
        *reasons.entry((key.split(' ').next().unwrap(), why)).or_default() += 1;
    }
    *text += "\nWhat is refused, changed or not found, by reason; each stands in `tests/tests/fhir/examples/fails.txt`.\n\n| what | number | why |\n|---|---|---|\n";
    for ((kind, why), n) in reasons {
        let _written = writeln!(text, "| {kind} | {n} | {why} |");
    }
}

/// HL7's tests of FHIRPath, as far as their own test has counted them.
fn fhirpath(text: &mut String) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/fhir/tests/validate/fhirpath_suite.json");
    let Ok(counted) = std::fs::read(file) else { return };
    let counted: Value = serde_json::from_slice(&counted).unwrap();
    *text += "\n## HL7's tests of FHIRPath\n| tests | number |\n|---|---|\n";
    for (name, what) in [
        ("passed", "passed"),
        ("not_spoken", "of functions that the rules of R4 do not need, not spoken"),
        ("failed", "failed"),
    ] {
        let _written = writeln!(text, "| {what} | {} |", counted[name]);
    }
}

/// `12,345`
fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let parts: Vec<&str> = digits.as_bytes().rchunks(3).rev().map(|part| std::str::from_utf8(part).unwrap()).collect();
    parts.join(",")
}
