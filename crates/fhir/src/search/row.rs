//! Index rows, and how each kind of value becomes them.

use super::definitions::{Composite, Part};
use super::text::{fold, hash, is_han, later_beginnings};
use super::trie::{Leaf, each, text};
use super::{Kind, instant_range};
use crate::{Reference, ResourceType, pinyin};
use kernel::Id;
use serde_json::Value;

/// Raise it when the same value gives other rows than before: stores then make their index anew.
pub(super) const SHAPE: u32 = 4;

/// Added to a parameter's number where an identifier counts with its type, and where a position counts by its first axis.
pub const TYPED: u32 = 1 << 28;
/// Added to a parameter's number where a token or a reference counts by the text that is shown for it.
pub const LABEL: u32 = 2 << 28;
/// Added to the number of `near`: the three coordinates of a position on the unit sphere.
pub const AXES: [u32; 3] = [1 << 28, 2 << 28, 3 << 28];
/// Added to the number of a composite of three parts: the second and the third, each beside the first.
pub const ENDS: [u32; 2] = [1 << 28, 2 << 28];
/// Longest uri that can be found by how it begins, in bytes: an engine's row of an index holds no more.
const LONGEST_URI: usize = 1_000;

/// What a reference row points at.
pub type Target = Reference;

/// Every index row of a resource version; the store adds which resource it is.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Rows {
    /// Parameter, hash of the code, hash of its system (0: none).
    pub token: Vec<(u32, i64, i64)>,
    /// Parameter, folded text (composites: [`keyed`]), hash of the text as it stands (0: begins inside the text).
    pub string: Vec<(u32, String, i64)>,
    /// Parameter, target.
    pub reference: Vec<(u32, Target)>,
    /// The identifier of a logical reference: parameter, hash of value, hash of system.
    pub logical: Vec<(u32, i64, i64)>,
    /// Parameter, from, to (milliseconds, half open).
    pub date: Vec<(u32, i64, i64)>,
    /// Parameter, value.
    pub number: Vec<(u32, f64)>,
    /// Quantities, and composites that end in something with an order.
    pub amount: Vec<Amount>,
    /// Parameter, hash of the uri. With [`LABEL`]: hash of the folded text that is shown.
    pub uri: Vec<(u32, i64)>,
    /// What hashes of `uri` stand for, to be found by how it begins: text, hash of the whole.
    pub phrase: Vec<(String, i64)>,
}

/// A number behind what it is a number of. One row whichever way it is asked for: rows lie in the order of keys and values, and
/// each row more for the same number is a page more to be written somewhere else.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Amount {
    /// The parameter.
    pub number: u32,
    /// Hash of the unit's code, or of the unit as shown (0: none); composites: of their first part.
    pub key: i64,
    /// Hash of the key's system (0: none).
    pub system: i64,
    /// Dates: milliseconds.
    pub value: f64,
    /// Composites.
    pub unit: Unit,
}

/// Hashes; 0: none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Unit {
    /// The code, or the unit as shown if it has none.
    pub code: i64,
    /// The code's system.
    pub system: i64,
    /// As shown, where that differs from the code.
    pub shown: i64,
}

