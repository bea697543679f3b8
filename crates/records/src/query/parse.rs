//! From a query's parameters to tests and an order. What is not understood is refused, never ignored.

use super::around::Around;
use super::ordered::{composite, date, quantity};
use super::place::Near;
use super::value::{plain, split};
use super::words::Wanted;
use super::{special, token};
use crate::standing::{LOGICAL, LONG};
use crate::{Query, StoreError};
use fhir::search::{AXES, Definitions, ENDS, Kind, LABEL, Param, fold, hash, split_reference};
use fhir::{ResourceType, Shape};

/// How a text is compared.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Text {
    /// Folded; a Chinese text from any of its characters.
    Begins(String),
    /// Folded.
    Contains(String),
    /// The folded text, and the hash of the text as it stands.
    Exact(String, i64),
}

/// A code, in whichever system or in this one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Coded {
    pub(crate) code: i64,
    pub(crate) system: Option<i64>,
}

/// One thing that a resource must fulfil.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Test {
    /// Code, system: one of these. No code: any of the system.
    Token {
        number: i64,
        any: Vec<(Option<i64>, Option<i64>)>,
    },
    Reference {
        number: i64,
        targets: Vec<i64>,
    },
    Text {
        number: i64,
        any: Vec<Text>,
    },
    /// Ends after `from`, begins before `to`; `inside`: lies within.
    Date {
        number: i64,
        from: Option<i64>,
        to: Option<i64>,
        inside: bool,
    },
    Number {
        number: i64,
        from: f64,
        to: f64,
    },
    Amount {
        number: i64,
        /// None: whatever it is a number of.
        key: Option<Coded>,
        /// Behind the first part of a composite.
        unit: Option<Coded>,
        from: f64,
        to: f64,
    },
    Uri {
        number: i64,
        any: Vec<i64>,
    },
    /// A uri, or what is shown for a code or a reference, begins with one of these.
    Phrase {
        number: i64,
        any: Vec<String>,
    },
    /// Code and system: one of very many.
    Codes {
        number: i64,
        any: Vec<(i64, i64)>,
    },
    /// Has these words: in the narrative, or anywhere.
    Words {
        narrative: bool,
        any: Vec<Wanted>,
    },
    Near {
        number: i64,
        near: Near,
    },
    /// Points at something of that type that fulfils `inner`.
    Chain {
        number: i64,
        of: ResourceType,
        inner: Box<Test>,
    },
    /// Something of that type points at it and fulfils `inner`.
    Has {
        number: i64,
        of: ResourceType,
        inner: Box<Test>,
    },
    Ids(Vec<i64>),
    /// No rows under these numbers of these tables.
    Missing(Vec<(&'static str, i64)>),
    Not(Box<Test>),
    Any(Vec<Test>),
    /// Not empty.
    All(Vec<Test>),
}

/// One key of the order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Sort {
    pub(crate) by: By,
    pub(crate) descending: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum By {
    Date(i64),
    Text(i64),
    Number(i64),
    /// Under either of two numbers, which may be one.
    Quantity([i64; 2]),
    Id,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Include {
    pub(crate) number: i64,
    pub(crate) of: Option<ResourceType>,
    pub(crate) reverse: bool,
    pub(crate) iterate: bool,
}

#[derive(Debug)]
pub(crate) struct Parsed {
    pub(crate) of: ResourceType,
    pub(crate) tests: Vec<Test>,
    pub(crate) sort: Vec<Sort>,
    pub(crate) count: usize,
    pub(crate) after: Option<token::Key>,
    pub(crate) includes: Vec<Include>,
}

/// What a query names.
pub(crate) type Names<'n> = &'n Around<'n>;

/// Deepest chain of links.
const DEEPEST: u8 = 4;
/// Most parameters and most values of one.
const MOST: usize = 200;
/// Most keys of an order: each stands in the statement once for every key after it.
const SORTS_MOST: usize = 10;
/// Most tests that a query may come to. A chain without a type goes to every type that has the rest of it, so two links can
/// be twenty thousand tests.
const TESTS_MOST: usize = 1_000;

impl Test {
    /// How many tests it comes to.
    fn size(&self) -> usize {
        match self {
            Self::Chain { inner, .. } | Self::Has { inner, .. } | Self::Not(inner) => 1 + inner.size(),
            Self::Any(all) | Self::All(all) => all.iter().map(Self::size).sum(),
            _ => 1,
        }
    }

    /// The same, asked of each of the parameters that `param` asks for together and has no rows beside.
    fn of_each(self, param: &Param) -> Self {
        let moved = |number: i64, to: u32| number - i64::from(param.number) + i64::from(to);
        let all = |tests: Vec<Self>| tests.into_iter().map(|test| test.of_each(param)).collect();
        match self {
            _ if param.of.is_empty() => self,
            Self::Not(inner) => Self::Not(Box::new(inner.of_each(param))),
            Self::Any(tests) => Self::Any(all(tests)),
            Self::All(tests) => Self::All(all(tests)),
            Self::Missing(rows) => {
                let of_each = |(table, number)| param.of.iter().map(move |to| (table, moved(number, *to)));
                Self::Missing(rows.into_iter().flat_map(of_each).collect())
            }
            one => {
                let of_each = param.of.iter().map(|to| {
                    let mut test = one.clone();
                    if let Some(number) = test.number() {
                        *number = moved(*number, *to);
                    }
                    test
                });
                Self::Any(of_each.collect())
            }
        }
    }

    /// The parameter that it asks for, with the bits of the kind of row.
    fn number(&mut self) -> Option<&mut i64> {
        match self {
            Self::Token { number, .. }
            | Self::Reference { number, .. }
            | Self::Text { number, .. }
            | Self::Date { number, .. }
            | Self::Number { number, .. }
            | Self::Amount { number, .. }
            | Self::Uri { number, .. }
            | Self::Phrase { number, .. }
            | Self::Codes { number, .. }
            | Self::Near { number, .. }
            | Self::Chain { number, .. }
            | Self::Has { number, .. } => Some(number),
            Self::Words { .. } | Self::Ids(_) | Self::Missing(_) | Self::Not(_) | Self::Any(_) | Self::All(_) => None,
        }
    }
}

fn too_many<T>(name: &str) -> Result<T, StoreError> {
    bad(format!("{name}: more than {TESTS_MOST} tests; name the types of the chain's links"))
}

pub(super) fn bad<T>(why: impl Into<String>) -> Result<T, StoreError> {
    Err(StoreError::BadQuery(why.into()))
}

pub(crate) fn parse(names: Names, query: &Query) -> Result<Parsed, StoreError> {
    let of = query.of;
    let (mut tests, mut sort, mut includes, mut count, mut size) = (vec![], vec![], vec![], query.count, 0);
    if query.params.len() > MOST {
        return bad(format!("more than {MOST} parameters"));
    }
    for (name, value) in &query.params {
        match name.as_str() {
            "_count" => count = value.parse().or_else(|_| bad(format!("_count={value}: not a number")))?,
            "_sort" => {
                let keys = split(value, ',');
                if keys.len() > SORTS_MOST {
                    return bad(format!("_sort: more than {SORTS_MOST} keys"));
                }
                sort = keys.into_iter().map(|key| sort_key(of, key)).collect::<Result<_, _>>()?;
            }
            _ if name == "_include" || name.starts_with("_include:") => includes.push(include(name, value, false)?),
            _ if name == "_revinclude" || name.starts_with("_revinclude:") => {
                includes.push(include(name, value, true)?)
            }
            "_compartment" => tests.push(compartment(names, of, value)?),
            "_care" => tests.push(special::care(of, value)?),
            _ => {
                let new = test(names, of, name, value, 0)?;
                size += new.size();
                if size > TESTS_MOST {
                    return too_many(name);
                }
                merge(&mut tests, new);
            }
        }
    }
    let after = match &query.after {
        Some(text) => {
            Some(token::read(text, sort.len()).ok_or_else(|| StoreError::BadQuery("the page's token".into()))?)
        }
        None => None,
    };
    // Those that iterate come after what they iterate on.
    includes.sort_by_key(|i| i.iterate);
    Ok(Parsed { of, tests, sort, count: count.clamp(1, 1_000), after, includes })
}

/// `_compartment=Patient/x`, of our own: what stands in a patient's compartment by any of the type's parameters.
fn compartment(names: Names, of: ResourceType, value: &str) -> Result<Test, StoreError> {
    let patient = value.parse::<fhir::Reference>().ok().filter(|at| at.ty == ResourceType::PATIENT);
    let Some(patient) = patient else { return bad(format!("_compartment={value}: Patient/id")) };
    let mut ways = vec![];
    if of == ResourceType::PATIENT {
        ways.push(Test::Ids(names.rid(of, patient.id.as_str())?.into_iter().collect()));
    }
    for code in &Shape::of(of).patient {
        ways.push(reference(names, known(of, code)?, None, value)?);
    }
    match ways.is_empty() {
        true => bad(format!("{of} stands in no patient's compartment")),
        false => Ok(Test::Any(ways)),
    }
}

fn sort_key(of: ResourceType, key: &str) -> Result<Sort, StoreError> {
    let (descending, code) = key.strip_prefix('-').map_or((false, key), |code| (true, code));
    if code == "_id" {
        return Ok(Sort { by: By::Id, descending });
    }
    let param = known(of, code)?;
    let number = i64::from(param.number);
    let by = match param.kind {
        Kind::Date => By::Date(number),
        Kind::String => By::Text(number),
        Kind::Number => By::Number(number),
        Kind::Quantity => match param.of[..] {
            [] => By::Quantity([number; 2]),
            [one, other] => By::Quantity([one.into(), other.into()]),
            _ => return bad(format!("_sort={code}: cannot sort by what has three places")),
        },
        kind => return bad(format!("_sort={code}: cannot sort by a {kind:?}")),
    };
    Ok(Sort { by, descending })
}

fn include(name: &str, value: &str, reverse: bool) -> Result<Include, StoreError> {
    let iterate = match name.split_once(':') {
        None => false,
        Some((_, "iterate")) => true,
        Some((_, other)) => return bad(format!("{name}: modifier {other} is not supported")),
    };
    let mut parts = value.split(':');
    let (Some(source), Some(code)) = (parts.next(), parts.next()) else {
        return bad(format!("{name}={value}: Type:parameter"));
    };
    let param = known(resource_type(source)?, code)?;
    if param.kind != Kind::Reference {
        return bad(format!("{name}={value}: not a reference"));
    }
    let of = parts.next().map(resource_type).transpose()?;
    Ok(Include { number: i64::from(param.number), of: of.filter(|_| !reverse), reverse, iterate })
}

fn resource_type(name: &str) -> Result<ResourceType, StoreError> {
    ResourceType::from_name(name).ok_or_else(|| StoreError::BadQuery(format!("{name}: not a resource type")))
}

pub(super) fn known(of: ResourceType, code: &str) -> Result<&'static Param, StoreError> {
    Definitions::r4().param(of, code).ok_or_else(|| StoreError::BadQuery(format!("{of} has no parameter {code}")))
}

/// `date=ge…&date=lt…` becomes one range, so that a scan over it has both ends.
fn merge(tests: &mut Vec<Test>, new: Test) {
    if let Test::Date { number, from, to, inside: false } = &new {
        for test in tests.iter_mut() {
            if let Test::Date { number: n, from: f, to: t, inside: false } = test
                && n == number
                && *n & LONG == 0
                && is_point(*n)
                && (f.is_none() || from.is_none())
                && (t.is_none() || to.is_none())
            {
                *f = f.or(*from);
                *t = t.or(*to);
                return;
            }
        }
    }
    tests.push(new);
}

/// `_lastUpdated` has one value; elsewhere two values may fulfil two ranges and no one value both.
fn is_point(number: i64) -> bool {
    u32::try_from(number).is_ok_and(|n| {
        let ty = u16::try_from(n >> 8).ok().and_then(ResourceType::from_number);
        ty.and_then(|ty| Definitions::r4().param(ty, "_lastUpdated")).is_some_and(|p| p.number == n)
    })
}

fn test(names: Names, of: ResourceType, name: &str, value: &str, depth: u8) -> Result<Test, StoreError> {
    if depth > DEEPEST {
        return bad(format!("{name}: more than {DEEPEST} links"));
    }
    if let Some(has) = name.strip_prefix("_has:") {
        let mut parts = has.splitn(3, ':');
        let (Some(source), Some(link), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
            return bad(format!("{name}: _has:Type:reference:parameter"));
        };
        let source = resource_type(source)?;
        let link = known(source, link)?;
        if link.kind != Kind::Reference {
            return bad(format!("{name}: {} is not a reference", link.code));
        }
        let inner = Box::new(test(names, source, rest, value, depth + 1)?);
        return Ok(Test::Has { number: i64::from(link.number), of: source, inner });
    }
    if let Some((link, rest)) = name.split_once('.') {
        return chain(names, of, name, link, rest, value, depth);
    }
    let (code, modifier) = name.split_once(':').map_or((name, ""), |(c, m)| (c, m));
    if code == "_id" && modifier.is_empty() {
        let ids = split(value, ',').into_iter().map(|id| names.rid(of, id));
        return Ok(Test::Ids(ids.filter_map(Result::transpose).collect::<Result<_, _>>()?));
    }
    let param = known(of, code)?;
    let is_type = param.kind == Kind::Reference && ResourceType::from_name(modifier).is_some();
    if !modifier.is_empty() && !is_type && !modifiers(param).contains(&modifier) {
        return bad(format!("{code}: modifier {modifier} is not supported"));
    }
    let asked = match modifier {
        "missing" => missing(param, value),
        "not" if param.kind == Kind::Token => Ok(Test::Not(Box::new(values(names, param, "", value)?))),
        "not-in" if param.kind == Kind::Token => Ok(Test::Not(Box::new(values(names, param, "in", value)?))),
        _ => values(names, param, modifier, value),
    };
    Ok(asked?.of_each(param))
}

/// The modifiers that a parameter takes; a reference takes a type's name as well.
pub fn modifiers(param: &Param) -> &'static [&'static str] {
    match param.kind {
        Kind::Token => &["missing", "not", "text", "in", "not-in", "above", "below", "of-type"],
        Kind::String => &["missing", "exact", "contains"],
        Kind::Reference if param.targets.iter().any(|ty| special::is_hierarchical(*ty)) => {
            &["missing", "identifier", "text", "above", "below"]
        }
        Kind::Reference => &["missing", "identifier", "text"],
        Kind::Date | Kind::Number | Kind::Quantity | Kind::Composite => &["missing"],
        Kind::Uri => &["missing", "above", "below"],
        Kind::Special if param.code == "near" => &["missing"],
        Kind::Special => &[],
    }
}

