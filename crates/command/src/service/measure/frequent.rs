//! Frequent communication.

use crate::figures::Row;
use crate::figures::{Rule, RuleText};

/// What it counts.
pub const RULE: Rule = Rule {
    code: "communication-frequent",
    version: 1,
    text: RuleText {
        zh: "沟通频次：双方之间的往来次数，一方的话（消息、补充资料的要求、所补资料、退回清单）得到另一方回应计一次往来；另计有往来的会诊。会诊室中的交谈没有逐句记录，不计入。",
        en: "Frequent communication: exchanges between the two sides, each a word of one side (a message, something asked for, something supplied, the list of a return) that the other side answered; and the consultations in which there was one. What is said in the room is not taken down, and does not count.",
    },
};

/// The two sides spoke with each other.
pub fn is_exchanged(row: &Row) -> bool {
    row.words.exchanges() > 0
}
