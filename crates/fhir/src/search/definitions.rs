//! The 1,378 search parameters of R4, read once.

use super::path::{Step, alternatives, relative_to, steps};
use super::row::{self, Rows};
use super::trie::{Leaf, Trie};
use super::words::Words;
use crate::ResourceType;
use crate::validate::{holds_bare_code, holds_canonical};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use std::sync::{LazyLock, OnceLock};

/// What a parameter's values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A code, with its system.
    Token,
    /// A text.
    String,
    /// Another resource.
    Reference,
    /// A date or a period.
    Date,
    /// A plain number.
    Number,
    /// A number with a unit.
    Quantity,
    /// A uri.
    Uri,
    /// Two of the others that belong together.
    Composite,
    /// What the general mechanism cannot answer.
    Special,
}

/// Special parameters without a path: the store answers them by its full-text index and by lists.
const WITHOUT_PATH: [&str; 3] = ["_content", "_list", "_text"];

/// How a component's path begins that is not relative to the composite's element.
const RESOURCE: &str = "%resource.";

/// One parameter on one type.
#[derive(Debug, Clone)]
pub struct Param {
    /// Names it in the index. Below 2^28: this crate has two bits above for rows of several kinds, the store what is left.
    /// Parameters of one type that ask for the same elements have the same (`name` and `phonetic`).
    pub number: u32,
    /// It asks for what these others ask for together (`combo-code`: `code`, `component-code`), and has no rows of its own.
    pub of: Vec<u32>,
    /// As in a URL.
    pub code: String,
    /// What its values are.
    pub kind: Kind,
    /// What it may point at.
    pub targets: Vec<ResourceType>,
    /// A composite's parts.
    pub parts: Vec<Kind>,
    /// Whether its values are codes without a system, which their element knows.
    pub bare: bool,
    /// Whether it points by a canonical: a text of any form, an id as well as an address.
    pub canonical: bool,
}

#[derive(Default)]
pub(super) struct OfType {
    pub(super) root: Trie,
    pub(super) composites: Vec<Composite>,
    by_code: HashMap<String, Param>,
    uncovered: Vec<String>,
}

pub(super) struct Composite {
    pub(super) number: u32,
    pub(super) first: Part,
    /// One, or two numbers.
    pub(super) rest: Vec<Part>,
}

/// One of what belongs together.
pub(super) struct Part {
    pub(super) trie: Trie,
    /// Its way begins at the resource, not at the composite's own element.
    pub(super) of_resource: bool,
}

/// All parameters of all types. A type is compiled when it is first asked for: a process meets few of them.
pub struct Definitions {
    all: Vec<Definition>,
    kinds: HashMap<String, Kind>,
    of_type: Vec<OnceLock<OfType>>,
}

#[derive(Deserialize)]
struct Definition(String, Vec<String>, String, Option<String>, Vec<String>, String, Vec<(String, String)>);

static R4: LazyLock<Definitions> = LazyLock::new(|| {
    let packed = include_bytes!("../../definitions/search-parameters.json.zst");
    let read = zstd::decode_all(&packed[..]).map_err(|e| e.to_string());
    let all = read.and_then(|json| serde_json::from_slice(&json).map_err(|e| e.to_string()));
    // The file is part of the program; a test reads it.
    let mut all: Vec<Definition> = all.unwrap_or_else(|e| panic!("the search parameters built in cannot be read: {e}"));
    all.extend(own());
    Definitions::new(all)
});

/// Parameters of our own. Behind the official ones, so that those keep their numbers.
fn own() -> [Definition; 3] {
    let url = |code: &str| format!("urn:consilium:search:{code}");
    [
        // How a Chinese name is typed on a keyboard: `wangxiaoming`, `wxm`.
        Definition(
            "name-key".into(),
            vec!["Patient".into()],
            "string".into(),
            Some("Patient.name.extension.where(url='urn:consilium:extension:name-key').value".into()),
            vec![],
            url("name-key"),
            vec![],
        ),
        // What stands on a list: without entries that a list of changes says were taken off.
        Definition(
            "entry".into(),
            vec!["List".into()],
            "reference".into(),
            Some("List.entry.where(deleted!=true).item".into()),
            vec!["Resource".into()],
            url("entry"),
            vec![],
        ),
        Definition("_list".into(), vec!["Resource".into()], "special".into(), None, vec![], url("list"), vec![]),
    ]
}

