//! Command: what the whole network does, as numbers that can be opened.
//!
//! Called by the binary. It reads records and the ledger; it must never write a clinical resource, and never show a
//! number that cannot name its rule and its cases.

mod figures;
mod network;
mod outbreak;

use platform::Shared;
use utoipa_axum::router::OpenApiRouter;

/// Everything under `/api` that command answers.
pub fn router() -> OpenApiRouter<Shared> {
    figures::router().merge(network::router()).merge(outbreak::router())
}
