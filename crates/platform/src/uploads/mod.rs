//! Large files on their way in, by tus 1.0 (core, creation, creation-with-upload, expiration, checksum, termination): a
//! browser sends a file in as many pieces and over as many connections as it takes, and goes on where it was.
//!
//! A part is one person's own, and lies in a folder of the data directory until a slice takes it ([`Uploads::finished`])
//! or its time is over. What was acknowledged is on the disk: the offset is the length of the file. It must never show a
//! part to anybody but its owner, hold a file in memory, or know what the file is for.

pub mod append;
mod checksum;
pub mod create;
pub mod end;
pub mod instead;
pub mod offer;
pub mod offset;
mod part;
mod parts;
mod refusal;
mod tus;

pub use parts::{Finished, Uploads, keep_house};

use crate::Shared;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// `/api/uploads`.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(create::create, offer::offer))
        .routes(routes!(offset::offset, append::append, end::end, instead::instead))
        .layer(axum::middleware::map_response(tus::mark))
}
