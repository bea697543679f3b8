//! From a query's parameters to tests and an order. What is not understood is refused, never ignored.

use super::token;
use super::value::{Prefix, number_range, plain, prefix, split};
use crate::standing::{LOGICAL, LONG};
use crate::{Query, StoreError};
use fhir::search::{DAY_MS, Definitions, Kind, Param, fold, hash, instant_range, mix, split_reference};
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
        table: &'static str,
        number: i64,
        unit: Option<i64>,
        from: f64,
        to: f64,
    },
    Uri {
        number: i64,
        any: Vec<i64>,
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
    Quantity(i64),
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

/// The rid of `Type/id`, reserved ones included: a reference to what is not there yet is found.
pub(crate) type Names<'n> = &'n dyn Fn(ResourceType, &str) -> Result<Option<i64>, StoreError>;

/// Deepest chain of links.
const DEEPEST: u8 = 4;
/// Most parameters and most values of one.
const MOST: usize = 200;

fn bad<T>(why: impl Into<String>) -> Result<T, StoreError> {
    Err(StoreError::BadQuery(why.into()))
}

pub(crate) fn parse(names: Names, query: &Query) -> Result<Parsed, StoreError> {
    let of = query.of;
    let (mut tests, mut sort, mut includes, mut count) = (vec![], vec![], vec![], query.count);
    if query.params.len() > MOST {
        return bad(format!("more than {MOST} parameters"));
    }
    for (name, value) in &query.params {
        match name.as_str() {
            "_count" => count = value.parse().or_else(|_| bad(format!("_count={value}: not a number")))?,
            "_sort" => sort = split(value, ',').into_iter().map(|key| sort_key(of, key)).collect::<Result<_, _>>()?,
            _ if name == "_include" || name.starts_with("_include:") => includes.push(include(name, value, false)?),
            _ if name == "_revinclude" || name.starts_with("_revinclude:") => {
                includes.push(include(name, value, true)?)
            }
            "_compartment" => tests.push(compartment(names, of, value)?),
            _ => merge(&mut tests, test(names, of, name, value, 0)?),
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
        ways.push(Test::Ids(names(of, patient.id.as_str())?.into_iter().collect()));
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
        Kind::Quantity => By::Quantity(number),
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

fn known(of: ResourceType, code: &str) -> Result<&'static Param, StoreError> {
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
        let ids = split(value, ',').into_iter().map(|id| names(of, id));
        return Ok(Test::Ids(ids.filter_map(Result::transpose).collect::<Result<_, _>>()?));
    }
    let param = known(of, code)?;
    match modifier {
        "missing" => missing(param, value),
        "not" if param.kind == Kind::Token => Ok(Test::Not(Box::new(values(names, param, "", value)?))),
        _ => values(names, param, modifier, value),
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
    let hop = |of: ResourceType| {
        let inner = Box::new(test(names, of, rest, value, depth + 1)?);
        Ok(Test::Chain { number: i64::from(param.number), of, inner })
    };
    let mut hops = types.into_iter().map(hop).collect::<Result<Vec<_>, StoreError>>()?;
    match hops.len() {
        0 => bad(format!("{name}: nothing that {code} points at has {next}")),
        1 => Ok(hops.remove(0)),
        _ => Ok(Test::Any(hops)),
    }
}

fn missing(param: &Param, value: &str) -> Result<Test, StoreError> {
    let number = i64::from(param.number);
    let rows = match param.kind {
        Kind::Token => vec![("index_token", number)],
        Kind::String => vec![("index_string", number)],
        Kind::Reference => {
            vec![("index_reference", number), ("index_uri", number), ("index_token", number | LOGICAL)]
        }
        Kind::Date => vec![("index_date", number), ("index_date", number | LONG)],
        Kind::Number => vec![("index_number", number)],
        Kind::Quantity => vec![("index_quantity", number)],
        Kind::Uri => vec![("index_uri", number)],
        Kind::Composite | Kind::Special => return bad(format!("{}:missing is not supported", param.code)),
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
        (Kind::Special, _) => bad(format!("{} is not supported", param.code)),
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
        Some((ty, id)) if of.is_none_or(|of| of == ty) => targets.extend(names(ty, id)?),
        Some(_) => {}
        None => {
            let types = of.map_or_else(|| param.targets.clone(), |of| vec![of]);
            for ty in types {
                targets.extend(names(ty, value)?);
            }
        }
    }
    let points = Test::Reference { number, targets };
    // A canonical, or a reference into another system, is a uri.
    if value.contains(':') {
        return Ok(Test::Any(vec![points, Test::Uri { number, any: vec![hash(value)] }]));
    }
    Ok(points)
}

fn date(param: &Param, value: &str) -> Result<Test, StoreError> {
    let (prefix, rest) = prefix(value);
    let Some((a, b)) = instant_range(rest) else { return bad(format!("{}={value}: not a date", param.code)) };
    let number = i64::from(param.number);
    let range = |from, to, inside| Test::Date { number, from, to, inside };
    Ok(match prefix {
        Prefix::Gt => range(Some(b), None, false),
        Prefix::Ge => range(Some(a), None, false),
        Prefix::Lt => range(None, Some(a), false),
        Prefix::Le => range(None, Some(b), false),
        Prefix::Sa => range(Some(b), None, true),
        Prefix::Eb => range(None, Some(a), true),
        Prefix::Ap => range(Some(a - DAY_MS), Some(b + DAY_MS), false),
        Prefix::Eq => range(Some(a), Some(b), true),
        // It has a value, and none that lies within.
        Prefix::Ne => Test::Not(Box::new(Test::Any(vec![
            range(Some(a), Some(b), true),
            Test::Missing(vec![("index_date", number), ("index_date", number | LONG)]),
        ]))),
    })
}

fn quantity(param: &Param, value: &str) -> Result<Test, StoreError> {
    let (prefix, rest) = prefix(value);
    let number = i64::from(param.number);
    let parts: Vec<String> = split(rest, '|').into_iter().map(plain).collect();
    let Some((from, to)) = parts.first().and_then(|n| number_range(prefix, n)) else {
        return bad(format!("{}={value}: not a number", param.code));
    };
    let (table, unit) = match (param.kind, &parts[1..]) {
        (Kind::Number, []) => ("index_number", None),
        (Kind::Number, _) => return bad(format!("{}={value}: a number has no unit", param.code)),
        (_, []) => ("index_quantity", Some(0)),
        (_, [system, unit]) if system.is_empty() => ("index_quantity", Some(hash(unit))),
        (_, [system, unit]) => ("index_quantity", Some(mix(hash(system), hash(unit)))),
        _ => return bad(format!("{}={value}: number|system|unit", param.code)),
    };
    let test = Test::Number { table, number, unit, from, to };
    if prefix != Prefix::Ne {
        return Ok(test);
    }
    Ok(Test::Not(Box::new(Test::Any(vec![test, Test::Missing(vec![(table, number)])]))))
}

fn composite(param: &Param, value: &str) -> Result<Test, StoreError> {
    let number = i64::from(param.number);
    let ([first, last], [first_kind, last_kind]) = (&split(value, '$')[..], &param.parts[..]) else {
        return bad(format!("{}={value}: two parts joined by $", param.code));
    };
    let key = |kind: Kind, part: &str| match (kind, &split(part, '|')[..]) {
        (Kind::Token, [system, code]) if !system.is_empty() => Ok(mix(hash(&plain(system)), hash(&plain(code)))),
        (Kind::Token, ["", code]) => Ok(hash(&plain(code))),
        (Kind::String, _) => Ok(hash(&fold(&plain(part)))),
        (_, [one]) => Ok(hash(&plain(one))),
        _ => bad(format!("{}={value}: {part}", param.code)),
    };
    let first = key(*first_kind, first)?;
    let range = |from, to| Test::Number { table: "index_quantity", number, unit: Some(first), from, to };
    match last_kind {
        Kind::Quantity | Kind::Number => {
            let (prefix, rest) = prefix(last);
            match (prefix, number_range(prefix, rest)) {
                (Prefix::Ne, _) | (_, None) => bad(format!("{}={value}: a number without unit", param.code)),
                (_, Some((from, to))) => Ok(range(from, to)),
            }
        }
        Kind::Date => {
            let (prefix, rest) = prefix(last);
            let Some((a, b)) = instant_range(rest) else { return bad(format!("{}={value}: not a date", param.code)) };
            let (a, b) = (a as f64, b as f64);
            match prefix {
                Prefix::Eq => Ok(range(a, b)),
                Prefix::Gt | Prefix::Sa => Ok(range(b, f64::INFINITY)),
                Prefix::Ge => Ok(range(a, f64::INFINITY)),
                Prefix::Lt | Prefix::Eb => Ok(range(f64::NEG_INFINITY, a)),
                Prefix::Le => Ok(range(f64::NEG_INFINITY, b)),
                Prefix::Ne | Prefix::Ap => bad(format!("{}={value}: eq, gt, ge, lt or le", param.code)),
            }
        }
        kind => Ok(Test::Token { number, any: vec![(Some(mix(first, key(*kind, last)?)), None)] }),
    }
}
