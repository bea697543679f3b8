//! The definitions of R4 as the walk needs them, read once from `definitions/structure.json.zst`.
//!
//! The file: `types` `[name, kind, [rule], [element]]`, elements `[name, min, max, array, [type], value set, [rule], [target]]`,
//! `rules` `[key, severity, human, expression]`, `sets` `[url, how, [[system, [code]]]]`. `max` 0 is unbounded, 65535 forbids;
//! a type `Quantity:SimpleQuantity` is a Quantity under that profile. Made by `cargo xtask definitions`.

use super::issue::Severity;
use super::primitive::Primitive;
use crate::fhirpath::{self, Meaning, Rule as Compiled};
use serde::Deserialize;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// A type's place among all.
pub(crate) type TypeId = usize;

/// `max` of an element that a profile takes away.
const FORBIDDEN: u32 = u16::MAX as u32;

/// Everything that is known.
pub(crate) struct Definitions {
    pub(crate) types: Vec<Type>,
    pub(super) rules: Vec<Rule>,
    pub(super) sets: Vec<ValueSet>,
    names: HashMap<Box<str>, TypeId>,
    choices: HashSet<Box<str>>,
}

/// What kind of thing a type is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Primitive(Primitive),
    /// Data types and backbone elements.
    Complex,
    /// A resource of this very type.
    Resource,
    /// Any resource: `resourceType` says which.
    AnyResource,
}

/// A type: a resource, a data type, or a backbone element under the name of its path.
pub(crate) struct Type {
    pub(crate) name: Box<str>,
    pub(super) kind: Kind,
    pub(super) rules: Box<[u16]>,
    pub(crate) elements: Box<[Element]>,
    pub(crate) members: HashMap<Box<str>, Member>,
    /// Elements that must be there.
    pub(super) required: Box<[u16]>,
}

/// What a JSON member of a type is.
#[derive(Clone, Copy)]
pub(crate) struct Member {
    pub(crate) element: u16,
    pub(crate) ty: TypeId,
    /// `_name`: id and extensions of a primitive.
    pub(crate) beside: bool,
}

/// An element of a type.
pub(crate) struct Element {
    /// Without `[x]`.
    pub(crate) name: Box<str>,
    pub(crate) choice: bool,
    pub(super) min: u32,
    pub(super) max: Option<u32>,
    pub(super) array: bool,
    pub(super) set: Option<u16>,
    pub(super) rules: Box<[u16]>,
    /// Types that a reference may point at; none: all.
    pub(super) targets: Box<[Box<str>]>,
}

/// One constraint.
pub(super) struct Rule {
    pub(super) key: Box<str>,
    pub(super) severity: Severity,
    pub(super) human: Box<str>,
    pub(super) expression: Box<str>,
    pub(super) how: How,
}

/// How a rule is judged.
pub(super) enum How {
    /// By the walk itself, which sees what the rule is about anyway.
    Walk,
    /// The narrative's markup.
    Narrative,
    /// The narrative has something to read.
    NarrativeText,
    /// By its FHIRPath.
    Expression(Compiled),
    /// Not at all: why.
    Unreadable(String),
}

/// Rules that need what only the walk knows (types of primitives, the resource around) or hold for every element.
const BY_WALK: [&str; 7] = ["dom-2", "dom-3", "dom-4", "dom-5", "ele-1", "ext-1", "ref-1"];

/// Codes that must be used.
pub(super) struct ValueSet {
    pub(super) url: Box<str>,
    pub(super) how: Membership,
    pub(super) codes: HashMap<Box<str>, Vec<u16>>,
    pub(super) systems: Vec<Box<str>>,
    /// The first few codes in their order, for messages.
    pub(super) first: Vec<Box<str>>,
}

/// What the codes of a value set mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Membership {
    /// These and no other.
    Closed,
    /// All that there were when R4 was published.
    Open,
    /// The grammar of BCP 13.
    Mime,
    /// The grammar of BCP 47.
    Language,
    /// The characters of UCUM.
    Ucum,
    /// The codes are not held here.
    Unheld,
}

#[derive(Deserialize)]
struct File {
    types: Vec<(String, String, Vec<u16>, Vec<ElementRow>)>,
    rules: Vec<RuleRow>,
    sets: Vec<SetRow>,
}

#[derive(Deserialize)]
struct RuleRow(Box<str>, String, Box<str>, Box<str>);

