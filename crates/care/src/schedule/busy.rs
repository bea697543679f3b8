//! Claims of five minutes each, joined to spells.

use crate::consult::{SLOT, find};
use fhir::Reference;
use kernel::{Id, Role, Time};
use platform::{Op, Problem};
use records::ClaimHeld;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// Between when and when.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Window {
    /// From; now when absent.
    #[param(value_type = Option<String>)]
    pub from: Option<Time>,
    /// To; open when absent.
    #[param(value_type = Option<String>)]
    pub to: Option<Time>,
}

/// A spell in which somebody or something is taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Busy {
    /// From.
    #[schema(value_type = String, format = DateTime)]
    pub from: Time,
    /// To.
    #[schema(value_type = String, format = DateTime)]
    pub to: Time,
    /// `consult`, or the case's number for the centre that dispatches it.
    pub what: String,
    /// The case, for the centre that dispatches it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub case: Option<Id>,
}

/// The spells of everything whose claims start with `prefix`, by the id that follows it.
pub async fn spells(op: &Op, prefix: &str, window: Window) -> Result<BTreeMap<Id, Vec<Busy>>, Problem> {
    let held = held(op, prefix).await?;
    let mut busy = BTreeMap::new();
    let mut names: BTreeMap<Reference, Option<String>> = BTreeMap::new();
    for (id, spells) in held {
        let mut shown = vec![];
        for (from, to, by) in spells {
            let within = window.from.is_none_or(|f| to > f) && window.to.is_none_or(|t| from < t);
            if !within {
                continue;
            }
            if !names.contains_key(&by) {
                names.insert(by.clone(), number(op, &by).await?);
            }
            let number = names.get(&by).cloned().flatten();
            let case = number.is_some().then(|| by.id.clone());
            shown.push(Busy { from, to, what: number.unwrap_or_else(|| "consult".to_owned()), case });
        }
        busy.insert(id, shown);
    }
    Ok(busy)
}

/// The number of a case, for the dispatchers of its centre.
async fn number(op: &Op, case: &Reference) -> Result<Option<String>, Problem> {
    if op.actor().role != Role::Dispatcher {
        return Ok(None);
    }
    let case = find(op.store(), &case.id).await?;
    Ok(case.filter(|c| c.centre == op.actor().hospital && c.ended_at.is_none()).map(|c| c.number))
}

/// Who holds which spells, of everything whose claims start with `prefix`.
pub async fn held(op: &Op, prefix: &str) -> Result<Spells, Problem> {
    Ok(join(prefix, &op.store().claims(prefix, op.now()).await?))
}

/// From, to and the case that holds it, by the id of an expert or a room.
pub type Spells = BTreeMap<Id, Vec<(Time, Time, Reference)>>;

/// Joins slots that follow one another and are held by the same case.
fn join(prefix: &str, held: &[ClaimHeld]) -> Spells {
    let mut spells = Spells::new();
    let mut slots: Vec<(Id, Time, &Reference)> = held
        .iter()
        .filter_map(|claim| {
            let (id, from) = claim.key.strip_prefix(prefix)?.split_once('/')?;
            Some((Id::new(id).ok()?, from.parse().ok()?, &claim.by))
        })
        .collect();
    slots.sort();
    for (id, from, by) in slots {
        let all = spells.entry(id).or_default();
        match all.last_mut() {
            Some((_, to, last)) if *to == from && last == by => *to = from + SLOT,
            _ => all.push((from, from + SLOT, by.clone())),
        }
    }
    spells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_joined_by_case() {
        let claim = |key: &str, case: &str| ClaimHeld {
            key: key.into(),
            by: format!("ServiceRequest/{case}").parse().unwrap(),
            until: None,
        };
        let held = [
            claim("room/r1/2026-11-21T02:00:00Z", "a"),
            claim("room/r1/2026-11-21T02:05:00Z", "a"),
            claim("room/r1/2026-11-21T02:10:00Z", "b"),
            claim("room/r1/2026-11-21T02:20:00Z", "b"),
            claim("room/r2/2026-11-21T02:05:00Z", "c"),
        ];
        let spells = join("room/", &held);
        let of = |id: &str| -> Vec<String> {
            spells[&Id::new(id).unwrap()].iter().map(|(f, t, by)| format!("{f} {t} {}", by.id)).collect()
        };
        assert_eq!(
            of("r1"),
            [
                "2026-11-21T02:00:00Z 2026-11-21T02:10:00Z a",
                "2026-11-21T02:10:00Z 2026-11-21T02:15:00Z b",
                "2026-11-21T02:20:00Z 2026-11-21T02:25:00Z b",
            ]
        );
        assert_eq!(of("r2").len(), 1);
    }
}
