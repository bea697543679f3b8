//! All parameters of a type as one trie over JSON member names.

use super::Kind;
use super::path::{Guard, Step};
use super::row::split_reference;
use serde_json::Value;
use std::collections::HashMap;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Leaf {
    Index(u32, Kind),
    Exists(u32),
    /// Where on Earth.
    Position(u32),
    /// By its place among the type's composites.
    Composite(u16),
}

#[derive(Debug, Default)]
pub(super) struct Trie {
    fields: HashMap<String, Trie>,
    guards: Vec<(Guard, Trie)>,
    leaves: Vec<Leaf>,
}

/// Elements written `name[x]` in R4 that search expressions walk through without saying which type.
const CHOICE: [&str; 48] = [
    "abatement",
    "allowed",
    "author",
    "born",
    "characteristic",
    "chargeItem",
    "code",
    "collected",
    "content",
    "created",
    "date",
    "deceased",
    "definition",
    "detail",
    "diagnosis",
    "due",
    "effective",
    "entity",
    "event",
    "identified",
    "item",
    "location",
    "manufacturer",
    "medication",
    "module",
    "multipleBirth",
    "name",
    "occurred",
    "occurrence",
    "onset",
    "performed",
    "probability",
    "procedure",
    "product",
    "quantity",
    "reported",
    "scheduled",
    "serviced",
    "source",
    "start",
    "statusReason",
    "subject",
    "substance",
    "target",
    "timing",
    "topic",
    "used",
    "value",
];
const CHOICE_TYPES: [&str; 37] = [
    "Address",
    "Age",
    "Annotation",
    "Attachment",
    "Boolean",
    "Canonical",
    "Code",
    "CodeableConcept",
    "Coding",
    "ContactPoint",
    "Count",
    "Date",
    "DateTime",
    "Decimal",
    "Distance",
    "Duration",
    "HumanName",
    "Id",
    "Identifier",
    "Instant",
    "Integer",
    "Markdown",
    "Money",
    "Oid",
    "Period",
    "PositiveInt",
    "Quantity",
    "Range",
    "Ratio",
    "Reference",
    "SampledData",
    "String",
    "Time",
    "Timing",
    "UnsignedInt",
    "Uri",
    "Url",
];

impl Trie {
    pub(super) fn insert(&mut self, steps: &[Step], leaf: Leaf) {
        match steps {
            [] => {
                if !self.leaves.contains(&leaf) {
                    self.leaves.push(leaf);
                }
            }
            [Step::Exists] => {
                if let Leaf::Index(number, _) = leaf {
                    self.leaves.push(Leaf::Exists(number));
                }
            }
            [Step::Field(name), Step::As(ty), rest @ ..] => {
                let mut letters = ty.chars();
                let first = letters.next().map(|c| c.to_ascii_uppercase());
                let key = name.chars().chain(first).chain(letters).collect();
                self.fields.entry(key).or_default().insert(rest, leaf);
            }
            [Step::Field(name), rest @ ..] => {
                self.fields.entry(name.clone()).or_default().insert(rest, leaf);
                if CHOICE.contains(&name.as_str()) {
                    for ty in CHOICE_TYPES {
                        self.fields.entry(format!("{name}{ty}")).or_default().insert(rest, leaf);
                    }
                }
            }
            [Step::Guard(guard), rest @ ..] => {
                let at = self.guards.iter().position(|(have, _)| have == guard).unwrap_or_else(|| {
                    self.guards.push((guard.clone(), Trie::default()));
                    self.guards.len() - 1
                });
                self.guards[at].1.insert(rest, leaf);
            }
            // A cast that follows no field selects nothing by name: shape decides at the leaf.
            [Step::As(_), rest @ ..] | [Step::Exists, rest @ ..] => self.insert(rest, leaf),
        }
    }

    pub(super) fn walk<'v>(&self, value: &'v Value, found: &mut dyn FnMut(Leaf, &'v Value)) {
        for (i, item) in each(value).iter().enumerate() {
            for leaf in &self.leaves {
                found(*leaf, item);
            }
            for (guard, next) in &self.guards {
                if passes(guard, i, item) {
                    next.walk(item, found);
                }
            }
            if let (Value::Object(members), false) = (item, self.fields.is_empty()) {
                for (name, member) in members {
                    if let Some(next) = self.fields.get(name) {
                        next.walk(member, found);
                    }
                }
            }
        }
    }
}

/// The elements of an array, or the value itself: FHIRPath does not know the difference.
pub(super) fn each(value: &Value) -> &[Value] {
    match value {
        Value::Array(items) => items,
        one => std::slice::from_ref(one),
    }
}

pub(super) fn text<'v>(value: &'v Value, member: &str) -> Option<&'v str> {
    value.get(member)?.as_str()
}

fn passes(guard: &Guard, place: usize, item: &Value) -> bool {
    match guard {
        Guard::First => place == 0,
        Guard::Member(name, value) => text(item, name) == Some(value),
        Guard::NotSaid(name) => item.get(name) != Some(&Value::Bool(true)),
        Guard::ResolvesTo(ty) => {
            text(item, "type") == Some(ty)
                || text(item, "reference").and_then(split_reference).is_some_and(|(t, _)| t == ty)
        }
    }
}
