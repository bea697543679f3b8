//! What each number of the network means, in both languages. Pure.

use crate::figures::{Rule, RuleText};
use serde::Deserialize;
use utoipa::ToSchema;

/// Which number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = NetworkFigure)]
pub enum Figure {
    /// Hospitals with somebody at the other end now.
    Connected,
    /// Cases handed in today.
    Today,
    /// Cases whose parties talk now.
    InSession,
    /// Cases that wait for an expert.
    Waiting,
    /// Cases whose clock has run out.
    Overdue,
    /// Cases consulted today, by the rule of the outbreak figures.
    Consulted,
}

impl Figure {
    /// All of them, as they stand on the screen.
    pub const ALL: [Self; 6] =
        [Self::Connected, Self::Today, Self::InSession, Self::Waiting, Self::Overdue, Self::Consulted];

    /// What is counted.
    pub fn rule(self) -> Rule {
        match self {
            Self::Connected => CONNECTED,
            Self::Today => TODAY,
            Self::InSession => IN_SESSION,
            Self::Waiting => WAITING,
            Self::Overdue => OVERDUE,
            Self::Consulted => crate::figures::CONSULTED,
        }
    }
}

/// Minutes for which an act in the ledger says that its hospital is there.
pub const PRESENT_MINUTES: i64 = 15;

const CONNECTED: Rule = Rule {
    code: "connected",
    version: 1,
    text: RuleText {
        zh: "此刻在线的省、市、县级医院：该院有人打开着实时连接（页面的事件流），或最近15分钟内在审计账本中有该院人员的操作或查阅记录。分母为已入网医院：名录中至少有一名在职人员的医院。",
        en: "Provincial, municipal and county hospitals that are there now: somebody of the hospital holds a live connection (a \
             page's event stream), or the ledger has an act or a look of somebody of the hospital within the last 15 minutes. Out \
             of the hospitals that have joined: those with at least one person in the directory.",
    },
};

const TODAY: Rule = Rule {
    code: "today",
    version: 1,
    text: RuleText {
        zh: "今日（本站点时区）提交的会诊申请，不论其后结果如何；草稿不计入。",
        en: "Consultations handed in today (the site's time zone), whatever became of them since; drafts are not counted.",
    },
};

const IN_SESSION: Rule = Rule {
    code: "in_session",
    version: 1,
    text: RuleText {
        zh: "此刻处于“会诊中”状态的会诊；中断待恢复的不计入。",
        en: "Consultations in the state “in session” now; interrupted ones are not counted.",
    },
};

const WAITING: Rule = Rule {
    code: "waiting",
    version: 1,
    text: RuleText {
        zh: "已提交、尚未开始会诊也未出意见的会诊：待首看、已分诊、已排期、等候、转中心、升级、转资料会诊、未到场。退回补充资料的不计入（等待申请方）。按紧急程度分列。",
        en: "Consultations handed in whose session has not begun and whose opinion is not written: submitted, triaged, scheduled, \
             waiting, transferred, escalated, converted to record, no-show. Returned ones wait for the asking side and are not \
             counted. By urgency.",
    },
};

const OVERDUE: Rule = Rule {
    code: "overdue",
    version: 1,
    text: RuleText {
        zh: "未结束的会诊中，当前计时（首看、专家到场、签发意见、申请方确认）已超过时限的例数。",
        en: "Open consultations whose clock in force (first look, expert in the room, signed opinion, acknowledgement) has run out.",
    },
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_speaks_both_languages_and_has_its_own_code() {
        let mut codes: Vec<_> = Figure::ALL.iter().map(|f| f.rule().code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Figure::ALL.len());
        for figure in Figure::ALL {
            let Rule { version, text, .. } = figure.rule();
            assert!(version >= 1 && text.zh.chars().count() > 15 && text.en.len() > 40, "{}", figure.rule().code);
        }
        assert!(CONNECTED.text.en.contains(&format!("{PRESENT_MINUTES} minutes")), "the rule says what is done");
        assert!(CONNECTED.text.zh.contains(&format!("{PRESENT_MINUTES}分钟")));
    }
}
