//! Severe ones among the consultations, by day.

use super::{Consult, Day, consulted};
use crate::figures::rule::{Rule, RuleText};
use crate::outbreak::Grade;

/// What it counts.
pub const RULE: Rule = Rule {
    code: "severe",
    version: 1,
    text: RuleText {
        zh: "当日计入“已完成会诊”的会诊中，患者的病例报告在意见签章前最近一次分型为重型或危重型的。",
        en: "Those of the day's consultations counted as consulted whose patient's reported case was graded severe or critical, \
             by the newest grading judged until the signature.",
    },
};

/// Whether a consultation counts on a day.
pub fn counts(consult: &Consult, day: &Day) -> bool {
    consulted::counts(consult, day) && consult.grade.is_some_and(|grade| grade >= Grade::Severe)
}
