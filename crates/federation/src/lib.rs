//! Federation: other machines than the centre's own, and how they become part of it.
//!
//! Called by the binary. `join/` is the centre's side: a hospital is invited, its gateway enrols, is probed, accepted, and
//! watched. `gateway/` is the hospital's side, the command `consilium gateway`. It must never see a patient: what it holds
//! says of a hospital's machine and line, and of nobody treated there.

pub mod gateway;
pub mod join;

use platform::Shared;
use platform::jobs::JobHandler;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;

/// The work that follows changes of this crate.
pub fn jobs() -> Vec<Arc<dyn JobHandler>> {
    join::jobs()
}

/// Everything under `/api` that federation answers.
pub fn router() -> OpenApiRouter<Shared> {
    join::router()
}
