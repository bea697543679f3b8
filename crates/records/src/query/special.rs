//! Parameters and modifiers with a meaning of their own.

use super::parse::{Names, Test, bad, known};
use super::sets::{self, Ask};
use super::value::{plain, split};
use super::{place, words};
use crate::StoreError;
use crate::standing::LONG;
use fhir::search::{Definitions, Kind, Param, TYPED, hash, instant_range, mix, split_reference};
use fhir::{Reference, ResourceType};
use kernel::Id;

/// `_text`, `_content`, `_list`, `near`.
pub(super) fn special(names: Names, param: &Param, value: &str) -> Result<Test, StoreError> {
    match param.code.as_str() {
        code @ ("_text" | "_content") => Ok(Test::Words { narrative: code == "_text", any: words::read(code, value)? }),
        "_list" => list(names, value),
        "near" => Ok(Test::Near { number: i64::from(param.number), near: place::read(value)? }),
        code => bad(format!("{code} is not supported")),
    }
}

/// What a list's entries point at. The list is there and seen, or nothing is on it.
fn list(names: Names, value: &str) -> Result<Test, StoreError> {
    if value.starts_with('$') {
        return bad(format!("_list={value}: lists that the server makes ($current-…) are not made here; name a List"));
    }
    let of = ResourceType::LIST;
    let rid = names.rid(of, value.strip_prefix("List/").unwrap_or(value))?;
    let inner = Box::new(Test::Ids(rid.into_iter().collect()));
    Ok(Test::Has { number: i64::from(known(of, "entry")?.number), of, inner })
}

/// `identifier:of-type=system|code|value`: all three, or it says nothing of its type.
pub(super) fn of_type(param: &Param, values: &[&str]) -> Result<Test, StoreError> {
    let one = |value: &&str| match &split(value, '|').into_iter().map(plain).collect::<Vec<_>>()[..] {
        [system, code, of] if !code.is_empty() && !of.is_empty() => {
            let system = if system.is_empty() { 0 } else { hash(system) };
            Ok((Some(mix(mix(system, hash(code)), hash(of))), None))
        }
        _ => bad(format!("{}:of-type={value}: system|code|value", param.code)),
    };
    let any = values.iter().map(one).collect::<Result<_, _>>()?;
    Ok(Test::Token { number: i64::from(param.number | TYPED), any })
}

/// `:in` of a value set, `:below` and `:above` of a concept.
pub(super) fn codes(names: Names, param: &Param, modifier: &str, value: &str) -> Result<Test, StoreError> {
    let ask = match modifier {
        "in" => Ask::Set(value.to_owned()),
        _ => match value.rsplit_once('|') {
            Some((system, code)) if !system.is_empty() && !code.is_empty() => {
                Ask::Concept { system: system.to_owned(), code: code.to_owned(), above: modifier == "above" }
            }
            _ => return bad(format!("{}:{modifier}={value}: system|code", param.code)),
        },
    };
    let key = |(system, code): &(String, String)| (hash(code), if param.bare { 0 } else { hash(system) });
    let mut any: Vec<(i64, i64)> = names.codes(ask).iter().map(key).collect();
    any.sort_unstable();
    any.dedup();
    Ok(Test::Codes { number: i64::from(param.number), any })
}

/// Whether things of this type may be parts of each other.
pub(super) fn is_hierarchical(ty: ResourceType) -> bool {
    sets::part_of(ty).is_some()
}

/// `:below` and `:above` of a thing that is part of another of its kind.
pub(super) fn hierarchy(names: Names, param: &Param, modifier: &str, value: &str) -> Result<Test, StoreError> {
    let refused = |why: &str| bad(format!("{}:{modifier}={value}: {why}", param.code));
    let at = match split_reference(value) {
        Some((ty, id)) => ResourceType::from_name(ty).zip(Id::new(id).ok()),
        None => {
            let mut types = param.targets.iter().filter(|ty| sets::part_of(**ty).is_some());
            match (types.next(), types.next()) {
                (Some(ty), None) => Id::new(value).ok().map(|id| (*ty, id)),
                _ => None,
            }
        }
    };
    let Some((ty, id)) = at else { return refused("Type/id") };
    if sets::part_of(ty).is_none() {
        return refused("things of this type are not part of each other");
    }
    let ask = Ask::Tree { at: Reference::new(ty, id), above: modifier == "above" };
    let rids = names.things(ask).iter().map(|at| names.rid(at.ty, at.id.as_str()));
    let targets = rids.filter_map(Result::transpose).collect::<Result<_, _>>()?;
    Ok(Test::Reference { number: i64::from(param.number), targets })
}

/// `:below`: begins so. `:above`: is how it begins, up to a slash or to its end.
pub(super) fn uri(param: &Param, modifier: &str, value: &str) -> Result<Test, StoreError> {
    let number = i64::from(param.number);
    if !value.contains("://") {
        return bad(format!("{}:{modifier}={value}: of addresses (http://…) alone", param.code));
    }
    if modifier == "below" {
        return Ok(Test::Phrase { number, any: vec![value.to_owned()] });
    }
    let ends = value.match_indices('/').flat_map(|(at, _)| [at, at + 1]).chain([value.len()]);
    let mut any: Vec<i64> = ends.map(|end| hash(&value[..end])).collect();
    any.sort_unstable();
    any.dedup();
    if any.len() > LONGEST_WAY {
        return bad(format!("{}:{modifier}: more than {} slashes", param.code, LONGEST_WAY / 2));
    }
    Ok(Test::Uri { number, any })
}

/// Most beginnings of an address that are looked up.
const LONGEST_WAY: usize = 64;

/// Which of a type's dates says when care was given, the first that a type has.
const CARE: [&str; 20] = [
    "authoredon",
    "authored-on",
    "authored",
    "date",
    "effective-time",
    "effective",
    "occurrence",
    "onset-date",
    "period",
    "start-date",
    "collected",
    "created",
    "started",
    "sent",
    "recorded",
    "identified",
    "whenhandedover",
    "datetime",
    "datewritten",
    "event-date",
];

/// `_care=from/to`, of our own: care was given within, or nobody says when. An open end is left empty.
pub(super) fn care(of: ResourceType, value: &str) -> Result<Test, StoreError> {
    let Some((start, end)) = value.split_once('/') else { return bad(format!("_care={value}: from/to")) };
    let day = |text: &str| match text.is_empty() {
        true => Ok(None),
        false => instant_range(text).map(Some).ok_or_else(|| StoreError::BadQuery(format!("{text}: not a date"))),
    };
    let (from, to) = (day(start)?.map(|r| r.0), day(end)?.map(|r| r.1));
    let dates = |code: &&str| Definitions::r4().param(of, code).filter(|p| p.kind == Kind::Date);
    let Some(param) = CARE.iter().find_map(dates) else { return Ok(Test::Not(Box::new(Test::Ids(vec![])))) };
    let number = i64::from(param.number);
    Ok(Test::Any(vec![
        Test::Date { number, from, to, inside: false },
        Test::Missing(vec![("index_date", number), ("index_date", number | LONG)]),
    ]))
}
