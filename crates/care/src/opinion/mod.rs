//! The opinion (会诊意见): drafted, signed, printed, proven, never edited; an amendment is a version of its own.
//!
//! Called over HTTP by the parties of a case. `resources` alone knows how an opinion is written as FHIR, `manifest` what is
//! signed, `key_image` what was marked in images for it, `proof` what a stranger needs to verify it, `sheet` how it is printed. It must never change a signed opinion, sign
//! without the password of the person who signs, or show an opinion past `Op::may`.

mod amend;
mod evidence;
mod key_image;
mod manifest;
mod media;
mod pdf;
mod picture;
mod print;
mod proof;
#[cfg(test)]
mod proof_tests;
mod resources;
pub mod sheet;
mod show;
mod sign;
mod signed;
mod signing;
mod verify;

use platform::Shared;
use utoipa_axum::{router::OpenApiRouter, routes};

/// `/api/consults/{id}/opinion`.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(sign::sign, show::show))
        .routes(routes!(amend::amend))
        .routes(routes!(pdf::pdf))
        .routes(routes!(evidence::evidence))
        .routes(routes!(picture::picture))
        .routes(routes!(verify::verify))
}
