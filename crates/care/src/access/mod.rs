//! Who may look in need, and who looked: break-glass with its review, and the list of looks for both hospitals.
//!
//! A look is an entry of the ledger that says `read`. Administrators see who looked at what, when and in which role, and
//! nothing clinical; names of patients are masked for them. This slice must never let a patient be browsed for: in need one
//! is found by number alone.

pub mod archives;
mod break_glass;
mod export;
mod looks;
mod mine;
mod people;
mod review;
mod reviews;
mod scan;

pub use people::administrators;

use platform::Shared;
use utoipa_axum::{router::OpenApiRouter, routes};

/// `/api/access`.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(break_glass::break_glass))
        .routes(routes!(mine::mine))
        .routes(routes!(reviews::reviews))
        .routes(routes!(review::review))
        .routes(routes!(looks::looks))
        .routes(routes!(export::export))
}
