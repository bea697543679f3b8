//! Consultations, by day: the rule of `figures.consulted`.

use super::{Consult, Day};
use crate::figures::rule::{CONSULTED, Rule};

/// What it counts.
pub const RULE: Rule = CONSULTED;

/// Whether a consultation counts on a day.
pub fn counts(consult: &Consult, day: &Day) -> bool {
    consult.is_provincial && day.holds(consult.signed_at)
}
