//! Every official example is valid, but for those that are really wrong: `definitions/examples-that-fail.txt` says why.

use super::{Example, all};
use fhir::validate::{Options, Severity, validate};
use std::collections::BTreeMap;
use std::fmt::Write;

/// `file code location count # why`; the location without places.
const FAILING: &str = include_str!("../../definitions/examples-that-fail.txt");

#[test]
fn every_official_example_is_valid_or_known_to_be_wrong() {
    let Some(all) = all() else { return };
    assert_eq!(all.len(), 5306);
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for Example { name, value, .. } in all {
        for issue in validate(value, Options { warnings: true, issues_max: 1_000_000 }) {
            // Nothing may be left unjudged either.
            if issue.severity != Severity::Warning {
                let location: String =
                    issue.location.split('[').map(|part| part.split(']').next_back().unwrap_or(part)).collect();
                *found.entry(format!("{name} {} {location}", issue.code.code())).or_default() += 1;
            }
        }
    }
    let found: BTreeMap<String, usize> = found;
    let known: BTreeMap<String, usize> = FAILING
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let (fault, why) = line.split_once(" # ").unwrap_or_else(|| panic!("no reason in: {line}"));
            assert!(why.len() > 10, "no reason in: {line}");
            let (fault, count) = fault.trim_end().rsplit_once(' ').unwrap_or((fault, ""));
            (fault.to_owned(), count.parse().unwrap_or_else(|_| panic!("no count in: {line}")))
        })
        .collect();
    let mut wrong = String::new();
    for (fault, count) in &found {
        if known.get(fault) != Some(count) {
            let _ = writeln!(wrong, "found and not listed: {fault} {count}");
        }
    }
    for (fault, count) in &known {
        if found.get(fault) != Some(count) {
            let _ = writeln!(wrong, "listed and not found: {fault} {count}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
