//! What everybody may read, without a name or a password: official figures, how to protect oneself, whom to call.
//!
//! One page of the server's own making, without scripts, small enough for any line. It must never show a number under five
//! but none at all, nor one that gives such a number away, nor anything of a day that is not over.

mod document;
mod figures;
mod notice;
mod notices;
mod page;
mod publish;
mod withdraw;

pub use page::Made;

use platform::Shared;
use utoipa_axum::{router::OpenApiRouter, routes};

/// `/public` and `/api/public`.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(page::page))
        .routes(routes!(notices::notices))
        .routes(routes!(publish::publish))
        .routes(routes!(withdraw::withdraw))
}