impl Definitions {
    /// Those of FHIR R4, and our own behind them.
    pub fn r4() -> &'static Self {
        &R4
    }

    /// The parameter of this code on a type, common ones (`_tag`, `_profile` …) included.
    pub fn param(&self, ty: ResourceType, code: &str) -> Option<&Param> {
        self.of(ty).by_code.get(code)
    }

    /// All parameters of a type.
    pub fn params(&self, ty: ResourceType) -> impl Iterator<Item = &Param> {
        self.of(ty).by_code.values()
    }

    /// How many definitions were read.
    pub fn total(&self) -> usize {
        self.all.len()
    }

    /// What the general mechanism does not answer, with the reason.
    pub fn uncovered(&self) -> Vec<String> {
        let nowhere = self.all.iter().filter(|d| d.3.is_none() && !WITHOUT_PATH.contains(&d.0.as_str()));
        let mut all: Vec<String> =
            nowhere.map(|d| format!("{}: no expression (full text or named query)", d.0)).collect();
        all.extend(ResourceType::all().flat_map(|ty| self.of(ty).uncovered.iter().cloned()));
        all.sort();
        all.dedup();
        all
    }

    /// Changes when a parameter's number or meaning may have: an index made under another one must be made anew.
    pub fn fingerprint(&self) -> i64 {
        let texts: Vec<String> =
            self.all.iter().map(|d| format!("{:?} {:?} {} {:?} {:?}", d.0, d.1, d.2, d.3, d.6)).collect();
        super::text::hash(&format!("{} {}", row::SHAPE, texts.join("\n")))
    }

    /// Every index row of a resource.
    pub fn rows(&self, ty: ResourceType, body: &Value) -> Rows {
        let of_type = self.of(ty);
        let mut rows = Rows::default();
        of_type.root.walk(body, &mut |leaf, value| match leaf {
            Leaf::Index(number, kind) => row::index(&mut rows, number, kind, value),
            Leaf::Exists(number) => row::exists(&mut rows, number, value),
            Leaf::Position(number) => row::position(&mut rows, number, value),
            Leaf::Composite(at) => row::composite(&mut rows, &of_type.composites[usize::from(at)], value, body),
        });
        // `deceased` is also searched by false, which a living patient says by absence.
        if let (ResourceType::PATIENT, Some(deceased)) = (ty, of_type.by_code.get("deceased")) {
            row::default_false(&mut rows, deceased.number);
        }
        rows.tidy();
        rows
    }

    /// The words of a resource's texts.
    pub fn words(&self, ty: ResourceType, body: &Value) -> Words {
        Words::of(ty, body)
    }

    fn new(all: Vec<Definition>) -> Self {
        let kinds = all.iter().map(|d| (d.5.clone(), kind(&d.2))).collect();
        Self { all, kinds, of_type: ResourceType::all().map(|_| OnceLock::new()).collect() }
    }

    fn of(&self, ty: ResourceType) -> &OfType {
        self.of_type[usize::from(ty.number())].get_or_init(|| {
            let mut found = vec![];
            let with_path = |d: &&Definition| d.3.is_some();
            let without = |d: &&Definition| WITHOUT_PATH.contains(&d.0.as_str());
            for definition in self.all.iter().filter(with_path).chain(self.all.iter().filter(without)) {
                let is_base = |base: &&String| ["Resource", "DomainResource", ty.name()].contains(&base.as_str());
                for base in definition.1.iter().filter(is_base) {
                    found.push(Found::new(ty, base, definition, &self.kinds));
                }
            }
            let mut of_type = OfType::default();
            for (i, one) in found.iter().enumerate() {
                of_type.add(ty, i, one, &found, &self.kinds);
            }
            of_type
        })
    }
}

/// A definition, as it stands on one type.
struct Found<'d> {
    definition: &'d Definition,
    kind: Kind,
    /// The elements it asks for, from the resource on.
    ways: BTreeSet<String>,
    /// A composite's parts, from its element on.
    parts: Vec<(Option<Kind>, &'d str)>,
}

