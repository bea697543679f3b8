//! What the definitions say of a type beyond its search parameters: summary elements, those that must be there, and how it
//! stands in a patient's compartment. Generated, see `definitions/README.md`.

use crate::ResourceType;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::LazyLock;

/// A type as the definitions describe it.
#[derive(Debug, Default, Deserialize)]
pub struct Shape {
    /// Paths of the elements marked as summary, relative to the type; choices end in `[x]`.
    #[serde(rename = "s")]
    pub summary: Vec<String>,
    /// Elements that every resource of the type must have.
    #[serde(rename = "m")]
    pub mandatory: Vec<String>,
    /// Search parameters whose target's compartment it is in, when that is a Patient.
    #[serde(rename = "p")]
    pub patient: Vec<String>,
}

static SHAPES: LazyLock<HashMap<String, Shape>> = LazyLock::new(|| {
    let packed = include_bytes!("../definitions/shapes.json.zst");
    let read = zstd::decode_all(&packed[..]).map_err(|e| e.to_string());
    // The file is part of the program; a test reads it.
    read.and_then(|json| serde_json::from_slice(&json).map_err(|e| e.to_string()))
        .unwrap_or_else(|e| panic!("the shapes built in cannot be read: {e}"))
});

impl Shape {
    /// Of a type.
    pub fn of(ty: ResourceType) -> &'static Self {
        static NONE: Shape = Shape { summary: vec![], mandatory: vec![], patient: vec![] };
        SHAPES.get(ty.name()).unwrap_or(&NONE)
    }

    /// Whether an element (or a choice's, `valueQuantity` for `value[x]`) stands among `paths`, whole or in part.
    pub fn names(paths: &[String], element: &str) -> bool {
        paths.iter().any(|path| is_element(path, element))
    }

    /// Of an element in the summary the children that are in it; empty when all of it is.
    pub fn within<'a>(paths: &'a [String], element: &str) -> Vec<&'a str> {
        let inside = paths.iter().filter_map(|p| p.split_once('.'));
        inside.filter(|(first, _)| *first == element).map(|(_, rest)| rest).collect()
    }
}

fn is_element(path: &str, element: &str) -> bool {
    match path.strip_suffix("[x]") {
        Some(stem) => element.strip_prefix(stem).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase())),
        None => path == element,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_has_a_shape() {
        for ty in ResourceType::all() {
            assert!(!Shape::of(ty).summary.is_empty(), "{ty}");
        }
        let observation = Shape::of(ResourceType::from_name("Observation").unwrap());
        assert_eq!(observation.patient, ["subject", "performer"]);
        assert_eq!(observation.mandatory, ["status", "code"]);
        let named = |element| Shape::names(&observation.summary, element);
        assert!(named("valueQuantity") && named("status") && !named("note") && !named("value") && !named("values"));
        assert!(Shape::within(&observation.summary, "component").contains(&"code"));
        assert_eq!(ResourceType::all().filter(|ty| !Shape::of(*ty).patient.is_empty()).count(), 66);
    }
}
