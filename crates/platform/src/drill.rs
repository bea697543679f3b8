//! Drills: what is done for practice, with somebody who does not exist. Marked everywhere, counted nowhere.
//!
//! A drill is a consultation of a patient made up for it. The Patient carries the security label of test data, and so does
//! everything that a step of its case writes (`Op::try_commit`, `Platform::commit`); whoever counts asks [`is_drill`] of what is counted.

use records::Change;
use serde_json::{Value, json};

/// Purposes of use (HL7 v3 ActReason).
const SYSTEM: &str = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
/// Test health data: "not to be used for clinical care, nor counted" is what this means here.
const CODE: &str = "HTEST";

/// Whether a resource is of a drill.
pub fn is_drill(body: &Value) -> bool {
    let labels = body["meta"]["security"].as_array().map(Vec::as_slice).unwrap_or_default();
    labels.iter().any(|label| label["system"] == SYSTEM && label["code"] == CODE)
}

/// Labels a resource as one of a drill.
pub fn label(body: &mut Value) {
    if is_drill(body) {
        return;
    }
    let label = json!({"system": SYSTEM, "code": CODE});
    match body["meta"]["security"].as_array_mut() {
        Some(labels) => labels.push(label),
        None => body["meta"]["security"] = json!([label]),
    }
}

/// Labels all that a change writes when any of it is of a drill. What is signed is left as it was hashed.
pub(crate) fn label_whole(change: &mut Change) {
    let mut bodies = change.writes.iter().filter_map(|write| write.body.as_ref());
    if bodies.any(is_drill) {
        let writes = change.writes.iter_mut().filter(|write| !crate::http::op::SIGNED.contains(&write.at.ty));
        writes.filter_map(|write| write.body.as_mut()).for_each(label);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fhir::Reference;
    use kernel::Id;
    use records::{Act, Write};

    #[test]
    fn a_label_stands_once_beside_others() {
        let mut body = json!({"meta": {"security": [{"system": "x", "code": "HTEST"}], "tag": []}});
        assert!(!is_drill(&body));
        label(&mut body);
        label(&mut body);
        assert!(is_drill(&body));
        assert_eq!(body["meta"]["security"].as_array().unwrap().len(), 2);
    }

    #[test]
    fn what_is_written_with_something_of_a_drill_is_of_it() {
        let write = |at: &str, body: Value| Write::new(at.parse::<Reference>().unwrap(), body, Id::new("h").unwrap());
        let of_drill = json!({"meta": {"security": [{"system": SYSTEM, "code": CODE}]}});
        let mut change = Change::of(Act::system("x"));
        change.writes =
            vec![write("Task/a", of_drill), write("Encounter/a", json!({})), write("Composition/a", json!({}))];
        label_whole(&mut change);
        let labelled: Vec<bool> = change.writes.iter().map(|w| is_drill(w.body.as_ref().unwrap())).collect();
        assert_eq!(labelled, [true, true, false]);
        let mut change = Change::of(Act::system("x")).write(write("Task/b", json!({})));
        label_whole(&mut change);
        assert!(!is_drill(change.writes[0].body.as_ref().unwrap()));
    }
}
