//! Care at a distance: patients, consultations, referrals, beds, messages, opinions, rooms, schedules, calendars.
//!
//! Called by the binary, which merges [`router`]. Each slice is a folder; a sibling is used through its `mod.rs` alone. This
//! crate must never know SQL, sockets or another domain crate.

pub mod access;
pub mod bed;
pub mod calendar;
mod codes;
pub mod consult;
mod json;
pub mod message;
mod moved;
mod number;
pub mod opinion;
pub mod patient;
pub mod referral;
mod rests;
pub mod room;
pub mod schedule;

use platform::Shared;
use platform::jobs::JobHandler;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;

/// The work that follows its changes.
pub fn jobs() -> Vec<Arc<dyn JobHandler>> {
    [consult::jobs(), referral::jobs()].concat()
}

/// The routes of this crate. Those of rooms find [`room::Rooms`] in an `axum::Extension`, the list of cases a
/// [`consult::Board`]; the binary lays both around all.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .merge(access::router())
        .merge(bed::router())
        .merge(calendar::router())
        .merge(consult::router())
        .merge(message::router())
        .merge(opinion::router())
        .merge(patient::router())
        .merge(referral::router())
        .merge(room::router())
        .merge(schedule::router())
}
