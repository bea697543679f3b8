//! The words every other crate shares: ids, time, hospitals, who acts, and `decide`.
//!
//! Called by all crates. It must never do IO, read a clock, draw chance, or know HTTP, SQL or FHIR JSON.

mod actor;
mod clock;
pub mod decide;
mod hospital;
mod id;
mod phi;

pub use actor::{Actor, Role};
pub use clock::{Clock, Ids, ManualClock, RandomIds, SeededIds, SystemClock};
pub use decide::{Action, Decision, Duty, decide};
pub use hospital::{Hospital, HospitalTree, Level};
pub use id::{Id, InvalidId};
pub use phi::Phi;

/// An instant in UTC.
pub type Time = jiff::Timestamp;
