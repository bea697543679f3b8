//! Volume: consultations handed in, by urgency and kind.

use crate::figures::{Row, Urgency};
use crate::figures::{Rule, RuleText};

/// What it counts.
pub const RULE: Rule = Rule {
    code: "service-volume",
    version: 1,
    text: RuleText {
        zh: "统计期内（按本站点时区的提交日）提交的会诊，按紧急程度和方式（视频、病历）分；“已签章”为其中意见已签章的。报表中其余各项均在这些会诊之内计算。",
        en: "Consultations handed in on the days asked about, in the site's time zone, by urgency and by kind (by video, on the record); signed are those of them whose opinion is. Everything else in the report is counted among these.",
    },
};

/// Handed in with this urgency.
pub fn is_of(row: &Row, urgency: Urgency) -> bool {
    row.urgency == urgency
}

/// Its opinion is signed.
pub fn is_signed(row: &Row) -> bool {
    row.signed.is_some()
}
