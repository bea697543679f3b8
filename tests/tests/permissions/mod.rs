//! Who may: every operation of docs/openapi.json x every role x every relation to the thing, against an oracle that was
//! written from the table of the design before `kernel::decide` was read.
//!
//! Three questions: does `decide` say what the oracle says; does the comparison notice every rule when it is wrong; does
//! every operation stand in the permission table with the need that its meaning asks for.

mod operations;
mod oracle;
mod situations;
mod wrong;

use kernel::decide::Facts;
use kernel::{Action, Actor, Decision, Role, Time};
use situations::{Situation, situations};

/// Something that decides: `kernel::decide`, or a wrong copy of it.
pub type Decide<'a> = &'a dyn Fn(&Actor, Action, &Facts, Time) -> Decision;

/// A cell where the rules and the oracle differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differs {
    /// In which role somebody asks.
    pub role: Role,
    /// What is asked for.
    pub action: Action,
    /// How the person stands to the thing.
    pub situation: &'static str,
    /// What the rules say; the oracle says the opposite.
    pub decided: bool,
}

/// All cells in which `decide` does not say what the oracle says.
pub fn compare(decide: Decide<'_>) -> Vec<Differs> {
    let mut differs = vec![];
    for Situation { relation, facts, now } in &situations() {
        for role in Role::ALL {
            for action in Action::ALL {
                let decided = decide(&situations::me(role), action, facts, *now);
                let wanted = oracle::may(role, action, *relation);
                let masked = decided.duties.contains(&kernel::Duty::MaskName);
                let mask_wanted = wanted && oracle::masked(role, action);
                if decided.allow != wanted || masked != mask_wanted {
                    let (situation, decided) = (relation.name(), decided.allow);
                    differs.push(Differs { role, action, situation, decided });
                }
            }
        }
    }
    differs
}

#[test]
fn the_rules_say_what_the_table_says() {
    let differs = compare(&kernel::decide);
    assert!(differs.is_empty(), "{} cells differ:\n{differs:#?}", differs.len());
}
