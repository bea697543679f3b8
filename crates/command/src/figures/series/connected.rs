//! Hospitals connected, by day.

use super::{Day, Joined};
use crate::figures::rule::{Rule, RuleText};

/// What it counts.
pub const RULE: Rule = Rule {
    code: "connected-by-day",
    version: 1,
    text: RuleText {
        zh: "当日截止时刻已接入的省、市、县级医院：至少有一名在岗人员。",
        en: "Hospitals of province, cities and counties that were connected at the day's cut-off: at least one person had a \
             role there.",
    },
};

/// Whether a hospital counts on a day.
pub fn counts(joined: &Joined, day: &Day) -> bool {
    joined.since < day.ends && joined.until.is_none_or(|until| until >= day.ends)
}
