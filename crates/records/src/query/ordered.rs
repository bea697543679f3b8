//! What is compared by an order: dates, numbers, quantities, and composites of which the last part is one.

use super::parse::{Coded, Test, Text, bad};
use super::value::{Prefix, number_range, plain, prefix, split};
use crate::StoreError;
use crate::standing::LONG;
use fhir::search::{DAY_MS, ENDS, Kind, Param, fold, hash, instant_range, keyed, mix};

pub(super) fn date(param: &Param, value: &str) -> Result<Test, StoreError> {
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

pub(super) fn quantity(param: &Param, value: &str) -> Result<Test, StoreError> {
    let (prefix, rest) = prefix(value);
    let number = i64::from(param.number);
    let parts: Vec<String> = split(rest, '|').into_iter().map(plain).collect();
    let Some((from, to)) = parts.first().and_then(|n| number_range(prefix, n)) else {
        return bad(format!("{}={value}: not a number", param.code));
    };
    let (test, table) = match (param.kind, &parts[1..]) {
        (Kind::Number, []) => (Test::Number { number, from, to }, "index_number"),
        (Kind::Number, _) => return bad(format!("{}={value}: a number has no unit", param.code)),
        (_, unit) => {
            let Some(key) = unit_of(unit) else { return bad(format!("{}={value}: number|system|unit", param.code)) };
            (Test::Amount { number, key, unit: None, from, to }, "index_amount")
        }
    };
    if prefix != Prefix::Ne {
        return Ok(test);
    }
    Ok(Test::Not(Box::new(Test::Any(vec![test, Test::Missing(vec![(table, number)])]))))
}

/// What stands behind a number: nothing, or system (perhaps empty) and code.
fn unit_of(parts: &[String]) -> Option<Option<Coded>> {
    match parts {
        [] => Some(None),
        [system, code] => {
            let system = (!system.is_empty()).then(|| hash(system));
            Some(Some(Coded { code: hash(code), system }))
        }
        _ => None,
    }
}

/// The range of a number, and its unit where one is named. `ne` has no place in a composite.
fn amount(text: &str) -> Option<(f64, f64, Option<Coded>)> {
    let (prefix, rest) = prefix(text);
    let parts: Vec<String> = split(rest, '|').into_iter().map(plain).collect();
    let (from, to) = number_range(prefix, parts.first()?).filter(|_| prefix != Prefix::Ne)?;
    Some((from, to, unit_of(&parts[1..])?))
}

pub(super) fn composite(param: &Param, value: &str) -> Result<Test, StoreError> {
    let number = i64::from(param.number);
    let given = split(value, '$');
    let ([first, last, third @ ..], [first_kind, last_kind, ..]) = (&given[..], &param.parts[..]) else {
        return bad(format!("{}={value}: {} parts joined by $", param.code, param.parts.len()));
    };
    if given.len() != param.parts.len() {
        return bad(format!("{}={value}: {} parts joined by $", param.code, param.parts.len()));
    }
    let coded = |kind: Kind, part: &str| {
        let (code, system) = match (kind, &split(part, '|')[..]) {
            (Kind::Token, [system, code]) => (hash(&plain(code)), (!system.is_empty()).then(|| hash(&plain(system)))),
            (_, [one]) => (hash(&plain(one)), None),
            _ => return bad(format!("{}={value}: {part}", param.code)),
        };
        Ok(Coded { code, system })
    };
    let key = |of: Coded| of.system.map_or(of.code, |system| mix(system, of.code));
    let first = coded(*first_kind, first)?;
    let range = |from, to| Test::Amount { number, key: Some(first), unit: None, from, to };
    match last_kind {
        Kind::Number if !third.is_empty() => {
            let ends = [last].into_iter().chain(third).zip(ENDS);
            let end = |(given, end): (&&str, u32)| {
                let (from, to, _) = amount(given)
                    .filter(|(.., unit)| unit.is_none())
                    .ok_or_else(|| StoreError::BadQuery(format!("{}={value}: {given}: not a number", param.code)))?;
                let number = number | i64::from(end);
                Ok(Test::Amount { number, key: Some(first), unit: None, from, to })
            };
            Ok(Test::All(ends.map(end).collect::<Result<_, StoreError>>()?))
        }
        Kind::Quantity | Kind::Number => {
            let Some((from, to, unit)) = amount(last) else {
                return bad(format!("{}={value}: a number, or number|system|unit", param.code));
            };
            Ok(Test::Amount { number, key: Some(first), unit, from, to })
        }
        Kind::String => Ok(Test::Text { number, any: vec![Text::Begins(keyed(key(first), &fold(&plain(last))))] }),
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
        kind => Ok(Test::Token { number, any: vec![(Some(mix(key(first), key(coded(*kind, last)?))), None)] }),
    }
}
