//! Discharged ones among the patients consulted, by day.

use super::{Case, Consult, Counted, Day, Known, World, day_at, view};
use crate::figures::rule::{Rule, RuleText};
use crate::outbreak::Class;
use kernel::{Id, Time};
use std::collections::{BTreeSet, HashMap};

/// What it counts.
pub const RULE: Rule = Rule {
    code: "discharged",
    version: 1,
    text: RuleText {
        zh: "当日出院的病例中，此前（含当日）其患者的会诊已计入“已完成会诊”的；排除的不计入，同一病例计一次。",
        en: "Cases discharged on the day whose patient had been consulted, as the figure consulted counts, by the end of it; \
             excluded ones are left out, and a case that two hospitals reported counts once.",
    },
};

/// The patients consulted by the end of a day.
pub fn consulted(consults: &[Consult], day: &Day) -> BTreeSet<Id> {
    let by_then = consults.iter().filter(|c| c.is_provincial && c.signed_at < day.ends);
    by_then.filter_map(|c| c.patient.clone()).collect()
}

/// Whether a report counts on a day.
pub fn counts(case: &Case, consulted: &BTreeSet<Id>, day: &Day) -> bool {
    let ended = case.discharged_at.is_some_and(|at| day.holds(at));
    ended && case.class != Class::Excluded && !case.is_alternate && consulted.contains(&case.patient)
}

/// Puts each report into the days on which it counts: few were discharged, so the consultations of their patients alone are
/// looked at.
pub fn walk(all: &mut [Counted], world: &World) {
    let facts = world.cases.values().flat_map(Known::facts);
    let on_a_day = facts.filter(|case| case.discharged_at.is_some_and(|at| day_at(all, at).is_some()));
    let mut by_patient: HashMap<&Id, Vec<&Known<Consult>>> = on_a_day.map(|case| (&case.patient, vec![])).collect();
    if by_patient.is_empty() {
        return;
    }
    for consult in world.consults.values() {
        // A consultation may be found to be another patient's; it is asked as of each day.
        let mut patients: Vec<&Id> = consult.facts().filter_map(|c| c.patient.as_ref()).collect();
        patients.dedup();
        for patient in patients {
            if let Some(own) = by_patient.get_mut(patient) {
                own.push(consult);
            }
        }
    }
    let was_consulted = |patient: &Id, day: &Day, seen: Option<Time>| {
        let own = by_patient.get(patient).map(Vec::as_slice).unwrap_or_default();
        let mut own = own.iter().filter_map(|c| view(c, seen));
        own.any(|c| c.is_provincial && c.signed_at < day.ends && c.patient.as_ref() == Some(patient))
    };
    let is_counted = |case: &Case, day: &Day, seen: Option<Time>| {
        let ended = case.discharged_at.is_some_and(|at| day.holds(at));
        ended && case.class != Class::Excluded && !case.is_alternate && was_consulted(&case.patient, day, seen)
    };
    for (id, known) in &world.cases {
        for at in known.facts().filter_map(|case| case.discharged_at) {
            let Some(day) = day_at(all, at) else { continue };
            let Counted { day, published, known: now } = &mut all[day];
            if known.now().is_some_and(|case| is_counted(case, day, None)) {
                now.insert(id.clone());
            }
            if let Some(published) = published
                && known.before(day.ends).is_some_and(|case| is_counted(case, day, Some(day.ends)))
            {
                published.insert(id.clone());
            }
        }
    }
}
