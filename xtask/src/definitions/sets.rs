//! Value sets with required bindings, with all their codes where they can be counted.
//!
//! `[url, how, [[system, [code]]]]`; `how` says what the codes mean:
//! `closed` these and no other · `open` these were all when R4 was published, others may have come · `mime`, `language`,
//! `ucum` a grammar instead of a list · `unheld` the codes are not to be had.

use super::{each, list, text};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

/// What cannot be counted, and how it is judged instead.
const GRAMMARS: [(&str, &str); 4] = [
    ("http://hl7.org/fhir/ValueSet/all-languages", "language"),
    ("http://hl7.org/fhir/ValueSet/mimetypes", "mime"),
    ("http://hl7.org/fhir/ValueSet/ucum-units", "ucum"),
    // An answer list of LOINC, whose terms are not CC0.
    ("http://loinc.org/vs/LL379-9", "unheld"),
];
/// ISO 4217 goes on: a currency may be younger than R4.
const OPEN: &str = "http://hl7.org/fhir/ValueSet/currencies";

/// The rows of these value sets, in their order.
pub fn read(package: &Path, wanted: &BTreeSet<String>) -> Result<Vec<Value>> {
    let mut held = HashMap::new();
    for set in each(package, "ValueSet-")? {
        held.insert(text(&set, "url")?.to_owned(), set);
    }
    let mut rows = Vec::new();
    for url in wanted {
        if let Some((_, how)) = GRAMMARS.iter().find(|(known, _)| known == url) {
            rows.push(json!([url, how, []]));
            continue;
        }
        let set = held.get(url).with_context(|| format!("no expansion of {url}"))?;
        let mut codes = BTreeMap::new();
        let all = collect(list(&set["expansion"], "contains"), &mut codes)?;
        ensure!(all > 0, "the expansion of {url} is empty");
        let total = set["expansion"]["total"].as_u64();
        // One that only lists codes itself is complete without saying so.
        ensure!(
            url == OPEN || total.map_or_else(|| enumerated(set), |total| total == all),
            "the expansion of {url} has {all} of {total:?} codes"
        );
        let systems: Vec<Value> = codes.into_iter().map(|(system, codes)| json!([system, codes])).collect();
        rows.push(json!([url, if url == OPEN { "open" } else { "closed" }, systems]));
    }
    Ok(rows)
}

/// Whether the set is nothing but a list of codes.
fn enumerated(set: &Value) -> bool {
    let includes = list(&set["compose"], "include");
    !includes.is_empty() && includes.iter().all(|include| !list(include, "concept").is_empty())
}

/// Adds what may be chosen to `codes` and answers how many entries there are, abstract ones included.
fn collect(entries: &[Value], codes: &mut BTreeMap<String, BTreeSet<String>>) -> Result<u64> {
    let mut all = 0;
    for entry in entries {
        all += 1;
        if let (Some(code), false) = (entry["code"].as_str(), entry["abstract"] == true) {
            codes.entry(text(entry, "system")?.to_owned()).or_default().insert(code.to_owned());
        }
        all += collect(list(entry, "contains"), codes)?;
    }
    Ok(all)
}
