//! Command: what the whole network does, as numbers that can be opened.
//!
//! Called by the binary. It reads records and the ledger, and writes what belongs to an outbreak (`outbreak/`), nothing
//! else: it must never change a patient or a consultation, and never show a number that cannot name its rule and its cases.

mod figures;
mod network;
mod outbreak;
mod public;
mod service;

use platform::jobs::JobHandler;
use platform::{Platform, Shared};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;

/// The work that follows changes of this crate.
pub fn jobs() -> Vec<Arc<dyn JobHandler>> {
    outbreak::jobs()
}

/// What the numbers are made of, in memory, fed by the ledger. The binary makes one, hands it to the routes, and lets it follow.
#[derive(Debug, Default)]
pub struct Views {
    book: figures::Book,
    network: network::Network,
    page: public::Made,
}

impl Views {
    /// Reads what the numbers are made of while nobody waits for it, then goes on with the ledger. Does not end.
    pub async fn follow(&self, platform: &Platform) {
        if let Err(problem) = self.network.now(platform).await {
            tracing::warn!("the network could not be read: {}", problem.cause().unwrap_or(problem.code));
        }
        self.book.follow(platform).await;
    }
}

/// Everything under `/api` that command answers.
pub fn router() -> OpenApiRouter<Shared> {
    figures::router()
        .merge(network::router())
        .merge(outbreak::router())
        .merge(public::router())
        .merge(service::router())
}
