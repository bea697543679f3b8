//! Confirmed cases, by day.

use super::{Case, Day};
use crate::figures::rule::{Rule, RuleText};
use crate::outbreak::Class;

/// What it counts.
pub const RULE: Rule = Rule {
    code: "confirmed",
    version: 1,
    text: RuleText {
        zh: "当日新确诊的病例（按确诊时间计日）；其后排除的不计入，两家医院报告的同一病例计一次。",
        en: "Cases newly confirmed on the day, by the time of the confirmation; those excluded since are left out, and a case \
             that two hospitals reported counts once.",
    },
};

/// Whether a report counts on a day.
pub fn counts(case: &Case, day: &Day) -> bool {
    case.class == Class::Confirmed && !case.is_alternate && day.holds(case.class_at)
}
