//! The disease of a case.

use crate::figures::{Rule, RuleText};

/// What it counts.
pub const RULE: Rule = Rule {
    code: "service-condition",
    version: 1,
    text: RuleText {
        zh: "会诊的疾病：患者的 ICD-10 编码诊断（Condition），不含已排除和录入错误的；签章前记录的，本次会诊内记载的优先，否则取最近一次；没有的列为“未编码”。按 ICD-10（世界卫生组织 2019 年版）的章和三位类目分组。",
        en: "The disease of a consultation: of its patient's Conditions with an ICD-10 code, neither refuted nor entered in error, recorded until the signature, the newest stated in the consultation itself, else the newest; without one it is not coded. Grouped by chapter and three-character category of ICD-10 (WHO, version 2019).",
    },
};