impl Rows {
    /// In order and without repetition.
    pub(super) fn tidy(&mut self) {
        fn tidy<T: PartialEq>(rows: &mut Vec<T>, order: impl FnMut(&T, &T) -> std::cmp::Ordering) {
            rows.sort_by(order);
            rows.dedup();
        }
        tidy(&mut self.token, Ord::cmp);
        tidy(&mut self.string, Ord::cmp);
        tidy(&mut self.reference, Ord::cmp);
        tidy(&mut self.logical, Ord::cmp);
        tidy(&mut self.date, Ord::cmp);
        tidy(&mut self.number, |a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let place = |a: &Amount| (a.number, a.key, a.system, a.unit);
        tidy(&mut self.amount, |a, b| place(a).cmp(&place(b)).then(a.value.total_cmp(&b.value)));
        tidy(&mut self.uri, Ord::cmp);
        tidy(&mut self.phrase, Ord::cmp);
    }
}

/// The key of a pair: of a code and what belongs to it, of a system and its code.
pub fn mix(first: i64, last: i64) -> i64 {
    first.rotate_left(17) ^ last
}

/// A folded text behind the key of the part before it, so that it is found by how it begins.
pub fn keyed(key: i64, folded: &str) -> String {
    format!("{key:016x} {folded}")
}

/// `Patient/1`, `Patient/1/_history/2` and absolute forms of it: type and id.
pub fn split_reference(text: &str) -> Option<(&str, &str)> {
    let text = text.split("/_history/").next()?;
    let (head, id) = text.rsplit_once('/')?;
    let ty = head.rsplit('/').next()?;
    (ty.starts_with(|c: char| c.is_ascii_uppercase()) && !id.is_empty() && id.len() <= 64).then_some((ty, id))
}

pub(super) fn exists(rows: &mut Rows, number: u32, value: &Value) {
    if *value != Value::Bool(false) {
        rows.token.push((number, hash("true"), 0));
    }
}

pub(super) fn default_false(rows: &mut Rows, number: u32) {
    if !rows.token.iter().any(|r| r.0 == number) {
        rows.token.push((number, hash("false"), 0));
    }
}

/// A composite becomes rows of its last part's table with the first part as the discriminator: `8480-6$gt140` is one
/// probe, nothing is joined. The first part counts with and without its system. Of three parts, the two behind the first are
/// numbers, and each has its rows: of several elements in one resource the one may bring the second and another the third.
pub(super) fn composite(rows: &mut Rows, composite: &Composite, value: &Value, body: &Value) {
    let part = |part: &Part| {
        let mut found = Rows::default();
        part.trie.walk(if part.of_resource { body } else { value }, &mut |leaf, value| match leaf {
            Leaf::Index(_, Kind::Quantity) => {
                found.amount.extend(amounts(value).map(|(v, unit)| Amount { unit, ..behind(0, (0, 0), v) }));
            }
            Leaf::Index(_, kind) => index(&mut found, 0, kind, value),
            _ => {}
        });
        // What is shown for a code, and an identifier with its type, are no parts.
        found.token.retain(|row| row.0 == 0);
        found.uri.retain(|row| row.0 == 0);
        found
    };
    let first = part(&composite.first);
    // A reference may come first as well.
    let references = first.reference.iter().map(|(_, target)| (hash(&target.to_string()), 0));
    let firsts: Vec<_> = first.token.iter().map(|(_, code, system)| (*code, *system)).chain(references).collect();
    let rest: Vec<Rows> = composite.rest.iter().map(part).collect();
    for first in firsts {
        match &rest[..] {
            [last] => pairs(rows, composite.number, first, last),
            ends => {
                for (end, found) in ENDS.iter().zip(ends) {
                    rows.amount.extend(found.number.iter().map(|(_, v)| behind(composite.number | end, first, *v)));
                }
            }
        }
    }
}

/// A number behind a first part: the code and its system.
fn behind(number: u32, (key, system): (i64, i64), value: f64) -> Amount {
    Amount { number, key, system, value, unit: Unit::default() }
}

fn pairs(rows: &mut Rows, number: u32, first: (i64, i64), last: &Rows) {
    rows.amount.extend(last.amount.iter().map(|a| Amount { number, key: first.0, system: first.1, ..*a }));
    rows.amount.extend(last.number.iter().map(|(_, v)| behind(number, first, *v)));
    rows.amount.extend(last.date.iter().map(|(_, from, _)| behind(number, first, *from as f64)));
    let qualified = |(code, system): (i64, i64)| std::iter::once(code).chain((system != 0).then(|| mix(system, code)));
    for key in qualified(first) {
        for (_, code, system) in &last.token {
            rows.token.extend(qualified((*code, *system)).map(|last| (number, mix(key, last), 0)));
        }
        rows.string
            .extend(last.string.iter().filter(|s| s.2 != 0).map(|(_, s, exact)| (number, keyed(key, s), *exact)));
        rows.token.extend(last.reference.iter().map(|(_, t)| (number, mix(key, hash(&t.to_string())), 0)));
        rows.token.extend(last.uri.iter().map(|(_, u)| (number, mix(key, *u), 0)));
    }
}

pub(super) fn index(rows: &mut Rows, number: u32, kind: Kind, value: &Value) {
    match kind {
        Kind::Token => {
            tokens(&mut rows.token, number, value);
            shown(rows, number, value);
        }
        Kind::String => strings(rows, number, value),
        Kind::Reference => references(rows, number, value),
        Kind::Date => dates(rows, number, value),
        Kind::Number => rows.number.extend(value.as_f64().filter(|_| value.is_number()).map(|n| (number, n))),
        Kind::Quantity => quantities(rows, number, value),
        Kind::Uri => {
            if let Some(uri) = value.as_str() {
                rows.uri.push((number, hash(uri)));
                rows.phrase.extend((uri.len() <= LONGEST_URI).then(|| (uri.to_owned(), hash(uri))));
            }
        }
        Kind::Composite | Kind::Special => {}
    }
}

fn tokens(rows: &mut Vec<(u32, i64, i64)>, number: u32, value: &Value) {
    match value {
        Value::String(s) => rows.push((number, hash(s), 0)),
        Value::Bool(b) => rows.push((number, hash(if *b { "true" } else { "false" }), 0)),
        Value::Number(n) => rows.push((number, hash(&n.to_string()), 0)),
        Value::Object(_) => match value.get("coding") {
            Some(codings) => each(codings).iter().for_each(|coding| tokens(rows, number, coding)),
            None => {
                if let Some(code) = text(value, "code").or_else(|| text(value, "value")) {
                    rows.push((number, hash(code), text(value, "system").map_or(0, hash)));
                }
            }
        },
        _ => {}
    }
}

/// HumanName and Address are found by any of their texts.
const TEXTS: [&str; 11] =
    ["text", "family", "given", "prefix", "suffix", "line", "city", "district", "state", "postalCode", "country"];

/// What is shown for a code (its concept's text, displays), for an identifier (its type's text), and for a reference; and
/// an identifier with the codes of its type.
fn shown(rows: &mut Rows, number: u32, value: &Value) {
    if !value.is_object() {
        return;
    }
    label(rows, number, text(value, "text").or_else(|| text(value, "display")));
    for coding in value.get("coding").map_or(&[][..], each) {
        label(rows, number, text(coding, "display"));
    }
    if let (Some(ty), Some(of)) = (value.get("type").filter(|t| t.is_object()), text(value, "value")) {
        label(rows, number, text(ty, "text"));
        for coding in ty.get("coding").map_or(&[][..], each) {
            if let Some(code) = text(coding, "code") {
                let ty = mix(text(coding, "system").map_or(0, hash), hash(code));
                rows.token.push((number | TYPED, mix(ty, hash(of)), 0));
            }
        }
    }
}

fn label(rows: &mut Rows, number: u32, shown: Option<&str>) {
    let Some(folded) = shown.map(fold).filter(|folded| !folded.is_empty()) else { return };
    let whole = hash(&folded);
    rows.uri.push((number | LABEL, whole));
    rows.phrase.extend(later_beginnings(&folded).map(|later| (later.to_owned(), whole)));
    rows.phrase.push((folded, whole));
}

/// A position as a point on the unit sphere: no seam at 180 degrees, no crowding at the poles, and what is near is near on
/// every axis.
pub(super) fn position(rows: &mut Rows, number: u32, value: &Value) {
    let degrees = |name: &str| value.get(name).and_then(Value::as_f64);
    if let Some(point) = degrees("latitude").zip(degrees("longitude")).and_then(|(lat, lon)| on_sphere(lat, lon)) {
        rows.number.extend(AXES.iter().zip(point).map(|(axis, x)| (number | axis, x)));
    }
}

/// Degrees as a point on the unit sphere; none when there is no such place.
pub fn on_sphere(latitude: f64, longitude: f64) -> Option<[f64; 3]> {
    if !(-90.0..=90.0).contains(&latitude) || !(-180.0..=180.0).contains(&longitude) {
        return None;
    }
    let (lat, lon) = (latitude.to_radians(), longitude.to_radians());
    Some([lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()])
}

fn strings(rows: &mut Rows, number: u32, value: &Value) {
    let mut add = |s: &str| {
        let folded = fold(s);
        rows.string.extend(later_beginnings(&folded).map(|later| (number, later.to_owned(), 0)));
        rows.string.push((number, folded, hash(s)));
    };
    match value {
        Value::String(s) => add(s),
        Value::Object(members) => {
            let texts = members.iter().filter(|(name, _)| TEXTS.contains(&name.as_str()));
            texts.flat_map(|(_, v)| each(v)).filter_map(Value::as_str).for_each(add);
            rows.string.extend(sounds(value).into_iter().map(|sound| (number, sound, 0)));
        }
        _ => {}
    }
}

/// How a Chinese name is typed on a keyboard: `wangxiaoming`, `wang xiaoming`, `xiaoming`, `wxm`. Other things sound like
/// nothing.
fn sounds(name: &Value) -> Vec<String> {
    let given: String = name.get("given").map_or(&[][..], each).iter().filter_map(Value::as_str).collect();
    let (family, given) = match text(name, "family") {
        Some(family) => (family.to_owned(), given),
        None => match text(name, "text").and_then(pinyin::split) {
            Some(split) => (split.family, split.given),
            None => return vec![],
        },
    };
    if !family.chars().chain(given.chars()).any(is_han) {
        return vec![];
    }
    let read = pinyin::read(&family, &given);
    let mut all = vec![format!("{}{}", read.family, read.given), read.text(), read.given, read.initials];
    all.retain(|sound| !sound.is_empty());
    all.iter().map(|sound| fold(sound)).collect()
}

fn references(rows: &mut Rows, number: u32, value: &Value) {
    // A canonical is a plain string; found with and without its version, and without the part that it names behind `#`.
    if let Some(s) = value.as_str() {
        let whole = s.split_once('#').map_or(s, |(whole, _)| whole);
        rows.uri.push((number, hash(s)));
        rows.uri.extend((whole != s && !whole.is_empty()).then(|| (number, hash(whole))));
        rows.uri.extend(whole.split_once('|').map(|(url, _)| (number, hash(url))));
        return;
    }
    if let Some(r) = text(value, "reference") {
        let target = split_reference(r).and_then(|(ty, id)| Some((ResourceType::from_name(ty)?, Id::new(id).ok()?)));
        match target {
            Some((ty, id)) => rows.reference.push((number, Reference { ty, id })),
            None if r.starts_with('#') => {}
            None => rows.uri.push((number, hash(r))),
        }
    }
    if let Some(identifier) = value.get("identifier") {
        tokens(&mut rows.logical, number, identifier);
    }
    label(rows, number, text(value, "display"));
}

/// Before everything and after everything, far from overflow.
const BEGINNING: i64 = i64::MIN / 4;
const END: i64 = i64::MAX / 4;

fn dates(rows: &mut Rows, number: u32, value: &Value) {
    if let Some(s) = value.as_str() {
        rows.date.extend(instant_range(s).map(|(from, to)| (number, from, to)));
        return;
    }
    for event in value.get("event").map_or(&[][..], each) {
        dates(rows, number, event);
    }
    let period = value.get("repeat").and_then(|r| r.get("boundsPeriod")).unwrap_or(value);
    let (start, end) = (text(period, "start").and_then(instant_range), text(period, "end").and_then(instant_range));
    if start.is_some() || end.is_some() {
        rows.date.push((number, start.map_or(BEGINNING, |r| r.0), end.map_or(END, |r| r.1)));
    }
}

fn quantities(rows: &mut Rows, number: u32, value: &Value) {
    for (amount, unit) in amounts(value) {
        rows.amount.push(behind(number, (unit.code, unit.system), amount));
        if unit.shown != 0 {
            rows.amount.push(behind(number, (unit.shown, 0), amount));
        }
    }
}

/// Each amount of a Quantity or Money, of a Range's ends, of the origin of samples, with its unit.
fn amounts(value: &Value) -> impl Iterator<Item = (f64, Unit)> {
    let all = [Some(value), value.get("low"), value.get("high"), value.get("origin")];
    all.into_iter().flatten().filter_map(|one| {
        let amount = one.get("value")?.as_f64()?;
        let shown = text(one, "unit").map(hash);
        let Some(code) = text(one, "code").or_else(|| text(one, "currency")).map(hash) else {
            return Some((amount, Unit { code: shown.unwrap_or(0), ..Unit::default() }));
        };
        let system = text(one, "system").or_else(|| one.get("currency").map(|_| "urn:iso:std:iso:4217"));
        let shown = shown.filter(|shown| *shown != code).unwrap_or(0);
        Some((amount, Unit { code, system: system.map_or(0, hash), shown }))
    })
}

#[cfg(test)]
mod tests {
    use crate::search::Definitions;
    use crate::{ResourceType, search::*};
    use serde_json::json;

