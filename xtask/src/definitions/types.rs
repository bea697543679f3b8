//! StructureDefinitions as rows: what may stand where, how often, of which type, under which rules.
//!
//! A type is `[name, kind, [rule], [element]]`, an element `[name, min, max, array, [type], binding, [rule], [target]]`; `max` 0
//! is unbounded. A backbone element is a type named by its path; `contentReference` names that type. Types are in the order
//! of their names, rules in that of their first use.

use super::{each, list, text};
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

const PROFILE: &str = "http://hl7.org/fhir/StructureDefinition/";
/// Profiles on data types that base definitions name.
const PROFILES: [&str; 1] = ["SimpleQuantity"];
/// These hold for every element and every extension: they stand with the types Element and Extension alone.
const EVERYWHERE: [&str; 2] = ["ele-1", "ext-1"];
const UNBOUNDED: u64 = 0;
const FORBIDDEN: u64 = u16::MAX as u64;

/// Where R4 contradicts itself, and what it says instead since. Key, as published, as HL7 corrected it in R4B or R5.
const CORRECTED: [(&str, &str, &str); 2] = [
    // The code is `noshow`: as published, no such appointment could have a reason.
    (
        "app-4",
        "Appointment.cancelationReason.exists() implies (Appointment.status='no-show' or Appointment.status='cancelled')",
        "Appointment.cancelationReason.exists() implies (Appointment.status='noshow' or Appointment.status='cancelled')",
    ),
    // `in` takes one item; `when` has several.
    (
        "tim-9",
        "offset.empty() or (when.exists() and ((when in ('C' | 'CM' | 'CD' | 'CV')).not()))",
        "offset.empty() or (when.exists() and when.select($this in ('C' | 'CM' | 'CD' | 'CV')).allFalse())",
    ),
];

/// All rules met so far.
#[derive(Default)]
pub struct Rules {
    pub rows: Vec<Value>,
    known: HashMap<(String, String, String), usize>,
}

/// What was read.
pub struct Types {
    pub rows: Vec<Value>,
    pub bindings: BTreeSet<String>,
}

pub fn read(package: &Path, rules: &mut Rules) -> Result<Types> {
    let all = each(package, "StructureDefinition-")?;
    let mut named: BTreeMap<String, &Value> = BTreeMap::new();
    for definition in &all {
        let name = text(definition, "id")?;
        let kind = text(definition, "kind")?;
        let base = definition["derivation"] != "constraint" && kind != "logical";
        if base || PROFILES.contains(&name) {
            named.insert(name.to_owned(), definition);
        }
    }
    let mut types = BTreeMap::new();
    let mut bindings = BTreeSet::new();
    for (name, definition) in named {
        one(&name, definition, rules, &mut bindings, &mut types).with_context(|| format!("read {name}"))?;
    }
    Ok(Types { rows: types.into_values().collect(), bindings })
}

/// The rows of one definition: its own, and one for each of its elements that has elements.
fn one(
    name: &str,
    definition: &Value,
    rules: &mut Rules,
    bindings: &mut BTreeSet<String>,
    types: &mut BTreeMap<String, Value>,
) -> Result<()> {
    let elements = list(&definition["snapshot"], "element");
    let root = text(elements.first().context("no snapshot")?, "path")?;
    let here = |path: &str| path.replacen(root, name, 1);
    let kind = match (text(definition, "kind")?, definition["abstract"] == true) {
        (_, true) => "abstract",
        ("resource", _) => "resource",
        ("primitive-type", _) => "primitive",
        _ => "complex",
    };
    let parents: BTreeSet<&str> =
        elements.iter().filter_map(|e| e["path"].as_str()?.rsplit_once('.')).map(|(parent, _)| parent).collect();
    for parent in parents {
        let owner = elements.iter().find(|e| e["path"] == parent).context("an element without its parent")?;
        let mut rows = Vec::new();
        for element in elements {
            if let Some((_, last)) = text(element, "path")?.rsplit_once('.').filter(|(p, _)| *p == parent) {
                rows.push(self::element(element, last, kind, &here, parents_of(elements, element), rules, bindings)?);
            }
        }
        let backbone = parent != root;
        let own = rules.of(owner, !backbone && name != "Element" && name != "Extension")?;
        let kind = if backbone { "backbone" } else { kind };
        types.insert(here(parent), json!([here(parent), kind, own, rows]));
    }
    Ok(())
}

