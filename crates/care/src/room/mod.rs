//! The room of a consultation: who may enter, who is in it, what they show each other, and their media.
//!
//! | address | what |
//! |---|---|
//! | `POST /api/consults/{id}/room` | a token for one entry (`enter`) |
//! | `GET /ws/rooms/{id}` | presence, slots, lead and follow, pointer, over a WebSocket (`socket`) |
//! | `POST /whip/{id}`, `POST /whep/{id}` | camera and microphone out, the others in (`stream`); `PATCH` after the line changed, `DELETE` to leave |
//!
//! `pass` holds the tokens, `admit` decides each time anew who may stay, `hall` is the room's state without any IO,
//! `rooms` joins them with the media server and throws out whoever is no longer allowed.
//!
//! It must never let media or presence outlive the right to the case, nor hand the media server a name that means
//! something: it sees ids alone. Nothing said or shown here is kept; what must be kept is a message or an opinion.

mod admit;
mod begin;
mod enter;
mod hall;
mod pass;
mod refusal;
mod rooms;
mod socket;
mod stream;
mod whip;

pub use rooms::Rooms;

use axum::Router;
use axum::routing::{get, patch, post};
use platform::Shared;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes of rooms; they find [`Rooms`] in an `axum::Extension`.
pub fn router() -> OpenApiRouter<Shared> {
    let streams = Router::new()
        .route("/ws/rooms/{id}", get(socket::open))
        .route("/whip/{id}", post(stream::publish).options(stream::doors))
        .route("/whip/{id}/{connection}", patch(stream::restart).delete(stream::leave))
        .route("/whep/{id}", post(stream::receive).options(stream::doors))
        .route("/whep/{id}/{connection}", patch(stream::restart).delete(stream::leave));
    OpenApiRouter::new().routes(routes!(enter::enter)).merge(OpenApiRouter::from(streams))
}
