//! Problem-solving communication.

use crate::figures::{Outcome, Row};
use crate::figures::{Rule, RuleText};

/// What it counts.
pub const RULE: Rule = Rule {
    code: "communication-problem-solving",
    version: 1,
    text: RuleText {
        zh: "解决问题：已随访的会诊中，随访结果为好转或出院的。",
        en: "Problem-solving communication: among the consultations that were followed up, those whose patient was better or had left hospital.",
    },
};

/// It was followed up.
pub fn is_followed_up(row: &Row) -> bool {
    row.outcome.is_some()
}

/// The problem was solved.
pub fn is_solved(row: &Row) -> bool {
    row.outcome == Some(Outcome::Solved)
}
