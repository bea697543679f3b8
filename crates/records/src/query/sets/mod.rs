//! Sets that stand in resources: the codes of a value set, what lies below a concept, the parts of a place. They are looked
//! up before a search, through the viewer's eyes, so that a set that one may not see is not there; then the search is as if
//! each member had been written out.

mod code_system;
mod tree;
mod value_set;

use super::around::Around;
use super::parse::parse;
use crate::{Page, Query, Store, StoreError, Viewer};
use code_system::Concepts;
use fhir::{Reference, ResourceType};
use serde_json::Value;
use std::collections::HashMap;

pub(super) use tree::part_of;

/// Most members of a set.
pub(crate) const MOST: usize = 2_000;
/// Most searches that the sets of one query may take.
const SEARCHES: usize = 64;

/// A set that a query names.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Ask {
    /// A value set, by its url (perhaps `|version`) or as `ValueSet/id`.
    Set(String),
    /// A concept and what it subsumes, or what subsumes it.
    Concept { system: String, code: String, above: bool },
    /// A thing and its parts, or what it is part of.
    Tree { at: Reference, above: bool },
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    /// System and code.
    Codes(Vec<(String, String)>),
    Things(Vec<Reference>),
}

/// The sets of one query.
pub(crate) type Sets = HashMap<Ask, Found>;

/// Looks up what a query needs; most need nothing.
pub(crate) async fn of(store: &dyn Store, viewer: &Viewer, query: &Query) -> Result<Sets, StoreError> {
    let mut sets = Sets::new();
    let named = |name: &str| [":in", ":not-in", ":above", ":below"].iter().any(|end| name.ends_with(end));
    if !query.params.iter().any(|(name, _)| named(name)) {
        return Ok(sets);
    }
    let wanted = {
        let nobody = |_: ResourceType, _: &str| Ok(None);
        let around = Around::new(&nobody, &sets);
        parse(&around, query)?;
        around.wanted()
    };
    let mut finder = Finder { store, viewer, left: SEARCHES };
    for ask in wanted {
        if sets.contains_key(&ask) {
            continue;
        }
        let found = match &ask {
            Ask::Set(named) => Found::Codes(finder.value_set(named, 0).await?.into_iter().collect()),
            Ask::Concept { system, code, above } => {
                let concepts = finder.code_system(system).await?.ok_or_else(|| not_held(system))?;
                let system = system.split('|').next().unwrap_or_default();
                let codes = if *above { concepts.above(code)? } else { concepts.below(code)? };
                if codes.len() > MOST {
                    return Err(too_many(&format!("{system}|{code}")));
                }
                Found::Codes(codes.into_iter().map(|code| (system.to_owned(), code.to_owned())).collect())
            }
            Ask::Tree { at, above } => Found::Things(finder.tree(at, *above).await?),
        };
        sets.insert(ask, found);
    }
    Ok(sets)
}

fn not_held(system: &str) -> StoreError {
    StoreError::BadQuery(format!("the codes of {system} are not held here"))
}

/// Says that a set is too large.
fn too_many(what: &str) -> StoreError {
    StoreError::TooCostly(format!("{what} has more than {MOST} members"))
}

struct Finder<'s> {
    store: &'s dyn Store,
    viewer: &'s Viewer,
    left: usize,
}

impl Finder<'_> {
    async fn search(&mut self, query: &Query) -> Result<Page, StoreError> {
        if self.left == 0 {
            return Err(StoreError::TooCostly(format!("the sets of one search take more than {SEARCHES} lookups")));
        }
        self.left -= 1;
        self.store.search(self.viewer, query).await
    }

    /// The resource of this type that has a canonical address, the one written last if there are several.
    async fn canonical(&mut self, of: ResourceType, address: &str) -> Result<Option<Value>, StoreError> {
        let (url, version) = address.split_once('|').map_or((address, None), |(url, version)| (url, Some(version)));
        let mut query = Query::of(of).with("url", escaped(url)).with("_sort", "-_lastUpdated").count(1);
        if let Some(version) = version {
            query = query.with("version", escaped(version));
        }
        loop {
            let page = self.search(&query).await?;
            match (page.matches.first(), page.next) {
                (Some(found), _) => return Ok(Some(parsed(found)?)),
                (None, Some(next)) => query.after = Some(next),
                (None, None) => return Ok(None),
            }
        }
    }

    /// The concepts of a code system whose resource is here and whole.
    async fn code_system(&mut self, system: &str) -> Result<Option<Concepts>, StoreError> {
        let found = self.canonical(ResourceType::CODE_SYSTEM, system).await?;
        found.map(|body| Concepts::of(system, &body)).transpose()
    }
}

fn parsed(found: &crate::Resource) -> Result<Value, StoreError> {
    serde_json::from_slice(&found.json).map_err(|e| StoreError::Corrupt(format!("{}: {e}", found.at)))
}

/// As a value of a search.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, ',' | '|' | '$' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
