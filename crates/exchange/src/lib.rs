//! Exchange: the faces by which other systems speak with the record. FHIR R4 over REST now.
//!
//! Called by the binary. It turns what comes in into operations on the record, and never changes what a slice owns: that is
//! the slice's own operation. It must never show anything past the caller's eyes.

pub mod fhir;

use platform::Shared;
use utoipa_axum::router::OpenApiRouter;

/// The routes of this crate.
pub fn router() -> OpenApiRouter<Shared> {
    fhir::router()
}
