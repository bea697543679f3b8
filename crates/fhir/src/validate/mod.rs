//! Whether a resource is R4 (4.0.1): structure, cardinality, types, required codes, references, invariants.
//!
//! Called when something is written and by `$validate`. It judges one JSON value against HL7's own definitions
//! (`definitions/structure.json.zst`), reads nothing else, and must never panic or grow with what a stranger sends: depth,
//! findings, their texts and the work of each rule are bounded. What is stored is not changed; whether a finding refuses a
//! write is for the caller to say.
//!
//! Known gaps:
//! - Only base definitions: profiles in `meta.profile`, slices and the definitions of extensions are not read. An unknown
//!   extension is fine as long as it is an extension; one in a place where its definition does not allow it is not found.
//! - Bindings: required ones are judged; extensible, preferred and example ones are not. Currencies younger than R4 are a
//!   warning. MIME types, languages and units are held against the form of BCP 13, BCP 47 and UCUM (characters and brackets),
//!   not against registries. `MolecularSequence.structureVariant.variantType` (an answer list of LOINC) is not judged.
//!   `code` without `system` is never completed; displays are not compared.
//! - References: form, target type, and `#id` within the resource. Whether `Patient/7` exists is the store's to know. A URL
//!   that ends in no `Type/id` passes. Rules that `resolve()` see contained resources alone, and pass for others.
//! - Invariants: an empty result keeps a rule; `matches` means the whole text; R4's `app-4` and `tim-9` are read as HL7
//!   corrected them later. Quantities in different units are compared where both are common ones of UCUM. A date and an instant
//!   that may be of that day in some zone are neither before nor after each other.
//! - `uri`, `url` and `canonical` are strings without spaces; their grammar is not followed, nor is a canonical looked up.
//! - JSON is judged after parsing: duplicate members are the parser's to refuse.

mod binding;
pub(crate) mod definitions;
mod issue;
mod narrative;
mod nearest;
#[cfg(test)]
mod oracle;
mod place;
mod primitive;
mod reference;
mod rules;
mod texts;
mod walk;

pub use binding::value_set;
pub use issue::{Code, Issue, Severity};
pub(crate) use texts::{Texts, holds_bare_code, holds_canonical, texts_of};

use serde_json::Value;

/// Deepest nesting of objects and arrays that is judged. R4's own examples stay below 20.
pub const DEPTH_MAX: usize = 100;

/// What is wanted of a judgement.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Rules whose breach is only a warning (a resource should have a narrative) are judged too.
    pub warnings: bool,
    /// Most findings that are told; one more then says how many there are beside.
    pub issues_max: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { warnings: true, issues_max: 100 }
    }
}

/// What is wrong with a resource, in the order of its elements; empty when nothing is. Its type is what its
/// `resourceType` says.
pub fn validate(resource: &Value, options: Options) -> Vec<Issue> {
    walk::resource(resource, options)
}

/// Reads the definitions, which otherwise happens with the first resource: a few milliseconds.
pub fn prepare() {
    definitions::Definitions::r4();
}
