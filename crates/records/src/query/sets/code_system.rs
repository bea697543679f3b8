//! A code system as its resource tells it: concepts, what they are below, and their properties.

use crate::StoreError;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Deepest nesting of concepts.
const DEEPEST: usize = 64;

/// One concept.
#[derive(Debug, Default)]
struct Concept {
    parents: Vec<String>,
    children: Vec<String>,
    /// Property and value, as text.
    properties: Vec<(String, String)>,
}

/// The concepts of one system.
#[derive(Debug)]
pub(super) struct Concepts {
    system: String,
    all: BTreeMap<String, Concept>,
    /// Whether what stands below another is subsumed by it.
    subsumes: bool,
}

impl Concepts {
    /// Of a CodeSystem. One that does not hold all of its codes is refused: what is found by it would be a part.
    pub(super) fn of(system: &str, body: &Value) -> Result<Self, StoreError> {
        let content = body["content"].as_str().unwrap_or_default();
        if content != "complete" {
            return Err(StoreError::BadQuery(format!("the CodeSystem {system} held here is not complete ({content})")));
        }
        let subsumes = body["hierarchyMeaning"].as_str().is_none_or(|meaning| meaning == "is-a");
        let mut this = Self { system: system.to_owned(), all: BTreeMap::new(), subsumes };
        this.add(&body["concept"], None, 0);
        let said: Vec<(String, String)> = this
            .all
            .iter()
            .flat_map(|(code, concept)| {
                concept.properties.iter().filter_map(move |(name, value)| match name.as_str() {
                    "parent" | "subsumedBy" => Some((value.clone(), code.clone())),
                    "child" => Some((code.clone(), value.clone())),
                    _ => None,
                })
            })
            .collect();
        for (parent, child) in said {
            this.join(&parent, &child);
        }
        Ok(this)
    }

    fn add(&mut self, concepts: &Value, parent: Option<&str>, depth: usize) {
        for concept in concepts.as_array().map(Vec::as_slice).unwrap_or_default() {
            let Some(code) = concept["code"].as_str() else { continue };
            let properties = concept["property"].as_array().map(Vec::as_slice).unwrap_or_default();
            let read = properties.iter().filter_map(|p| Some((p["code"].as_str()?.to_owned(), value(p)?)));
            self.all.entry(code.to_owned()).or_default().properties.extend(read);
            if let Some(parent) = parent {
                self.join(parent, code);
            }
            if depth < DEEPEST {
                self.add(&concept["concept"], Some(code), depth + 1);
            }
        }
    }

    fn join(&mut self, parent: &str, child: &str) {
        if self.all.contains_key(parent) && self.all.contains_key(child) {
            self.all.entry(parent.to_owned()).or_default().children.push(child.to_owned());
            self.all.entry(child.to_owned()).or_default().parents.push(parent.to_owned());
        }
    }

    pub(super) fn codes(&self) -> impl Iterator<Item = &str> {
        self.all.keys().map(String::as_str)
    }

    pub(super) fn holds(&self, code: &str) -> bool {
        self.all.contains_key(code)
    }

    /// A concept and what it subsumes.
    pub(super) fn below(&self, code: &str) -> Result<BTreeSet<&str>, StoreError> {
        self.reach(code, |concept| &concept.children)
    }

    /// A concept and what subsumes it.
    pub(super) fn above(&self, code: &str) -> Result<BTreeSet<&str>, StoreError> {
        self.reach(code, |concept| &concept.parents)
    }

    /// Codes of which a property has a value.
    pub(super) fn having<'c>(&'c self, property: &'c str, of: &'c str) -> impl Iterator<Item = &'c str> {
        let has =
            move |concept: &Concept| concept.properties.iter().any(|(name, value)| name == property && value == of);
        self.all.iter().filter(move |(_, concept)| has(concept)).map(|(code, _)| code.as_str())
    }

    fn reach(&self, code: &str, to: impl Fn(&Concept) -> &Vec<String>) -> Result<BTreeSet<&str>, StoreError> {
        let refused = |why: &str| StoreError::BadQuery(format!("{}|{code}: {why}", self.system));
        if !self.subsumes {
            return Err(refused("what stands below another in this code system is not subsumed by it"));
        }
        let Some((code, _)) = self.all.get_key_value(code) else { return Err(refused("no such code")) };
        let mut all = BTreeSet::from([code.as_str()]);
        let mut left = vec![code.as_str()];
        while let Some(code) = left.pop() {
            for next in self.all.get(code).map_or(&[][..], |concept| to(concept)) {
                if all.insert(next) {
                    left.push(next);
                }
            }
        }
        Ok(all)
    }
}

/// A property's value, whatever its type.
fn value(property: &Value) -> Option<String> {
    let (_, value) = property.as_object()?.iter().find(|(name, _)| name.starts_with("value"))?;
    Some(match value {
        Value::String(text) => text.clone(),
        Value::Object(coding) => coding.get("code")?.as_str()?.to_owned(),
        other => other.to_string(),
    })
}