    fn number(ty: ResourceType, code: &str) -> u32 {
        Definitions::r4().param(ty, code).unwrap().number
    }

    #[test]
    fn a_patient_gives_its_rows() {
        let body = json!({
            "resourceType": "Patient",
            "identifier": [{"system": "urn:oid:2.16.156", "value": "41152219680713XXXX"}],
            "name": [{"text": "王小明", "family": "王", "given": ["小明"]}],
            "gender": "male", "birthDate": "1968-07",
            "generalPractitioner": [{"reference": "Practitioner/p1"}, {"identifier": {"value": "77"}}],
            "meta": {"tag": [{"code": "demo"}]}
        });
        let ty = ResourceType::PATIENT;
        let rows = Definitions::r4().rows(ty, &body);
        assert!(rows.token.contains(&(number(ty, "gender"), hash("male"), 0)));
        assert!(rows.token.contains(&(number(ty, "identifier"), hash("41152219680713XXXX"), hash("urn:oid:2.16.156"))));
        assert!(rows.token.contains(&(number(ty, "deceased"), hash("false"), 0)));
        assert!(rows.token.contains(&(number(ty, "_tag"), hash("demo"), 0)));
        assert!(rows.string.contains(&(number(ty, "name"), "小明".to_owned(), 0)));
        assert!(rows.string.contains(&(number(ty, "family"), "王".to_owned(), hash("王"))));
        assert_eq!(rows.reference, [(number(ty, "general-practitioner"), "Practitioner/p1".parse().unwrap())]);
        assert_eq!(rows.logical, [(number(ty, "general-practitioner"), hash("77"), 0)]);
        let birth = rows.date.iter().find(|d| d.0 == number(ty, "birthdate")).unwrap();
        assert_eq!(birth.2 - birth.1, 31 * DAY_MS);
    }

