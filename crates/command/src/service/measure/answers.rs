//! What the asking doctors answered.

use crate::figures::{Row, Verdict};
use crate::figures::{Rule, RuleText};

/// What it counts.
pub const RULE: Rule = Rule {
    code: "service-answers",
    version: 1,
    text: RuleText {
        zh: "申请医生对已签章意见的回复：采纳、部分采纳、未采纳，以会诊记录中最近一次回复为准。",
        en: "What the asking doctor answered to the signed opinion: adopted, partly, not; the answer that stands in the case.",
    },
};

/// The asking doctor has answered.
pub fn is_answered(row: &Row) -> bool {
    row.verdict.is_some()
}

/// With these words.
pub fn is(row: &Row, verdict: Verdict) -> bool {
    row.verdict == Some(verdict)
}