#[derive(Deserialize)]
struct ElementRow(String, u32, u32, bool, Vec<String>, Option<String>, Box<[u16]>, Box<[Box<str>]>);

#[derive(Deserialize)]
struct SetRow(Box<str>, Membership, Vec<(Box<str>, Vec<Box<str>>)>);

static R4: LazyLock<Definitions> = LazyLock::new(|| {
    let packed = include_bytes!("../../definitions/structure.json.zst");
    let read = zstd::decode_all(&packed[..]).map_err(|e| e.to_string());
    let file = read.and_then(|json| serde_json::from_slice(&json).map_err(|e| e.to_string()));
    // The file is part of the program; a test reads it.
    Definitions::new(file.unwrap_or_else(|e| panic!("the definitions built in cannot be read: {e}")))
});

/// How many codes a message names.
const NAMED: usize = 12;

impl Definitions {
    /// Those of FHIR R4.
    pub(crate) fn r4() -> &'static Self {
        &R4
    }

    /// The type of this name.
    pub(crate) fn named(&self, name: &str) -> Option<TypeId> {
        self.names.get(name).copied()
    }

    /// Names that are written `name[x]` somewhere.
    pub(crate) fn choices(&self) -> &HashSet<Box<str>> {
        &self.choices
    }

    /// The type of this name, if it is one that a resource may be of.
    pub(crate) fn resource(&self, name: &str) -> Option<TypeId> {
        self.named(name).filter(|ty| self.types[*ty].kind == Kind::Resource)
    }

    /// Names of all resource types.
    pub(super) fn resources(&self) -> impl Iterator<Item = &str> {
        self.types.iter().filter(|ty| ty.kind == Kind::Resource).map(|ty| &*ty.name)
    }

    fn new(file: File) -> Self {
        let sets: HashMap<Box<str>, u16> = file.sets.iter().map(|set| set.0.clone()).zip(0..).collect();
        let names: HashMap<Box<str>, TypeId> = file.types.iter().map(|ty| ty.0.as_str().into()).zip(0..).collect();
        let types = file.types.into_iter().map(|(name, kind, rules, rows)| {
            let kind = match (kind.as_str(), Primitive::named(&name)) {
                ("primitive", Some(primitive)) => Kind::Primitive(primitive),
                ("resource", _) => Kind::Resource,
                ("abstract", _) if name == "Resource" => Kind::AnyResource,
                _ => Kind::Complex,
            };
            one(name, kind, rules, rows, &names, &sets)
        });
        let types: Vec<Type> = types.collect();
        let choices = types.iter().flat_map(|ty| &ty.elements).filter(|e| e.choice).map(|e| e.name.clone()).collect();
        Self {
            types,
            rules: file.rules.into_iter().map(|row| rule(row, &choices)).collect(),
            sets: file.sets.into_iter().map(set).collect(),
            names,
            choices,
        }
    }
}

impl Type {
    /// Whether what is of it says itself which resource it is.
    pub(crate) fn is_any_resource(&self) -> bool {
        self.kind == Kind::AnyResource
    }
}

fn one(
    name: String,
    kind: Kind,
    rules: Vec<u16>,
    rows: Vec<ElementRow>,
    names: &HashMap<Box<str>, TypeId>,
    sets: &HashMap<Box<str>, u16>,
) -> Type {
    let mut elements = Vec::with_capacity(rows.len());
    let mut members = HashMap::new();
    for ElementRow(written, min, max, array, types, binding, rules, targets) in rows {
        let number = u16::try_from(elements.len()).unwrap_or(u16::MAX);
        let bare = written.trim_end_matches("[x]");
        let choice = bare.len() < written.len();
        for ty in types {
            let (json, profile) = ty.split_once(':').unwrap_or((&ty, &ty));
            // The value of a primitive type itself is no element in JSON.
            let Some(ty) = names.get(profile).copied() else { continue };
            let member = if choice { with_type(bare, json) } else { bare.to_owned() };
            if Primitive::named(json).is_some_and(|p| p != Primitive::Xhtml) {
                let beside = Member { element: number, ty, beside: true };
                members.insert(format!("_{member}").into_boxed_str(), beside);
            }
            members.insert(member.into_boxed_str(), Member { element: number, ty, beside: false });
        }
        let max = match max {
            0 => None,
            FORBIDDEN => Some(0),
            n => Some(n),
        };
        let set = binding.and_then(|url| sets.get(url.as_str()).copied());
        elements.push(Element { name: bare.into(), choice, min, max, array, set, rules, targets });
    }
    let required = (0..).zip(&elements).filter(|(_, e)| e.min > 0).map(|(i, _)| i).collect();
    Type { name: name.into(), kind, rules: rules.into(), elements: elements.into(), members, required }
}

