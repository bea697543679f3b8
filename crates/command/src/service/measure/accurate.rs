//! Accurate communication.

use crate::figures::{Row, Verdict};
use crate::figures::{Rule, RuleText};

/// What it counts.
pub const RULE: Rule = Rule {
    code: "communication-accurate",
    version: 1,
    text: RuleText {
        zh: "沟通准确：已回复的会诊中，意见被采纳或部分采纳的。",
        en: "Accurate communication: among the consultations that were answered, those whose opinion was adopted fully or partly.",
    },
};

/// Its opinion was adopted fully or partly.
pub fn is_accurate(row: &Row) -> bool {
    matches!(row.verdict, Some(Verdict::Adopted | Verdict::Partly))
}
