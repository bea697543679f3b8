//! The clocks that were kept.

use crate::figures::{ClockKind, Row};
use crate::figures::{Rule, RuleText};
use kernel::Time;

/// What it counts.
pub const RULE: Rule = Rule {
    code: "service-timers",
    version: 1,
    text: RuleText {
        zh: "四个时限：调度首次查看、专家进入会诊室、签署意见、申请医生回复。分母：时限已有结果的会诊，即按时完成的，或已超时的（不论其后是否完成）；时限内取消、谢绝或改为病历会诊的，以及时限未到的，不计入。分子：按时完成的。时限以会诊当时记录的为准，其后更改的设置不影响。",
        en: "Four clocks: first look by the dispatcher, expert in the room, signed opinion, answer of the asking doctor. Denominator: consultations in which the clock was kept or ran out, whatever came afterwards; one that was called off, declined or turned into a consultation on the record in time counts as neither, nor does a clock that still runs. Numerator: kept. The limit is the one that stood in the case at the time; a setting changed later moves nothing.",
    },
};

/// The clock was kept or ran out.
pub fn is_due(row: &Row, kind: ClockKind, now: Time) -> bool {
    row.clocks.is_decided(kind, now)
}

/// It was kept.
pub fn is_kept(row: &Row, kind: ClockKind) -> bool {
    row.clocks.is_kept(kind)
}