    #[test]
    fn choices_guards_and_composites() {
        let ty = ResourceType::OBSERVATION;
        let body: serde_json::Value = serde_json::from_str(
            r#"{"resourceType":"Observation","status":"final",
                "code":{"coding":[{"system":"http://loinc.org","code":"59408-5"}]},
                "subject":{"reference":"https://else.where/fhir/Patient/7/_history/2"},
                "effectiveDateTime":"2026-11-21T08:00:00+08:00",
                "valueQuantity":{"value":93.0,"unit":"percent","system":"http://unitsofmeasure.org","code":"%"}}"#,
        )
        .unwrap();
        let rows = Definitions::r4().rows(ty, &body);
        for code in ["subject", "patient"] {
            assert!(rows.reference.contains(&(number(ty, code), "Patient/7".parse().unwrap())), "{code}");
        }
        let value = number(ty, "value-quantity");
        let ucum = hash("http://unitsofmeasure.org");
        let of = |number: u32| rows.amount.iter().filter(move |a| a.number == number).copied().collect::<Vec<_>>();
        let amount = |number, key, system, unit| Amount { number, key: hash(key), system, value: 93.0, unit };
        let mut both = [amount(value, "%", ucum, Unit::default()), amount(value, "percent", 0, Unit::default())];
        both.sort_by_key(|a| a.key);
        assert_eq!(of(value), both);
        let pair = number(ty, "code-value-quantity");
        let unit = Unit { code: hash("%"), system: ucum, shown: hash("percent") };
        assert_eq!(of(pair), [amount(pair, "59408-5", hash("http://loinc.org"), unit)]);
        assert!(rows.date.iter().any(|d| d.0 == number(ty, "date") && d.2 - d.1 == 1000));
    }
}
