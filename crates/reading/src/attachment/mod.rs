//! Files of a case: put, confirmed or dropped when their patient differs, listed, opened.
//!
//! Called by the web's attach panel, before a case is submitted and after. A draft's files carry the reference of the case
//! to come. Names and patients in files are patient data: they are answered to those who may, and never logged.

mod confirm;
mod drop;
pub(crate) mod handover;
mod list;
mod open;
mod put;
mod take;
mod taking;

use platform::Shared;
use utoipa_axum::{router::OpenApiRouter, routes};

/// `/api/consults/{case}/files`.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(put::put, drop::drop))
        .routes(routes!(confirm::confirm))
        .routes(routes!(take::take))
        .routes(routes!(open::open))
        .merge(handover::router())
}
