//! A person's own calendar, for the calendar programs of telephones and desks: consultations and duties, by a secret address.
//!
//! The address is the guard: 256 bits of chance, shown once, of which the store keeps the SHA-256 alone. Whoever finds it finds
//! case numbers, times and rooms. It must never say whose case, or what ails them: a calendar is shared, printed and lost.

mod entries;
mod feed;
mod ical;
mod kept;
mod link;
mod state;
mod unlink;

#[cfg(test)]
mod story_tests;

use platform::Shared;
use utoipa_axum::{router::OpenApiRouter, routes};

/// `/calendar` and `/api/calendar`.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(feed::feed)).routes(routes!(state::state, link::link, unlink::unlink))
}