fn chain(
    names: Names,
    of: ResourceType,
    name: &str,
    link: &str,
    rest: &str,
    value: &str,
    depth: u8,
) -> Result<Test, StoreError> {
    let (code, want) = link.split_once(':').map_or((link, None), |(c, t)| (c, Some(t)));
    let param = known(of, code)?;
    if param.kind != Kind::Reference {
        return bad(format!("{name}: {code} is not a reference"));
    }
    let next = rest.split(['.', ':']).next().unwrap_or("");
    let answers =
        |ty: &ResourceType| next == "_id" || rest.starts_with("_has:") || Definitions::r4().param(*ty, next).is_some();
    let types: Vec<ResourceType> = match want {
        Some(ty) => vec![resource_type(ty)?],
        None => param.targets.iter().copied().filter(answers).collect(),
    };
    let hop = |of: ResourceType| -> Result<Test, StoreError> {
        let inner = Box::new(test(names, of, rest, value, depth + 1)?);
        Ok(Test::Chain { number: i64::from(param.number), of, inner })
    };
    let (mut hops, mut size) = (vec![], 0);
    for ty in types {
        let hop = hop(ty)?;
        size += hop.size();
        if size > TESTS_MOST {
            return too_many(name);
        }
        hops.push(hop);
    }
    match hops.len() {
        0 => bad(format!("{name}: nothing that {code} points at has {next}")),
        1 => Ok(hops.remove(0)),
        _ => Ok(Test::Any(hops)),
    }
}

