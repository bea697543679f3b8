//! Discharged ones among the patients consulted, by day.

use super::{Case, Consult, Day};
use crate::figures::rule::{Rule, RuleText};
use crate::outbreak::Class;
use kernel::Id;
use std::collections::BTreeSet;

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
