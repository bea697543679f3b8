//! When experts, rooms and terminals are there and busy: the rota of a centre, and a day's plan.
//!
//! Called by the screens that arrange a consultation, by `consult.assign`, which asks [`standing`] before it books, and by the emergency ring, which asks
//! [`calendars`] who is on call. Double booking is refused by the commit of `consult.assign`. It never says for whom somebody is busy, except to the centre
//! that dispatches that case, nor why somebody is away, except to them and to those who keep their rota.

mod accept;
pub(crate) mod busy;
pub mod calendar;
pub mod calendars;
mod day;
mod duty_add;
mod duty_change;
mod duty_remove;
mod experts;
mod hours;
mod leave_add;
mod leave_remove;
pub(crate) mod places;
mod propose;
pub mod resources;
pub(crate) mod rooms;
mod rota;
pub(crate) mod standing;
pub(crate) mod terminals;

#[cfg(test)]
mod story_tests;

pub use standing::{Against, Standing};

use platform::Shared;
use utoipa_axum::{router::OpenApiRouter, routes};

/// `/api/experts`, `/api/rooms`, `/api/rota` and `/api/schedule`. The plan finds the [`Board`](crate::consult::Board) in an `axum::Extension`.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(experts::experts))
        .routes(routes!(rooms::rooms))
        .routes(routes!(rota::rota))
        .routes(routes!(hours::hours))
        .routes(routes!(duty_add::duty_add))
        .routes(routes!(duty_change::duty_change, duty_remove::duty_remove))
        .routes(routes!(leave_add::leave_add))
        .routes(routes!(leave_remove::leave_remove))
        .routes(routes!(propose::propose))
        .routes(routes!(accept::accept))
}