fn missing(param: &Param, value: &str) -> Result<Test, StoreError> {
    let number = i64::from(param.number);
    let rows = match param.kind {
        Kind::Token => vec![("index_token", number), ("index_uri", number | i64::from(LABEL))],
        Kind::String => vec![("index_string", number)],
        Kind::Reference => {
            let shown = ("index_uri", number | i64::from(LABEL));
            vec![("index_reference", number), ("index_uri", number), ("index_token", number | LOGICAL), shown]
        }
        Kind::Date => vec![("index_date", number), ("index_date", number | LONG)],
        Kind::Number => vec![("index_number", number)],
        Kind::Quantity => vec![("index_amount", number)],
        Kind::Uri => vec![("index_uri", number)],
        Kind::Composite => {
            let end = ("index_amount", number | i64::from(ENDS[0]));
            vec![("index_amount", number), ("index_token", number), ("index_string", number), end]
        }
        Kind::Special if param.code == "near" => vec![("index_number", number | i64::from(AXES[0]))],
        Kind::Special => return bad(format!("{}:missing is not supported", param.code)),
    };
    match value {
        "true" => Ok(Test::Missing(rows)),
        "false" => Ok(Test::Not(Box::new(Test::Missing(rows)))),
        _ => bad(format!("{}:missing={value}: true or false", param.code)),
    }
}