/// `value` and `dateTime` make `valueDateTime`.
fn with_type(name: &str, ty: &str) -> String {
    let mut letters = ty.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    name.chars().chain(first).chain(letters).collect()
}

fn rule(RuleRow(key, severity, human, expression): RuleRow, choices: &HashSet<Box<str>>) -> Rule {
    let severity = if severity == "error" { Severity::Error } else { Severity::Warning };
    let how = match &*key {
        walked if BY_WALK.contains(&walked) => How::Walk,
        "txt-1" => How::Narrative,
        "txt-2" => How::NarrativeText,
        _ => fhirpath::read(&expression, choices, Meaning::Rules)
            .map_or_else(|why| How::Unreadable(why.to_string()), How::Expression),
    };
    Rule { key, severity, human, expression, how }
}

fn set(SetRow(url, how, rows): SetRow) -> ValueSet {
    let mut codes: HashMap<Box<str>, Vec<u16>> = HashMap::new();
    let (mut systems, mut first) = (Vec::new(), Vec::new());
    for (system, list) in rows {
        let number = u16::try_from(systems.len()).unwrap_or(u16::MAX);
        systems.push(system);
        for code in list {
            if first.len() <= NAMED {
                first.push(code.clone());
            }
            codes.entry(code).or_default().push(number);
        }
    }
    ValueSet { url, how, codes, systems, first }
}

impl ValueSet {
    /// Its codes for a message: all when they are few.
    pub(super) fn told(&self) -> String {
        if self.first.len() <= NAMED {
            return format!("{} ({})", self.url, self.first.join(", "));
        }
        self.url.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A rule that asks for `value` finds `valueQuantity` by its name alone. So no rule on a type that has a plain element so
    /// named, and no `value[x]`, may ask for `value`.
    #[test]
    fn no_rule_takes_a_plain_element_for_a_choice() {
        let all = Definitions::r4();
        let choices: HashSet<&str> =
            all.types.iter().flat_map(|ty| &ty.elements).filter(|e| e.choice).map(|e| &*e.name).collect();
        let mut alike = 0;
        for ty in &all.types {
            let of_type = |name: &str| ty.elements.iter().any(|e| e.choice && *e.name == *name);
            for (element, choice) in ty.elements.iter().flat_map(|e| choices.iter().map(move |c| (e, *c))) {
                let as_type = element.name.strip_prefix(choice).is_some_and(fhirpath::is_choice);
                if element.choice || !as_type || of_type(choice) {
                    continue;
                }
                alike += 1;
                for rule in ty.rules.iter().map(|r| &all.rules[usize::from(*r)]) {
                    let mut words = rule.expression.split(|c: char| !c.is_ascii_alphanumeric());
                    let asked = words.any(|word| word == choice) && matches!(rule.how, How::Expression(_));
                    assert!(!asked, "{} asks {} for {choice}, which has {}", rule.key, ty.name, element.name);
                }
            }
        }
        assert_eq!(alike, 42);
    }

    #[test]
    fn all_definitions_are_read() {
        let all = Definitions::r4();
        let resources: Vec<&str> = all.resources().collect();
        assert_eq!(resources, crate::ResourceType::all().map(crate::ResourceType::name).collect::<Vec<_>>());
        assert_eq!((all.types.len(), all.rules.len(), all.sets.len()), (683, 235, 225));
        let unreadable = all.rules.iter().filter_map(|rule| match &rule.how {
            How::Unreadable(why) => Some(format!("{}: {why}: {}", rule.key, rule.expression)),
            _ => None,
        });
        let unreadable: Vec<_> = unreadable.collect();
        assert!(unreadable.is_empty(), "{unreadable:#?}");
        for ty in &all.types {
            assert!(ty.elements.len() < 128, "{} has more elements than the walk can tick off", ty.name);
            assert!(ty.rules.iter().chain(ty.elements.iter().flat_map(|e| &e.rules)).all(|r| usize::from(*r) < 235));
        }
    }
}
