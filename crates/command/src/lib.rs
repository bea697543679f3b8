//! Command: what the whole network does, as numbers that can be opened.
//!
//! Called by the binary. It reads records and the ledger, and writes what belongs to an outbreak (`outbreak/`), nothing
//! else: it must never change a patient or a consultation, and never show a number that cannot name its rule and its cases.

mod figures;
mod network;
mod outbreak;

use platform::Shared;
use platform::jobs::JobHandler;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;

/// The work that follows changes of this crate.
pub fn jobs() -> Vec<Arc<dyn JobHandler>> {
    outbreak::jobs()
}

/// Everything under `/api` that command answers.
pub fn router() -> OpenApiRouter<Shared> {
    figures::router().merge(network::router()).merge(outbreak::router())
}
