//! The network at a glance: which hospitals are connected, what was asked today, who is in session, who waits, and since when.
//!
//! `board` keeps what this needs of each case and hospital in memory, fed by the ledger; `count` and `rule` are pure; the
//! other files are one operation each. A number and its list come from the same rows. It must never hold clinical content.

mod board;
mod cases;
mod count;
mod overview;
mod rule;

pub use board::Network;

use platform::Shared;
use utoipa_axum::{router::OpenApiRouter, routes};

/// `/api/network`.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(overview::overview)).routes(routes!(cases::cases))
}