fn values(names: Names, param: &Param, modifier: &str, value: &str) -> Result<Test, StoreError> {
    let parts = split(value, ',');
    if parts.len() > MOST {
        return bad(format!("{}: more than {MOST} values", param.code));
    }
    let number = i64::from(param.number);
    let each = |one: &dyn Fn(&str) -> Result<Test, StoreError>| {
        let mut all = parts.iter().map(|v| one(v)).collect::<Result<Vec<_>, _>>()?;
        Ok(if all.len() == 1 { all.remove(0) } else { Test::Any(all) })
    };
    match (param.kind, modifier) {
        (Kind::Token, "") => Ok(Test::Token { number, any: parts.iter().map(|v| code(v)).collect() }),
        (Kind::String, "" | "exact" | "contains") => {
            Ok(Test::Text { number, any: parts.iter().map(|v| text(&plain(v), modifier)).collect() })
        }
        (Kind::Reference, "identifier") => {
            Ok(Test::Token { number: number | LOGICAL, any: parts.iter().map(|v| code(v)).collect() })
        }
        (Kind::Reference, "") => each(&|v| reference(names, param, None, &plain(v))),
        (Kind::Reference, ty) if ResourceType::from_name(ty).is_some() => {
            each(&|v| reference(names, param, ResourceType::from_name(ty), &plain(v)))
        }
        (Kind::Date, "") => each(&|v| date(param, v)),
        (Kind::Number | Kind::Quantity, "") => each(&|v| quantity(param, v)),
        (Kind::Uri, "") => Ok(Test::Uri { number, any: parts.iter().map(|v| hash(&plain(v))).collect() }),
        (Kind::Composite, "") => each(&|v| composite(param, v)),
        (Kind::Token | Kind::Reference, "text") => {
            let number = number | i64::from(LABEL);
            Ok(Test::Phrase { number, any: parts.iter().map(|v| fold(&plain(v))).collect() })
        }
        (Kind::Token, "of-type") => special::of_type(param, &parts),
        (Kind::Token, "in" | "above" | "below") => each(&|v| special::codes(names, param, modifier, &plain(v))),
        (Kind::Reference, "above" | "below") => each(&|v| special::hierarchy(names, param, modifier, &plain(v))),
        (Kind::Uri, "above" | "below") => each(&|v| special::uri(param, modifier, &plain(v))),
        (Kind::Special, "") => each(&|v| special::special(names, param, &plain(v))),
        (_, modifier) => bad(format!("{}: modifier {modifier} is not supported", param.code)),
    }
}

