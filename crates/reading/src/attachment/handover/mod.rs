//! A draft handed over to a phone: the PC shows a QR code, the phone that reads it takes pictures, and they are in the draft.
//!
//! The code is good for minutes, for one phone, one case and one person; both it and the phone's cookie are kept hashed.
//! The phone needs no session and gets no right but to add photos: no list, no name, no case can be read through it. Every
//! step is in the ledger under the person who handed over.

pub mod begin;
mod cookie;
pub mod end;
pub mod open;
pub(crate) mod postgres;
pub mod put;
mod row;
pub mod show;
pub mod state;
pub(crate) mod table;

use platform::Shared;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// `/api/consults/{case}/handover` for the PC, `/api/handover` for the phone.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(begin::begin, show::show, end::end))
        .routes(routes!(open::open, state::state))
        .routes(routes!(put::put))
}
