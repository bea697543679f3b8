//! Who sees whom, where and when: a day's plan for experts, rooms and the terminals of the hospitals that ask.
//!
//! Called by dispatch with a [`Day`] made of the record. It is pure: chance comes from a seed, time from the caller; it must never do IO, read a clock,
//! or know a patient. A plan never breaks a hard rule ([`check`]); what is left open is weighed in units of five minutes that a routine patient waits
//! ([`Weights`]).

mod board;
mod chance;
mod changes;
mod check;
mod cost;
mod day;
mod explain;
mod insert;
#[cfg(test)]
mod made_up;
mod place;
#[cfg(test)]
mod properties;
mod replan;
mod rooms;
mod search;
mod slots;
mod start;
mod terminals;
mod whatif;

pub use chance::Chance;
pub use changes::{Change, changes};
pub use check::{Broken, Rule, breaks, check};
pub use cost::{ByUrgency, Sort, Terms, Weights, cost_of, sort, terms_of};
pub use day::{
    Day, Expert, ExpertId, HospitalId, Kind, Request, RequestId, Room, RoomId, SiteId, Specialty, Title, Travel,
    Urgency,
};
pub use explain::{Alternative, Instead, Why, explain};
pub use place::{Place, Placement, Plan, SEATS_MAX, Team};
pub use replan::{FREEZE, replan};
pub use search::{Budget, plan};
pub use slots::{DAY_SLOTS, Slot, Slots};
pub use start::{first_come, greedy};