fn parents_of(elements: &[Value], element: &Value) -> bool {
    let path = format!("{}.", element["path"].as_str().unwrap_or_default());
    elements.iter().any(|e| e["path"].as_str().is_some_and(|p| p.starts_with(&path)))
}

fn element(
    element: &Value,
    last: &str,
    kind: &str,
    here: &impl Fn(&str) -> String,
    has_elements: bool,
    rules: &mut Rules,
    bindings: &mut BTreeSet<String>,
) -> Result<Value> {
    if let Some(key) =
        element.as_object().and_then(|e| e.keys().find(|k| k.starts_with("fixed") || k.starts_with("pattern")))
    {
        bail!("{}: `{key}` is not carried into the file", element["id"]);
    }
    let max = |text: &str| match text {
        "*" => Ok(UNBOUNDED),
        "0" => Ok(FORBIDDEN),
        number => number.parse(),
    };
    let path = text(element, "path")?;
    let resource = matches!(kind, "resource" | "abstract");
    let (types, own) = if let Some(reference) = element["contentReference"].as_str() {
        (vec![here(reference.trim_start_matches('#'))], Vec::new())
    } else if has_elements {
        // Its rules stand with the type of that name.
        (vec![here(path)], Vec::new())
    } else {
        let mut types = Vec::new();
        for ty in list(element, "type") {
            types.push(type_name(ty, path, resource)?);
        }
        (types, rules.of(element, true)?)
    };
    let targets: BTreeSet<&str> = list(element, "type")
        .iter()
        .filter(|ty| ty["code"] == "Reference")
        .flat_map(|ty| list(ty, "targetProfile"))
        .filter_map(|target| target.as_str()?.strip_prefix(PROFILE))
        .collect();
    let binding = binding(element);
    bindings.extend(binding.clone());
    Ok(json!([
        last,
        element["min"],
        max(text(element, "max")?)?,
        element["base"]["max"] != "1",
        types,
        binding,
        own,
        targets
    ]))
}

/// A type's name; with a profile on it `Quantity:SimpleQuantity`.
fn type_name(ty: &Value, path: &str, resource: bool) -> Result<String> {
    let code = text(ty, "code")?;
    if let Some(system) = code.strip_prefix("http://hl7.org/fhirpath/System.") {
        return Ok(match (path.rsplit_once('.'), system) {
            (Some((_, "id")), _) if resource && path.matches('.').count() == 1 => "id".to_owned(),
            (Some((_, "url")), _) => "uri".to_owned(),
            (Some((_, "value")), _) => "value".to_owned(),
            _ => "string".to_owned(),
        });
    }
    let profile = list(ty, "profile").first().and_then(|p| p.as_str()?.strip_prefix(PROFILE));
    match profile {
        Some(name) if PROFILES.contains(&name) => Ok(format!("{code}:{name}")),
        Some(other) => bail!("{path}: profile {other} is not known here"),
        None => Ok(code.to_owned()),
    }
}

/// The value set that an element's codes must come from: a required binding, or a preferred one with a largest set.
fn binding(element: &Value) -> Option<String> {
    let binding = &element["binding"];
    let bare = |url: &str| url.split('|').next().unwrap_or(url).to_owned();
    if binding["strength"] == "required" {
        return binding["valueSet"].as_str().map(bare);
    }
    let most =
        list(binding, "extension").iter().find(|e| e["url"] == format!("{PROFILE}elementdefinition-maxValueSet"));
    most.and_then(|e| e["valueCanonical"].as_str()).map(bare).filter(|url| url.ends_with("/all-languages"))
}

impl Rules {
    /// The numbers of an element's rules.
    fn of(&mut self, element: &Value, but_everywhere: bool) -> Result<Vec<usize>> {
        let mut numbers = Vec::new();
        for rule in list(element, "constraint") {
            let key = text(rule, "key")?;
            if but_everywhere && EVERYWHERE.contains(&key) || key == "ele-1" && element["path"] != "Element" {
                continue;
            }
            let severity = text(rule, "severity")?;
            let published = text(rule, "expression")?;
            let corrected = CORRECTED.iter().find(|(k, from, _)| *k == key && *from == published);
            let expression = corrected.map_or(published, |(_, _, to)| to);
            let known = (key.to_owned(), severity.to_owned(), expression.to_owned());
            let number = *self.known.entry(known).or_insert_with(|| {
                self.rows.push(json!([key, severity, rule["human"], expression]));
                self.rows.len() - 1
            });
            numbers.push(number);
        }
        Ok(numbers)
    }
}
