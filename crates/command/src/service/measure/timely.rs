//! Timely communication.

use crate::figures::{Rule, RuleText};

/// What it counts.
pub const RULE: Rule = Rule {
    code: "communication-timely",
    version: 1,
    text: RuleText {
        zh: "沟通及时：从一方首句未获回应的话到另一方下一句话的时间，取中位数和第 90 百分位数（分钟，舍去零头）。",
        en: "Timely communication: the time from the first word of one side that was not answered yet to the next word of the other; median and 90th percentile by nearest rank, in whole minutes, cut and not rounded.",
    },
};

/// Answer times as a report says them, in minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[schema(as = ServiceReplies)]
pub struct Replies {
    /// Half were no slower.
    pub median_minutes: u32,
    /// Nine of ten were no slower.
    pub p90_minutes: u32,
}

/// The answer times of some cases; none of nothing. Takes the seconds in any order.
pub fn replies(seconds: &mut [u32]) -> Option<Replies> {
    if seconds.is_empty() {
        return None;
    }
    seconds.sort_unstable();
    // Nearest rank: the smallest value that so many tenths do not exceed.
    let rank = |tenths: usize| seconds[(seconds.len() * tenths).div_ceil(10).max(1) - 1] / 60;
    Some(Replies { median_minutes: rank(5), p90_minutes: rank(9) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_those_of_somebody_and_minutes_are_whole() {
        let of = |minutes: &[u32]| {
            replies(&mut minutes.iter().map(|m| m * 60 + 59).collect::<Vec<_>>())
                .map(|r| (r.median_minutes, r.p90_minutes))
        };
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[7]), Some((7, 7)));
        assert_eq!(of(&[10, 1, 9, 2, 8, 3, 7, 4, 6, 5]), Some((5, 9)));
        assert_eq!(of(&[1, 2, 3]), Some((2, 3)));
        assert_eq!((RULE.code, RULE.version), ("communication-timely", 1));
    }
}
