//! Agreement of diagnoses.

use crate::figures::Row;
use crate::figures::{Rule, RuleText};

/// What it counts.
pub const RULE: Rule = Rule {
    code: "service-agreement",
    version: 1,
    text: RuleText {
        zh: "诊断符合：会诊记录没有记载专家诊断与申请方诊断是否符合，因此不作推断，已签章的会诊一律列为“未记载”。",
        en: "Agreement of diagnoses: the record does not state whether the expert's diagnosis agrees with the asking doctor's, and it is not guessed; every signed consultation is counted as not stated.",
    },
};

/// It has an opinion, and whether the diagnoses agree is not stated.
pub fn is_not_stated(row: &Row) -> bool {
    row.signed.is_some()
}
