//! Things that are part of others of their kind: places, organizations, encounters.

use super::{Finder, MOST, too_many};
use crate::{Query, StoreError};
use fhir::search::{Definitions, Kind, Param};
use fhir::{Reference, ResourceType};
use std::collections::HashSet;

/// Deepest hierarchy that is followed.
const DEEPEST: usize = 32;
/// How many are asked about at once.
const AT_ONCE: usize = 100;

/// The parameter that says what a thing of this type is part of, where it may be one of the same type.
pub(in crate::query) fn part_of(of: ResourceType) -> Option<&'static Param> {
    let named = ["partof", "part-of"].iter().find_map(|code| Definitions::r4().param(of, code));
    named.filter(|param| param.kind == Kind::Reference && param.targets.contains(&of))
}

impl Finder<'_> {
    /// A thing, and all that is part of it, or all that it is part of, as far as it is seen. The thing itself counts,
    /// seen or not: who asks has named it.
    pub(super) async fn tree(&mut self, at: &Reference, above: bool) -> Result<Vec<Reference>, StoreError> {
        let Some(link) = part_of(at.ty) else { return Ok(vec![at.clone()]) };
        let mut all = vec![at.clone()];
        let mut known: HashSet<Reference> = all.iter().cloned().collect();
        let mut level = all.clone();
        for _ in 0..DEEPEST {
            let mut next = vec![];
            for some in level.chunks(AT_ONCE) {
                for found in self.step(link, at.ty, some, above).await? {
                    if known.insert(found.clone()) {
                        next.push(found);
                    }
                }
                if all.len() + next.len() > MOST {
                    return Err(too_many(&at.to_string()));
                }
            }
            if next.is_empty() {
                return Ok(all);
            }
            all.extend(next.iter().cloned());
            level = next;
        }
        Err(StoreError::TooCostly(format!("{at} stands in a hierarchy of more than {DEEPEST} levels")))
    }

    async fn step(
        &mut self,
        link: &Param,
        of: ResourceType,
        some: &[Reference],
        above: bool,
    ) -> Result<Vec<Reference>, StoreError> {
        let named: Vec<String> = match above {
            true => some.iter().map(|at| at.id.to_string()).collect(),
            false => some.iter().map(Reference::to_string).collect(),
        };
        let by = if above { "_id" } else { link.code.as_str() };
        let mut query = Query::of(of).with(by, named.join(",")).count(1_000);
        let mut found = vec![];
        loop {
            let page = self.search(&query).await?;
            for resource in &page.matches {
                if !above {
                    found.push(resource.at.clone());
                    continue;
                }
                let rows = Definitions::r4().rows(of, &super::parsed(resource)?);
                let whole = rows.reference.into_iter().filter(|(n, to)| *n == link.number && to.ty == of);
                found.extend(whole.map(|(_, to)| to));
            }
            match page.next {
                Some(next) if found.len() <= MOST => query.after = Some(next),
                _ => return Ok(found),
            }
        }
    }
}