impl<'d> Found<'d> {
    fn new(ty: ResourceType, base: &str, definition: &'d Definition, kinds: &HashMap<String, Kind>) -> Self {
        let Definition(code, _, type_name, expression, _, _, parts) = definition;
        // R4 calls those of the full text strings; nothing of a string's index answers them.
        let kind = if WITHOUT_PATH.contains(&code.as_str()) { Kind::Special } else { kind(type_name) };
        let ways = alternatives(expression.as_deref().unwrap_or_default());
        let ways = ways.filter_map(|way| relative_to(way, [ty.name(), base]));
        let parts = parts.iter().map(|(url, expression)| (kinds.get(url).copied(), expression.as_str()));
        Self { definition, kind, ways: ways.collect(), parts: parts.collect() }
    }

    /// Both hold values of one kind, read in one way; which elements they are read of is another matter.
    fn is_alike(&self, other: &Self) -> bool {
        self.kind == other.kind && self.parts == other.parts && !other.ways.is_empty()
    }
}

/// Where the rows of a parameter are.
enum Rest {
    Own,
    /// Those of another that asks for the same.
    Same(usize),
    /// Those of several that ask for the same together.
    Of(Vec<usize>),
}

fn rest(at: usize, found: &[Found]) -> Rest {
    let one = &found[at];
    if let Some(same) = found[..at].iter().position(|other| one.is_alike(other) && one.ways == other.ways) {
        return Rest::Same(same);
    }
    // What is sorted by, or pointed along, has one number.
    if !matches!(one.kind, Kind::Token | Kind::Quantity | Kind::Composite) {
        return Rest::Own;
    }
    let within = |other: &Found| one.is_alike(other) && other.ways.is_subset(&one.ways) && other.ways != one.ways;
    let parts: Vec<usize> = (0..found.len()).filter(|i| within(&found[*i])).collect();
    let together: BTreeSet<&String> = parts.iter().flat_map(|i| &found[*i].ways).collect();
    if !parts.is_empty() && together.len() == one.ways.len() { Rest::Of(parts) } else { Rest::Own }
}

impl OfType {
    fn add(&mut self, ty: ResourceType, at: usize, one: &Found, found: &[Found], kinds: &HashMap<String, Kind>) {
        let Definition(code, _, _, _, targets, _, parts) = one.definition;
        let number_of = |at: usize| (u32::from(ty.number()) << 8) | (at as u32 + 1);
        let rest = rest(at, found);
        let (number, of) = match &rest {
            Rest::Own => (number_of(at), vec![]),
            Rest::Same(same) => (number_of(*same), vec![]),
            Rest::Of(parts) => (number_of(at), parts.iter().map(|i| number_of(*i)).collect()),
        };
        let (mut bare, mut canonical) = (false, false);
        for way in &one.ways {
            let added = match (steps(way), one.kind) {
                (Err(why), _) => Err(why),
                (Ok(steps), Kind::Special) if code == "near" => {
                    self.root.insert(&steps, Leaf::Position(number));
                    Ok(())
                }
                (Ok(_), Kind::Special) => Err("special".to_owned()),
                (Ok(steps), kind) => {
                    bare |= kind == Kind::Token && holds_bare_code(ty, &fields(&steps));
                    canonical |= kind == Kind::Reference && holds_canonical(ty, &fields(&steps));
                    match (&rest, kind) {
                        (Rest::Own, Kind::Composite) => composite(parts, number, kinds).map(|composite| {
                            self.root.insert(&steps, Leaf::Composite(self.composites.len() as u16));
                            self.composites.push(composite);
                        }),
                        (Rest::Own, _) => {
                            self.root.insert(&steps, Leaf::Index(number, kind));
                            Ok(())
                        }
                        _ => Ok(()),
                    }
                }
            };
            if let Err(why) = added {
                self.uncovered.push(format!("{ty}.{code}: {why}"));
            }
        }
        let param = Param {
            number,
            of,
            code: code.clone(),
            kind: one.kind,
            targets: targets.iter().filter_map(|t| ResourceType::from_name(t)).collect(),
            parts: parts.iter().filter_map(|(url, _)| kinds.get(url.as_str()).copied()).collect(),
            bare,
            canonical,
        };
        self.by_code.insert(code.clone(), param);
    }
}

/// The names of the elements on the way.
fn fields<'s>(steps: &'s [Step]) -> Vec<&'s str> {
    let name = |step: &'s Step| match step {
        Step::Field(name) => Some(name.as_str()),
        _ => None,
    };
    steps.iter().filter_map(name).collect()
}

