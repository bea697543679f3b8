//! The measures of a service report, each a named rule with its version, computed from what happened. Pure.

pub mod accurate;
pub mod agreement;
pub mod answers;
pub mod condition;
pub mod frequent;
pub mod solving;
pub mod timely;
pub mod timers;
pub mod volume;
