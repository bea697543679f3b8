//! A value set written out: its definition where it has one, else the expansion that it carries; else the sets that R4
//! itself binds elements to.

use super::code_system::Concepts;
use super::{Finder, MOST, not_held, parsed, too_many};
use crate::{Query, StoreError};
use fhir::ResourceType;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::Value;
use std::collections::BTreeSet;

/// How deep value sets may name others.
const DEEPEST: usize = 8;

type Codes = BTreeSet<(String, String)>;

fn bad<T>(why: String) -> Result<T, StoreError> {
    Err(StoreError::BadQuery(why))
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

impl Finder<'_> {
    /// All codes of a value set, by its url or as `ValueSet/id`.
    pub(super) fn value_set<'f>(
        &'f mut self,
        named: &'f str,
        depth: usize,
    ) -> BoxFuture<'f, Result<Codes, StoreError>> {
        async move {
            if depth > DEEPEST {
                return bad(format!("the value set {named} stands more than {DEEPEST} sets deep"));
            }
            let Some(body) = self.definition(named).await? else {
                let Some(built_in) = fhir::validate::value_set(named) else {
                    return bad(format!("the value set {named} is not held here"));
                };
                if built_in.len() > MOST {
                    return Err(too_many(named));
                }
                return Ok(built_in.into_iter().map(|(system, code)| (system.to_owned(), code.to_owned())).collect());
            };
            let compose = &body["compose"];
            let mut all = Codes::new();
            if compose.is_null() {
                if body["expansion"].is_null() {
                    return bad(format!("the value set {named} says neither what it is composed of nor its codes"));
                }
                contained(&body["expansion"]["contains"], &mut all, 0);
            }
            for include in items(&compose["include"]) {
                all.extend(self.part(named, include, depth).await?);
                if all.len() > MOST {
                    return Err(too_many(named));
                }
            }
            for exclude in items(&compose["exclude"]) {
                let gone = self.part(named, exclude, depth).await?;
                all.retain(|code| !gone.contains(code));
            }
            match all.len() > MOST {
                true => Err(too_many(named)),
                false => Ok(all),
            }
        }
        .boxed()
    }

    async fn definition(&mut self, named: &str) -> Result<Option<Value>, StoreError> {
        let of = ResourceType::VALUE_SET;
        if named.contains(':') {
            return self.canonical(of, named).await;
        }
        let id = named.strip_prefix("ValueSet/").unwrap_or(named);
        let page = self.search(&Query::of(of).with("_id", super::escaped(id)).count(1)).await?;
        page.matches.first().map(parsed).transpose()
    }

    /// One `include` or `exclude`: what is in all that it names.
    async fn part(&mut self, named: &str, part: &Value, depth: usize) -> Result<Codes, StoreError> {
        let mut found = match part["system"].as_str() {
            Some(system) => Some(self.of_system(named, system, part).await?),
            None => None,
        };
        for other in items(&part["valueSet"]).iter().filter_map(Value::as_str) {
            let other = self.value_set(other, depth + 1).await?;
            found = Some(match found {
                Some(found) => found.intersection(&other).cloned().collect(),
                None => other,
            });
        }
        found.map_or_else(|| bad(format!("the value set {named} includes neither a system nor a value set")), Ok)
    }

    async fn of_system(&mut self, named: &str, system: &str, part: &Value) -> Result<Codes, StoreError> {
        let owned = |code: &str| (system.to_owned(), code.to_owned());
        let listed = items(&part["concept"]);
        if !listed.is_empty() {
            return Ok(listed.iter().filter_map(|concept| concept["code"].as_str()).map(owned).collect());
        }
        let address = part["version"].as_str().map_or(system.to_owned(), |version| format!("{system}|{version}"));
        let concepts = self.code_system(&address).await?.ok_or_else(|| not_held(&address))?;
        let mut all: BTreeSet<&str> = concepts.codes().collect();
        for filter in items(&part["filter"]) {
            let passes = filtered(named, &concepts, filter)?;
            all.retain(|code| passes.contains(code));
        }
        if all.len() > MOST {
            return Err(too_many(named));
        }
        Ok(all.into_iter().map(owned).collect())
    }
}

/// The codes that pass a filter.
fn filtered<'c>(named: &str, concepts: &'c Concepts, filter: &'c Value) -> Result<BTreeSet<&'c str>, StoreError> {
    let text = |name: &str| filter[name].as_str().unwrap_or_default();
    let (property, op, value) = (text("property"), text("op"), text("value"));
    let is_code = ["concept", "code"].contains(&property);
    Ok(match op {
        "is-a" if is_code => concepts.below(value)?,
        "descendent-of" if is_code => concepts.below(value)?.into_iter().filter(|code| *code != value).collect(),
        "is-not-a" if is_code => {
            let below = concepts.below(value)?;
            concepts.codes().filter(|code| !below.contains(code)).collect()
        }
        "generalizes" if is_code => concepts.above(value)?,
        "=" if is_code => std::iter::once(value).filter(|code| concepts.holds(code)).collect(),
        "in" if is_code => value.split(',').map(str::trim).filter(|code| concepts.holds(code)).collect(),
        "not-in" if is_code => {
            let gone: BTreeSet<&str> = value.split(',').map(str::trim).collect();
            concepts.codes().filter(|code| !gone.contains(code)).collect()
        }
        "=" => concepts.having(property, value).collect(),
        _ => return bad(format!("the value set {named} filters by {property} {op}, which is not understood here")),
    })
}

/// The codes of an expansion; headings that may not be used are none.
fn contained(contains: &Value, all: &mut Codes, depth: usize) {
    for one in items(contains) {
        if let (Some(system), Some(code), false) =
            (one["system"].as_str(), one["code"].as_str(), one["abstract"].as_bool().unwrap_or(false))
        {
            all.insert((system.to_owned(), code.to_owned()));
        }
        if depth < DEEPEST {
            contained(&one["contains"], all, depth + 1);
        }
    }
}
