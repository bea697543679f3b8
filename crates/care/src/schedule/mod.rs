//! When experts and rooms are busy, from the claims that bookings hold.
//!
//! Called by the screens that arrange a consultation. It decides nothing: double booking is refused by the commit of
//! `consult.assign`. It never says for whom somebody is busy, except to the centre that dispatches that case.

pub(crate) mod busy;
mod experts;
pub(crate) mod rooms;

use platform::Shared;
use utoipa_axum::{router::OpenApiRouter, routes};

/// `/api/experts` and `/api/rooms`.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(experts::experts)).routes(routes!(rooms::rooms))
}