fn code(value: &str) -> (Option<i64>, Option<i64>) {
    match split(value, '|')[..] {
        [code] => (Some(hash(&plain(code))), None),
        [system, ""] => (None, Some(hash(&plain(system)))),
        ["", code] => (Some(hash(&plain(code))), Some(0)),
        [system, code, ..] => (Some(hash(&plain(code))), Some(hash(&plain(system)))),
        [] => (Some(hash("")), None),
    }
}

fn text(value: &str, modifier: &str) -> Text {
    match modifier {
        "exact" => Text::Exact(fold(value), hash(value)),
        "contains" => Text::Contains(fold(value)),
        _ => Text::Begins(fold(value)),
    }
}

fn reference(names: Names, param: &Param, of: Option<ResourceType>, value: &str) -> Result<Test, StoreError> {
    let number = i64::from(param.number);
    let named = split_reference(value).and_then(|(ty, id)| Some((ResourceType::from_name(ty)?, id)));
    let mut targets = vec![];
    match named {
        Some((ty, id)) if of.is_none_or(|of| of == ty) => targets.extend(names.rid(ty, id)?),
        Some(_) => {}
        None => {
            let types = of.map_or_else(|| param.targets.clone(), |of| vec![of]);
            for ty in types {
                targets.extend(names.rid(ty, value)?);
            }
        }
    }
    let points = Test::Reference { number, targets };
    // A canonical, or a reference into another system, is a uri.
    if value.contains(':') || param.canonical {
        return Ok(Test::Any(vec![points, Test::Uri { number, any: vec![hash(value)] }]));
    }
    Ok(points)
}