fn kind(name: &str) -> Kind {
    match name {
        "token" => Kind::Token,
        "string" => Kind::String,
        "reference" => Kind::Reference,
        "date" => Kind::Date,
        "number" => Kind::Number,
        "quantity" => Kind::Quantity,
        "uri" => Kind::Uri,
        "composite" => Kind::Composite,
        _ => Kind::Special,
    }
}

fn composite(parts: &[(String, String)], number: u32, kinds: &HashMap<String, Kind>) -> Result<Composite, String> {
    let mut all = vec![];
    for (url, expression) in parts {
        let kind = *kinds.get(url.as_str()).ok_or("unknown component")?;
        all.push((kind, part(kind, expression)?));
    }
    let numbers = |rest: &[(Kind, Part)]| rest.iter().all(|(kind, _)| *kind == Kind::Number);
    match &all[..] {
        [_, _] => {}
        [_, rest @ ..] if rest.len() == 2 && numbers(rest) => {}
        _ => return Err(format!("{} components", parts.len())),
    }
    let mut all = all.into_iter().map(|(_, part)| part);
    let first = all.next().ok_or("no component")?;
    Ok(Composite { number, first, rest: all.collect() })
}

fn part(kind: Kind, expression: &str) -> Result<Part, String> {
    let (mut trie, of_resource) = (Trie::default(), expression.starts_with(RESOURCE));
    for alternative in alternatives(expression) {
        trie.insert(&steps(alternative.strip_prefix(RESOURCE).unwrap_or(alternative))?, Leaf::Index(0, kind));
    }
    Ok(Part { trie, of_resource })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_asks_for_the_same_has_rows_once() {
        let all = Definitions::r4();
        let mut shared = vec![];
        for ty in ResourceType::all() {
            let codes: HashMap<u32, &str> =
                all.params(ty).filter(|p| p.of.is_empty()).map(|p| (p.number, &*p.code)).collect();
            for param in all.params(ty) {
                let of: Vec<&str> = param.of.iter().filter_map(|n| codes.get(n).copied()).collect();
                let others = all.params(ty).filter(|p| p.number == param.number && p.code < param.code);
                let others: Vec<&str> = others.map(|p| &*p.code).chain(of).collect();
                if !others.is_empty() {
                    shared.push(format!("{ty} {} {}", param.code, others.join(" ")));
                }
            }
        }
        shared.sort();
        assert_eq!(
            shared,
            [
                "Bundle message composition",
                "CapabilityStatement version fhirversion",
                "CodeSystem url system",
                "Coverage patient beneficiary",
                "DeviceUseStatement subject patient",
                "EnrollmentRequest subject patient",
                "Linkage source item",
                "Observation combo-code component-code code",
                "Observation combo-code-value-concept code-value-concept component-code-value-concept",
                "Observation combo-code-value-quantity code-value-quantity component-code-value-quantity",
                "Observation combo-data-absent-reason component-data-absent-reason data-absent-reason",
                "Observation combo-value-concept component-value-concept value-concept",
                "Observation combo-value-quantity component-value-quantity value-quantity",
                "Patient phonetic name",
                "Person phonetic name",
                "Practitioner phonetic name",
                "RelatedPerson phonetic name",
                "ResearchSubject patient individual",
            ]
        );
    }

    #[test]
    fn all_are_read_and_what_is_not_covered_is_known() {
        let all = Definitions::r4();
        assert_eq!(all.total(), 1378 + own().len());
        let uncovered = all.uncovered();
        let uncovered: Vec<&str> = uncovered.iter().map(|u| u.split(':').next().unwrap_or("")).collect();
        assert_eq!(uncovered, ["_query"]);
        let body = serde_json::json!({ "name": [{ "extension": [
            { "url": "urn:consilium:extension:name-key", "valueString": "wxm" },
            { "url": "urn:other", "valueString": "no" },
        ] }] });
        let key = all.param(ResourceType::PATIENT, "name-key").unwrap().number;
        let rows = all.rows(ResourceType::PATIENT, &body).string;
        let keys: Vec<&str> = rows.iter().filter(|r| r.0 == key).map(|r| r.1.as_str()).collect();
        assert_eq!(keys, ["wxm"]);
        let longest = ResourceType::all().map(|ty| all.params(ty).count()).max();
        assert!(longest < Some(255), "a parameter's place among its type's must fit a byte");
    }
}
