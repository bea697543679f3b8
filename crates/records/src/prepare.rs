//! What can be done to a change before the writer gets it: checking, extraction, hashing, compression. Callers' threads.

use crate::body::{pack, sha256, strip};
use crate::{Change, CommitError};
use fhir::Reference;
use fhir::search::{Definitions, Rows, Words};
use serde_json::Value;
use std::sync::Arc;

/// A change whose bodies are ready to be inserted.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) change: Change,
    /// In the order of `Change::writes`; none deletes.
    pub(crate) bodies: Vec<Option<Body>>,
    pub(crate) digests: Vec<[u8; 32]>,
    /// Blobs named, with their sizes; the writer fills it in when it has seen that they are there.
    pub(crate) blobs: Vec<([u8; 32], u64)>,
}

#[derive(Debug)]
pub(crate) struct Body {
    pub(crate) packed: Vec<u8>,
    pub(crate) rows: Rows,
    pub(crate) words: Arc<Words>,
    /// Whose compartment it is in: the patient or subject, or the patient itself.
    pub(crate) patient: Option<Reference>,
}

/// How many values are prepared on an async thread; more go to a blocking one.
const FEW: usize = 2_000;

pub(crate) fn is_small(change: &Change) -> bool {
    let mut left = FEW;
    change.writes.iter().filter_map(|w| w.body.as_ref()).all(|body| count(body, &mut left))
}

fn count(value: &Value, left: &mut usize) -> bool {
    let weight = 1 + value.as_str().map_or(0, |s| s.len() / 64);
    *left = left.saturating_sub(weight);
    *left > 0
        && match value {
            Value::Array(items) => items.iter().all(|v| count(v, left)),
            Value::Object(members) => members.values().all(|v| count(v, left)),
            _ => true,
        }
}

pub(crate) fn prepare(mut change: Change) -> Result<Prepared, CommitError> {
    let mut bodies = Vec::with_capacity(change.writes.len());
    let mut digests = Vec::with_capacity(change.writes.len());
    for write in &mut change.writes {
        let Some(body) = write.body.take() else {
            bodies.push(None);
            digests.push(sha256(b""));
            continue;
        };
        let malformed = |why| CommitError::Malformed { at: write.at.clone(), why };
        let (kept, raw) = strip(&write.at, body).map_err(malformed)?;
        let (rows, patient) = extract(&write.at, &kept);
        digests.push(sha256(&raw));
        let words = Arc::new(Definitions::r4().words(write.at.ty, &kept));
        bodies.push(Some(Body { packed: pack(&write.at, &raw), rows, words, patient }));
    }
    Ok(Prepared { change, bodies, digests, blobs: vec![] })
}

/// Index rows and compartment of a body. The writer calls it too, for the version that goes.
pub(crate) fn extract(at: &Reference, kept: &Value) -> (Rows, Option<Reference>) {
    let definitions = Definitions::r4();
    let rows = definitions.rows(at.ty, kept);
    if at.ty == fhir::ResourceType::PATIENT {
        return (rows, Some(at.clone()));
    }
    let patient = ["patient", "subject"].iter().find_map(|code| {
        let number = definitions.param(at.ty, code)?.number;
        let mut targets = rows.reference.iter().filter(|(n, _)| *n == number).map(|(_, target)| target);
        targets.find(|t| t.ty == fhir::ResourceType::PATIENT).cloned()
    });
    (rows, patient)
}
